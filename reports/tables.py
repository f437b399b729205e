"""Tables: the rpt_ Parquet files as rows; a file that is not there is an empty table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow.parquet as pq

from girafe.errors import InputInvalid

Row: TypeAlias = Mapping[str, Any]

PREFIX = "rpt_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Every rpt_ table by name, and where each was read from."""

    rows: Mapping[str, tuple[Row, ...]]
    files: Mapping[str, Path]
    columns: Mapping[str, tuple[str, ...]]
    _index: dict[tuple[str, ...], dict[tuple[Any, ...], list[Row]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def get(self, name: str) -> tuple[Row, ...]:
        """The rows of `name`, none if the table is missing."""
        return self.rows.get(name, ())

    def where(self, name: str, **wanted: Any) -> tuple[Row, ...]:
        """The rows of `name` whose columns equal `wanted`, in their order.

        Looked up, not searched: a page asks for every choice of its filters.
        """
        key = (name, *wanted)
        if key not in self._index:
            found = self._index.setdefault(key, {})
            for row in self.get(name):
                found.setdefault(tuple(row.get(column) for column in wanted), []).append(row)
        return tuple(self._index[key].get(tuple(wanted.values()), ()))


def read_tables(folder: Path) -> Tables:
    """Reads every rpt_*.parquet of `folder`; raises InputInvalid naming a file that is not Parquet."""
    rows: dict[str, tuple[Row, ...]] = {}
    files: dict[str, Path] = {}
    columns: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob(f"{PREFIX}*.parquet")):
        try:
            # Not read_table: it loads pyarrow's data sets, and with them pandas, for a single file.
            table = pq.ParquetFile(path).read()
        except (OSError, ValueError) as error:
            raise InputInvalid(f"{path.name} is not a readable Parquet file; run: girafe measure") from error
        rows[path.stem] = tuple(
            {key: _known(value) for key, value in row.items()} for row in table.to_pylist()
        )
        files[path.stem] = path
        columns[path.stem] = tuple(table.column_names)
    return Tables(rows=rows, files=files, columns=columns)


def read_release(exports: Path) -> Tables:
    """The tables of the release that `exports` shows: all of one, even if another takes its place meanwhile."""
    while True:
        release = exports.resolve()
        try:
            found = read_tables(release)
        except InputInvalid:  # an old release leaves at once when somebody is forgotten
            if exports.resolve() == release:
                raise
        if exports.resolve() == release:
            return found


def _known(value: Any) -> Any:
    # SQL divisions may leave NaN; for a reader that is as unknown as null.
    return None if isinstance(value, float) and not math.isfinite(value) else value
