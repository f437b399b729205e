# ruff: noqa: E501 (tables are wide)
"""Attacks by file: bombs, links and paths in archives, XML that refers outside, lines and cells without end."""

from __future__ import annotations

import ast
import gzip
import io
import json
import secrets
import tarfile
import time
import tracemalloc
import zipfile
from pathlib import Path

import feedparser
import numpy as np
import pytest

from collectors.sources import rss
from girafe.errors import InputInvalid
from tests.imports.made import lines, table, tarred, workbook, zipped

ROOT = Path(__file__).parents[2]
GOOD = {
    "platform": "forum",
    "post_id": "p1",
    "created_at": "2026-11-02T09:30:00Z",
    "text": "Ondine",
    "author": {"handle": "ada"},
}
ACTOR = json.dumps({"id": "https://a.example/users/ada", "preferredUsername": "ada"})
HEADER = ["platform", "post_id", "created_at", "text", "handle"]
ROW = ["forum", "1", "2026-11-20", "Ondine", "ada"]


def peak_mb(call):
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


# Archives


def test_a_zip_bomb_is_refused(land):
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("Shares.csv", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(b"\x00" * 1_000_000)
    assert len(bomb.getvalue()) < 400_000
    with pytest.raises(InputInvalid, match="no export does"):
        land(bomb.getvalue(), "export.zip")


def test_a_tar_that_unpacks_to_ten_gigabytes_is_given_up_early(land):
    """The member nobody asked for stands before the two that are read."""
    info = tarfile.TarInfo("media/film.mp4")
    info.size = 10**10
    head = info.tobuf(tarfile.GNU_FORMAT)
    one = gzip.compress(b"\x00" * 100_000_000, 9)
    # A gzip file is a row of members: the same 100 MB of zeros a hundred times over, in 10 MB.
    bomb = gzip.compress(head) + one * 100 + gzip.compress(b"\x00" * (512 - 10**10 % 512))
    started = time.process_time()
    with pytest.raises(InputInvalid):
        land(bomb, "archive.tar.gz", format="mastodon_archive")
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_a_link_in_an_archive_stands_for_nothing_outside_it(land, tmp_path, kind):
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps({"orderedItems": [{"stolen": "words"}]}))
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as rolled:
        actor = tarfile.TarInfo("actor.json")
        actor.size = len(ACTOR)
        rolled.addfile(actor, io.BytesIO(ACTOR.encode()))
        link = tarfile.TarInfo("outbox.json")
        link.type, link.linkname = kind, str(secret)
        rolled.addfile(link)
    with pytest.raises(InputInvalid, match=r"outbox\.json"):
        land(content.getvalue(), "archive.tar.gz")


@pytest.mark.parametrize("prefix", ["../../../", "/", "C:\\\\", "..\\..\\", "a/../../", "\u202e/"])
def test_a_path_that_climbs_out_of_an_archive_writes_nothing_outside(land, tmp_path, prefix):
    outbox = json.dumps({"orderedItems": []})
    for pack in (zipped, tarred):
        land(pack({f"{prefix}actor.json": ACTOR, f"{prefix}outbox.json": outbox}), "archive")
    outside = {path.name for path in tmp_path.rglob("*.json") if "data" not in path.parts}
    assert outside == set()
    assert not (tmp_path.parent / "outbox.json").exists()


def test_an_archive_inside_an_archive_is_not_opened_and_said(land):
    inner = zipped({"Shares.csv": "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\r\n"})
    with pytest.raises(InputInvalid, match="archive inside"):
        land(zipped({"inner/export.zip": inner}), "outer.zip")


def test_a_locked_or_cut_archive_is_refused_in_words(land):
    whole = zipped({"actor.json": ACTOR, "outbox.json": "{}"})
    locked = bytearray(whole)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = locked.find(mark)
        while place >= 0:
            locked[place + at] |= 1  # the bit that says "encrypted"
            place = locked.find(mark, place + 4)
    for content in (
        bytes(locked),
        whole[: len(whole) // 2],
        whole[:-10],
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\x00" * 18,
    ):
        with pytest.raises(InputInvalid):
            land(content, "archive.zip")


def test_of_a_tar_that_was_cut_is_said_that_it_was_and_not_that_nobody_knows_it(land):
    whole = tarred(
        {"actor.json": ACTOR, "outbox.json": json.dumps([secrets.token_hex(9) for _ in range(999)])}
    )
    with pytest.raises(InputInvalid, match="ended before"):
        land(whole[: len(whole) // 2], "archive.tar.gz")


# XML

ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{"&" + before + ";" * 1}{("&" + before + ";") * 9}">' for before, name in zip("abcdefghi", "bcdefghij", strict=True)
) + "]>"  # fmt: skip
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY j SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("kind", ["bomb", "outside"])
def test_entities_in_a_feed_neither_explode_nor_refer_outside(kind):
    prolog = ENTITIES if kind == "bomb" else OUTSIDE
    body = f'<?xml version="1.0"?>{prolog}<rss version="2.0"><channel><title>&j;</title><item><title>&j;</title><guid>1</guid></item></channel></rss>'
    started = time.process_time()
    read = feedparser.parse(io.BytesIO(body.encode()), response_headers={"content-type": "application/xml"})
    payloads = [rss._entry(entry) for entry in read.entries]
    assert time.process_time() - started < 5
    hostname = Path("/etc/hostname").read_text().strip() if Path("/etc/hostname").exists() else "none"
    assert len(str(payloads)) < 100_000
    assert hostname not in str(payloads)


@pytest.mark.parametrize("kind", ["bomb", "outside"])
@pytest.mark.parametrize(
    "member",
    [
        "xl/sharedStrings.xml",
        "xl/worksheets/sheet1.xml",
        "xl/workbook.xml",
        "[Content_Types].xml",
        "xl/styles.xml",
    ],
)
def test_entities_in_a_workbook_neither_explode_nor_refer_outside(land, kind, member):
    made = workbook({"Posts": [HEADER, ROW]})
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            words = old.read(name).decode()
            if name == member:
                prolog, _, rest = words.partition("?>") if words.startswith("<?xml") else ("", "", words)
                mark = rest.find(">", rest.find("<")) + 1
                words = (
                    (f"{prolog}?>" if prolog else "")
                    + (ENTITIES if kind == "bomb" else OUTSIDE)
                    + rest[:mark]
                    + "&j;"
                    + rest[mark:]
                )
            new.writestr(name, words)
    started = time.process_time()
    try:
        found = land(content.getvalue(), "posts.xlsx")
        assert len(str(found.posts)) < 10_000
    except InputInvalid:
        pass
    assert time.process_time() - started < 10


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_is_opened(land):
    content = io.BytesIO(workbook({"Posts": [HEADER, ROW]}))
    with (
        zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/more/sharedStrings.xml", "w", force_zip64=True) as member,
    ):
        for _ in range(140):
            member.write(b" " * 1_000_000)
    with pytest.raises(InputInvalid, match="more than a workbook should"):
        land(content.getvalue(), "posts.xlsx", format="girafe_table")


def test_a_formula_in_a_workbook_is_read_as_its_shown_value_and_never_worked_out(land):
    found = land(
        workbook(
            {"Posts": [HEADER, ["forum", "1", "2026-11-20", '=WEBSERVICE("https://evil.example")', "ada"]]}
        ),
        "posts.xlsx",
    )
    assert not any("WEBSERVICE" in post.text for post in found.posts.values())


# Lines and cells


def test_a_line_of_a_hundred_megabytes_costs_one_line_and_little_memory(land, tmp_path):
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.write(lines(GOOD))
        for _ in range(100):
            file.write(b'{"text": "' + b"x" * 999_990)
        file.write(b"\n" + lines(GOOD | {"post_id": "p2"}))
    content = path.read_bytes()
    found = None

    def go():
        nonlocal found
        found = land(content, "long.jsonl")

    assert peak_mb(go) < 40
    assert (set(found.posts), found.report.rejected) == ({"p1", "p2"}, {"line_too_long": 1})


def test_a_cell_of_a_hundred_megabytes_costs_one_row_and_little_memory(land):
    content = (
        table([HEADER, ROW])
        + b'forum,2,2026-11-20,"'
        + b"x" * 100_000_000
        + b'",bo\n'
        + table([["forum", "3", "2026-11-20", "ok", "cy"]])
    )
    found = None

    def go():
        nonlocal found
        found = land(content, "long.csv")

    assert peak_mb(go) < 60
    assert (set(found.posts), found.report.rejected) == ({"1", "3"}, {"row_unreadable": 1})


def test_quotes_left_open_on_every_line_do_not_cost_the_square_of_the_file(land):
    rows = b"".join(b'forum,%d,2026-11-20,"open,ada\n' % number for number in range(20_000))
    started = time.process_time()
    found = land(table([HEADER, ROW]) + rows + b"forum,x,2026-11-20,ok,ada\n", "open.csv")
    assert time.process_time() - started < 20
    assert "x" in found.posts or found.report.rejected


def test_quotes_that_the_next_line_leaves_open_too_do_not_cost_thousands_of_times_the_file(land):
    """A line that closes the quote of the line before and opens one of its own: no row ever ends."""
    rows = b'x"y,"z\n' * 20_000
    started = time.process_time()
    found = land(table([HEADER, ROW]) + rows + b"forum,x,2026-11-20,ok,ada\n", "open.csv")
    assert time.process_time() - started < 7  # 15 s and more where each line is read five thousand times
    assert "x" in found.posts
    assert found.report.rejected["row_unreadable"] == 20_000


@pytest.mark.parametrize("depth", [200, 300, 500, 900, 5000])
def test_json_of_any_depth_in_a_list_costs_its_own_item_and_no_other(land, depth):
    deep = json.dumps(GOOD)[:-1] + ', "extra": ' + "[" * depth + "]" * depth + "}"
    found = land(f"[{json.dumps(GOOD | {'post_id': 'p2'})}, {deep}]".encode(), "deep.json")
    if depth < 1000:
        assert "p2" in found.posts
        assert found.report.rows == 2
    else:
        assert found.report.rejected  # more than the reader of JSON takes: the list as a whole is set aside


@pytest.mark.parametrize("depth", [200, 500, 5000, 100_000])
def test_json_of_any_depth_is_kept_or_set_aside(land, depth):
    deep = json.dumps(GOOD)[:-1].encode() + b', "extra": ' + b"[" * depth + b"]" * depth + b"}\n"
    found = land(deep + lines(GOOD | {"post_id": "p2"}), "deep.jsonl")
    assert found.report.rows == 2
    assert "p2" in found.posts


ODD_TEXTS = {
    "NUL": "On\x00dine", "bidi": "\u202eenidnO\u202c \u2066x\u2069", "surrogates": "\ud83d\ude00 and half", "BOM inside": "\ufeffOndine",
    "zalgo": "O" + "\u0301" * 500, "joiner": "👩\u200d👩\u200d👧", "script": "<script>alert(1)</script>", "formula": "=HYPERLINK(1)", "line ends": "a\u2028b\u2029c\x85d",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD_TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_odd_characters_pass_through_a_table_as_text(land, name, encoding):
    words = ODD_TEXTS[name].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    found = land(
        table(
            [HEADER, [*ROW[:3], words, "ada"], ["forum", "2", "2026-11-20", "after", "bo"]], encoding=encoding
        ),
        "odd.csv",
    )
    assert set(found.posts) == {"1", "2"}
    assert found.posts["1"].text == words.replace("\x00", "").strip()


@pytest.mark.parametrize(
    ("content", "word"),
    [("déjà vu".encode("cp1252"), "déjà vu"), ("déjà vu".encode() + b" \xe9t\xe9", "déjà vu été")],
)
def test_bytes_of_another_encoding_are_read_and_not_lost(land, content, word):
    found = land(
        b"platform,post_id,created_at,text,handle\nforum,1,2026-11-20,"
        + content
        + b",ada\n"
        + b"forum,2,2026-11-20,x,ada\n" * 3,
        "odd.csv",
    )
    assert found.posts["1"].text == word


# Pickles


def test_nothing_in_the_repository_can_load_a_pickle():
    """No module that runs code from a file is imported, and no call asks for one."""
    banned = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
    for folder in (
        "girafe",
        "collectors",
        "nlp",
        "warehouse",
        "quality",
        "reports",
        "dags",
        "scripts",
        "sample",
    ):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = (
                    [alias.name for alias in node.names]
                    if isinstance(node, ast.Import)
                    else [node.module or ""]
                    if isinstance(node, ast.ImportFrom)
                    else []
                )
                assert not banned & {name.partition(".")[0] for name in names}, path
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    assert node.func.attr not in ("read_pickle", "to_pickle", "unsafe_load"), path
                    allows = [word.value for word in node.keywords if word.arg == "allow_pickle"]
                    assert all(
                        isinstance(value, ast.Constant) and value.value is False for value in allows
                    ), path


def test_a_model_file_with_a_pickle_in_it_is_refused(tmp_path):
    from nlp.linear import MODELS

    class Evil:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "was-run",))

    np.savez(tmp_path / "evil.npz", weights=np.array([Evil()], dtype=object))
    with np.load(tmp_path / "evil.npz") as arrays, pytest.raises(ValueError, match="allow_pickle"):
        arrays["weights"]
    assert not (tmp_path / "was-run").exists()
    for path in MODELS.glob("*.npz"):
        with np.load(path, allow_pickle=False) as arrays:
            assert all(arrays[name].dtype != object for name in arrays.files)


def test_a_parquet_file_of_another_tool_brings_no_code(land):
    import pandas as pd

    frame = pd.DataFrame([ROW], columns=HEADER)
    content = io.BytesIO()
    frame.to_parquet(content)  # pandas leaves its own notes in the file; they are data
    assert set(land(content.getvalue(), "frame.parquet").posts) == {"1"}
