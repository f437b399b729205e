"""The soak: weekly runs of the whole path on a small world, in a process of its own; prints a line of JSON a run.

python tests/soak_world.py FOLDER FIRST_WEEK LAST_WEEK
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from girafe import run as path
from girafe.bench_world import COMPANY, WEEKS, invented_posts
from girafe.data_dir import DataDir
from girafe.settings import parse_settings

POSTS_A_WEEK = 60
START = datetime(2025, 9, 8, 6, tzinfo=UTC)
"""The Monday after the first week of the world."""


def week_file(folder: Path, week: int) -> Path:
    """The posts of one week as a file to import."""
    lines = islice(invented_posts(WEEKS * POSTS_A_WEEK), week * POSTS_A_WEEK, (week + 1) * POSTS_A_WEEK)
    file = folder / f"week{week}.jsonl"
    file.write_bytes(b"".join(lines))
    return file


def run_week(folder: Path, week: int) -> None:
    """What a company does once a week: bring in what was said, run every stage, publish."""
    context = path.Context(
        data=DataDir(folder / "data"),
        settings=parse_settings(COMPANY),
        now=START + timedelta(weeks=week),
    )
    file = week_file(folder, week)
    path.import_files(context, [file])
    file.unlink()
    path.run_stages(context, path.AFTER_COLLECT, lambda name, call: call())


def state(folder: Path) -> dict[str, float]:
    """What may not grow: memory, file handles, temporary files; and how large the warehouse is."""
    warehouse = folder / "data" / "warehouse"
    left = [file for file in (folder / "tmp").rglob("*") if file.is_file()]
    left += [file for file in folder.rglob("*") if file.is_file() and ".part" in file.name]
    left += list((warehouse / "spill").glob("*"))
    return {
        "memory_mb": int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6,
        "handles": len(list(Path("/proc/self/fd").iterdir())),
        "temporary": len(left),
        "warehouse_mb": (warehouse / "girafe.duckdb").stat().st_size / 1e6,
        "all_files": sum(1 for file in (folder / "data").rglob("*") if file.is_file()),
    }


def main(folder: Path, first: int, last: int) -> None:
    """Runs the weeks in order and says what each left behind."""
    path.be_quiet()
    for week in range(first, last):
        before = time.process_time()
        run_week(folder, week)
        line = {"week": week, "cpu": time.process_time() - before} | state(folder)
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
