"""Connection: the only place that opens DuckDB, with its limits and its plain errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from girafe.errors import GirafeError, RetryLater

MEMORY_LIMIT = "1GB"
"""DuckDB spills to disk above this, so that a whole run of 1,000,000 posts stays under 2 GB."""


class WarehouseBusy(RetryLater):
    """Another process holds the DuckDB file; there is one writer at a time."""


class WarehouseDamaged(GirafeError):
    """The DuckDB file cannot be read; it is rebuilt from the classified files."""


class DiskRefuses(RetryLater):
    """The disk is full or may not be written; nothing was changed."""


@contextmanager
def connect(path: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """An open connection to the warehouse, closed at the end.

    Raises WarehouseBusy while another process has it open, WarehouseDamaged if it is no DuckDB file or a part
    of it cannot be read, DiskRefuses if the disk is full. What was not committed is undone in any case.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(
            str(path),
            read_only=read_only,
            config={
                "memory_limit": MEMORY_LIMIT,
                "temp_directory": str(path.parent / "spill"),
                # Row order is never relied on; without it inserts need far less memory.
                "preserve_insertion_order": "false",
                # Nothing is downloaded at run time.
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            },
        )
    except duckdb.Error as error:
        message = str(error).splitlines()[0]
        # Not just "lock": a damaged file is told as "checksum ... in block at location".
        if re.search(r"\block\b|different configuration", message, re.IGNORECASE):
            raise WarehouseBusy(
                f"{path.name} is open in another process. Wait for that run to end, then try again."
            ) from error
        raise (_disk_refuses(path, message) or _damaged(path, message)) from error
    try:
        connection.execute("set timezone = 'UTC'")
        yield connection
    except duckdb.Error as error:
        message = str(error).splitlines()[0]
        found = _disk_refuses(path, message)
        if found is None and re.search(
            r"corrupt|checksum|enough bytes|has been invalidated", message, re.IGNORECASE
        ):
            found = _damaged(path, message)
        if found is None:
            raise
        raise found from error
    finally:
        connection.close()


def _damaged(path: Path, message: str) -> GirafeError:
    return WarehouseDamaged(
        f"{path.name} cannot be read ({message}). Rebuild it from the classified files with: "
        "girafe load --rebuild"
    )


def _disk_refuses(path: Path, message: str) -> GirafeError | None:
    if re.search(
        r"no space left|file too large|read-only|disk quota|could not write", message, re.IGNORECASE
    ):
        return DiskRefuses(
            f"The disk of {path.parent} cannot be written ({message}). Nothing was changed: make room, or make it "
            "writable, then run the same command again."
        )
    return None


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The single number a query returns, its result read to the end so that the next may start."""
    [(number,)] = connection.execute(query).fetchall()
    return int(number)
