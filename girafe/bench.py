"""Bench: what each stage costs per thousand posts, how that grows, and how much memory it takes.

Each stage runs as its own process on invented posts. Machines differ, so times are also given as
ratios against a plain baseline measured in the same run: a loop that reads the same JSONL file with
the standard library and counts replies by author.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

STAGES = ("import", "classify", "load", "validate", "measure", "validate marts", "publish")

_START = datetime(2026, 9, 21, tzinfo=UTC)
_COMPANY = '[company]\nname = "Orée"\nofficial_accounts = ["forum:oree"]\n'
_BIOS = (
    "Développeuse chez Orée. Mes propos n'engagent que moi.", "Maman, course à pied, café.",
    "Software engineer at Orée, opinions are mine", "Journaliste. Transports et énergie.",
    "ex-Orée, aujourd'hui à mon compte", "I like trains and long walks.", "", "Étudiant en droit",
)  # fmt: skip
_OPENINGS = (
    "Orée recrute à Lyon, quelqu'un a un avis ?", "Mon contrat chez Orée commence lundi",
    "The Orée app is down again", "Orée raised its prices, again", "Bravo aux équipes d'Orée ce matin",
    "Is Orée a good place to work?", "Le planning chez Orée change tout le temps",
)  # fmt: skip
_REPLIES = (
    "Pareil ici, c'est long", "Same here since Monday", "Bon courage !", "Merci pour le retour",
    "We are looking into it, sorry", "Tu as essayé de les appeler ?", "Salary is fine, hours are not",
    "Je confirme, bonne ambiance", "No idea, ask your manager", "On vous répond en message privé",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one stage cost on one number of posts."""

    seconds: float
    peak_mb: float


def invented_posts(count: int, *, seed: int = 7) -> Iterator[bytes]:
    """`count` lines of girafe JSONL: threads of one to nine posts, an account per three posts."""
    chance = random.Random(seed)  # noqa: S311 repeatable chance, not secrecy
    accounts = max(8, count // 3)
    thread: list[int] = []
    left = 0
    for number in range(count):
        if left == 0:
            thread, left = [], min(9, 1 + int(chance.expovariate(0.4)))
        account = 0 if thread and chance.random() < 0.15 else chance.randrange(1, accounts)
        text = chance.choice(_REPLIES if thread else _OPENINGS)
        line = {
            "platform": "forum",
            "post_id": f"p{number}",
            "created_at": (_START + timedelta(seconds=number * 4_838_400 // count)).isoformat(),
            "text": f"{text} ({number % 97})",
            "author": {
                "account_id": f"a{account}",
                "handle": f"person{account}" if account else "oree",
                "bio": _BIOS[account % len(_BIOS)],
            },
            "reply_to": f"p{chance.choice(thread)}" if thread else None,
        }
        thread.append(number)
        left -= 1
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def measure(posts: int, *, say: Callable[[str], None]) -> dict[str, Cost]:
    """Runs every stage once on `posts` invented posts, each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="girafe-bench-") as name:
        folder = Path(name)
        file = folder / "posts.jsonl"
        with file.open("wb") as out:
            out.writelines(invented_posts(posts))
        (folder / "company.toml").write_text(_COMPANY, encoding="utf-8")
        costs = {"baseline": _timed([sys.executable, "-c", _BASELINE, str(file)])}
        shared = ["--data", str(folder / "data")]
        company = ["--company", str(folder / "company.toml"), *shared]
        for stage in STAGES:
            say(f"{posts:,} posts: {stage}")
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
            os.environ,
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
    return Cost(seconds=time.perf_counter() - started, peak_mb=usage.ru_maxrss / 1024)


def table(small: dict[str, Cost], large: dict[str, Cost], *, posts: int, times: int) -> list[str]:
    """The result as aligned lines: cost, ratio to the baseline, growth and memory, a line a stage.

    Start-up is taken out by the difference between the two runs: the marginal cost of a thousand posts.
    `growth` is the whole time of the large run over that of the small one; `times` more posts at a
    growth of `times` or less means linear or better.
    """
    extra = posts * (times - 1) / 1000
    base = (large["baseline"].seconds - small["baseline"].seconds) / extra
    head = f"{'stage':<16}{'ms per 1,000':>14}{'x baseline':>12}{f'growth x{times}':>12}{'peak MB':>10}"
    lines = [head]
    for name, cost in large.items():
        marginal = max(cost.seconds - small[name].seconds, 0.0) / extra
        ratio = marginal / base if base > 0 else float("nan")
        growth = cost.seconds / small[name].seconds
        lines.append(f"{name:<16}{marginal * 1000:>14.1f}{ratio:>12.1f}{growth:>12.1f}{cost.peak_mb:>10.0f}")
    whole = sum(large[stage].seconds for stage in STAGES)
    peak = max(large[stage].peak_mb for stage in STAGES)
    lines.append(
        f"the whole path on {posts * times:,} posts: {whole:.0f} s, peak {peak:.0f} MB in one process"
    )
    return lines
