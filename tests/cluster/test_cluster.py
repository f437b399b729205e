"""Several machines: the chain on two Celery workers that share only an S3, one of them killed in mid-run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from girafe import storage
from girafe.run import digest
from sample import seed
from scripts.cluster import PATIENCE, Cluster, cluster, services

pytestmark = pytest.mark.cluster
NOW = seed.NOW.isoformat()
"""The moment at which `girafe demo` looks at the sample."""


def marts_of_one_machine(folder: Path, made: Cluster) -> dict[str, str]:
    """What the sample gives in one process on one machine, with the same key at the same time."""
    keys = {name: made.environment[name] for name in made.environment if name.endswith("_KEY_FILE")}
    command = [sys.executable, "-m", "girafe", "demo", "--data", str(folder)]
    done = subprocess.run(command, env={**os.environ, **keys}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return digest(folder / "warehouse" / "marts")


def marts(made: Cluster) -> dict[str, str]:
    return digest(made.data("writer") / "warehouse" / "marts")


def classified(made: Cluster) -> storage.Place:
    return storage.place(f"{made.store}/classified")


def test_a_worker_killed_in_mid_run_loses_nothing_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.monotonic()
    with cluster(GIRAFE_NOW=NOW) as made:
        for name in (
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ENDPOINT_URL_S3",
            "AWS_DEFAULT_REGION",
        ):
            monkeypatch.setenv(name, made.environment[name])
        up = time.monotonic() - began
        expected = marts_of_one_machine(tmp_path / "one", made)
        assert len(expected) >= 8

        # A worker dies while it classifies.
        started = time.monotonic()
        made.trigger("girafe_import")
        services.wait_until(
            lambda: bool(made.at_work("classifier", "classify") and made.started("writer", "classify")),
            "Classification on both workers", seconds=PATIENCE,
        )  # fmt: skip
        made.kill("classifier")
        cut_off = made.at_work("classifier", "classify")
        run = made.wait_for("girafe_process")["dag_run_id"]
        made.wait_for("girafe_publish")
        killed = time.monotonic() - started
        # What was cut off in the middle was done by the other worker, and is there once.
        assert cut_off, "nothing was killed in mid-run"
        assert cut_off <= {log.parent.name for log in made.started("writer", "classify")}
        assert all(task["state"] == "success" for task in made.tasks("girafe_process", run))
        assert marts(made) == expected
        assert not (made.data("classifier") / "warehouse").exists()
        assert (made.data("writer") / "exports" / "dashboard.html").stat().st_size > 10_000

        # It comes back; everything is classified once more by both, and the warehouse made anew.
        before = {worker: len(made.started(worker, "classify")) for worker in ("classifier", "writer")}
        made.start_worker("classifier")
        made.wait_for_worker("classifier", starts=2)
        for manifest in storage.find(classified(made), "*/*/_manifest.json"):
            storage.remove(manifest)
        started = time.monotonic()
        made.trigger("girafe_process", rebuild=True)
        made.wait_for("girafe_process", count=2)
        undisturbed = time.monotonic() - started
        assert marts(made) == expected
        shared = {worker: len(made.started(worker, "classify")) - before[worker] for worker in before}
        assert all(shared.values()), f"only one worker classified: {shared}"
        sys.stdout.write(
            f"\ncluster: up in {up:.0f} s; import to release with a killed worker {killed:.0f} s; "
            f"process alone, undisturbed, {undisturbed:.0f} s; batches by worker {shared}\n"
            f"peak memory (MB, shared pages counted once): { {k: round(v) for k, v in made.peak_mb.items()} }, "
            f"together {sum(made.peak_mb.values()):,.0f}\n"
        )
