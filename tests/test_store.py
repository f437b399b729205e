"""A store gives what a folder gives: the whole path, forget, retention, quarantine and rebuild, on each kind."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from collectors.imports.land import import_file
from collectors.registry import PARSERS
from girafe import run as path
from girafe import storage
from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from girafe.settings import parse_settings
from nlp.classify import classify_pending
from warehouse.connection import connect
from warehouse.erase import envelopes
from warehouse.forget import forget
from warehouse.forgotten import read_entries
from warehouse.landing import landing_files
from warehouse.quarantine import heaps, replay
from warehouse.retention import enforce
from warehouse.share import bring_back, share
from warehouse.tables import RAW

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SETTINGS = parse_settings('[company]\nname = "Orée"\nofficial_accounts = ["forum:oree"]\n')
EVERY_KIND = ["memory", pytest.param("s3", marks=pytest.mark.cluster)]


def lines(part: int) -> list[dict[str, Any]]:
    """Thirty threads of three posts by invented people, half of them in each part; the brand answers a third."""
    return [
        {
            "platform": "forum",
            "post_id": f"p{thread}-{turn}",
            "created_at": (NOW - timedelta(days=20, minutes=-600 * thread - 5 * turn)).isoformat(),
            "text": ("Qui travaille chez Orée ?", "Moi, chez Orée depuis un an.", "Merci !")[turn],
            "author": {"handle": author, "voice": None if author == "oree" else "person"},
            "reply_to": None if turn == 0 else f"p{thread}-{turn - 1}",
        }
        for thread in range(part, 30, 2)
        for turn in range(3)
        for author in ["oree" if turn == 1 and thread % 3 == 0 else f"lou{(thread + turn) % 13}"]
    ]


def walk(data: DataDir, folder: Path, *, to_marts: bool) -> dict[str, Any]:
    """Everything a store is used for, in order; what each step left behind. With `to_marts` up to the release."""
    here = path.Context(data=data, settings=SETTINGS, now=NOW)
    folder.mkdir(parents=True, exist_ok=True)
    for part in (0, 1):
        file = folder / f"part{part}.jsonl"
        file.write_text("\n".join(map(json.dumps, lines(part))) + "\n{broken lou3\n", encoding="utf-8")
        import_file(file, data, now=NOW)
        path.classify(here)
        path.load(here)
    seen: dict[str, Any] = {"loaded": tables(data)}
    path.load(here, rebuild=True)
    seen["rebuilt"] = tables(data)
    seen["quarantine"] = [heap.count for heap in heaps(data)]
    erased = forget(data, "forum", "lou3", parsers=PARSERS, pseudonymiser=here.pseudonymiser)
    seen["forgotten"] = erased.payloads_removed, erased.quarantine_lines_removed
    path.classify(here)
    path.load(here)
    seen["tables without"] = tables(data)
    seen["replay"] = replay(data).summary
    path.classify(here)
    path.load(here)
    seen["replayed"] = tables(data)
    if to_marts:
        path.run_stages(here, path.AFTER_COLLECT, lambda _name, call: call())
        seen["marts"] = path.digest(data.marts)
    seen["retention"] = len(enforce(data, SETTINGS, NOW + timedelta(days=40)).files)
    seen["left"] = len(storage.find(data.landing, "*/*/*")), len(storage.find(data.quarantine, "*/*"))
    return seen


def tables(data: DataDir) -> dict[str, list[str]]:
    with connect(data.warehouse, read_only=True) as connection:
        return {
            table.name: sorted(map(repr, connection.execute(f"from raw.{table.name}").fetchall()))
            for table in RAW
        }


@pytest.fixture(scope="module", autouse=True)
def keys() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PSEUDONYM", "FORGOTTEN"):
            patch.setenv(f"GIRAFE_{name}_KEY", name.ljust(40, "k"))
        yield


@pytest.fixture
def store(request: pytest.FixtureRequest) -> str:
    if request.param == "s3":
        return f"{request.getfixturevalue('s3')}/{os.urandom(4).hex()}"
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]
    MemoryFileSystem().mkdir("/bucket")
    return "memory://bucket/store"


@pytest.mark.parametrize("store", EVERY_KIND, indirect=True)
def test_a_store_gives_the_same_tables_marts_erasures_and_files_as_a_folder(
    store: str, tmp_path: Path
) -> None:
    to_marts = store.startswith("s3:")
    expected = walk(DataDir(tmp_path / "folder"), tmp_path / "files", to_marts=to_marts)
    assert expected["forgotten"][0] > 0
    assert expected["retention"] == 2
    seen = walk(
        DataDir.of(tmp_path / "data", {**os.environ, "GIRAFE_STORE": store}),
        tmp_path / "files",
        to_marts=to_marts,
    )
    for step in expected:
        assert seen[step] == expected[step], step
    here = {path.name for path in (tmp_path / "data").iterdir()}
    assert not here & {"landing", "classified", "quarantine", "runs", "cursors", "forgotten"}
    assert not list((tmp_path / "data").glob("keys/*.key"))


def test_what_a_worker_had_begun_before_somebody_was_forgotten_stays_out_of_the_warehouse(
    tmp_path: Path,
) -> None:
    data = DataDir(tmp_path / "data")
    here = path.Context(data=data, settings=SETTINGS, now=NOW)
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, lines(0))) + "\n", encoding="utf-8")
    forget(data, "forum", "lou3", parsers=PARSERS, pseudonymiser=here.pseudonymiser)
    import_file(file, data, now=NOW)
    # As a worker does that read the list of the forgotten a moment too early.
    classify_pending(data, settings=SETTINGS, parsers=PARSERS, pseudonymiser=here.pseudonymiser)
    path.load(here)
    theirs = here.pseudonymiser.handle("forum", "lou3")
    with connect(data.warehouse, read_only=True) as connection:
        for table in ("posts", "account_observations", "speaker_evidence", "speaker_labels"):
            held = connection.execute(
                f"select count(*), count(*) filter (account_id = ?) from raw.{table}", [theirs]
            )
            every, their = held.fetchall()[0]
            assert every > 0, table
            assert their == 0, table


@pytest.mark.parametrize("store", EVERY_KIND, indirect=True)
def test_one_machine_becomes_several_and_one_again_without_a_difference(store: str, tmp_path: Path) -> None:
    alone = DataDir(tmp_path / "one")
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, lines(0))) + "\n", encoding="utf-8")
    import_file(file, alone, now=NOW)
    context = path.Context(data=alone, settings=SETTINGS, now=NOW)
    path.classify(context)
    path.load(context)

    moved = share(DataDir.of(alone.root, {**os.environ, "GIRAFE_STORE": store}))
    assert moved["landing"] == moved["runs"] == 1
    several = DataDir.of(tmp_path / "writer", {**os.environ, "GIRAFE_STORE": store})
    elsewhere = path.Context(data=several, settings=SETTINGS, now=NOW)
    assert all(report.skipped for report in path.classify(elsewhere))
    path.load(elsewhere)
    assert tables(several) == tables(alone)

    share(DataDir.of(alone.root, {**os.environ, "GIRAFE_STORE": store}))
    bring_back(DataDir.of(tmp_path / "again", {**os.environ, "GIRAFE_STORE": store}))
    again = path.Context(data=DataDir(tmp_path / "again"), settings=SETTINGS, now=NOW)
    path.load(again)
    assert tables(again.data) == tables(alone)


def test_what_was_copied_is_on_the_disk_before_it_is_said_to_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it was copied from may be given up then, and the power may fail."""
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, lines(0))) + "\n", encoding="utf-8")
    import_file(file, DataDir(tmp_path / "one"), now=NOW)
    kept: list[int] = []
    monkeypatch.setattr(os, "sync", lambda: kept.append(len(list(tmp_path.glob("*/landing/*/*/*.gz")))))
    store = tmp_path / "store"
    share(DataDir(tmp_path / "one", store=store))
    bring_back(DataDir(tmp_path / "again", store=store))
    assert kept == [2, 3]


@pytest.mark.parametrize("store", EVERY_KIND, indirect=True)
def test_who_was_forgotten_in_a_store_comes_back_from_no_folder_it_was_made_of(
    store: str, tmp_path: Path
) -> None:
    environment = {**os.environ, "GIRAFE_STORE": store}
    alone = DataDir(tmp_path / "one")
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, lines(0))) + "\n", encoding="utf-8")
    import_file(file, alone, now=NOW)
    path.classify(path.Context(data=alone, settings=SETTINGS, now=NOW))
    several = DataDir.of(alone.root, environment)
    share(several)
    here = path.Context(data=several, settings=SETTINGS, now=NOW)
    forget(several, "forum", "lou3", parsers=PARSERS, pseudonymiser=here.pseudonymiser)
    with pytest.raises(UserMustAct, match="come back"):
        share(several)
    with pytest.raises(UserMustAct, match="come back"):
        bring_back(several)  # the folder still holds what left the store
    again = DataDir.of(tmp_path / "again", environment)
    for _ in range(2):
        bring_back(again)
    for data in (several, DataDir(again.root)):
        landed = b"".join(line for file in landing_files(data.landing) for line, _ in envelopes(file))
        assert b"lou5" in landed
        assert b"lou3" not in landed
        assert read_entries(data)
