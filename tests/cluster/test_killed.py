"""The scheduler, a worker, the writer: killed at a random moment and started again, the tables stay the same."""

from __future__ import annotations

import hashlib
import random
import shutil
import sys
import time
from pathlib import Path

import duckdb
import pytest

from girafe import storage
from scripts.cluster import PATIENCE, Cluster, cluster, services
from tests.cluster.test_cluster import NOW, classified, marts, marts_of_one_machine

pytestmark = pytest.mark.cluster
BUILD = "measure.dbt_producer_watcher"
ROUNDS = [
    # Who dies, in which task, and the seed of the moment.
    ("scheduler", "classify", 1),
    ("writer", "load", 2),
    ("writer", BUILD, 3),
    ("scheduler", BUILD, 4),
    ("classifier", "classify", 5),
]


def test_killed_and_started_again_gives_the_same_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cluster(GIRAFE_NOW=NOW) as made:
        for name, value in made.environment.items():
            if name.startswith("AWS_"):
                monkeypatch.setenv(name, value)
        expected = marts_of_one_machine(tmp_path / "one", made)
        made.trigger("girafe_import")
        made.wait_for("girafe_process")
        undisturbed = raw_tables(made)
        assert marts(made) == expected
        for number, (victim, task, seed) in enumerate(ROUNDS, start=2):
            started = time.monotonic()
            killed_after = kill_once(made, victim, task, random.Random(seed))
            run = made.wait_for("girafe_process", count=number)
            assert all(one["state"] == "success" for one in made.tasks("girafe_process", run["dag_run_id"]))
            assert marts(made) == expected, (victim, task)
            assert raw_tables(made) == undisturbed, (victim, task)
            tries = max(one["try_number"] for one in made.tasks("girafe_process", run["dag_run_id"]))
            sys.stdout.write(
                f"\n{victim} killed {killed_after:.1f} s into {task}: same tables, at most {tries} tries of a task, "
                f"{time.monotonic() - started:.0f} s\n"
            )


def kill_once(made: Cluster, victim: str, task: str, chance: random.Random) -> float:
    """Has everything computed anew, kills `victim` at a moment of `task`, starts it again; seconds into the task."""
    for manifest in storage.find(classified(made), "*/*/_manifest.json"):
        storage.remove(manifest)
    shutil.rmtree(made.data("writer") / "warehouse" / "marts")  # what is there at the end is of this run
    before = len(began(made, task))
    made.trigger("girafe_process", rebuild=True)
    services.wait_until(lambda: len(began(made, task)) > before, f"The task {task}", seconds=PATIENCE)
    pause = chance.uniform(0.5, 8)
    time.sleep(pause)
    starts = len([line for line in log_of(made, victim).splitlines() if " ready." in line])
    made.kill(victim)
    time.sleep(chance.uniform(0, 10))
    if victim == "scheduler":
        made.start(victim, [victim], env=made.environment, cwd=made.folder / "core")
    else:
        made.start_worker(victim)
        made.wait_for_worker(victim, starts=starts + 1)
    return pause


def log_of(made: Cluster, part: str) -> str:
    return (made.folder / f"{part}.log").read_text(errors="replace")


def began(made: Cluster, task: str) -> list[Path]:
    """The logs of every try of `task`, on any worker."""
    return [log for worker in ("classifier", "writer") for log in made.started(worker, task)]


def raw_tables(made: Cluster) -> dict[str, str]:
    """The content hash of every raw table."""
    with duckdb.connect(
        str(made.data("writer") / "warehouse" / "girafe.duckdb"), read_only=True
    ) as warehouse:
        names = warehouse.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
        return {
            name: hashlib.sha256(
                "\n".join(
                    sorted(map(repr, warehouse.execute(f'select * from raw."{name}"').fetchall()))
                ).encode()
            ).hexdigest()
            for (name,) in names
        }
