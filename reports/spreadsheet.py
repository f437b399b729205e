"""Spreadsheets: CSV and XLSX in which no text can run as a formula and a hidden number says why."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import dropwhile
from pathlib import Path
from typing import Any

import xlsxwriter

from reports.tables import Row, Tables
from reports.words import Words

_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a date a spreadsheet can hold, the same every time
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def harmless(value: Any) -> Any:
    """`value` as a spreadsheet may hold it: text that could start a formula gets an apostrophe in front."""
    if isinstance(value, list | tuple):
        value = ", ".join(str(part) for part in value)
    return _harmless_text(value) if isinstance(value, str) else value


@lru_cache(maxsize=4096)
def _harmless_text(value: str) -> str:
    # Few texts fill half a million cells. Programs look past invisible characters for the first one that counts,
    # so this does too.
    clean = "".join(c for c in value if c in "\t\r\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    visible = "".join(dropwhile(_is_looked_past, clean))
    wide = unicodedata.normalize("NFKC", visible[:1])
    return f"'{clean}" if visible.startswith(_FORMULA) or wide in _FORMULA else clean


def _is_looked_past(char: str) -> bool:
    """Spaces and the marks of category Cf, which show nothing; a tab is no space here, it starts a formula."""
    return unicodedata.category(char) in ("Zs", "Cf")


def csv_text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """One table as CSV: UTF-8 with a mark so that Excel reads it right, times in ISO 8601."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_csv_cell(row.get(column)) for column in columns])
    return out.getvalue()


def _csv_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return harmless(value)


def write_workbook(path: Path, *, tables: Tables, words: Words, facts: Sequence[tuple[str, str]]) -> None:
    """One sheet of explanations and one per table; the same input gives the same bytes."""
    book = xlsxwriter.Workbook(
        str(path),
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
            "remove_timezone": True,
        },
    )
    # A fixed date: the workbook says what the data say, not when it was written.
    book.set_properties({"title": harmless(facts[0][0] if facts else "girafe"), "created": _CREATED})
    styles = {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "share": book.add_format({"num_format": "0.0%"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    _about_sheet(book, words, facts, styles)
    for name, rows in tables.rows.items():
        _table_sheet(book, name, tables.columns[name], rows, styles)
    book.close()


def _about_sheet(
    book: Any, words: Words, facts: Sequence[tuple[str, str]], styles: Mapping[str, Any]
) -> None:
    sheet = book.add_worksheet(words("workbook.about")[:31])
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 110)
    line = 0
    for label, value in facts:
        sheet.write_string(line, 0, str(harmless(label)), styles["title" if line == 0 else "wrap"])
        sheet.write_string(line, 1, str(harmless(value)), styles["title" if line == 0 else "wrap"])
        line += 1
    for term, meaning in words.definitions():
        sheet.write_string(line + 1, 0, term, styles["wrap"])
        sheet.write_string(line + 1, 1, meaning, styles["wrap"])
        line += 1


def _table_sheet(
    book: Any, name: str, columns: Sequence[str], rows: Sequence[Row], styles: Mapping[str, Any]
) -> None:
    sheet = book.add_worksheet(name.removeprefix("rpt_")[:31])
    sheet.freeze_panes(1, 0)
    for position, column in enumerate(columns):
        sheet.write_string(0, position, column, styles["head"])
    sheet.set_column(0, max(len(columns) - 1, 0), 18)
    for line, row in enumerate(rows, 1):
        for position, column in enumerate(columns):
            # What is not known stays empty: a quarter of the cells, and none of them costs a call.
            if (value := row.get(column)) is not None:
                _cell(sheet, line, position, value, column, styles)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)


def _is_share(column: str) -> bool:
    """A benchmark is one; what a share was divided from, and by, is a count."""
    return ("share" in column or column.startswith("benchmark_")) and not column.endswith(
        ("_numerator", "_denominator")
    )


def _cell(sheet: Any, line: int, position: int, value: Any, column: str, styles: Mapping[str, Any]) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(line, position, value)
    elif isinstance(value, int | float):
        sheet.write_number(line, position, value, styles["share"] if _is_share(column) else None)
    elif isinstance(value, datetime | date):
        sheet.write_datetime(line, position, value, styles["day"])
    else:
        # write_string never makes a formula of it; the apostrophe guards a later export to CSV.
        sheet.write_string(line, position, str(harmless(value))[:32767])
