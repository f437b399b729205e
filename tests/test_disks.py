"""A disk that is full or may not be written, at every stage: a sentence says what to do, the release stays whole.

On real disks: small ones in memory (tmpfs), mounted for the test. With room again the same command goes on, and the
marts are those of a run that met no such disk.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from girafe import run as path
from tests import kill_world as world
from tests.killing import run_and_die

COMPANY = """
[company]
name = "Ondine"
official_accounts = ["forum:ondine", "mastodon:ondine@loop.example"]
"""
ORDER = ("import", "classify", "load", "measure", "validate", "publish", "backup")
ROOMS = {"import": [0], "classify": [0, 16], "load": [0, 64], "measure": [0, 64, 256], "validate": [0, 16, 64],
         "publish": [0, 1024, 3072], "backup": [0]}  # fmt: skip
"""Kilobytes that are left when the stage begins: none, and some, so that it stops in the middle."""
PLENTY = "400m"


@dataclass(frozen=True, slots=True)
class Home:
    """What one person works with: a folder with company.toml, the file to import, and the data."""

    folder: Path

    @property
    def here(self) -> path.Context:
        """The data of this folder."""
        return world.context(self.folder / "data", world.settings(9))

    def girafe(self, stage: str) -> subprocess.CompletedProcess[str]:
        """Calls the command of a stage, with a temporary folder on the same disk."""
        more = {"import": ["posts.jsonl"], "backup": ["saved.tgz"]}.get(stage, [])
        company = [] if stage == "import" else ["--company", "company.toml"]
        return subprocess.run(
            [sys.executable, "-m", "girafe", stage, *more, *company, "--data", "data"],
            cwd=self.folder, capture_output=True, text=True, check=False, timeout=1800,
            env=os.environ | {"GIRAFE_NOW": world.NOW.isoformat(), "GIRAFE_PSEUDONYM_KEY": "k" * 40,
                              "TMPDIR": str(self.folder / "tmp"), "PYTHONPATH": str(Path(__file__).parents[1])},
        )  # fmt: skip

    def finish(self, stages: tuple[str, ...]) -> None:
        """Calls the commands of these stages; none may fail."""
        for stage in stages:
            done = self.girafe(stage)
            assert done.returncode == 0, (stage, done.stderr)

    def shown(self) -> tuple[str, Counter[str]]:
        """The release that readers see, found whole: its id and every row of it."""
        return str((self.folder / "data" / "exports").readlink()), world.release(self.here)

    def left(self) -> list[Path]:
        """What a stage began and did not finish, and temporary files."""
        marked = [file for file in self.folder.rglob("*") if ".part" in file.name or ".building" in file.name]
        return marked + list((self.folder / "tmp").iterdir())


@dataclass(frozen=True, slots=True)
class Whole:
    """A run on a good disk: a copy of everything before each stage, the marts, and the release."""

    before: dict[str, Path]
    marts: dict[str, str]
    shown: tuple[str, Counter[str]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    root = tmp_path_factory.mktemp("disks")
    home = Home(root / "home")
    (home.folder / "tmp").mkdir(parents=True)
    (home.folder / "company.toml").write_text(COMPANY)
    for number, file in enumerate(world.exports(root)):
        file.rename(home.folder / "posts.jsonl")
        before = {}
        for stage in ORDER if number else ORDER[:-1]:
            if number:
                before[stage] = root / "before" / stage
                shutil.copytree(home.folder, before[stage], symlinks=True)
            home.finish((stage,))
    return Whole(before=before, marts=path.digest(home.here.data.marts), shown=home.shown())


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={PLENTY}", "tmpfs", mounted], check=False, capture_output=True
    ).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield mounted
    finally:
        subprocess.run(["umount", mounted], check=True)


def change(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", disk], check=True)


def leave(disk: Path, kilobytes: int) -> None:
    """Makes the disk so small that only so much is left."""
    found = os.statvfs(disk)
    change(disk, f"size={(found.f_blocks - found.f_bfree) * found.f_frsize + kilobytes * 1024}")


def says_what_to_do(done: subprocess.CompletedProcess[str]) -> None:
    said = " ".join(done.stderr.split())
    assert done.returncode == 4, said
    assert "cannot be written" in said
    assert said.endswith("then run the same command again.")
    assert "Traceback" not in said
    assert "Logging error" not in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stage", "room"), [(stage, room) for stage, rooms in ROOMS.items() for room in rooms]
)
def test_a_full_disk_is_said_the_release_stays_and_with_room_the_marts_are_the_same(
    whole: Whole, disk: Path, stage: str, room: int
) -> None:
    home = Home(disk / "home")
    shutil.copytree(whole.before[stage], home.folder, symlinks=True)
    shown = home.shown()
    leave(disk, room)
    says_what_to_do(home.girafe(stage))
    assert home.shown() == shown
    assert home.left() == []
    change(disk, f"size={PLENTY}")
    last = max(ORDER.index("measure"), ORDER.index(stage))
    home.finish(ORDER[ORDER.index(stage) : last + 1])
    assert path.digest(home.here.data.marts) == whole.marts
    assert home.shown() == (whole.shown if last >= ORDER.index("publish") else shown)


@pytest.mark.slow
@pytest.mark.parametrize("stage", ORDER)
def test_a_disk_that_may_not_be_written_is_said_and_the_release_stays(
    whole: Whole, disk: Path, stage: str
) -> None:
    home = Home(disk / "home")
    shutil.copytree(whole.before[stage], home.folder, symlinks=True)
    shown = home.shown()
    change(disk, "ro")
    says_what_to_do(home.girafe(stage))
    assert home.shown() == shown


@pytest.mark.slow
def test_the_digest_is_shown_from_a_disk_that_may_not_be_written(whole: Whole, disk: Path) -> None:
    home = Home(disk / "home")
    shutil.copytree(whole.before["backup"], home.folder, symlinks=True)
    expected = home.girafe("digest").stdout
    change(disk, "ro")
    done = home.girafe("digest")
    assert (done.returncode, done.stdout) == (0, expected)


@pytest.mark.forks
@pytest.mark.parametrize("options", ["full", "ro"])
def test_what_a_source_said_is_asked_again_when_the_disk_has_room(
    disk: Path, monkeypatch: pytest.MonkeyPatch, options: str
) -> None:
    monkeypatch.setenv("GIRAFE_PSEUDONYM_KEY", "k" * 40)
    world.preload(everything=False)
    with world.instance() as port:
        here = world.context(disk / "data", world.settings(port))
        here.data.root.mkdir()
        stages = dict(world.stages([]))
        change(disk, "ro") if options == "ro" else leave(disk, 8)
        refused = run_and_die(lambda: stages["collect"](here))
        assert ("Read-only" if options == "ro" else "No space left") in refused.error
        change(disk, f"rw,size={PLENTY}")
        for name in ("collect", "classify", "load"):
            done = run_and_die(lambda name=name: stages[name](here))  # type: ignore[misc]
            assert not done.error, (name, done.error)
    posts = [row for row in world.tables(here) if row.startswith("posts ")]
    assert len(posts) == world.POSTS
