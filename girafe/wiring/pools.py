"""Pools: who must wait for whom. `python -m girafe.wiring FILE` writes them for `airflow pools import`."""

from __future__ import annotations

import os
from typing import Any

DUCKDB_WRITER = "duckdb_writer"
"""One slot: an open DuckDB writer blocks every other process, readers too."""
CLASSIFIERS = "classifiers"


WRITER = "writer"
"""The queue of the one machine that owns DuckDB, the marts and the exports; every task is its, unless it says:"""
ANYWHERE = "default"
"""The queue of every worker. What runs here touches the store only. Where there are no queues (`make up`)
all run alike."""


def classifiers() -> int:
    """How many landing files may be classified at a time: GIRAFE_CLASSIFIERS, else all processors but one."""
    return int(os.environ.get("GIRAFE_CLASSIFIERS") or max(1, (os.cpu_count() or 2) - 1))


def platform_pool(source: str) -> str:
    """The pool of a source: at most so many requests to one platform at a time, whatever runs."""
    return f"platform_{source}"


def pools(sources: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Every pool the DAGs name, as `airflow pools import` reads them."""
    sizes = {
        DUCKDB_WRITER: (1, "One writer of the DuckDB file at a time"),
        CLASSIFIERS: (classifiers(), "Landing files classified at a time"),
        **{platform_pool(name): (1, f"Queries to {name} at a time") for name in sources},
    }
    return {
        name: {"slots": slots, "description": text, "include_deferred": False}
        for name, (slots, text) in sizes.items()
    }
