"""Memory: what a run no longer needs goes back to the machine, so that a process that stays does not grow.

Without it a process that made 52 weekly runs kept what its fullest moment had taken, scattered over the allocator's
free lists, and a little more after each run.
"""

from __future__ import annotations

import ctypes
import gc
import sys


def give_back() -> None:
    """Collects garbage and hands free memory back; where the C library cannot (macOS, musl), only the first."""
    gc.collect()
    if arrow := sys.modules.get("pyarrow"):  # it has an allocator of its own
        arrow.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
