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
import os, pathlib, threading
from girafe.memory import give_back
import pyarrow

def resident_mb():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

def tables():
    numbers = pyarrow.array(range(500_000))
    for _ in range(3):
        pyarrow.table({"word": numbers.cast(pyarrow.string())}).sort_by("word")

before = resident_mb()
for _ in range(3):
    others = [threading.Thread(target=tables) for _ in range(3)]
    for other in others:
        other.start()
    for other in others:
        other.join()
give_back()
print(resident_mb() - before)
"""


CHOSEN = ("ARROW_DEFAULT_MEMORY_POOL", "MALLOC_ARENA_MAX")
WHICH = "import {module}, pyarrow; print(pyarrow.default_memory_pool().backend_name)"


def says(program: str, **environment: str) -> str:
    """What a process that runs the program says, with no wish of ours in its environment."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent.parent.parent,
        env={name: value for name, value in os.environ.items() if name not in CHOSEN} | environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps and gives back this way")
def test_garbage_scattered_between_what_is_kept_leaves_the_process() -> None:
    assert float(says(SCATTERED)) > 80  # of 120 MB; the rest shares its pages with what is kept


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps and gives back this way")
def test_what_arrow_needed_in_several_threads_for_tables_that_are_gone_leaves_the_process() -> None:
    # 55 MB, code that was loaded for the most part; 80 to 110 with a heap for each thread, 150 to 190 with Arrow's own.
    assert float(says(ARROW)) < 70


@pytest.mark.parametrize("module", ["girafe.cli", "girafe.run", "girafe.wiring", "collectors.registry"])
def test_arrow_shares_the_allocator_of_everything_else_whatever_imports_girafe_first(module: str) -> None:
    assert says(WHICH.format(module=module)) == "system"


def test_an_allocator_the_user_chose_stays() -> None:
    other = (
        "jemalloc"
        if "jemalloc" in says("import pyarrow as p; print(p.supported_memory_backends())")
        else "mimalloc"
    )
    assert says(WHICH.format(module="girafe.cli"), ARROW_DEFAULT_MEMORY_POOL=other) == other
