"""The whole path: from lines of girafe JSONL to a release, by the same calls as the CLI and the DAGs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from collectors.imports.land import import_file
from girafe import run as path
from girafe.data_dir import DataDir
from girafe.settings import Settings, parse_settings
from warehouse.landing import read_quarantine

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
SETTINGS = parse_settings(
    """
[company]
name = "Orée"
common_word = false  # the marked line has no words around the name that could tell the company from an edge of a wood
official_accounts = ["forum:oree"]
headcount = 400
headcount_date = 2026-06-30
headcount_source = "rapport"
[[competitors]]
name = "Voltigo"
"""
)
CANARY = "zqxcanary"
Line = dict[str, Any]


def line(
    number: int, author: str, voice: str | None, text: str, reply_to: int | None = None, **more: Any
) -> Line:
    return {
        "platform": "forum",
        "post_id": f"p{number}",
        "created_at": (MONDAY + timedelta(minutes=number)).isoformat(),
        "text": text,
        "author": {"handle": author, "voice": voice},
        "reply_to": None if reply_to is None else f"p{reply_to}",
    } | more


LINES: list[Line] = [
    # A conversation between people: two exchanges human to human.
    line(1, "ada", "employee", "Ma première semaine chez Orée"),
    line(2, "bob", "person", "Bravo !", reply_to=1),
    line(3, "ada", "employee", "Merci", reply_to=2),
    # The brand and a human: one exchange each way; the answer also names the asker, and counts once.
    line(4, "cyd", "person", "Mon colis Orée n'arrive pas"),
    line(5, "oree", None, "@cyd On regarde", reply_to=4),
    line(6, "cyd", "person", "Merci @Oree", reply_to=5),
    # A conversation with an organisation only: other; its exchange is with other.
    line(7, "gazette", "organisation", "Orée publie ses résultats"),
    line(8, "dan", "person", "Enfin", reply_to=7),
    # A monologue, and a reply to oneself that is no exchange.
    line(9, "eve", "person", "Orée ouvre à Brest"),
    line(10, "eve", "person", "Et à Quimper", reply_to=9),
    # A thread that is not about the company at all: out of every number.
    line(11, "fay", "person", "Il pleut"),
    line(12, "gil", "person", "Toujours", reply_to=11),
    # An answer to a post nobody has: one exchange that stays unresolved.
    line(13, "hal", "person", "Pareil chez Orée", reply_to=999),
    # A bare repost is not speech.
    line(14, "ida", "person", "", repost_of="p1"),
    # The company opens a thread: a monologue, whose address may be kept. A person's may not.
    line(15, "oree", None, "Orée ouvre le télétravail à tous", url="https://forum.example/t/15?utm_source=x"),
    line(16, "jan", "person", "Le télétravail chez Orée", url="https://forum.example/t/16"),
]
EXPECTED = {
    "conversations_human_to_human": 1,
    "conversations_brand_to_human": 1,
    "conversations_other": 1,
    "monologues": 4,
    "exchanges_human_to_human": 2,
    "exchanges_brand_to_human": 1,
    "exchanges_human_to_brand": 1,
    "exchanges_brand_to_brand": 0,
    "exchanges_with_other": 1,
    "exchanges_unresolved": 1,
}


def canaries() -> Line:
    """A line with a mark in every field a person could be recognised by."""
    return {
        "platform": "forum",
        "post_id": f"{CANARY}-post",
        "created_at": MONDAY.isoformat(),
        "text": f"Orée: {CANARY}text @{CANARY}mention {CANARY}@mail.example https://x.example/{CANARY}",
        "author": {
            "account_id": f"{CANARY}-id",
            "handle": f"{CANARY}handle",
            "display_name": f"{CANARY} Name",
            "bio": f"Works at Orée. {CANARY}bio",
            "url": f"https://forum.example/{CANARY}",
            "links": [f"https://{CANARY}.example"],
        },
        "reply_to": f"{CANARY}-parent",
        "conversation_id": f"{CANARY}-conversation",
        "quote_of": f"{CANARY}-quote",
        "mentions": [f"{CANARY}mentioned"],
        "url": f"https://forum.example/{CANARY}/1",
    }


def write(file: Path, lines: Iterable[Line | str]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(entry if isinstance(entry, str) else json.dumps(entry) for entry in lines)
    file.write_text(text + "\n", encoding="utf-8")
    return file


def context(root: Path, settings: Settings = SETTINGS) -> path.Context:
    return path.Context(data=DataDir(root), settings=settings, now=NOW)


def go(here: path.Context, *files: Path) -> None:
    for file in files:
        import_file(file, here.data, now=NOW)
    path.run_stages(here, path.AFTER_COLLECT, lambda _name, call: call())


def marts(here: path.Context) -> dict[str, list[Any]]:
    return {
        file.name: pq.read_table(file).to_pylist() for file in sorted(here.data.exports.glob("rpt_*.parquet"))
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> path.Context:
    root = tmp_path_factory.mktemp("whole")
    bad = ["{not json", json.dumps({"platform": "forum"}), json.dumps(line(20, "x", "boss", "voice?"))]
    here = context(root / "data")
    go(here, write(root / "posts.jsonl", [*LINES, *bad, canaries()]))
    return here


def test_the_release_holds_the_hand_calculated_numbers(whole: path.Context) -> None:
    rows = pq.read_table(whole.data.exports / "rpt_conversation_mix_weekly.parquet").to_pylist()
    home = [
        row
        for row in rows
        if (row["company"], row["platform"], row["language"]) == ("Orée", "all", "all")
        and row["week_start"].isoformat() == "2026-11-02"
    ]
    assert len(home) == 1
    # The marked line adds a monologue and two exchanges with somebody nobody knows. It answers, quotes and
    # mentions what was never seen: the reply is taken to be to whom it mentions, the quote is not (0031).
    marked = {"monologues": 1, "exchanges_unresolved": 2}
    for name, count in EXPECTED.items():
        assert home[0][name] == count + marked.get(name, 0), name
    assert home[0]["human_to_human_share"] == pytest.approx(1 / 2)
    assert home[0]["human_to_human_share_low"] <= 1 / 2 <= home[0]["human_to_human_share_high"]


def test_people_find_a_dashboard_and_a_digest(whole: path.Context) -> None:
    names = {file.name for file in whole.data.exports.iterdir()}
    assert {"dashboard.html", "digest.html", "digest.md", "manifest.json"} <= names


def test_bad_lines_wait_in_quarantine_with_reason_and_line_number(whole: path.Context) -> None:
    found = {line.position.rsplit(":")[-1]: line.reason for _, line in read_quarantine(whole.data.quarantine)}
    assert set(found) == {"17", "18", "19"}
    assert all(found.values())


def test_the_only_address_kept_is_that_of_a_thread_the_company_opened(whole: path.Context) -> None:
    with duckdb.connect(str(whole.data.warehouse), read_only=True) as connection:
        links = connection.execute("select url from raw.organisation_links").fetchall()
        terms = connection.execute("select term, count(*) from raw.term_labels group by term").fetchall()
    assert links == [("https://forum.example/t/15",)]
    assert ("remote_work", 2) in terms


def test_running_it_again_changes_nothing(whole: path.Context) -> None:
    before = marts(whole), path.digest(whole.data.marts)
    go(whole)
    assert (marts(whole), path.digest(whole.data.marts)) == before


def test_two_halves_in_the_other_order_give_the_same_marts(whole: path.Context, tmp_path: Path) -> None:
    here = context(tmp_path / "data")
    go(here, write(tmp_path / "second.jsonl", [*LINES[7:], canaries()]))
    go(here, write(tmp_path / "first.jsonl", LINES[:7]))
    expected, found = marts(whole), marts(here)
    # How many files were imported and how many lines were bad differs, and is all that may.
    for name in expected:
        if "source_health" not in name:
            assert found[name] == expected[name], name


def test_no_mark_of_a_person_is_found_past_landing(whole: path.Context) -> None:
    kept = {whole.data.landing, whole.data.quarantine, whole.data.keys}
    searched = 0
    for file in whole.data.root.rglob("*"):
        if file.is_file() and not any(folder in file.parents for folder in kept):
            searched += 1
            assert CANARY.encode() not in file.read_bytes(), file.relative_to(whole.data.root)
    assert searched > 10
