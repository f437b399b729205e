"""Bench: what each stage costs, how that grows, what a run with 1 % new posts costs, and how much memory it takes.

Each stage runs as its own process on invented posts (girafe/bench_world.py). Figures are processor time, so that a
machine that also does other things gives nearly the same; machines differ, so costs are also given as ratios against
a plain baseline of the same run: a loop that reads the same JSONL file with the standard library and counts replies.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from girafe.bench_world import COMPANY, invented_posts

STAGES = ("import", "classify", "load", "validate", "measure", "validate marts", "publish")
BAR_MEMORY_MB = 2048
BAR_GROWTH = 1.1
"""Times the number of times more posts: ten times the posts may cost eleven times as much."""
BAR_NEW = 0.05
"""Of the full run, for a run with 1 % new posts."""

_NOW = datetime(2026, 11, 2, 6, tzinfo=UTC).isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one process cost."""

    cpu: float
    """Seconds of processor time, user and system, of the process and its children."""
    seconds: float
    """Seconds on the clock."""
    peak_mb: float


Costs: TypeAlias = Mapping[str, Cost]
"""By stage; `baseline` is the plain loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """One number of posts, measured: the first run, then one with 1 % new posts on top."""

    posts: int
    full: Costs
    new: Costs

    def sum(self, costs: Costs) -> float:
        """Processor seconds of the whole path."""
        return sum(costs[stage].cpu for stage in STAGES)


def measure(posts: int, *, say: Callable[[str], None]) -> Runs:
    """Runs every stage on `posts` invented posts and again with 1 % more, each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="girafe-bench-") as name:
        folder = Path(name)
        (folder / "company.toml").write_text(COMPANY, encoding="utf-8")
        first, more = folder / "posts.jsonl", folder / "new.jsonl"
        lines = invented_posts(posts, new=posts // 100)
        for file, lines_in_it in ((first, islice(lines, posts)), (more, lines)):
            with file.open("wb") as out:
                out.writelines(lines_in_it)
        full = {"baseline": _timed([sys.executable, "-c", _BASELINE, str(first)])}
        full |= _path(folder, first, lambda stage: say(f"{posts:,} posts: {stage}"))
        return Runs(
            posts=posts,
            full=full,
            new=_path(folder, more, lambda stage: say(f"{posts:,} posts and 1 % new: {stage}")),
        )


def _path(folder: Path, file: Path, say: Callable[[str], None]) -> dict[str, Cost]:
    costs: dict[str, Cost] = {}
    shared = ["--data", str(folder / "data")]
    company = ["--company", str(folder / "company.toml"), *shared]
    for stage in STAGES:
        say(stage)
        command = ["import", str(file), *shared] if stage == "import" else ["stage", stage, *company]
        costs[stage] = _timed([sys.executable, "-m", "girafe", *command])
    return costs


_BASELINE = """
import collections, json, sys
replies = collections.Counter()
for line in open(sys.argv[1], encoding="utf-8"):
    post = json.loads(line)
    if post["reply_to"]:
        replies[post["author"]["account_id"]] += 1
"""


def _timed(command: list[str]) -> Cost:
    """Runs a command to its end; raises RuntimeError with its last words if it fails."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = os.posix_spawn(
            command[0],
            command,
            # Compiled modules are kept, as in any installation: compiling is not what a run costs.
            {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
            | {"GIRAFE_NOW": _NOW},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, output.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, output.fileno(), 2),
            ],
        )
        _, status, usage = os.wait4(process, 0)
        if status:
            output.seek(0)
            raise RuntimeError(
                f"{' '.join(command)} failed:\n{output.read()[-2000:].decode(errors='replace')}"
            )
    return Cost(
        cpu=usage.ru_utime + usage.ru_stime,
        seconds=time.perf_counter() - started,
        peak_mb=usage.ru_maxrss / 1024,
    )


def table(small: Runs, large: Runs) -> list[str]:
    """The result as aligned lines, a line a stage.

    `ms per 1,000` is the difference of the two runs, so start-up is taken out; `growth` is the whole time of the
    large run over that of the small one.
    """
    extra = (large.posts - small.posts) / 1000
    times = large.posts / small.posts
    base = (large.full["baseline"].cpu - small.full["baseline"].cpu) / extra
    sizes = (f"{small.posts:,}", f"{large.posts:,}", "1 % new")
    head = "".join(f"{title:>13}" for title in (*sizes, "new/full", f"growth x{times:g}", "ms per 1,000"))
    lines = [f"{'processor s':<16}{head}{'x baseline':>12}{'peak MB':>9}{'1 % new MB':>12}"]
    for name in ("baseline", *STAGES):
        one, ten, new = small.full[name], large.full[name], large.new.get(name)
        marginal = max(ten.cpu - one.cpu, 0.0) / extra
        ratio = marginal / base if base > 0 else float("nan")
        lines.append(
            f"{name:<16}{one.cpu:>13.1f}{ten.cpu:>13.1f}"
            + (f"{new.cpu:>13.1f}{new.cpu / ten.cpu:>13.1%}" if new else f"{'':>26}")
            + f"{ten.cpu / one.cpu:>13.1f}{marginal * 1000:>13.1f}{ratio:>12.1f}{ten.peak_mb:>9.0f}"
            + (f"{new.peak_mb:>12.0f}" if new else "")
        )
    one_sum, ten_sum, new_sum = small.sum(small.full), large.sum(large.full), large.sum(large.new)
    lines.append(
        f"{'the whole path':<16}{one_sum:>13.1f}{ten_sum:>13.1f}{new_sum:>13.1f}{new_sum / ten_sum:>13.1%}"
        f"{ten_sum / one_sum:>13.1f}"
    )
    wall = [sum(costs[stage].seconds for stage in STAGES) for costs in (small.full, large.full, large.new)]
    lines.append(f"{'on the clock':<16}{''.join(f'{seconds:>13.1f}' for seconds in wall)}")
    return lines


def missed(small: Runs, large: Runs) -> list[str]:
    """Which bars the runs miss, as sentences; none if all are met."""
    times = large.posts / small.posts
    growth = large.sum(large.full) / small.sum(small.full)
    share = large.sum(large.new) / large.sum(large.full)
    peak = max(cost.peak_mb for costs in (large.full, large.new) for cost in costs.values())
    bars = (
        (peak <= BAR_MEMORY_MB, f"{peak:.0f} MB in one process, {BAR_MEMORY_MB} allowed"),
        (
            growth <= times * BAR_GROWTH,
            f"{times:g} times the posts cost {growth:.1f} times as much, {times * BAR_GROWTH:.1f} allowed",
        ),
        (
            share <= BAR_NEW,
            f"a run with 1 % new posts costs {share:.1%} of the full one, {BAR_NEW:.0%} allowed",
        ),
    )
    return [line for is_met, line in bars if not is_met]
