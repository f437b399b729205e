"""What a platform says is gone leaves every file, bytes included, and never comes back; killed anywhere it finishes."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from collectors.registry import PARSERS
from girafe import erasure, rotation
from girafe import run as path
from girafe.data_dir import DataDir
from girafe.records import Envelope
from girafe.settings import parse_settings
from tests.killing import run_and_die
from warehouse.connection import connect
from warehouse.deletions import propagate_deletions
from warehouse.landing import landing_path, write_envelopes
from warehouse.quarantine import heaps
from warehouse.tables import CLASSIFIED

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SETTINGS = parse_settings('[company]\nname = "Orée"\n')
AUTHORS = {1: "ada", 2: "bob", 3: "cyd", 4: "ada", 5: "cyd", 6: "bob"}
GONE_POST, GONE_ACCOUNT = "p2", "u-cyd"
LEAVING = {2, 3, 5}
ANSWERS = {"reply_to_id", "conversation_id", "root_post_id"}


def line(number: int) -> dict[str, Any]:
    author = AUTHORS[number]
    return {
        "platform": "forum",
        "post_id": f"p{number}",
        "created_at": (datetime(2026, 11, 2, 8, tzinfo=UTC) + timedelta(minutes=number)).isoformat(),
        "text": f"Chez Orée, mots{number}",
        "author": {"account_id": f"u-{author}", "handle": f"h-{author}"},
        "reply_to": f"p{number - 1}" if number > 1 else None,
    }


def notice(day: int, **what: str) -> Envelope:
    return Envelope(
        source="gone", platform="forum", query="", fetched_at=NOW + timedelta(days=day), run_id=f"gone{day}",
        collector_version="1", payload=what,
    )  # fmt: skip


def context(root: Path) -> path.Context:
    return path.Context(data=DataDir(root), settings=SETTINGS, now=NOW)


def bring(here: path.Context, name: str, numbers: Iterable[int]) -> None:
    file = here.data.root.parent / f"{here.data.root.name}-{name}.jsonl"
    file.write_text("".join(json.dumps(line(number)) + "\n" for number in numbers), encoding="utf-8")
    path.import_files(here, [file])
    path.classify(here)
    path.load(here)


def start(root: Path) -> path.Context:
    here = context(root)
    bring(here, "all", AUTHORS)
    for day, what in enumerate(({"post_id": GONE_POST}, {"account_id": GONE_ACCOUNT})):
        told = notice(day, **what)
        write_envelopes(landing_path(here.data.landing, "forum", told.fetched_at, told.run_id), [told])
    path.classify(here)
    return here


def rows(here: path.Context) -> dict[str, list[str]]:
    with connect(here.data.warehouse, read_only=True) as connection:
        return {
            table.name: sorted(map(repr, connection.execute(f"from raw.{table.name}").fetchall()))
            for table in CLASSIFIED
            if table.name != "deletions"
        }


def words(here: path.Context) -> set[int]:
    """The posts whose words stand in any file, packed or not."""
    return words_in(here.data.root)


def words_in(root: Path) -> set[int]:
    found = set()
    for file in root.rglob("*"):
        if file.is_file():
            content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            found |= {number for number in AUTHORS if f"mots{number}".encode() in content}
    return found


def leaving(here: path.Context) -> set[bytes]:
    """The pseudonyms that must be gone: the posts', and the account's with its handle."""
    own = here.pseudonymiser
    posts = {own.post("forum", f"p{number}") for number in LEAVING}
    return {
        name.encode()
        for name in (*posts, own.account_id("forum", GONE_ACCOUNT), own.handle("forum", "h-cyd"))
    }


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIRAFE_PSEUDONYM_KEY", "k" * 40)


def test_a_deleted_post_and_a_deleted_account_leave_every_file_and_the_tables_are_those_without_them(
    tmp_path: Path,
) -> None:
    here = start(tmp_path / "data")
    assert words(here) == set(AUTHORS)
    report = erasure.propagate_deletions(here)
    assert report.payloads == len(LEAVING)
    assert words(here) == set(AUTHORS) - LEAVING
    other = context(tmp_path / "other")
    bring(other, "others", set(AUTHORS) - LEAVING)
    for table, expected in rows(other).items():
        assert rows(here)[table] == expected, table
    for file in here.data.root.rglob("*.parquet"):
        for row in pq.read_table(file).to_pylist() if file.name != "deletions.parquet" else ():
            # An answer still says which post it answered; what that was, or whose, nobody can tell.
            held = {str(value).encode() for name, value in row.items() if name not in ANSWERS}
            assert not held & leaving(here), file
    again = erasure.propagate_deletions(here)
    assert (again.payloads, again.folders) == (0, 0)


def test_what_cannot_be_read_leaves_landing_and_quarantine_if_it_names_what_is_gone(tmp_path: Path) -> None:
    here = start(tmp_path / "data")
    broken = [
        {"platform": "forum", "post_id": name, "text": f"mots-{name}", "created_at": "the other day",
         "author": {"account_id": account}}
        for name, account in ((GONE_POST, "u-bob"), ("p70", GONE_ACCOUNT), ("p22", "u-eve"))
    ]  # fmt: skip
    file = landing_path(here.data.landing, "forum", NOW, "broken")
    write_envelopes(
        file, [replace(notice(0), source="girafe_jsonl", run_id="broken", payload=line) for line in broken]
    )
    path.classify(here)
    assert sum(heap.count for heap in heaps(here.data)) == len(broken)
    report = erasure.propagate_deletions(here)
    assert (report.payloads, report.quarantine_lines) == (len(LEAVING) + 2, 2)
    stays = {"landing", "quarantine"}
    for kept in here.data.root.rglob("*.gz"):
        content = gzip.decompress(kept.read_bytes())
        assert b"mots-p2" not in content.replace(b"mots-p22", b""), kept
        assert b"mots-p70" not in content, kept
        stays -= {kept.relative_to(here.data.root).parts[0]} if b"mots-p22" in content else set()
    assert not stays, "what names somebody else stays for a replay"
    again = erasure.propagate_deletions(here)
    assert (again.payloads, again.folders, again.quarantine_lines) == (0, 0, 0)


def test_the_bytes_of_the_warehouse_are_free_of_what_is_gone(tmp_path: Path) -> None:
    here = start(tmp_path / "data")
    own = here.pseudonymiser
    with connect(here.data.warehouse, read_only=True) as connection:
        hashes = connection.execute(
            "select content_hash from raw.posts where list_contains(?, post_id)",
            [[own.post("forum", f"p{number}") for number in LEAVING]],
        ).fetchall()
    # Of a post what it said, as a hash with a key; of an account by what handle it was known.
    names = {own.handle("forum", "h-cyd").encode(), *(found.encode() for (found,) in hashes)}
    assert len(names) == 1 + len(LEAVING)
    assert all(name in here.data.warehouse.read_bytes() for name in names), "the search finds what is there"
    erasure.propagate_deletions(here)
    for file in here.data.root.rglob("*"):
        if file.is_file():
            assert not any(name in file.read_bytes() for name in names), file


def test_a_data_directory_behind_a_link_is_cleaned_where_it_really_lies(tmp_path: Path) -> None:
    real = tmp_path / "disk" / "girafe"
    real.mkdir(parents=True)
    (tmp_path / "data").symlink_to(real, target_is_directory=True)
    here = start(tmp_path / "data")
    assert words_in(real) == set(AUTHORS)
    erasure.propagate_deletions(here)
    assert words_in(real) == set(AUTHORS) - LEAVING
    assert len(rows(here)["posts"]) == len(AUTHORS) - len(LEAVING)
    assert (tmp_path / "data").is_symlink(), "the link is still one"


def test_what_was_deleted_and_is_collected_again_never_reaches_the_tables_and_leaves_again(
    tmp_path: Path,
) -> None:
    here = start(tmp_path / "data")
    erasure.propagate_deletions(here)
    before = rows(here)
    bring(here, "once-more", [*LEAVING, 1])
    assert rows(here)["posts"] == before["posts"]
    assert erasure.propagate_deletions(here).payloads == len(LEAVING)
    assert words(here) == set(AUTHORS) - LEAVING


@pytest.mark.forks
@pytest.mark.slow
@pytest.mark.parametrize("every", [4, 1])
def test_killed_anywhere_the_same_call_finishes(tmp_path: Path, every: int) -> None:
    """Everything runs in forks: what has read a language or a table has threads, and could not be forked again."""
    here = context(tmp_path / "here")

    def fresh() -> None:
        shutil.rmtree(here.data.root, ignore_errors=True)
        shutil.copytree(tmp_path / "prepared", here.data.root)

    def propagate() -> None:
        propagate_deletions(here.data, parsers=PARSERS, pseudonymiser=here.pseudonymiser)
        path.classify(here)

    def finish() -> None:
        erasure.propagate_deletions(here)
        assert words(here) == set(AUTHORS) - LEAVING
        assert len(rows(here)["posts"]) == len(AUTHORS) - len(LEAVING)

    assert not run_and_die(lambda: start(tmp_path / "prepared")).error
    fresh()
    undisturbed = run_and_die(propagate)
    assert not undisturbed.error
    for step in range(1, undisturbed.steps + 1, every):
        fresh()
        run_and_die(propagate, step=step)
        assert run_and_die(finish).error == "", step


def test_who_opts_out_under_a_later_handle_is_left_out_under_the_earlier_one_too_and_stays_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GIRAFE_PSEUDONYM_KEY")  # one of its own, so that it can be replaced
    here = context(tmp_path / "data")
    under_handle = {**line(1), "author": {"handle": "h-ada"}}
    both = line(4)

    def land(number: int, *payloads: dict[str, Any], source: str = "girafe_jsonl") -> None:
        told = [
            replace(notice(number), source=source, run_id=f"run{number}", payload=payload)
            for payload in payloads
        ]
        write_envelopes(landing_path(here.data.landing, "forum", NOW, f"run{number}"), told)

    land(1, under_handle, both, line(2), line(3))
    signal = {"platform": "forum", "account_id": "u-ada", "handle": "h-ada-since", "signal": "noindex"}
    land(2, signal, source="opt_out")
    erasure.propagate_deletions(here)
    assert words(here) == {2, 3}
    assert len(rows(here)["posts"]) == 2
    # Nothing that is held now tells whose the earlier handle was.
    for number in (3, 4):
        land(number, {**under_handle, "post_id": f"once-more{number}"})
        erasure.propagate_deletions(here)
        assert words(here) == {2, 3}
        assert len(rows(here)["posts"]) == 2
        rotation.rotate_key(here)
