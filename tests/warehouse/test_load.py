"""Load: the same tables whatever the order, the overlap and the number of times."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from girafe.data_dir import DataDir
from girafe.pseudonym import Pseudonymiser
from girafe.records import JUDGED_VOICES
from girafe.settings import parse_settings
from tests.killing import run_and_die
from warehouse.connection import WarehouseBusy, WarehouseDamaged, connect, remove_warehouse
from warehouse.load import LoadReport, load_classified
from warehouse.tables import CLASSIFIED, RAW, SPEAKER_LABELS

SETTINGS = parse_settings('[company]\nname = "Ondine"\nofficial_accounts = ["mastodon:ondine@a.example"]\n')
KEY = Pseudonymiser(b"k" * 32)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def judge(evidence: pa.Table) -> pa.Table:
    """A stand-in with the real shape: the label says how much evidence it was judged from."""
    rows = []
    seen: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in evidence.to_pylist():
        seen.setdefault((row["account_id"], row["company_id"]), []).append(row)
    for (account, company), found in sorted(seen.items()):
        rows.append(
            {name: 0.0 for name in SPEAKER_LABELS.schema.names if name.startswith("probability")}
            | {
                "account_id": account,
                "company_id": company,
                "observed_at": min(row["observed_at"] for row in found),
                "voice": "person",
                "evidence": sorted(row["reference"] for row in found),
                "is_certain": False,
                "classifier_version": "1",
            }
        )
    return pa.Table.from_pylist(rows, schema=SPEAKER_LABELS.schema)


def post(post_id: str, account: str, seen: int, likes: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "post_id": post_id,
        "content_hash": "h",
        "platform": "mastodon",
        "account_id": account,
        "created_at": at(1),
        "first_seen_at": at(seen),
        "last_seen_at": at(seen),
        "language": "fr",
        "likes": likes,
    } | more


def account(account_id: str, seen: int, version: str = "v1") -> dict[str, Any]:
    return {
        "account_id": account_id,
        "profile_version": version,
        "platform": "mastodon",
        "first_seen_at": at(seen),
        "last_seen_at": at(seen),
        "followers": seen,
    }


def evidence(
    account_id: str, reference: str, origin: str = "profile", day: int | None = None
) -> dict[str, Any]:
    scores = {f"score_{voice.value}": -1.0 for voice in JUDGED_VOICES}
    return scores | {
        "account_id": account_id,
        "company_id": "ondine",
        "origin": origin,
        "reference": reference,
        "observed_at": at(day) if day else None,
        "codes": ["bio:none"],
        "classifier_version": "1",
    }


def classified(data: DataDir, run: str, **tables: list[dict[str, Any]]) -> None:
    folder = data.classified / "2026-11-01" / run
    folder.mkdir(parents=True, exist_ok=True)
    for table in CLASSIFIED:
        rows = pa.Table.from_pylist(tables.get(table.name, []), schema=table.schema)
        pq.write_table(rows, folder / f"{table.name}.parquet")
    manifest = {"platform": "mastodon", "source": "mastodon", "run_id": run, "count_posts": len(tables)}
    (folder / "_manifest.json").write_text(json.dumps(manifest))


def load(data: DataDir, *, rebuild: bool = False) -> LoadReport:
    return load_classified(data, SETTINGS, judge=judge, pseudonymiser=KEY, rebuild=rebuild)


def contents(data: DataDir) -> dict[str, list[str]]:
    with connect(data.warehouse, read_only=True) as connection:
        return {
            table.name: sorted(map(repr, connection.execute(f"from raw.{table.name}").fetchall()))
            for table in RAW
        }


RUNS: dict[str, dict[str, list[dict[str, Any]]]] = {
    "a": {
        "posts": [post("p1", "ada", 2, likes=1), post("p2", "bob", 2)],
        "account_observations": [account("ada", 2), account("bob", 2)],
        "speaker_evidence": [evidence("ada", "v1"), evidence("bob", "v1")],
        "mentions": [
            {"post_id": "p1", "content_hash": "h", "handle_key": "x", "account_key": "y"},
        ],
    },
    "b": {
        "posts": [post("p1", "ada", 5, likes=7), post("p3", "cyd", 5)],
        "account_observations": [account("ada", 5), account("cyd", 5)],
        "speaker_evidence": [
            evidence("ada", "v1"),
            evidence("cyd", "v1"),
            evidence("ada", "p1", "post", 1),
        ],
    },
    "c": {
        "posts": [post("p2", "bob", 1, content_hash="older")],
        "deletions": [
            {
                "post_id": "p3",
                "account_id": "",
                "platform": "mastodon",
                "reason": "deleted",
                "observed_at": at(6),
            }
        ],
    },
}


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
@pytest.mark.parametrize("at_once", [True, False])
def test_any_order_and_any_grouping_of_runs_gives_the_same_tables(
    tmp_path: Path, order: tuple[str, ...], at_once: bool
) -> None:
    reference, data = DataDir(tmp_path / "reference"), DataDir(tmp_path / "data")
    for run in "abc":
        classified(reference, run, **RUNS[run])
    load(reference)
    for run in order:
        classified(data, run, **RUNS[run])
        if not at_once:
            load(data)
    load(data)
    assert contents(data) == contents(reference)


def test_loading_again_changes_nothing_and_says_so(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    classified(data, "a", **RUNS["a"])
    first = load(data)
    before = contents(data)
    second = load(data)
    assert (first.files, second.files) == (1, 0)
    assert contents(data) == before


def test_the_last_sighting_decides_counts_and_the_first_and_last_times_are_kept(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    classified(data, "a", **RUNS["a"])
    classified(data, "b", **RUNS["b"])
    load(data)
    with connect(data.warehouse) as connection:
        row = connection.execute(
            "select likes, first_seen_at, last_seen_at from raw.posts where post_id = 'p1'"
        ).fetchone()
    assert row == (7, at(2), at(5))


def test_a_deleted_post_leaves_whatever_the_order_and_never_comes_back(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    classified(data, "c", **RUNS["c"])
    load(data)
    classified(data, "b", **RUNS["b"])
    report = load(data)
    assert report.posts == 2, "p1 and p2: p3 was deleted before it was even seen"


def test_a_changed_folder_rebuilds_so_that_old_rows_leave(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    classified(data, "a", **RUNS["a"])
    load(data)
    classified(data, "a", posts=[post("p9", "zoe", 2)])
    report = load(data)
    assert report.rebuilt
    assert report.posts == 1


def test_a_statement_in_a_later_file_is_judged_with_the_earlier_profile(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    classified(data, "a", **RUNS["a"])
    load(data)
    classified(data, "b", **RUNS["b"])
    load(data)
    with connect(data.warehouse) as connection:
        found = connection.execute(
            "select evidence from raw.speaker_labels where account_id = 'ada'"
        ).fetchall()
    assert found == [(["p1", "v1"],)]


def test_a_damaged_warehouse_names_the_remedy_and_the_remedy_works(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    classified(data, "a", **RUNS["a"])
    load(data)
    before = contents(data)
    data.warehouse.write_bytes(b"not a database" * 1000)
    with pytest.raises(WarehouseDamaged, match="girafe load --rebuild"):
        load(data)
    load(data, rebuild=True)
    assert contents(data) == before


def test_what_a_killed_rebuild_left_goes_with_the_next_load(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "data")
    classified(data, "a", **RUNS["a"])
    load(data)
    beside, spill = data.warehouse.parent / "girafe.rebuild.duckdb", data.warehouse.parent / "spill" / "x.tmp"
    for left in (beside, beside.with_name(beside.name + ".wal"), spill):
        left.parent.mkdir(exist_ok=True)
        left.write_bytes(b"somebody who is forgotten now")
    load(data)
    assert sorted(file.name for file in data.warehouse.parent.iterdir()) == ["girafe.duckdb"]


@pytest.mark.forks
def test_a_warehouse_never_leaves_before_its_log(tmp_path: Path) -> None:
    """A file made anew under that name would take in what the old log holds."""
    warehouse = tmp_path / "girafe.duckdb"
    log = tmp_path / "girafe.duckdb.wal"
    for step in (1, 2):
        warehouse.write_bytes(b"x")
        log.write_bytes(b"x")
        assert run_and_die(lambda: remove_warehouse(warehouse), step=step).died
        assert warehouse.exists() >= log.exists()
        assert warehouse.exists()


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    import subprocess
    import sys

    path = tmp_path / "w.duckdb"
    duckdb.connect(str(path)).close()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb; c = duckdb.connect({str(path)!r}); print('open', flush=True); input()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"open"
        with pytest.raises(WarehouseBusy, match="another process"), connect(path):
            pass
    finally:
        holder.communicate(b"\n")
