"""Two commands at once on the same data, as real processes, one of them killed at a random moment in half of the cases;
and one alone, stopped in the ways a machine or a person may stop it.

Whatever happens: the marts end as they would one after the other, or a command says in a sentence what to do and the
same command works afterwards (so no lock is left); a reader of the exports sees one whole release at every moment.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from girafe import run as path
from girafe.errors import INTERRUPTED, STOPPED
from tests import kill_world as world
from warehouse.archive import read_archive

SEED = int(os.environ.get("GIRAFE_PAIRS_SEED", "20261128"))
ROUNDS = int(os.environ.get("GIRAFE_PAIRS_ROUNDS", "1"))
"""How often every pair is tried, each time once undisturbed and once with a kill."""

COMPANY = '[company]\nname = "Ondine"\nofficial_accounts = ["forum:ondine"]\n'
REVIEW = "platform,account_id,handle,corrected_voice\nforum,,p1,organisation\nforum,,p2,employee\n"
COMMANDS = {
    "run": ("run", "--no-collect"),
    "forget": ("forget", "forum", "p7"),
    "publish": ("publish",),
    "import": ("import", "more.jsonl"),
    "rotate-key": ("rotate-key",),
    "measure": ("measure",),
    "review take": ("review", "take", "review.csv"),
    "classify": ("classify",),
    "restore": ("restore", "saved.tgz", "--no-build"),
    "housekeeping": ("housekeeping",),
    "digest": ("digest",),
    "backup": ("backup", "new.tgz"),
}
PAIRS = (
    ("run", "run"),
    ("forget", "publish"),
    ("forget", "import"),
    ("rotate-key", "measure"),
    ("review take", "classify"),
    ("restore", "run"),
    ("housekeeping", "digest"),
    ("backup", "forget"),
    ("run", "publish"),
)
ENDS = {
    ("forget", "publish"): "forgotten",
    ("forget", "import"): "forgotten and more",
    ("review take", "classify"): "reviewed",
    ("housekeeping", "digest"): "forgotten",
    ("backup", "forget"): "forgotten",
}
"""How the marts end that do not end as after a run."""

pytestmark = pytest.mark.slow


def _heed_ctrl_c() -> None:
    """Whoever starts the tests in the background may have it ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(frozen=True, slots=True)
class Home:
    """One folder in which two people work at once."""

    folder: Path

    @property
    def here(self) -> path.Context:
        return world.context(self.folder / "data", world.settings(9))

    def start(self, name: str, now: datetime = world.NOW) -> Running:
        """The command `name`, as a process with a group of its own, that takes `now` for the time."""
        said = (self.folder / f"said-{time.monotonic_ns()}.txt").open("w+b")
        without = {"import": ("--data", "data")}.get(name, ("--data", "data", "--company", "company.toml"))
        started = subprocess.Popen(
            [sys.executable, "-m", "girafe", *COMMANDS[name], *without],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=said, start_new_session=True, preexec_fn=_heed_ctrl_c,
            env={name: value for name, value in os.environ.items() if name != "GIRAFE_PSEUDONYM_KEY"}
            | {"GIRAFE_NOW": now.isoformat(), "PYTHONPATH": str(Path(__file__).parents[1])},
        )  # fmt: skip
        return Running(name, started, Path(said.name), time.monotonic())

    def finish(self, *names: str) -> str:
        """Calls commands one after the other, none may fail; returns what the last one answered."""
        answer = ""
        for name in names:
            done = self.start(name).end()
            assert done.code == 0, done
            answer = done.answer
        return answer


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    name: str
    code: int
    answer: str
    said: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Running:
    """A command at work."""

    name: str
    process: subprocess.Popen[bytes]
    told: Path
    since: float

    def end(self) -> Done:
        """Waits for it; one that hangs is a fault."""
        answer, _ = self.process.communicate(timeout=600)
        said = " ".join(self.told.read_text("utf-8", "replace").split())
        self.told.unlink()
        return Done(self.name, self.process.returncode, answer.decode(), said, time.monotonic() - self.since)

    def kill(self, chance: random.Random) -> None:
        """As by kill -9: it alone, or with everything it has started."""
        if self.process.poll() is None:
            (os.killpg if chance.random() < 0.5 else os.kill)(self.process.pid, signal.SIGKILL)


@dataclass(slots=True)
class Reader:
    """Somebody who reads the exports over and over."""

    exports: Path
    looks: int = 0
    faults: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Reader:
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        assert self._thread is not None
        self._thread.join()

    def _read(self) -> None:
        while not self._over.wait(0.2):
            if not self.exports.exists():
                if self.seen:
                    self.faults.append("there was no release for a moment")
                continue
            release = self.exports.resolve()
            try:
                told = json.loads((release / "manifest.json").read_bytes())
                for name, file in told["files"].items():
                    if sha256((release / name).read_bytes()).hexdigest() != file["sha256"]:
                        self.faults.append(f"{release.name}: {name} is of another release")
            except FileNotFoundError as error:
                # Whoever asked to be forgotten leaves at once, from under a reader's eyes if need be.
                if self.exports.resolve() == release:
                    self.faults.append(f"{release.name}: {error}")
                continue
            self.looks += 1
            self.seen.add(release.name)


@dataclass(frozen=True, slots=True)
class State:
    """What is there in the end."""

    marts: dict[str, str]
    rows: Counter[str]
    release: Counter[str]


@dataclass(frozen=True, slots=True)
class Known:
    """The world everybody begins with, and how it ends when one command follows the other."""

    root: Path
    ends: dict[str, list[State]]
    digests: frozenset[str]
    seconds: dict[str, float]


def state(home: Home) -> State:
    rows = Counter(
        {row: n for row, n in world.tables(home.here).items() if not row.startswith("loaded_folders")}
    )
    return State(path.digest(home.here.data.marts), rows, world.release(home.here))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    """The forum is published; what came from the other platform has landed and waits."""
    root = tmp_path_factory.mktemp("pairs")
    start = Home(root / "home")
    start.folder.mkdir()
    (start.folder / "company.toml").write_text(COMPANY)
    (start.folder / "review.csv").write_text(REVIEW)
    forum, reddit = world.exports(root)
    shutil.copy(forum, start.folder / "more.jsonl")
    start.finish("import", "run")
    shutil.copy(reddit, start.folder / "more.jsonl")
    start.finish("import", "backup")
    (start.folder / "new.tgz").rename(start.folder / "saved.tgz")
    # More of the forum, some of it by the one who is going to ask to be forgotten.
    lines = [json.loads(line) for line in forum.read_text().splitlines()[:60]]
    more = [line | {"post_id": f"more{number}"} for number, line in enumerate(lines)]
    (start.folder / "more.jsonl").write_text("\n".join(map(json.dumps, more)))
    (start.folder / "data" / "requests").mkdir(mode=0o700)

    digests = {start.finish("digest")}
    shutil.copytree(start.folder, root / "start", symlinks=True)
    seconds: dict[str, float] = {}

    def after(*names: str) -> State:
        home = copy(root / "start", root / "home")
        for name in names:
            done = home.start(name).end()
            assert done.code == 0, done
            seconds.setdefault(name, done.seconds)
        digests.add(home.finish("digest"))
        return state(home)

    ends = {
        "run": [after("run")],
        "forgotten": [after("forget")],
        "forgotten and more": [after("import", "forget"), after("forget", "import", "run")],
        "reviewed": [after("review take", "run")],
    }
    return Known(root, ends, frozenset(digests), seconds)


def copy(start: Path, to: Path) -> Home:
    """The same world again, always in the same folder: dbt keeps what it parsed by its path."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(start, to, symlinks=True)
    return Home(to)


def prepared(pair: Sequence[str], known: Known) -> Home:
    home = copy(known.root / "start", known.root / "home")
    if "restore" in pair:
        shutil.rmtree(home.folder / "data")
    if "housekeeping" in pair:
        (home.folder / "data" / "requests" / "r-1.txt").write_text("forum p7")
    return home


def at_once(
    home: Home, pair: Sequence[str], known: Known, chance: random.Random, *, kills: bool
) -> list[Done]:
    """Both commands, begun one after the other within the time of the first; whoever was killed comes first."""
    first, second = chance.sample(list(pair), 2)
    typical = {name: known.seconds.get(name, 5.0) for name in pair}
    running = [home.start(first)]
    time.sleep(chance.uniform(0, 0.8) * typical[first])
    running.append(home.start(second))
    if kills:
        time.sleep(chance.uniform(0, 0.6) * typical[second])
        chance.choice([one for one in running if one.process.poll() is None] or running).kill(chance)
    done = [one.end() for one in running]
    return sorted(done, key=lambda one: one.code >= 0)


def finish(home: Home, done: Sequence[Done], known: Known) -> None:
    """Does what the commands said: whoever was killed or refused is called again."""
    for one in done:
        assert one.code in (0, -signal.SIGKILL, 3, 4, 5), one
        if one.code > 0:
            assert "girafe: " in one.said, one
            assert "Traceback" not in one.said, one
            assert "fault of girafe" not in one.said, one
        if one.name == "digest" and one.code == 0:
            assert one.answer in known.digests, "a digest of half a release"
    for one in done:
        if one.code == 0:
            continue
        if one.name == "backup":
            (home.folder / "new.tgz").unlink(missing_ok=True)  # killed after it was whole: it exists already
        told = home.start(one.name).end()
        if (
            one.name == "restore" and told.code == 3
        ):  # the other one was first, so the folder is no longer empty
            assert "Restore into another folder: --data NEW" in told.said, told
            (home.folder / "data").rename(home.folder / "data-begun")
            told = home.start(one.name).end()
        assert told.code == 0, told


@pytest.mark.parametrize("pair", PAIRS, ids=" & ".join)
@pytest.mark.parametrize("kills", [False, True], ids=["undisturbed", "killed"])
def test_two_at_once_end_as_one_after_the_other(known: Known, pair: tuple[str, str], kills: bool) -> None:
    for number in range(ROUNDS):
        chance = random.Random(f"{SEED} {pair} {kills} {number}")
        home = prepared(pair, known)
        with Reader(home.here.data.exports) as reader:
            done = at_once(home, pair, known, chance, kills=kills)
            if "restore" not in pair:
                finish(home, done, known)
                home.finish("run")
        if "restore" in pair:  # this may end in another folder
            finish(home, done, known)
            home.finish("run")
        assert not reader.faults, (done, reader.faults)
        found, wanted = state(home), known.ends[ENDS.get(pair, "run")]
        lost, doubled = (
            min((sum((a - b).values()) for a, b in sides), default=0)
            for sides in (
                [(end.rows, found.rows) for end in wanted],
                [(found.rows, end.rows) for end in wanted],
            )
        )
        if "rotate-key" in pair:
            assert kinds(found) in [kinds(end) for end in wanted], done
        else:
            assert (lost, doubled) == (0, 0), done
        assert found.marts in [end.marts for end in wanted], done
        assert found.release in [end.release for end in wanted], done
        leftovers(home)
        told = ", ".join(f"{one.name} {one.code}" for one in done)
        sys.stdout.write(f"{pair}: {told}; {reader.looks} looks at {len(reader.seen)} releases, all whole\n")


def kinds(found: State) -> Counter[str]:
    """How many rows each table has: under another key they are other rows."""
    return Counter(row.split(" ")[0] for row in found.rows.elements())


def leftovers(home: Home) -> None:
    """Nothing half written outlives the day's housekeeping, which alone may touch what others write; a backup can be
    read back."""
    assert home.start("housekeeping").end().code == 0
    left = [
        file
        for file in [*(home.folder / "data").rglob("*"), *home.folder.glob("*")]
        if ".part" in file.name or ".building" in file.name or ".rebuild" in file.name
    ]
    assert not left, left
    if (home.folder / "new.tgz").exists():
        shutil.rmtree(home.folder / "back", ignore_errors=True)
        back = world.context(home.folder / "back", world.settings(9))
        assert read_archive(home.folder / "new.tgz", back.data, home.folder / "company.toml").files


def _in_time(running: Running, known: Known, chance: random.Random) -> None:
    time.sleep(chance.uniform(0, 1) * known.seconds["run"])


def _interrupted(home: Home, running: Running, known: Known, chance: random.Random) -> None:
    _in_time(running, known, chance)
    running.process.send_signal(signal.SIGINT)


def _terminated(home: Home, running: Running, known: Known, chance: random.Random) -> None:
    _in_time(running, known, chance)
    running.process.send_signal(signal.SIGTERM)


def _with_its_group(home: Home, running: Running, known: Known, chance: random.Random) -> None:
    _in_time(running, known, chance)
    if running.process.poll() is None:
        os.killpg(running.process.pid, signal.SIGKILL)


def _a_child_of_it(home: Home, running: Running, known: Known, chance: random.Random) -> None:
    """Charts and the PDF are drawn in processes of their own."""
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
    while running.process.poll() is None:
        with suppress(OSError):
            for child in children.read_text().split():
                os.kill(int(child), signal.SIGKILL)
        time.sleep(0.02)


def _at_its_checkpoint(home: Home, running: Running, known: Known, chance: random.Random) -> None:
    """DuckDB has committed to its log, and is writing what it holds into the file."""
    log = home.here.data.warehouse.with_name("girafe.duckdb.wal")
    while running.process.poll() is None and not (log.exists() and log.stat().st_size):
        time.sleep(0.001)
    time.sleep(chance.uniform(0, 0.05))
    running.process.kill()


@pytest.mark.parametrize(
    "stop", [_interrupted, _terminated, _with_its_group, _a_child_of_it, _at_its_checkpoint]
)
def test_stopped_in_any_way_the_same_command_goes_on_though_the_clock_was_set_back(
    known: Known, stop: Callable[[Home, Running, Known, random.Random], None]
) -> None:
    for number in range(ROUNDS):
        chance = random.Random(f"{SEED} {stop.__name__} {number}")
        home = copy(known.root / "start", known.root / "home")
        with Reader(home.here.data.exports) as reader:
            running = home.start("run")
            stop(home, running, known, chance)
            done = running.end()
            if done.code == INTERRUPTED:
                assert done.said.endswith(f"girafe: {STOPPED}"), done
            # A child of it was killed: 4 if it drew charts, 5 if it worked for dbt; a sentence says what to do or see.
            assert done.code in (0, 4, 5, INTERRUPTED, -signal.SIGTERM, -signal.SIGKILL), done
            assert done.code != 4 or "run the same command again" in done.said, done
            assert done.code != 5 or "The last good marts stay. See" in done.said, done
            assert "Traceback" not in done.said, done
            again = home.start("run", now=world.NOW - timedelta(hours=2)).end()
            assert again.code == 0, again
        assert not reader.faults, (done, reader.faults)
        found, [wanted] = state(home), known.ends["run"]
        assert (wanted.rows - found.rows, found.rows - wanted.rows) == (Counter(), Counter()), done
        assert (found.marts, found.release) == (wanted.marts, wanted.release), done
        leftovers(home)
        sys.stdout.write(f"run {stop.__name__}: {done.code} after {done.seconds:.1f} s\n")
