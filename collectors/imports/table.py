"""Tables: CSV, XLSX and Parquet as rows of cells, streamed, whatever the encoding, separator or preamble."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TypeAlias

from collectors.imports.contract import Bad, File
from girafe.errors import InputInvalid

Cells: TypeAlias = Sequence[Any]

_HEAD_ROWS = 40
_SAMPLE = 64 * 1024
_LONGEST_CELL = 4 * 1024 * 1024
_LARGEST_WORKBOOK = 1024 * 1024 * 1024
_SEPARATORS = ",;\t|"
_MOST_BAD_ROWS_RUNNING = 1000


def first_rows(file: File) -> tuple[tuple[str, ...], ...]:
    """The first rows as text; none if the file is no table."""
    try:
        found = [row for _, row in _numbered(islice(read_table(file), _HEAD_ROWS))]
    except (InputInvalid, OSError, EOFError, zlib.error):
        return ()
    return tuple(tuple("" if cell is None else str(cell) for cell in row) for row in found)


def _numbered(rows: Iterator[tuple[int, Cells] | Bad]) -> Iterator[tuple[int, Cells]]:
    return (row for row in rows if not isinstance(row, Bad))


def read_table(file: File) -> Iterator[tuple[int, Cells] | Bad]:
    """Row number from 1 and cells; InputInvalid if the file cannot be opened as what it is."""
    with file.path.open("rb") as raw:
        magic = raw.read(4)
    if magic == b"PAR1":
        yield from _parquet(file)
    elif magic[:2] == b"PK":
        yield from _workbook(file)
    else:
        yield from _csv(file)


def _csv(file: File) -> Iterator[tuple[int, Cells] | Bad]:
    csv.field_size_limit(_LONGEST_CELL)
    with file.open() as raw:
        sample = raw.read(_SAMPLE)
    encoding = _encoding(sample)
    separator = _separator(sample.decode(encoding, "replace"))
    with io.TextIOWrapper(file.open(), encoding=encoding, errors="replace", newline="") as words:
        reader, bad = csv.reader(words, delimiter=separator), 0
        while bad < _MOST_BAD_ROWS_RUNNING:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, OSError, EOFError, zlib.error) as error:
                bad += 1
                position = f"{file.label}:{reader.line_num}"
                yield Bad(
                    reason="row_unreadable", detail=f"Not a row of a table ({error}).", position=position
                )
                if not isinstance(error, csv.Error):
                    return
                continue
            bad = 0
            yield reader.line_num, cells


def _encoding(sample: bytes) -> str:
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        # The sample may end inside a character.
        sample[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _separator(sample: str) -> str:
    """The separator that makes the widest rows."""
    lines = sample.splitlines()[:_HEAD_ROWS]
    return max(_SEPARATORS, key=lambda mark: max((line.count(mark) for line in lines), default=0))


def _workbook(file: File) -> Iterator[tuple[int, Cells]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(file.path) as packed:
            if sum(info.file_size for info in packed.infolist()) > _LARGEST_WORKBOOK:
                raise InputInvalid(f"{file.label} unpacks to more than {_LARGEST_WORKBOOK:,} bytes.")
        book = load_workbook(file.path, read_only=True, data_only=True)
        try:
            yield from enumerate(book.worksheets[0].iter_rows(values_only=True), 1)
        finally:
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, OSError) as error:
        raise InputInvalid(f"{file.label} cannot be read as a workbook ({error}).") from error


def _parquet(file: File) -> Iterator[tuple[int, Cells]]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(file.path)
        yield 1, table.schema_arrow.names
        number = 1
        for batch in table.iter_batches(batch_size=1000):
            for row in batch.to_pylist():
                number += 1
                yield number, list(row.values())
    except (pa.ArrowException, OSError) as error:
        raise InputInvalid(f"{file.label} cannot be read as Parquet ({error}).") from error
