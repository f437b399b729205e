"""Fifty publications, most of them killed at some moment, under a reader who never stops: always one whole release."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import random
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from reports import swap
from reports.release import KEEP
from tests.killing import run_and_die


def put(exports: Path, number: int) -> None:
    """A release as publish makes it: files, and a manifest with the hash of each."""
    with swap.building(exports) as folder:
        for part in range(12):
            (folder / f"part{part}").write_text(f"{number} " * 400)
        files = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}
        (folder / "manifest.json").write_text(json.dumps({"number": number, "files": files}))
        swap.put_in_place(folder, exports, release_id=f"r{number}", keep=KEEP)


def look(exports: Path) -> tuple[int, list[str]]:
    """The release a reader sees who opens the exports once, and what in it is not as its manifest says."""
    folder = os.open(exports, os.O_RDONLY)  # held open, as a reader in the middle of a release holds it
    try:
        read = {name: _read(folder, name) for name in os.listdir(folder)}  # noqa: PTH208
    finally:
        os.close(folder)
    told = json.loads(read.pop("manifest.json"))
    wrong = [n for n in told["files"].keys() | read.keys()
             if hashlib.sha256(read.get(n, b"")).hexdigest() != told["files"].get(n)]  # fmt: skip
    return told["number"], wrong


def _read(folder: int, name: str) -> bytes:
    with os.fdopen(os.open(name, os.O_RDONLY, dir_fd=folder), "rb") as file:
        return file.read()


def _hammer(exports: Path, done: Event, report: Path) -> None:
    looks, again, wrong, numbers = 0, 0, [], set()
    while not done.is_set():
        try:
            number, found = look(exports)
        except FileNotFoundError:
            # The release was old enough to be dropped while it was read; what counts is that there is one.
            again += 1
            assert exports.exists()
            continue
        looks += 1
        numbers.add(number)
        wrong += found
    report.write_text(json.dumps({"looks": looks, "again": again, "wrong": wrong, "numbers": len(numbers)}))


@pytest.mark.forks
def test_a_reader_sees_one_whole_release_while_publishers_are_killed(tmp_path: Path) -> None:
    exports, report = tmp_path / "exports", tmp_path / "report.json"
    chance = random.Random(50)
    put(exports, 0)
    whole = run_and_die(lambda: put(exports, 1))
    fork = multiprocessing.get_context("fork")
    done = fork.Event()
    reader = fork.Process(target=_hammer, args=(exports, done, report))
    reader.start()
    died, last = 0, 1
    for number in range(2, 52):
        step = chance.randint(1, whole.steps) if chance.random() < 0.7 else None
        fate = run_and_die(lambda number=number: put(exports, number), step=step)  # type: ignore[misc]
        assert not fate.error
        died += fate.died
        shown, wrong = look(exports)
        assert wrong == []
        assert shown in (last, number), "the one before, or the new one"
        assert fate.died or shown == number
        last = shown
    done.set()
    reader.join()
    told = json.loads(report.read_text())
    assert told["wrong"] == []
    assert told["looks"] > 20
    assert died > 20
    assert len(list(swap.releases_folder(exports).glob("r*"))) <= KEEP + 1
    put(exports, 99)
    assert not list(swap.releases_folder(exports).glob(".building-*")), "what the dead left is cleared away"
