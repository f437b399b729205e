"""Killed anywhere, as by kill -9: after a restart no row is lost, none is doubled, and readers see a whole release.

The world has been through a first run; then a source is asked, a file comes in, and everything is computed again.
Each schedule takes one stage, kills it one to three times (before a chosen file operation, or after a chosen amount
of processor time wherever that is), lets it finish, and compares with a run that nobody disturbed.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from girafe import run as path
from girafe.settings import Settings
from tests import kill_world as world
from tests.killing import Fate, run_and_die

TO_TABLES = ("collect", "import", "classify", "load")
SHARES = {"collect": 35, "import": 35, "classify": 35, "load": 45, "validate": 10, "measure": 16,
          "validate marts": 8, "publish": 16}  # fmt: skip
"""How many of the 200 schedules kill which stage."""
RESULTS: dict[str, Callable[[path.Context], Counter[str]]] = {
    "measure": world.marts,
    "validate marts": world.marts,
    "publish": world.release,
}
"""What a stage leaves for the next; up to `validate` it is the raw tables."""


@dataclass
class Undisturbed:
    """A run that nobody killed: a copy of everything before each stage, what each cost, what came out."""

    settings: Settings
    stages: dict[str, Callable[[path.Context], object]]
    before: dict[str, Path]
    cost: dict[str, Fate]
    result: dict[str, Counter[str]]


@pytest.fixture(scope="module")
def key() -> Iterator[None]:
    before = os.environ.get("GIRAFE_PSEUDONYM_KEY")
    os.environ["GIRAFE_PSEUDONYM_KEY"] = "k" * 40
    yield
    os.environ.pop("GIRAFE_PSEUDONYM_KEY")
    if before is not None:
        os.environ["GIRAFE_PSEUDONYM_KEY"] = before


def undisturbed(root: Path, port: int, upto: tuple[str, ...]) -> Undisturbed:
    """Runs the world once, stage by stage, each in a fork: this process stays free of threads."""
    forum, reddit = world.exports(root)
    known = world.settings(port)
    here = world.context(root / "data", known)
    for name, stage in world.stages([forum]):
        if name in upto and name != "collect":
            done = run_and_die(lambda stage=stage: stage(here))  # type: ignore[misc]
            assert not done.error, (name, done.error)
    before, cost, result = {}, {}, {}
    stages = dict(world.stages([reddit]))
    for name in upto:
        before[name] = root / "before" / name
        shutil.copytree(here.data.root, before[name], symlinks=True)
        cost[name] = run_and_die(lambda name=name: stages[name](here))  # type: ignore[misc]
        assert not cost[name].error, (name, cost[name].error)
    for name in upto:
        result[name] = RESULTS.get(name, world.tables)(here)
    return Undisturbed(settings=known, stages=stages, before=before, cost=cost, result=result)


def disturb(run: Undisturbed, killed: str, chance: random.Random, root: Path) -> int:
    """One schedule; returns how many kills hit. The stage goes on where it was, or the run begins again."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(run.before[killed], root, symlinks=True)
    here, hits = world.context(root, run.settings), 0
    names = list(run.stages)
    for _ in range(chance.randint(1, 3)):
        if killed == "collect" and any((root / "cursors").rglob("*.json")):
            break  # its last act: what was heard is durable, and nobody asks again
        cost = run.cost[killed]
        if chance.random() < 0.6:
            fate = run_and_die(lambda: run.stages[killed](here), step=chance.randint(1, max(1, cost.steps)))
        else:
            moment = max(0.002, chance.random() * cost.seconds)
            fate = run_and_die(lambda: run.stages[killed](here), seconds=moment)
        assert not fate.error, (killed, fate)
        hits += fate.died
    # As an orchestrator would, from the stage that failed; or as a person would, from the first one after collect.
    first = names.index(killed) if killed == "collect" or chance.random() < 0.5 else names.index("import")
    last = max(names.index(killed), names.index("load"))
    for name in names[first : last + 1]:
        if name == "collect" and any((root / "cursors").rglob("*.json")):
            continue  # its last act: the cursor has moved, so what was heard is durable
        if name in ("validate", "measure") and name != killed:
            continue  # they write nothing that a later stage reads, or what is compared anyway
        done = run_and_die(lambda name=name: run.stages[name](here))  # type: ignore[misc]
        assert not done.error, (killed, name, done.error)
    compared = killed if killed in RESULTS else "load"
    expected, found = run.result[compared], RESULTS.get(compared, world.tables)(here)
    lost, doubled = expected - found, found - expected
    assert not lost, (killed, sorted(lost)[:3])
    assert not doubled, (killed, sorted(doubled)[:3])
    return hits


@pytest.mark.forks
@pytest.mark.usefixtures("key")
def test_killed_on_the_way_to_the_tables_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    chance = random.Random(8)
    world.preload(everything=False)
    with world.instance() as port:
        run = undisturbed(tmp_path, port, TO_TABLES)
        hits = sum(
            disturb(run, TO_TABLES[number % len(TO_TABLES)], chance, tmp_path / "here") for number in range(8)
        )
    assert hits >= 6


@pytest.mark.forks
@pytest.mark.slow
@pytest.mark.usefixtures("key")
def test_two_hundred_kill_schedules_over_the_whole_path(tmp_path: Path) -> None:
    chance = random.Random(int(os.environ.get("GIRAFE_KILL_SEED", "20261126")))
    path.be_quiet()
    world.preload(everything=True)
    hits: Counter[str] = Counter()
    schedules = [name for name, count in SHARES.items() for _ in range(count)]
    assert len(schedules) == 200
    chance.shuffle(schedules)
    with world.instance() as port:
        run = undisturbed(tmp_path, port, tuple(SHARES))
        for number, name in enumerate(schedules, 1):
            hits[name] += disturb(run, name, chance, tmp_path / "here")
            if number % 10 == 0:
                told = f"{number} schedules, {sum(hits.values())} kills, rows lost 0, rows doubled 0\n"
                sys.stdout.write(told)
                sys.stdout.flush()
    sys.stdout.write(f"200 schedules, kills by stage {dict(hits)}; rows lost 0, rows doubled 0\n")
    assert sum(hits.values()) >= 200
