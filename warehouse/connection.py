"""Connection: the only place that opens DuckDB, with its limits and its plain errors."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from girafe.data_dir import REMOTE
from girafe.errors import GirafeError, RetryLater, UserMustAct
from girafe.storage import remove

MEMORY_LIMIT = "1GB"
"""DuckDB spills to disk above this, so that a whole run of 1,000,000 posts stays under 2 GB."""


class WarehouseBusy(RetryLater):
    """Another process holds the DuckDB file; there is one writer at a time."""


class WarehouseDamaged(GirafeError):
    """The DuckDB file cannot be read; it is rebuilt from the classified files."""


class DiskRefuses(RetryLater):
    """The disk is full or may not be written; nothing was changed."""


class RemoteRefuses(UserMustAct):
    """MotherDuck cannot be reached as this machine is set up: the extension, the token or the database is missing."""


def is_remote(path: Path) -> bool:
    """Whether the warehouse lies in MotherDuck."""
    return path.name.startswith(REMOTE)


def address(path: Path) -> str:
    """What DuckDB opens: the file, or `md:` and a database."""
    return path.name if is_remote(path) else str(path.resolve())


def is_there(path: Path) -> bool:
    """Whether there is a warehouse to read; one in MotherDuck is asked when it is opened."""
    return is_remote(path) or path.exists()


def remove_warehouse(path: Path) -> None:
    """Removes a DuckDB file and its log, or what girafe made in MotherDuck; load makes it anew."""
    if is_remote(path):
        with connect(path) as connection:
            for (schema,) in connection.execute(_OURS).fetchall():
                connection.execute(f'drop schema "{schema}" cascade')
        return
    # The log first: killed in between, a file that is made anew would take in what an old log holds.
    remove(path.with_name(path.name + ".wal"))
    remove(path)


def rebuilding(path: Path) -> Path:
    """Where a warehouse is made anew before it takes the place of the one at `path`."""
    return path.with_suffix(".rebuild.duckdb")


def remove_abandoned_work(path: Path) -> None:
    """Removes what a process that was killed left beside the warehouse; only while nobody else may write.

    A rebuild, and what did not fit into memory, may hold somebody who is forgotten now, or pseudonyms of an old key;
    DuckDB leaves both where they are.
    """
    shutil.rmtree(_spill(path), ignore_errors=True)
    if not is_remote(path):
        remove_warehouse(rebuilding(path))


def _spill(path: Path) -> Path:
    return path.parent / "spill"


_OURS = """
    select schema_name from duckdb_schemas()
    where database_name = current_database() and not internal and schema_name <> 'main'
"""


@contextmanager
def connect(path: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """An open connection to the warehouse, closed at the end.

    Raises RemoteRefuses if it lies in MotherDuck and cannot be opened there, WarehouseBusy while another process
    has it open, WarehouseDamaged if it is no DuckDB file or a part of it cannot be read, DiskRefuses if the disk
    is full. What was not committed is undone in any case.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(
            address(path),
            read_only=read_only,
            config={
                "memory_limit": MEMORY_LIMIT,
                "temp_directory": str(_spill(path)),
                # Row order is never relied on; without it inserts need far less memory.
                "preserve_insertion_order": "false",
                # Nothing is downloaded at run time.
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            },
        )
    except duckdb.Error as error:
        message = str(error).splitlines()[0]
        if is_remote(path):
            raise RemoteRefuses(_refusal(path, message)) from error
        # Not just "lock": a damaged file is told as "checksum ... in block at location".
        if re.search(r"\block\b|different configuration", message, re.IGNORECASE):
            raise WarehouseBusy(
                f"{path.name} is open in another process. Wait for that run to end, then try again."
            ) from error
        raise (disk_refuses(path, message) or _damaged(path, message)) from error
    try:
        connection.execute("set timezone = 'UTC'")
        yield connection
    except duckdb.Error as error:
        message = str(error).splitlines()[0]
        found = disk_refuses(path, message)
        if found is None and re.search(
            r"corrupt|checksum|enough bytes|has been invalidated", message, re.IGNORECASE
        ):
            found = _damaged(path, message)
        if found is None:
            raise
        raise found from error
    finally:
        connection.close()


def _refusal(path: Path, message: str) -> str:
    """What to do about it. The token is read by MotherDuck's own extension, and never in what it says."""
    return (
        f"{path.name} cannot be opened ({message}). It needs the extension, installed once where DuckDB's server of "
        """extensions can be reached (python -c "import duckdb; duckdb.sql('install motherduck')"), a token """
        "in the variable motherduck_token (MOTHERDUCK_TOKEN, MOTHERDUCK_TOKEN_FILE, or Airflow's connection "
        "girafe_motherduck), and the database. Without GIRAFE_WAREHOUSE the warehouse is a file again."
    )


def _damaged(path: Path, message: str) -> GirafeError:
    return WarehouseDamaged(
        f"{path.name} cannot be read ({message}). Rebuild it from the classified files with: "
        "girafe load --rebuild"
    )


def disk_refuses(path: Path, message: str) -> GirafeError | None:
    """What to do about it, if DuckDB says with `message` that the disk of the warehouse `path` takes no more."""
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
