"""Parquet: one file per table, one row group per batch, the folder in place only when whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from nlp.rows import Rows
from warehouse.landing import MANIFEST
from warehouse.tables import CLASSIFIED


class TableWriters:
    """An open Parquet file for every classified table."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        self._writers = {
            table.name: self._stack.enter_context(
                pq.ParquetWriter(folder / f"{table.name}.parquet", table.schema, compression="zstd")
            )
            for table in CLASSIFIED
        }

    def write(self, rows: Rows) -> None:
        """Adds one row group to each table that has rows."""
        for table in CLASSIFIED:
            if rows[table.name]:
                self._writers[table.name].write_table(
                    pa.Table.from_pylist(rows[table.name], schema=table.schema)
                )

    def __enter__(self) -> TableWriters:
        """The files are open already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes every file, whatever happened."""
        self._stack.close()


@contextmanager
def whole_folder(target: Path, aside: Path) -> Iterator[Path]:
    """A folder to write in, which takes the place of `target` if nothing goes wrong."""
    partial, old = aside.with_suffix(".part"), aside.with_suffix(".old")
    for leftover in (partial, old):
        shutil.rmtree(leftover, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            target.rename(old)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def write_manifest(folder: Path, content: dict[str, Any]) -> None:
    """The last file of a folder: what it holds and how it was made."""
    (folder / MANIFEST).write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder; empty if there is none."""
    try:
        found: dict[str, Any] = orjson.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    return found
