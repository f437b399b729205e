"""Tables: CSV, XLSX and Parquet as rows of cells, streamed, whatever the encoding, separator or preamble."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, TypeAlias

from collectors.imports.contract import Bad, File
from collectors.imports.separated import is_binary, read_separated
from collectors.imports.workbook import read_sheets
from collectors.refusals import without_names
from girafe.errors import InputInvalid

Cells: TypeAlias = Sequence[Any]
Numbered: TypeAlias = tuple[int, Cells]
"""Row number from 1, and cells."""

_HEAD_ROWS = 60
_SAMPLE = 4096
_ROWS_AT_ONCE = 64
"""Of Parquet: it holds a text that stands in every row once, and a thousand copies of a megabyte are a gigabyte."""
_READ = (b"PAR1", b"PK\x03\x04")
"""Parquet and XLSX: binary, but read."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file: the file itself, or a sheet of a workbook."""

    name: str
    """Of the sheet; empty where the file is one table."""
    rows: Iterator[Numbered | Bad]


def read_tables(file: File) -> Iterator[Table]:
    """The tables of a file; InputInvalid if it cannot be opened as what it is."""
    magic = refuse_other_kinds(file)[:4]
    if magic == b"PAR1":
        yield Table("", _parquet(file))
    elif magic[:2] == b"PK":
        for name, rows in read_sheets(file):
            yield Table(name, rows)
    else:
        yield Table("", read_separated(file))


def refuse_other_kinds(file: File) -> bytes:
    """How the file begins; InputInvalid, with what to do, for an empty one, an old workbook or another binary."""
    start = _start(file)
    if not start:
        raise InputInvalid(f"{file.label} is empty or cannot be unpacked; export it again.")
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise InputInvalid(f"{file.label} is an old .xls workbook; save it as .xlsx or CSV and import that.")
    if start.startswith(b"%PDF-") or (start[:4] not in _READ and is_binary(start)):
        raise InputInvalid(
            f"{file.label} is neither text nor a workbook: girafe reads CSV, XLSX, Parquet, JSON Lines and archives of "
            "them (`girafe formats`). Export the data as one of these."
        )
    return start


def _start(file: File) -> bytes:
    with file.open() as raw:
        try:
            return raw.read(_SAMPLE)
        except (OSError, EOFError, zlib.error):
            return b""


def first_rows(file: File) -> tuple[tuple[str, ...], ...]:
    """The first rows of every table as text; none if the file is no table."""
    found: list[Cells] = []
    try:
        for table in read_tables(file):
            found += [row[1] for row in islice(table.rows, _HEAD_ROWS) if not isinstance(row, Bad)]
    except (InputInvalid, OSError, EOFError):
        pass
    return tuple(tuple("" if cell is None else str(cell) for cell in row) for row in found)


def _parquet(file: File) -> Iterator[Numbered | Bad]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with file.open() as raw:
            table = parquet.ParquetFile(raw)
            yield 1, table.schema_arrow.names
            number = 1
            for batch in table.iter_batches(batch_size=_ROWS_AT_ONCE):
                columns = [_cells(column) for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    number += 1
                    yield number, cells
    except (pa.ArrowException, OSError, ValueError, LookupError) as error:
        raise InputInvalid(
            f"{file.label} cannot be read as Parquet ({without_names(str(error))})."
        ) from error


def _cells(column: Any) -> list[Any]:
    """The cells of a column; one that Python cannot hold, such as a day in the year 5,000,000, is empty."""
    try:
        found: list[Any] = column.to_pylist()
    except (OverflowError, ValueError):
        found = [_cell(value) for value in column]
    return [_plain(cell) for cell in found]


def _plain(cell: Any) -> Any:
    if isinstance(cell, list | dict):
        return str(cell)
    if isinstance(cell, bytes):  # text, as programs write it that do not say so
        return cell.decode("utf-8", "replace")
    if isinstance(cell, Decimal):  # a count, as databases write it
        return int(cell) if cell.is_finite() and cell == cell.to_integral_value() else float(cell)
    return cell


def _cell(value: Any) -> Any:
    try:
        return value.as_py()
    except (OverflowError, ValueError):
        return None
