"""52 weekly runs leave nothing behind: no memory, no file handle, no temporary file, no bloat in the warehouse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WEEKS = int(os.environ.get("GIRAFE_SOAK_WEEKS", "52"))
WARM = 4
"""Runs until everything that is loaded once is loaded."""
MB_A_RUN = 1.0
"""Of memory: less than a hundredth of what a run takes.

Not met before decision 0102 (1.9); met since (0.68).
"""
MB_A_WEEK = 2.0
"""Of warehouse, for the rows of 60 posts and of one more week in every mart."""


def soak(folder: Path, first: int, last: int) -> list[dict[str, float]]:
    """Runs these weeks in one process whose temporary folder is ours to look into."""
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    script = Path(__file__).with_name("soak_world.py")
    done = subprocess.run(
        [sys.executable, str(script), str(folder), str(first), str(last)],
        env=os.environ | {"TMPDIR": str(folder / "tmp")},
        stdout=subprocess.PIPE,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def growth(values: list[float]) -> float:
    """The slope of a straight line through `values`, by least squares: units a run."""
    middle = (len(values) - 1) / 2
    mean = sum(values) / len(values)
    rise = sum((place - middle) * (value - mean) for place, value in enumerate(values))
    return rise / sum((place - middle) ** 2 for place in range(len(values)))


def report(runs: list[dict[str, float]]) -> None:
    """What to read beside the verdict (pytest -s)."""
    for run in runs:
        sys.stdout.write(" ".join(f"{name} {value:.1f}" for name, value in run.items()) + "\n")


@pytest.mark.slow
def test_a_process_that_lives_for_a_year_of_weekly_runs_does_not_grow(tmp_path: Path) -> None:
    runs = soak(tmp_path, 0, WEEKS)
    report(runs)
    warm = runs[WARM:]
    assert len(runs) == WEEKS
    assert growth([run["memory_mb"] for run in warm]) < MB_A_RUN
    assert warm[-1]["handles"] <= warm[0]["handles"]
    assert [run["temporary"] for run in runs] == [0] * WEEKS
    assert growth([run["warehouse_mb"] for run in warm]) < MB_A_WEEK


@pytest.mark.slow
def test_a_year_of_weekly_runs_in_processes_of_their_own_leaves_nothing_behind(tmp_path: Path) -> None:
    runs = [line for week in range(WEEKS) for line in soak(tmp_path, week, week + 1)]
    report(runs)
    assert growth([run["memory_mb"] for run in runs]) < MB_A_RUN
    assert [run["temporary"] for run in runs] == [0] * WEEKS
    assert growth([run["warehouse_mb"] for run in runs]) < MB_A_WEEK
