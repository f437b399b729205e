"""A process that stays gives back what its work took."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

SCATTERED = """
import os, pathlib
from girafe.memory import give_back

class Knot:
    def __init__(self):
        self.itself, self.held = self, b"x" * 20_000

def resident_mb():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

knots, kept = [], []
for number in range(6_000):
    knots.append(Knot())
    kept.append(b"x" * 600)  # after each, so that the end of the heap is never free
before = resident_mb()
knots.clear()
give_back()
print(before - resident_mb())
"""


ARROW = """
import threading
import pyarrow
from girafe.memory import give_back

def table():
    pyarrow.table({"word": [str(number) for number in range(200_000)]}).sort_by("word").to_pandas()

def arrow_mb():
    # Its allocator reserves a gigabyte at once.
    inside, held = False, 0
    for line in open("/proc/self/smaps"):
        first, *rest = line.split()
        if "-" in first and not first.endswith(":"):
            start, end = (int(part, 16) for part in first.split("-"))
            inside = end - start > 1_000_000_000
        elif inside and first == "Anonymous:":
            held += int(rest[0]) / 1000
    return held

for _ in range(2):
    others = [threading.Thread(target=table) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    table()
before = arrow_mb()
give_back()
print(before - arrow_mb())
"""


def given_back(program: str) -> float:
    """What a process that runs the program says at its end."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent.parent.parent,
        env=os.environ,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps and gives back this way")
def test_garbage_scattered_between_what_is_kept_leaves_the_process() -> None:
    assert given_back(SCATTERED) > 80  # of 120 MB; the rest shares its pages with what is kept


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_arrow_needed_for_tables_that_are_gone_leaves_the_process() -> None:
    assert given_back(ARROW) > 15  # of some 40 MB
