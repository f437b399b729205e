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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps and gives back this way")
def test_garbage_scattered_between_what_is_kept_leaves_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCATTERED],
        cwd=Path(__file__).parent.parent.parent,
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) > 80  # of 120 MB; the rest shares its pages with what is kept
