"""Parquet: one file per table, one row group per batch, and what the manifest says of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from girafe.storage import Place, read_all
from warehouse.landing import MANIFEST
from warehouse.tables import CLASSIFIED, PARQUET

if TYPE_CHECKING:
    from nlp.rows import Rows


class TableWriters:
    """An open Parquet file for every classified table."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        self._writers = {
            table.name: self._stack.enter_context(
                pq.ParquetWriter(folder / f"{table.name}.parquet", table.schema, **PARQUET)
            )
            for table in CLASSIFIED
        }

    def write(self, rows: Rows) -> None:
        """Adds one row group to each table that has rows."""
        for table in CLASSIFIED:
            if of_table := rows.get(table.name):
                self._writers[table.name].write_table(pa.Table.from_pylist(of_table, schema=table.schema))

    def __enter__(self) -> TableWriters:
        """The files are open already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes every file, whatever happened."""
        self._stack.close()


def read_manifest(folder: Place) -> dict[str, Any]:
    """The manifest of a folder; empty if there is none."""
    return read_manifests([folder])[0]


def read_manifests(folders: Sequence[Place]) -> list[dict[str, Any]]:
    """The manifest of each folder; empty for one that has none."""
    contents = read_all([folder / MANIFEST for folder in folders])
    return [_parsed(content) for content in contents]


def _parsed(content: bytes | None) -> dict[str, Any]:
    try:
        found: dict[str, Any] = orjson.loads(content or b"{}")
    except orjson.JSONDecodeError:
        return {}
    return found
