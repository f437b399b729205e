"""Commands beside the path, killed as by kill -9: review take, publish by itself, restore, rotate-key.

As in test_kill.py, each is killed before chosen file operations and after chosen amounts of processor time, called
again, and compared with one that nobody disturbed.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from girafe import audit, rotation
from girafe import run as path
from girafe.backup import backup, forget_again
from girafe.cli.review import take
from girafe.errors import UserMustAct
from girafe.pseudonym import NEXT_KEY_FILE, load_key
from girafe.records import Account
from tests import kill_world as world
from tests.killing import Fate, run_and_die
from warehouse.archive import read_archive
from warehouse.forgotten import Forgotten, remember
from warehouse.tables import CLASSIFIED, PSEUDONYMS

REVIEW = """platform,account_id,handle,corrected_voice
forum,,p1,organisation
forum,,p2,employee
reddit,,p3,brand
"""
COMPANY = '[company]\nname = "Ondine"\nofficial_accounts = ["forum:ondine"]\n'
GONE = Account(platform="forum", handle="p7")

pytestmark = [pytest.mark.forks, pytest.mark.slow]


@dataclass(frozen=True, slots=True)
class World:
    """A folder in which everything has been published once, and a backup of it."""

    root: Path
    saved: Path

    def copy(self, to: Path) -> path.Context:
        """The same world again at `to`, always the same folder, as dbt keeps what it parsed by its path."""
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.root, to, symlinks=True)
        return context(to)


def context(folder: Path) -> path.Context:
    return world.context(folder / "data", world.settings(9))


def in_a_fork(call: Callable[[], object]) -> None:
    """This process stays free of threads."""
    done = run_and_die(call)
    assert not done.error, done.error


def stages(here: path.Context, *names: str) -> None:
    for name, stage, _ in path.AFTER_COLLECT:
        if name in names:
            in_a_fork(partial(stage, here))


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> World:
    os.environ.pop("GIRAFE_PSEUDONYM_KEY", None)
    path.be_quiet()
    world.preload(everything=True)
    root = tmp_path_factory.mktemp("commands")
    home = root / "home"
    home.mkdir()
    (home / "company.toml").write_text(COMPANY)
    (home / "review.csv").write_text(REVIEW)
    files = world.exports(root)
    here = context(home)
    in_a_fork(lambda: path.import_files(here, files))
    stages(here, *(name for name, _, _ in path.AFTER_COLLECT))
    in_a_fork(lambda: backup(here, home / "company.toml", root / "saved.tgz"))
    # Forgotten since the backup: only the list of the data in use until now knows.
    in_a_fork(lambda: remember(here.data, "forum", [GONE], [], here.pseudonymiser))
    return World(root=home, saved=root / "saved.tgz")


def deaths(cost: Fate, chance: random.Random, steps: int, moments: int) -> list[dict[str, float]]:
    """Where to kill: `steps` file operations spread over all of them, `moments` anywhere."""
    every = max(1, cost.steps // steps)
    return [
        *({"step": step} for step in range(1, cost.steps + 1, every)),
        *({"seconds": max(0.002, chance.random() * cost.seconds)} for _ in range(moments)),
    ]


def corrections(here: path.Context) -> Counter[str]:
    file = here.data.classified / "reviewed" / "corrections" / "speaker_evidence.parquet"
    return Counter(map(repr, pq.read_table(Path(str(file))).to_pylist() if file.exists() else []))


def test_review_take_killed_anywhere_takes_all_or_nothing(ready: World, tmp_path: Path) -> None:
    def call(here: path.Context) -> None:
        home = here.data.root.parent
        take(home / "review.csv", company=home / "company.toml", data=here.data.root)

    os.environ["GIRAFE_NOW"] = world.NOW.isoformat()
    here = ready.copy(tmp_path / "home")
    before = world.tables(here)
    cost = run_and_die(partial(call, here))
    assert not cost.error
    taken = corrections(here)
    assert sum(taken.values()) == 3
    stages(here, "load")
    expected = world.tables(here)
    kills = 0
    for death in deaths(cost, random.Random(1), 40, 8):
        here = ready.copy(tmp_path / "home")
        kills += run_and_die(partial(call, here), **death).died  # type: ignore[arg-type]
        assert corrections(here) in (Counter(), taken), death
        in_a_fork(partial(path.load, here))
        assert labels(world.tables(here)) in (labels(before), labels(expected)), death
        in_a_fork(partial(call, here))
        in_a_fork(partial(path.load, here))
        assert labels(world.tables(here)) == labels(expected), death
        assert {entry.what for entry in audit.read(here.data)} >= {"review_take"}
    assert kills >= 12


def labels(tables: Counter[str]) -> Counter[str]:
    """All tables but the list of what was loaded, which names the moment."""
    return Counter({row: count for row, count in tables.items() if not row.startswith("loaded_folders")})


def test_publish_killed_anywhere_leaves_a_whole_release_and_finishes(ready: World, tmp_path: Path) -> None:
    def fresh() -> path.Context:
        here = ready.copy(tmp_path / "home")
        for mart in sorted(here.data.marts.glob("rpt_voices*.parquet")):  # other data: another release
            rows = pq.read_table(mart)
            pq.write_table(rows.slice(0, rows.num_rows - 1), mart)
        (here.data.marts / "_validated.json").write_bytes(sealed(here))
        return here

    here = fresh()
    old = world.release(here)
    cost = run_and_die(partial(path.publish, here))
    assert not cost.error
    new = world.release(here)
    assert new != old
    shown, kills = Counter[str](), 0
    for death in deaths(cost, random.Random(2), 12, 6):
        here = fresh()
        kills += run_and_die(partial(path.publish, here), **death).died  # type: ignore[arg-type]
        found = world.release(here)
        assert found in (old, new), death
        shown["old" if found == old else "new"] += 1
        in_a_fork(partial(path.publish, here))
        assert world.release(here) == new, death
        assert not list((here.data.root / ".exports.releases").glob(".building-*"))
    assert kills >= 10


def sealed(here: path.Context) -> bytes:
    """What validation writes when it finds the marts valid."""
    return orjson.dumps(path.digest(here.data.marts))


def test_restore_killed_anywhere_nothing_else_runs_until_it_is_whole(ready: World, tmp_path: Path) -> None:
    def call(here: path.Context) -> None:
        read_archive(ready.saved, here.data, here.data.root.parent / "company.toml")
        forget_again(here, newer=context(ready.root).data)

    def fresh() -> path.Context:
        shutil.rmtree(tmp_path / "home", ignore_errors=True)
        (tmp_path / "home").mkdir()
        return context(tmp_path / "home")

    here = fresh()
    cost = run_and_die(partial(call, here))
    assert not cost.error
    expected = files(here)
    stages(here, "classify", "load")
    tables = world.tables(here)
    kills = refused = 0
    for death in deaths(cost, random.Random(3), 40, 12):
        here = fresh()
        kills += run_and_die(partial(call, here), **death).died  # type: ignore[arg-type]
        if here.data.restoring.exists():
            refused += 1
            with pytest.raises(UserMustAct, match="girafe restore"):
                path.classify(here)
        if here.data.restoring.exists() or not here.data.keys.exists():
            in_a_fork(partial(call, here))
        assert files(here) == expected, death
        assert Forgotten(here.data, here.pseudonymiser)(GONE)
    in_a_fork(partial(path.classify, here))
    in_a_fork(partial(path.load, here))
    assert labels(world.tables(here)) == labels(tables)
    assert kills >= 20
    assert refused >= 5


def files(here: path.Context) -> dict[str, int]:
    """Every file of the data and how large it is; the audit log and what it hashes name the moment."""
    root = here.data.root
    return {
        str(file.relative_to(root)): file.stat().st_size
        for file in sorted(root.rglob("*"))
        if file.is_file() and not {"audit", "audit.head", ".locks"} & set(file.relative_to(root).parts)
    }


def test_rotate_key_killed_anywhere_gives_the_numbers_of_one_that_nobody_disturbed(
    ready: World, tmp_path: Path
) -> None:
    def fresh() -> path.Context:
        here = ready.copy(tmp_path / "home")
        # What a rotation that was killed in its first moment leaves; so every schedule ends with the same key.
        (here.data.keys / NEXT_KEY_FILE).write_bytes(b"n" * 32)
        return here

    here = fresh()
    old_key, old_names = load_key(here.data.keys), pseudonyms(here)
    cost = run_and_die(partial(rotation.rotate_key, here))
    assert not cost.error
    numbers, shown, rows = path.digest(here.data.marts), world.release(here), labels(world.tables(here))
    kills: Counter[str] = Counter()
    for number, death in enumerate(deaths(cost, random.Random(4), 16, 14)):
        here = fresh()
        died = run_and_die(partial(rotation.rotate_key, here), **death).died  # type: ignore[arg-type]
        if (here.data.keys / NEXT_KEY_FILE).exists():
            kills["of the files"] += died
            with pytest.raises(UserMustAct, match="girafe rotate-key"):
                path.classify(here)
            in_a_fork(partial(rotation.rotate_key, here))
        elif number % 2:
            kills["after the key, then the next run"] += died
            stages(here, *(name for name, _, _ in path.AFTER_COLLECT))
        else:
            kills["after the key, then the same command"] += died
            in_a_fork(partial(rotation.rotate_key, here))
        assert path.digest(here.data.marts) == numbers, death
        assert world.release(here) == shown, death
        found = labels(world.tables(here))
        assert kinds(found) == kinds(rows), death
        if load_key(here.data.keys) == b"n" * 32:
            assert found == rows, death
        assert Forgotten(here.data, here.pseudonymiser)(GONE)
        nowhere(old_key, old_names, here)
    sys.stdout.write(f"rotate-key killed {dict(kills)}: rows lost 0, rows doubled 0\n")
    assert sum(kills.values()) >= 20
    assert len(kills) == 3


def kinds(tables: Counter[str]) -> Counter[str]:
    """How many rows each table has."""
    return Counter(row.split(" ")[0] for row in tables.elements())


def pseudonyms(here: path.Context) -> set[str]:
    """Every pseudonym in the classified files."""
    columns = [
        (file, name)
        for table in CLASSIFIED
        for file in Path(str(here.data.classified)).glob(f"*/*/{table.name}.parquet")
        for name in PSEUDONYMS & set(table.schema.names)
    ]
    return {name for file, column in columns for name in pq.read_table(file)[column].to_pylist() if name}


def nowhere(key: bytes, names: set[str], here: path.Context) -> None:
    """A key and what was made with it are in no file, no table and no name."""
    assert not names & pseudonyms(here)
    assert not [
        row for row in world.tables(here) if any(word in names for word in re.findall(r"\w{26}", row))
    ]
    left = {file.name for file in here.data.keys.iterdir()}
    assert left <= {"pseudonym.key", "forgotten.key", "audit.head"}, left
    for file in here.data.root.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert key not in content, file
            found = {word.decode() for word in re.findall(rb"(?<!\w)[a-z2-7]{26}(?!\w)", content)}
            assert not found & names, file
