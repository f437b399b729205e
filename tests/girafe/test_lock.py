"""Two runs at once: the second is told who is at work; a process that died holds up nobody."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from girafe.data_dir import PRIVATE, DataDir
from girafe.lock import Busy, hold

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


def _hold(root: Path, shared: bool, said: Connection) -> None:
    with hold(DataDir(root), "files", "girafe forget", now=NOW, shared=shared):
        said.send("held")
        said.poll(60)


@pytest.fixture(params=[False, True], ids=["exclusive", "shared"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[int, bool]]:
    """Another process that holds the lock: its id, and whether it shares."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(
        target=_hold, args=(tmp_path, request.param, theirs)
    )
    process.start()
    assert ours.recv() == "held"
    assert process.pid is not None
    yield process.pid, request.param
    process.kill()
    process.join()


def test_the_second_is_refused_and_told_who_holds_it(tmp_path: Path, other: tuple[int, bool]) -> None:
    pid, shared = other
    with pytest.raises(Busy) as refused, hold(DataDir(tmp_path), "files", "girafe run", now=NOW):
        pass
    assert "Nothing was changed" in str(refused.value)
    if not shared:
        assert f"girafe forget (process {pid}, since 2026-11-23 06:00 UTC)" in str(refused.value)


def test_those_who_share_do_not_keep_each_other_out(tmp_path: Path, other: tuple[int, bool]) -> None:
    _, shared = other
    if shared:
        with hold(DataDir(tmp_path), "files", "girafe classify", now=NOW, shared=True):
            pass
    else:
        with pytest.raises(Busy), hold(DataDir(tmp_path), "files", "x", now=NOW, shared=True):
            pass


def test_a_killed_process_holds_nothing(tmp_path: Path, other: tuple[int, bool]) -> None:
    os.kill(other[0], signal.SIGKILL)
    os.waitpid(other[0], 0)
    with hold(DataDir(tmp_path), "files", "girafe run", now=NOW):
        pass


def test_whoever_shares_is_not_taken_for_one_that_was_killed(tmp_path: Path) -> None:
    folder = tmp_path / ".locks"
    folder.mkdir()
    (folder / "files").write_text("girafe forget (process 7, since 2026-11-20 06:00 UTC)")  # what it left
    ours, theirs = multiprocessing.Pipe()
    sharing = multiprocessing.get_context("fork").Process(target=_hold, args=(tmp_path, True, theirs))
    sharing.start()
    try:
        assert ours.recv() == "held"
        with (
            pytest.raises(Busy, match="a process that collects or classifies"),
            hold(DataDir(tmp_path), "files", "girafe run", now=NOW),
        ):
            pass
    finally:
        sharing.kill()
        sharing.join()


def test_one_process_may_take_it_twice_and_lets_go_at_the_end(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    with hold(data, "warehouse", "run", now=NOW), hold(data, "warehouse", "load", now=NOW):
        pass
    with hold(data, "warehouse", "again", now=NOW):
        assert os.listdir(tmp_path / ".locks") == ["warehouse"]  # noqa: PTH208


def test_only_the_owner_may_enter_what_is_not_exported(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        home = DataDir(tmp_path / "data")
        for name in (*PRIVATE, "exports", "others"):
            (home.root / name).mkdir(parents=True, mode=0o755)
        home.protect()
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.root.iterdir()}
        assert {name: modes[name] for name in PRIVATE} == dict.fromkeys(PRIVATE, 0o700)
        assert modes["exports"] == modes["others"] == 0o755
    finally:
        os.umask(before)


def _crash(root: Path) -> None:
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    os.chdir(root)
    DataDir(root / "data").protect()
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGSEGV)


def test_a_crash_leaves_no_image_of_the_memory(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        _crash(tmp_path)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGSEGV
    assert not os.WCOREDUMP(status)


def test_a_folder_that_is_made_lets_others_pass_to_the_exports_and_so_do_those_above_it(
    tmp_path: Path,
) -> None:
    """The demo lies in data/demo: what it makes first is where the company's own exports will be."""
    before = os.umask(0o022)
    try:
        DataDir(tmp_path / "data" / "demo").protect()
        made = (tmp_path / "data", tmp_path / "data" / "demo")
        assert [stat.S_IMODE(folder.stat().st_mode) for folder in made] == [0o711, 0o711]
    finally:
        os.umask(before)
