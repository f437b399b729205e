"""A folder in the data that girafe may not read, as a run by another account (sudo, root) leaves it.

It is not taken for an empty one: a person would be told "erased" of posts that are still there, an archive would be
called whole, and the tables would lose what had been classified.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import kill_world as world

REPOSITORY = Path(__file__).parents[1]
_CAPBSET_DROP = 24
_READS_ANYTHING = (1, 2, 3)
"""What root may do to files of others: CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER."""


def _as_anybody() -> None:
    """Also where the tests run as root, what is closed is closed."""
    for right in _READS_ANYTHING:
        ctypes.CDLL(None).prctl(_CAPBSET_DROP, right, 0, 0, 0)


def girafe(*arguments: str, at: Path) -> subprocess.CompletedProcess[str]:
    company = [] if arguments[0] in ("import", "quarantine") else ["--company", "company.toml"]
    return subprocess.run(
        [sys.executable, "-m", "girafe", *arguments, *company, "--data", "data"],
        cwd=at, capture_output=True, text=True, check=False, timeout=600, preexec_fn=_as_anybody,
        env={name: value for name, value in os.environ.items() if name != "GIRAFE_PSEUDONYM_KEY"}
        | {"GIRAFE_NOW": world.NOW.isoformat(), "PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """Nobody may look into `folder`."""
    mode = folder.stat().st_mode
    folder.chmod(0)
    try:
        yield
    finally:
        folder.chmod(mode)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("not-ours") / "home"
    home.mkdir()
    (home / "company.toml").write_text('[company]\nname = "Ondine"\nofficial_accounts = ["forum:ondine"]\n')
    forum, _ = world.exports(home.parent)
    for arguments in (("import", str(forum)), ("classify",), ("load",)):
        done = girafe(*arguments, at=home)
        assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / "home"))


@pytest.mark.parametrize(
    ("folder", "command"),
    [
        ("landing/forum/*", ("forget", "forum", "p7")),
        ("classified/*", ("load",)),
        ("runs/*", ("load",)),
        ("landing/forum/*", ("backup", "saved.tgz")),
        ("quarantine/*", ("quarantine", "list")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_a_folder_that_may_not_be_read_is_said_and_not_taken_for_an_empty_one(
    home: Path, folder: str, command: tuple[str, ...]
) -> None:
    here = world.context(home / "data", world.settings(9))
    before = world.tables(here)
    [unreadable] = (path for path in (home / "data").glob(folder) if path.is_dir())
    with closed(unreadable):
        done = girafe(*command, at=home)
    said = "".join(done.stderr.split())
    assert done.returncode == 3, done.stderr
    assert f"{unreadable}:Permissiondenied." in said
    assert "thenrunthesamecommandagain." in said
    assert world.tables(here) == before
    assert not (home / "data" / "receipts").exists()
    assert not (home / "saved.tgz").exists()


def test_a_part_of_the_data_that_lies_behind_a_link_is_not_left_out_of_a_backup_unsaid(home: Path) -> None:
    (home / "data" / "landing" / "forum").rename(home / "elsewhere")
    (home / "data" / "landing" / "forum").symlink_to(home / "elsewhere")
    done = girafe("backup", "saved.tgz", at=home)
    assert done.returncode == 3, done.stderr
    assert "isalink,andanarchiveholdsnolinks." in "".join(done.stderr.split())
    assert not list(home.glob("*.tgz"))
