# ruff: noqa: E501 (tables are wide)
"""More attacks by file: archives that lie about themselves, sheets that claim to be endless, JSON on the edge."""

from __future__ import annotations

import io
import json
import re
import stat
import struct
import time
import tracemalloc
import warnings
import zipfile
from decimal import Decimal

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet as pq

from collectors.imports.contract import File
from collectors.imports.table import read_tables
from girafe.errors import InputInvalid
from tests.imports.made import lines, table, workbook, zipped

HEADER = ["platform", "post_id", "created_at", "text", "handle"]
ROW = ["forum", "1", "2026-11-20", "Ondine", "ada"]
GOOD = {
    "platform": "forum",
    "post_id": "p1",
    "created_at": "2026-11-02T09:30:00Z",
    "text": "Ondine",
    "author": {"handle": "ada"},
}
ACTOR = json.dumps({"id": "https://a.example/users/ada", "preferredUsername": "ada"})
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
NOTE = {"id": "n", "type": "Note", "published": "2026-11-20T08:00:00Z", "content": "<p>Ondine</p>"}
OUTBOX = json.dumps({"orderedItems": [{"id": "a", "type": "Create", "to": [PUBLIC], "object": NOTE}]})
MASTODON = {"actor.json": ACTOR, "outbox.json": OUTBOX}


def refused_or(land, content, name, **options):
    """What landed, or None where the file was refused in words; at most ten seconds of a processor."""
    started = time.process_time()
    try:
        found = land(content, name, **options)
    except InputInvalid:
        found = None
    assert time.process_time() - started < 10
    return found


# Archives


def test_twenty_thousand_entries_nobody_asked_for_do_not_hide_the_two_that_count(land):
    content = zipped(MASTODON | {f"media/{number}.txt": "x" for number in range(20_000)})
    found = refused_or(land, content, "archive.zip")
    assert found is None or len(found.posts) == 1


@pytest.mark.parametrize("name", ["outbox.json", "actor.json"])
def test_a_name_that_stands_twice_gives_one_answer_and_no_crash(land, name):
    other = json.dumps({"orderedItems": []}) if name == "outbox.json" else ACTOR
    content = io.BytesIO(zipped(MASTODON))
    with warnings.catch_warnings(), zipfile.ZipFile(content, "a") as packed:
        warnings.simplefilter("ignore")  # zipfile says that the name is there already
        packed.writestr(name, other)
    found = refused_or(land, content.getvalue(), "archive.zip")
    assert found is None or len(found.posts) <= 1


def test_a_link_in_a_zip_stands_for_nothing_outside_it(land, tmp_path):
    secret = tmp_path / "secret.json"
    secret.write_text(OUTBOX)
    link = zipfile.ZipInfo("outbox.json")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("actor.json", ACTOR)
        packed.writestr(link, str(secret))
    found = refused_or(land, content.getvalue(), "archive.zip")
    assert found is None or not found.posts


@pytest.mark.parametrize("stated", [0, 10, 2**32 - 2])
def test_a_size_that_is_a_lie_is_noticed(land, stated):
    content = bytearray(zipped(MASTODON))
    entry = content.rfind(b"PK\x01\x02")  # the last entry of the directory
    struct.pack_into("<I", content, entry + 24, stated)
    found = refused_or(land, bytes(content), "archive.zip")
    assert found is None or len(found.posts) <= 1


def test_entries_that_share_their_bytes_do_not_multiply(land):
    """Many entries of the directory over one packed body: small on disk, without end when unpacked."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("Shares.csv", b"\x00" * 50_000_000)
        packed.filelist += [packed.filelist[0]] * 2000
    found = refused_or(land, content.getvalue(), "export.zip")
    assert found is None or not found.posts


@pytest.mark.parametrize("tail", [b"", b"PK\x05\x06", b"\x00" * 70_000])
def test_bytes_before_and_after_an_archive_do_no_harm(land, tail):
    found = refused_or(land, b"GIF89a" + zipped(MASTODON) + tail, "archive.zip")
    assert found is None or len(found.posts) <= 1


# Workbooks


def reworked(change):
    """A workbook whose first sheet is changed as XML."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook({"Posts": [HEADER, ROW]}))) as old,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            words = old.read(name).decode()
            new.writestr(name, change(words) if name == "xl/worksheets/sheet1.xml" else words)
    return content.getvalue()


SHEETS = {
    "a dimension of a thousand million cells": lambda words: re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', words),
    "a dimension that is none": lambda words: re.sub(r'<dimension ref="[^"]*"', '<dimension ref="ZZZZZZ999999999999"', words),
    "a cell at the far end": lambda words: words.replace("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    "a row far beyond the end": lambda words: words.replace("</sheetData>", '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData>'),
    "a wide row": lambda words: words.replace("</sheetData>", '<row r="3"><c r="XFD3"><v>1</v></c></row></sheetData>'),
    "a style that is not there": lambda words: words.replace('t="inlineStr"', 's="99999" t="inlineStr"'),
    "a string that is not there": lambda words: re.sub(r"<v>\d+</v>", "<v>99999999</v>", words),
    "an outside link": lambda words: words.replace("</sheetData>", '</sheetData><hyperlinks><hyperlink ref="A1" xmlns:r="x" r:id="rId1"/></hyperlinks>'),
    "a merge of everything": lambda words: words.replace("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "a number without end": lambda words: words.replace("</sheetData>", f'<row r="3"><c r="A3"><v>{"9" * 100_000}</v></c></row></sheetData>'),
    "a date without end": lambda words: words.replace("</sheetData>", '<row r="3"><c r="C3" t="d"><v>99999-99-99T99:99</v></c></row></sheetData>'),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHEETS)
def test_a_sheet_that_claims_too_much_costs_little_and_its_rows_are_read(land, shape):
    found = refused_or(land, reworked(SHEETS[shape]), "posts.xlsx")
    assert found is None or found.report.rows < 10


# Tables and JSON


def test_a_line_end_of_windows_in_a_cell_is_no_word_of_the_text(land):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:  # as Excel and most exporters write it
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, [*ROW[:3], "chez Ondine\r\nà Lyon _xD83D_", "ada"])
    assert b"_x000D_" in zipfile.ZipFile(content).read("xl/sharedStrings.xml")
    assert land(content.getvalue(), "a.xlsx").posts["1"].text == "chez Ondine\r\nà Lyon _xD83D_"


def test_a_million_columns_are_refused_or_read_in_little_time(land):
    content = table([[*HEADER, *("x" for _ in range(1_000_000))], ROW])
    found = refused_or(land, content, "wide.csv")
    assert found is None or set(found.posts) <= {"1"}


EDGES = {
    "endless": '{"likes": 1e400}', "minus endless": '{"likes": -1e400}', "minus nothing": '{"likes": -0}', "no number": '{"likes": NaN}',
    "beyond": '{"likes": 99999999999999999999999999}', "digits": '{"likes": ' + "9" * 5000 + "}", "fraction": '{"likes": 1.5}', "half": '{"text": "\\ud800"}',
    "NUL": '{"text": "\\u0000Ondine"}', "deep key": '{"' + "k" * 100_000 + '": 1}', "list": '{"text": ["Ondine"]}', "truth": '{"post_id": true}',
    "year 0": '{"created_at": "0000-01-01T00:00:00Z"}', "leap second": '{"created_at": "2016-12-31T23:59:60Z"}', "29 February": '{"created_at": "2026-02-29T00:00:00Z"}',
    "far zone": '{"created_at": "2026-11-20T08:00:00+99:99"}', "no zone": '{"created_at": "2026-11-20T08:00:00"}',
}  # fmt: skip


@pytest.mark.parametrize("edge", EDGES)
def test_json_on_the_edge_of_the_rules_is_read_or_set_aside_and_the_next_line_is_read(land, edge):
    changed = json.dumps(GOOD)[:-1] + ", " + EDGES[edge][1:]  # the key stands twice now, which JSON allows
    found = land((changed + "\n").encode() + lines(GOOD | {"post_id": "p2"}), "edge.jsonl")
    assert found.report.rows == 2
    assert "p2" in found.posts
    assert len(found.posts) + sum(found.report.rejected.values()) == 2
    for post in found.posts.values():
        assert post.likes is None or 0 <= post.likes < 2**63


# A number of thousands of digits, which the standard library refuses to read

ENDLESS = f"&#{'1' * 5000}; Ondine &#{'0' * 5000}65;"
SEEN = {
    "legacy": {"created_at": "Fri Nov 20 10:00:00 +0000 2026", "id_str": "1990000000000000001"},
    "core": {"user_results": {"result": {"rest_id": "7", "legacy": {"screen_name": "ada"}}}},
}


def with_words(kind, words):
    if kind == "table":
        return table([HEADER, ["x", "1", "2026-11-20", words, "ada"]])
    if kind == "x_archive":
        tweet = {"id_str": "17", "created_at": "Fri Nov 20 10:00:00 +0000 2026", "full_text": words}
        return ("window.YTD.tweets.part0 = " + json.dumps([{"tweet": tweet}])).encode()
    if kind == "mastodon":
        note = NOTE | {"content": f"<p>{words}</p>"}
        item = {"id": "a", "type": "Create", "to": [PUBLIC], "object": note}
        return zipped({"actor.json": ACTOR, "outbox.json": json.dumps({"orderedItems": [item]})})
    data = {"rest_id": "1990000000000000001"} | SEEN
    data["legacy"] = data["legacy"] | {"full_text": words}
    return lines({"source_platform": "x.com", "timestamp_collected": 1795000000000, "data": data})


@pytest.mark.parametrize("kind", ["table", "x_archive", "mastodon", "zeeschuimer"])
def test_a_character_whose_number_has_no_end_costs_one_character(land, kind):
    (post,) = land(with_words(kind, ENDLESS), f"{kind}.export").posts.values()
    assert post.text == "\ufffd Ondine A"


def test_as_many_long_posts_in_one_second_as_an_archive_may_hold_cost_no_square(land):
    tweet = {"created_at": "Fri Nov 20 10:00:00 +0000 2026", "full_text": "Ondine"}
    tweets = [{"tweet": tweet | {"id_str": str(10**17 + number)}} for number in range(4000)]
    note = {"createdAt": "2026-11-20T10:00:00.000Z", "core": {"text": "&amp;" + "y" * 200}}
    files = {"account.js": [{"account": {"username": "ada"}}], "tweets.js": tweets}
    files["note-tweet.js"] = [{"noteTweet": note}] * 4000
    scripts = {f"data/{name}": f"window.YTD.x.part0 = {json.dumps(held)}" for name, held in files.items()}
    assert len(refused_or(land, zipped(scripts), "archive.zip").posts) == 4000


def parquet(**columns):
    told = {
        "platform": ["forum"] * 2,
        "post_id": ["1", "2"],
        "created_at": ["2026-11-20"] * 2,
        "text": ["a", "b"],
    }
    content = io.BytesIO()
    pq.write_table(pa.table(told | {"handle": ["ada", "bo"]} | columns), content)
    return content.getvalue()


BEYOND = {
    "day": pa.array([2**31 - 1, 20_000], pa.int32()).cast(pa.date32()),
    "moment": pa.array([2**62, 10**15], pa.int64()).view(pa.timestamp("us")),
    "duration": pa.array([2**62, 1], pa.int64()).view(pa.duration("s")),
    "bytes": pa.array([b"\xff", b"x"]).view(pa.string()),
}


@pytest.mark.parametrize("kind", BEYOND)
def test_a_cell_of_parquet_that_python_cannot_hold_costs_no_other_row(land, kind):
    assert set(land(parquet(likes=BEYOND[kind]), "a.parquet").report.landed) == {"forum"}
    assert "2" in land(parquet(more=BEYOND[kind]), "a.parquet").posts


@pytest.mark.parametrize("column", ["platform", "text", "mentions"])
@pytest.mark.parametrize("cells", [[{"a": 1}, {"a": 2}], [["a"], ["b"]]])
def test_lists_and_objects_in_parquet_are_text(land, column, cells):
    found = land(parquet(**{column: cells}), "a.parquet")
    assert found.report.landed.get("forum") == 2 or found.report.rejected


@pytest.mark.parametrize(
    ("column", "cells", "read"),
    [
        ("text", pa.array(["Zoé".encode(), b"b"], pa.binary()), ("text", "Zoé")),
        ("likes", pa.array([Decimal("3.00"), None], pa.decimal128(12, 2)), ("likes", 3)),
        ("post_id", pa.array([Decimal(1793612345123456789), Decimal(2)]), ("post_id", "1793612345123456789")),
    ],
    ids=["text that is not called text", "a count of a database", "an id of a database"],
)
def test_text_and_numbers_of_other_programs_in_parquet_are_what_they_mean(land, column, cells, read):
    first = next(iter(land(parquet(**{column: cells}), "a.parquet").posts.values()))
    assert getattr(first, read[0]) == read[1]


def test_a_zone_nobody_knows_in_parquet_is_refused_in_words(land):
    odd = pa.array([10**15, 1], pa.int64()).view(pa.timestamp("us", tz="Mars/Olympus"))
    with pytest.raises(InputInvalid):
        land(parquet(created_at=odd), "a.parquet")


def test_a_megabyte_that_parquet_holds_once_for_a_thousand_rows_takes_little_memory(tmp_path):
    rows = 1000
    told = {
        "platform": ["forum"] * rows,
        "post_id": list(map(str, range(rows))),
        "text": ["x" * 500_000] * rows,
    }
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(told), path)
    before = pa.total_allocated_bytes()
    (read,) = read_tables(File(path=path, label="a"))
    next(read.rows)
    tracemalloc.start()
    try:
        next(read.rows)
        assert tracemalloc.get_traced_memory()[1] + pa.total_allocated_bytes() - before < 150e6
    finally:
        tracemalloc.stop()
