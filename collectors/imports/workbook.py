"""Workbooks: the sheets of an XLSX file as rows of cells, streamed; a bomb is refused before it is opened."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any

from collectors.imports.contract import Bad, File
from collectors.imports.zips import open_zip
from girafe.errors import InputInvalid

_LARGEST_WORKBOOK = 1024 * 1024 * 1024
_LARGEST_STRINGS = 128 * 1024 * 1024  # openpyxl holds these in memory
_MOST_SHEETS = 50
_MOST_ROWS = 1_048_576
"""As many as a spreadsheet has. A row may state any number, and openpyxl counts up to it in empty rows."""
_ESCAPED = re.compile(r"_x(00[01][0-9A-F]|005F)_", re.IGNORECASE)
_DAMAGED = (ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, EOFError, NotImplementedError,
            SyntaxError, zipfile.BadZipFile, zlib.error)  # fmt: skip
"""What openpyxl lets through, and lxml, whose faults are SyntaxErrors, when a workbook is damaged."""


def read_sheets(file: File) -> Iterator[tuple[str, Iterator[tuple[int, Any] | Bad]]]:
    """Every sheet by its number and its rows, in the order of the workbook; its name may be a person's."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with file.open() as raw:
            _check_sizes(raw, file.label)
            book = load_workbook(raw, read_only=True, data_only=True, keep_links=False)
            try:
                for number, sheet in enumerate(book.worksheets[:_MOST_SHEETS], 1):
                    sheet.reset_dimensions()  # some exporters state one cell and write thousands
                    yield f"sheet {number}", _rows(sheet, f"{file.label}:sheet {number}")
            finally:
                book.close()
    except (InvalidFileException, *_DAMAGED) as error:  # fmt: skip
        raise InputInvalid(f"{file.label} cannot be read as a workbook ({type(error).__name__}).") from error


def _rows(sheet: Any, label: str) -> Iterator[tuple[int, Any] | Bad]:
    number = 0
    rows = sheet.iter_rows(values_only=True)
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except (
            ValueError,
            TypeError,
            KeyError,
            IndexError,
            OSError,
            EOFError,
            SyntaxError,
            zipfile.BadZipFile,
        ) as error:
            detail = (
                f"The sheet cannot be read from here on ({type(error).__name__}); rows before it are kept."
            )
            yield Bad(reason="file_damaged", detail=detail, position=f"{label}:{number}")
            return
        if number > _MOST_ROWS:
            detail = f"The sheet states rows beyond {_MOST_ROWS:,}; they are not read."
            yield Bad(reason="file_damaged", detail=detail, position=f"{label}:{number}")
            return
        yield number, [_unescaped(cell) if isinstance(cell, str) and "_x" in cell else cell for cell in cells]


def _unescaped(words: str) -> str:
    """A workbook writes what XML may not hold as `_x000B_`, and line ends of Windows, too; openpyxl leaves it so."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), words)


def _check_sizes(raw: IO[bytes], label: str) -> None:
    with open_zip(raw) as packed:
        infos = packed.infolist()
    strings = sum(info.file_size for info in infos if info.filename.endswith("sharedStrings.xml"))
    if sum(info.file_size for info in infos) > _LARGEST_WORKBOOK or strings > _LARGEST_STRINGS:
        raise InputInvalid(
            f"{label} unpacks to more than a workbook should ({_LARGEST_WORKBOOK:,} bytes, "
            f"{_LARGEST_STRINGS:,} of text); export it as CSV."
        )
