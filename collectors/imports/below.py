"""Below a header: what a mapping may ask of a whole file, beside reading it row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from collectors.imports.contract import Bad, File
from collectors.imports.mapping import HEADER_WITHIN, ImportMapping, is_header, plain
from collectors.imports.table import Cells, read_tables


def row_of(names: Sequence[str], cells: Cells) -> dict[str, Any]:
    """The cells by their column; of two columns with one name, the first that is not empty counts."""
    row: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and cell not in (None, ""):
            row.setdefault(name, cell)
    return row


def rows_below(mapping: ImportMapping, file: File) -> Iterator[Mapping[str, Any]]:
    """Every row below a header of the mapping, in every table of the file that has one."""
    for table in read_tables(file):
        names: list[str] = []
        for found in table.rows:
            if isinstance(found, Bad):
                continue
            number, cells = found
            if names:
                yield row_of(names, cells)
            elif is_header(mapping, cells):
                names = [plain(cell) for cell in cells]
            elif number > HEADER_WITHIN:
                break
