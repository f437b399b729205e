"""The audit log: every act is kept, in order, by whom; what was changed afterwards is noticed."""

from __future__ import annotations

import multiprocessing
import os
import resource
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from girafe import audit
from girafe.audit import AuditBroken, read, record
from girafe.cli.app import app
from girafe.data_dir import DataDir
from girafe.errors import UserMustAct

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    home = DataDir(tmp_path / "data")
    for number in range(5):
        record(home, "publish", who="ada", at=NOW, release=f"r{number}")
    return home


def log(data: DataDir) -> Path:
    return data.root / "audit" / "log.jsonl"


def test_acts_are_read_as_they_were_written(data: DataDir) -> None:
    entries = read(data)
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[2].details == {"release": "r2"}
    assert (entries[0].who, entries[0].at) == ("ada", NOW)
    assert stat.S_IMODE(log(data).stat().st_mode) == 0o600


def test_nothing_written_yet_is_an_empty_log(tmp_path: Path) -> None:
    assert read(DataDir(tmp_path)) == []


@pytest.mark.parametrize("attack", ["change", "remove", "swap", "forge", "cut", "all"])
def test_a_log_that_was_tampered_with_is_noticed(data: DataDir, attack: str) -> None:
    lines = log(data).read_bytes().splitlines(keepends=True)
    changed = {
        "change": [*lines[:2], lines[2].replace(b"r2", b"r9"), *lines[3:]],
        "remove": [*lines[:2], *lines[3:]],
        "swap": [lines[1], lines[0], *lines[2:]],
        "forge": [*lines, lines[-1].replace(b'"number":5', b'"number":6')],
        "cut": lines[:-1],
        "all": [],
    }[attack]
    log(data).write_bytes(b"".join(changed))
    with pytest.raises(AuditBroken, match="backup"):
        read(data)
    if attack in ("cut", "all"):  # the next act must not hide what is missing
        with pytest.raises(AuditBroken, match="put both aside"):
            record(data, "publish", who="ada", at=NOW)
        log(data).unlink()
        (data.keys / "audit.head").unlink()
        assert record(data, "publish", who="ada", at=NOW).number == 1


def test_a_log_that_is_gone_is_noticed(data: DataDir) -> None:
    log(data).unlink()
    with pytest.raises(AuditBroken):
        read(data)


def test_half_a_line_left_by_a_full_disk_is_cut_off_by_the_next_act(data: DataDir) -> None:
    with log(data).open("ab") as file:
        file.write(b'{"number":6,"at":"20')
    record(data, "forget", who="ada", at=NOW)
    assert [entry.what for entry in read(data)][-2:] == ["publish", "forget"]


def test_a_line_for_which_the_disk_had_half_the_room_is_refused_and_the_log_stays_whole(
    data: DataDir,
) -> None:
    """The system says how much it took, and raises nothing."""
    before, limits = read(data), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log(data).stat().st_size + 20, limits[1]))
    try:
        with pytest.raises(OSError, match="No space left"):
            record(data, "share", who="ada", at=NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert read(data) == before
    record(data, "share", who="ada", at=NOW)
    assert len(read(data)) == len(before) + 1


def test_a_crash_between_line_and_head_loses_nothing(data: DataDir) -> None:
    head = data.keys / "audit.head"
    before = head.read_bytes()
    record(data, "forget", who="ada", at=NOW)
    head.write_bytes(before)
    assert len(read(data)) == 6


def _write(root: Path) -> None:
    for _ in range(25):
        record(DataDir(root), "publish", who=str(os.getpid()), at=NOW)


def test_processes_that_write_at_once_make_one_chain(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=_write, args=(tmp_path,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(read(DataDir(tmp_path))) == 100


def test_a_line_that_was_never_finished_is_none_and_the_next_act_takes_its_place(data: DataDir) -> None:
    with log(data).open("ab") as file:
        file.write(b'{"number":6,"at":"2026-11')
    assert [entry.number for entry in read(data)] == [1, 2, 3, 4, 5]
    record(data, "publish", who="ada", at=NOW, release="r5")
    assert [entry.details["release"] for entry in read(data)] == [f"r{number}" for number in range(6)]


@pytest.mark.parametrize("place", ["log", "head"])
@pytest.mark.parametrize("damage", [b"\0\0\0\n", b"[]\n", b"{\n"])
def test_a_damaged_log_is_said_in_words_and_nothing_is_written_behind_it(
    data: DataDir, place: str, damage: bytes
) -> None:
    path = log(data) if place == "log" else data.keys / "audit.head"
    path.write_bytes(damage + (path.read_bytes() if place == "log" else b""))
    before = log(data).read_bytes()
    with pytest.raises(AuditBroken):
        read(data)
    if place == "log":
        with pytest.raises(AuditBroken, match="Line 1 of"):
            record(data, "publish", who="ada", at=NOW)
        assert log(data).read_bytes() == before


def test_an_act_that_is_added_while_somebody_reads_is_no_alarm(
    data: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = audit._lines

    def lines(content: bytes, head: dict[str, object], path: Path) -> list[dict[str, object]]:
        monkeypatch.setattr(audit, "_lines", real)
        record(data, "publish", who="ada", at=NOW, release="r5")
        return real(content, head, path)

    monkeypatch.setattr(audit, "_lines", lines)
    assert [entry.number for entry in read(data)] == [1, 2, 3, 4, 5]
    assert [entry.number for entry in read(data)] == [1, 2, 3, 4, 5, 6]


def test_what_was_shared_is_on_record_and_what_was_refused_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    with pytest.raises(UserMustAct, match="There is no store"):
        CliRunner().invoke(app, ["share", "--data", str(data)], catch_exceptions=False)
    assert read(DataDir(data)) == []
    monkeypatch.setenv("GIRAFE_STORE", (tmp_path / "store").as_uri())
    for back in ([], ["--back"]):
        CliRunner().invoke(app, ["share", "--data", str(data), *back], catch_exceptions=False)
    assert [(entry.what, entry.details["direction"]) for entry in read(DataDir(data))] == [
        ("share", "out"),
        ("share", "back"),
    ]
