"""No cell of a spreadsheet can run, in CSV or XLSX, and a number stays a number."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from reports.spreadsheet import csv_text, harmless, write_workbook
from reports.tables import Tables
from reports.words import words

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "\u202e=1",
    "\u200b=cmd|' /C calc'!A0",
    "\u2060\u00ad\u061c=1+1",
    "\u2003=1+1",
    "＝1+1",
    "\x00=1",
    "|cmd",
    "%0A=1",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_could_be_a_formula_is_defused(text: str) -> None:
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("value", ["Brasserie Lumen", "", "a=b", "🍺", "l’été", 3, -3, 0.5, None, True])
def test_other_values_are_left_as_they_are(value: object) -> None:
    assert harmless(value) == value


def test_csv_keeps_numbers_and_days_and_says_nothing_where_nothing_is_known() -> None:
    rows = [{"a": -3, "b": date(2026, 3, 2), "c": None, "d": "=1", "e": True, "f": 'x"y,\nz'}]
    text = csv_text(("a", "b", "c", "d", "e", "f"), rows)
    assert text.startswith("\ufeffa,b,c,d,e,f\r\n")
    assert list(csv.reader(io.StringIO(text[1:])))[1] == ["-3", "2026-03-02", "", "'=1", "true", 'x"y,\nz']


def workbook(path: Path) -> Path:
    tables = Tables(
        rows={"rpt_x": tuple({"name": text, "share": 0.5, "count": 3} for text in FORMULAS), "rpt_empty": ()},
        files={},
        columns={"rpt_x": ("name", "share", "count"), "rpt_empty": ("name",)},
    )
    write_workbook(path, tables=tables, words=words("fr"), facts=(("=1+1", "x"), ("", "https://x.example")))
    return path


def test_a_workbook_holds_no_formula_and_no_link(tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx")
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert b"<f>" not in content
            assert b"<hyperlink" not in content
    sheet = openpyxl.load_workbook(path)["x"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "n"]
    assert sheet["B2"].number_format == "0.0%"


def test_what_a_share_was_divided_from_is_no_percentage(tmp_path: Path) -> None:
    row = {
        "share_numerator": 12,
        "share_denominator": 16,
        "share": 0.75,
        "share_low": 0.5,
        "benchmark_x": 0.08,
    }
    tables = Tables(rows={"rpt_x": (row,)}, files={}, columns={"rpt_x": tuple(row)})
    write_workbook(tmp_path / "w.xlsx", tables=tables, words=words("fr"), facts=())
    formats = [cell.number_format for cell in openpyxl.load_workbook(tmp_path / "w.xlsx")["x"][2]]
    assert formats == ["General", "General", "0.0%", "0.0%", "0.0%"]


def test_the_same_tables_give_the_same_workbook(tmp_path: Path) -> None:
    assert workbook(tmp_path / "a.xlsx").read_bytes() == workbook(tmp_path / "b.xlsx").read_bytes()


def test_a_workbook_explains_its_words(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(workbook(tmp_path / "w.xlsx")).worksheets[0]
    terms = [row[0].value for row in sheet.iter_rows() if row[0].value]
    assert "Masqué" in terms
