"""Killed anywhere, as by kill -9: after a restart no row is lost, none is doubled, and readers see a whole release.

The world has been through a first run; then a source is asked, a file comes in, and everything is computed again.
Each schedule takes one stage, kills it one to three times (before a chosen file operation, or after a chosen amount
of processor time wherever that is), lets it finish, now and then kills a later one, and compares with a run that
nobody disturbed: every row of every table, every row of every mart, and of the release if it was published.
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
SHARES = {"collect": 36, "import": 36, "classify": 40, "load": 54, "validate": 6, "measure": 14,
          "validate marts": 4, "publish": 10}  # fmt: skip
"""How many of the 200 schedules kill which stage."""
AGAIN = 0.2
"""How often a later stage is killed too, once the one of the schedule is done."""


@dataclass
class Undisturbed:
    """A run that nobody killed: a copy of everything before each stage, what each cost, what came out."""

    settings: Settings
    stages: dict[str, Callable[[path.Context], object]]
    before: dict[str, Path]
    cost: dict[str, Fate]
    result: dict[str, Counter[str]]
    models: list[world.Model]


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
    before: dict[str, Path] = {}
    cost: dict[str, Fate] = {}
    stages = dict(world.stages([reddit]))
    for name in upto:
        before[name] = root / "before" / name
        shutil.copytree(here.data.root, before[name], symlinks=True)
        cost[name] = run_and_die(lambda name=name: stages[name](here))  # type: ignore[misc]
        assert not cost[name].error, (name, cost[name].error)
    result = {"tables": world.tables(here)}
    if "publish" in upto:
        result |= {"marts": world.marts(here.data.marts), "release": world.release(here)}
    plan = world.models(here) if "measure" in upto else []
    return Undisturbed(settings=known, stages=stages, before=before, cost=cost, result=result, models=plan)


def disturb(run: Undisturbed, killed: str, chance: random.Random, root: Path, *, marts: bool = True) -> int:
    """One schedule; returns how many kills hit. The stage goes on where it was, or the run begins again."""
    # The same folder each time: dbt need not parse its models again, and what it compiled names this one.
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(run.before[killed], root, symlinks=True)
    here, names = world.context(root, run.settings), list(run.stages)
    hits = sum(_kill(run, killed, chance, here) for _ in range(chance.randint(1, 3)))
    # As an orchestrator would, from the stage that failed; or as a person would, from the first one after collect.
    first = names.index(killed) if killed == "collect" or chance.random() < 0.5 else names.index("import")
    last = max(names.index(killed), names.index("load"))
    for name in names[first : last + 1]:
        if name == "validate" and name != killed:
            continue  # it writes nothing that a later stage reads
        if name != killed and chance.random() < AGAIN:
            hits += _kill(run, name, chance, here)
        _finish(run, name, here)
    compare("tables", run.result["tables"], world.tables(here), killed)
    if marts:
        built = names.index("measure") <= last
        if not built:
            done = run_and_die(lambda: world.build_marts(here, run.models))
            assert not done.error, (killed, done.error)
        found = world.marts(here.data.marts if built else world.fresh_marts(here))
        compare("marts", run.result["marts"], found, killed)
    if killed == "publish":
        compare("release", run.result["release"], world.release(here), killed)
    return hits


def _kill(run: Undisturbed, name: str, chance: random.Random, here: path.Context) -> bool:
    if name == "collect" and any((here.data.root / "cursors").rglob("*.json")):
        return False  # its last act: what was heard is durable, and nobody asks again
    cost = run.cost[name]
    if chance.random() < 0.6:
        fate = run_and_die(lambda: run.stages[name](here), step=chance.randint(1, max(1, cost.steps)))
    else:
        fate = run_and_die(lambda: run.stages[name](here), seconds=max(0.002, chance.random() * cost.seconds))
    assert not fate.error, (name, fate)
    return fate.died


def _finish(run: Undisturbed, name: str, here: path.Context) -> None:
    if name == "collect" and any((here.data.root / "cursors").rglob("*.json")):
        return
    done = run_and_die(lambda: run.stages[name](here))
    assert not done.error, (name, done.error)


def compare(what: str, expected: Counter[str], found: Counter[str], killed: str) -> None:
    lost, doubled = expected - found, found - expected
    assert not lost, (what, killed, sorted(lost)[:3])
    assert not doubled, (what, killed, sorted(doubled)[:3])


@pytest.mark.forks
@pytest.mark.usefixtures("key")
def test_killed_on_the_way_to_the_tables_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    chance = random.Random(8)
    world.preload(everything=False)
    with world.instance() as port:
        run = undisturbed(tmp_path, port, TO_TABLES)
        hits = sum(
            disturb(run, TO_TABLES[number % 4], chance, tmp_path / "data", marts=False) for number in range(8)
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
            hits[name] += disturb(run, name, chance, tmp_path / "data")
            if number % 10 == 0:
                sys.stdout.write(f"{number} schedules, {sum(hits.values())} kills, lost 0, doubled 0\n")
                sys.stdout.flush()
    sys.stdout.write(f"200 schedules, kills by stage {dict(hits)}; rows lost 0, rows doubled 0\n")
    assert sum(hits.values()) >= 200
