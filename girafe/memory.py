"""Memory: one allocator, and what a run no longer needs goes back to the machine, so that a process that stays
does not grow.

Without it a process that made 52 weekly runs kept what its fullest moment had taken, scattered over the free lists of
several allocators, and a little more after each run.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable, MutableMapping
from typing import Any

_ARROW = "ARROW_DEFAULT_MEMORY_POOL"
_ARENAS = "MALLOC_ARENA_MAX"
_M_ARENA_MAX = -8
"""Of malloc.h: the number of arenas, by its name for mallopt."""


def share_one_allocator(environment: MutableMapping[str, str]) -> None:
    """Lets all libraries and threads take memory from one heap of the C library; what the user set stays.

    Arrow reads its variable once, when it is first imported: it has an allocator of its own, which keeps pages for
    each thread, Arrow's and DuckDB's. (`pyarrow.set_memory_pool` would not reach what Arrow's C++ asks for by itself:
    readers of Parquet, kernels.) The C library too makes a heap (an arena) for each thread that asks while another
    is asking; what one thread leaves free in its heap is of no use to the next.
    """
    environment.setdefault(_ARROW, "system")
    if mallopt := _of_the_c_library("mallopt") if _ARENAS not in environment else None:
        mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Collects garbage and hands free memory back; where the C library cannot (macOS, musl), only the first."""
    gc.collect()
    if malloc_trim := _of_the_c_library("malloc_trim"):
        malloc_trim(0)


def _of_the_c_library(name: str) -> Callable[..., Any] | None:
    found: Callable[..., Any] | None = getattr(ctypes.CDLL(None), name, None)
    return found
