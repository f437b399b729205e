"""Builders of export files: tables, workbooks, archives, lines."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def table(
    rows: Iterable[Sequence[object]], *, separator: str = ",", encoding: str = "utf-8", end: str = "\r\n"
) -> bytes:
    words = io.StringIO()
    csv.writer(words, delimiter=separator, lineterminator=end).writerows(rows)
    return words.getvalue().encode(encoding)


def workbook(sheets: Mapping[str, Iterable[Sequence[object]]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def parquet(rows: Sequence[Sequence[Any]]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet as writer

    header, *cells = rows
    columns = {str(name): [row[index] for row in cells] for index, name in enumerate(header)}
    content = io.BytesIO()
    writer.write_table(pa.table(columns), content)
    return content.getvalue()


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, value in members.items():
            packed.writestr(name, value)
    return content.getvalue()


def tarred(members: Mapping[str, str], mode: str = "w:gz") -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as rolled:  # type: ignore[call-overload]
        for name, value in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(value.encode())
            rolled.addfile(info, io.BytesIO(value.encode()))
    return content.getvalue()


def lines(*values: object) -> bytes:
    return b"".join(
        (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n" for value in values
    )


def gz(content: bytes) -> bytes:
    return gzip.compress(content)
