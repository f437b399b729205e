# ruff: noqa: E501 (tables are wide)
"""Before a file lands: which formats there are, what would land, and a first mapping for an unknown table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.imports.contract import File
from collectors.imports.suggest import suggest_mapping
from collectors.registry import FORMATS
from girafe.errors import InputInvalid
from tests.imports.made import lines, table, workbook

ROOT = Path(__file__).parents[2]


def girafe(*arguments, at):
    return subprocess.run(
        [sys.executable, "-m", "girafe", *map(str, arguments)],
        cwd=at, env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1", "GIRAFE_NOW": "2026-11-23T12:00:00Z"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def suggested(tmp_path, content, name="forum.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    words = suggest_mapping(File(path=path, label=name))
    (tmp_path / "mine.toml").write_text(words)
    return words, tmp_path / "mine.toml"


def test_every_format_is_listed_with_what_it_is(tmp_path):
    done = girafe("formats", at=tmp_path)
    assert done.returncode == 0
    assert all(name in done.stdout for name in FORMATS)
    assert "--suggest-mapping" in done.stdout
    assert set(json.loads(girafe("formats", "--json", at=tmp_path).stdout)) == set(FORMATS)


def test_a_dry_run_says_format_rows_period_and_platforms_and_leaves_nothing(tmp_path):
    good = {"platform": "forum", "post_id": "1", "created_at": "2026-11-02T08:00:00Z", "text": "a", "author": {"handle": "ada"}}  # fmt: skip
    (tmp_path / "posts.jsonl").write_bytes(
        lines(good, good | {"post_id": "2", "created_at": "2026-11-20"}, b"{")
    )
    done = girafe("import", "posts.jsonl", "--dry-run", at=tmp_path)
    assert done.returncode == 0, done.stderr
    for words in (
        "3 rows",
        "2 forum would land",
        "girafe_jsonl",
        "2026-11-02 to 2026-11-20",
        "not_json 1",
        "posts.jsonl:3",
    ):
        assert words in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"posts.jsonl"}


def test_an_unknown_table_is_imported_in_three_steps(tmp_path):
    rows = [["Export du forum"], ["Identifiant", "Publié le", "Auteur", "Commentaire", "En réponse à", "Humeur"],
            ["m1", "20/11/2026 09:00", "ada", "Ondine recrute à Lyon", "", "gaie"],
            ["m2", "21/11/2026 09:00", "bo", "Merci !", "m1", ""]]  # fmt: skip
    (tmp_path / "forum.csv").write_bytes(table(rows, separator=";", encoding="cp1252"))
    refused = girafe("import", "forum.csv", at=tmp_path)
    assert refused.returncode == 3
    assert "--suggest-mapping" in refused.stderr
    assert girafe("import", "forum.csv", "--suggest-mapping", at=tmp_path).returncode == 0
    assert (
        girafe("import", "forum.csv", "--suggest-mapping", at=tmp_path).returncode == 3
    )  # never overwritten
    done = girafe("import", "forum.csv", "--format", "forum.csv.mapping.toml", "--json", at=tmp_path)
    assert done.returncode == 0, done.stderr
    [report] = json.loads(done.stdout)
    assert report["landed"] == {"web": 2}
    assert report["first"].startswith("2026-11-20")


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (["Message ID", "Posted at", "Message", "Member"], ["1", "2026-11-20", "Hello Ondine", "ada"],
         {"post_id": "Message ID", "created_at": "Posted at", "text": "Message", "handle": "Member"}),
        (["URL", "Datum", "Inhalt", "Autor"], ["https://a.example/1", "20.11.2026", "Hallo", "ada"],
         {"post_id": "URL", "created_at": "Datum", "text": "Inhalt", "handle": "Autor", "url": "URL"}),
        (["uuid", "wann", "was", "login"], ["1", "20.11.2026 10:00", "Ondine is " + "a fine place " * 9, "ada"],
         {"post_id": "uuid", "created_at": "wann", "text": "was", "handle": "login"}),
    ],
)  # fmt: skip
def test_columns_are_guessed_by_name_and_by_what_stands_in_them(tmp_path, header, row, expected):
    words, _ = suggested(tmp_path, table([header, row, row]))
    assert tomllib.loads(words)["columns"] == {field: [column] for field, column in expected.items()}


def test_what_could_not_be_guessed_is_marked_and_names_are_only_text(tmp_path):
    header = ['a"b\\', "[columns]", "x = 1", "\u202eevil", "id"]
    words, path = suggested(tmp_path, table([header, ["1", "2", "3", "4", "5"]]), name='we"ird\n.csv')
    assert "NEEDED, not found" in words
    assert tomllib.loads(path.read_text())["columns"]["post_id"] == ["id"]


def test_a_suggestion_reads_workbooks_and_refuses_what_is_no_table(tmp_path):
    sheets = {"About": [["Made for Ondine"]], "Posts": [["ID", "Date", "Text", "Author"], ["1", datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None), "Ondine", "ada"]]}  # fmt: skip
    words, _ = suggested(tmp_path, workbook(sheets), name="posts.xlsx")
    assert tomllib.loads(words)["columns"]["created_at"] == ["Date"]
    with pytest.raises(InputInvalid, match="no table"):
        suggested(tmp_path, b"\x89PNG\r\n")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nothing.csv", b"", "is empty"),
        ("report.pdf", b"%PDF-1.7\n1 0 obj, 2 0 obj, 3 0 obj\n", "neither text nor a workbook"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "neither text nor a workbook"),
        ("program", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 4, "neither text nor a workbook"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "save it as .xlsx"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do_and_never_given_a_mapping(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    for more in ((), ("--suggest-mapping",)):
        done = girafe("import", name, *more, at=tmp_path)
        assert done.returncode == 3
        assert said in done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".toml"] == []


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "cp1252", "utf-8-sig"])
def test_a_table_in_any_encoding_is_still_one(tmp_path, encoding):
    _, mapping = suggested(tmp_path, "date;auteur;message;lien\n2026-11-01;é;ñandú;x\n".encode(encoding))
    assert tomllib.loads(mapping.read_text())["columns"]["text"] == ["message"]


def test_rows_that_become_one_post_are_told(land):
    """A mapping that takes the topic for the post's id would make one post of each topic, silently."""
    head = b"platform,post_id,created_at,text,handle\n"
    rows = [
        b"forum,%s,2026-11-20,Ondine %d,ada\n" % (topic, at)
        for at, topic in enumerate([b"t1", b"t1", b"t1", b"t2"])
    ]
    for dry_run in (True, False):
        assert (
            "2 rows repeat the id of another row"
            in land(head + b"".join(rows), dry_run=dry_run).report.notes[0]
        )
    assert not land(head + rows[0] + rows[3]).report.notes
