"""Lock: one process at a time where two would spoil each other's work; a dead one holds nothing.

`files` is shared by all that only add (collect, import, classify) and exclusive to what rewrites (forget,
rotate-key, restore); `warehouse` is exclusive to whoever loads, measures or publishes. The kernel lets go of
a lock when its holder dies, however it dies, so none is ever stale.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from girafe.data_dir import DataDir
from girafe.errors import RetryLater, UserMustAct

Name: TypeAlias = Literal["files", "warehouse"]

_held: dict[tuple[str, str, int], list[bool]] = {}
"""What this process holds, by folder, name and process (a fork holds nothing): exclusive or not."""


class Busy(RetryLater):
    """Another process is at work on the same data; the message says which one and since when."""


@contextmanager
def hold(
    data: DataDir, name: Name, what: str, *, now: datetime, shared: bool = False, restoring: bool = False
) -> Iterator[None]:
    """Holds a lock of `data` while the block runs; `what` tells others what is being done.

    A process that holds it already may take it again. Raises Busy if another process has it, UserMustAct where a
    restore was interrupted, unless this is its end (`restoring`).
    """
    key = (str(data.root), name, os.getpid())
    if key in _held and (shared or _held[key][0]):
        yield
        return
    folder = data.root / ".locks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            raise Busy(_busy(data, file)) from error
        # Once the lock is held: a restore that dies while another process waits for its turn is seen by that one.
        if data.restoring.exists() and not restoring:
            raise UserMustAct(
                f"A restore into {data.root} was interrupted, so files may be missing and who was forgotten may be "
                "back. Finish it with the same command: girafe restore ARCHIVE"
            )
        # Whoever has the lock alone says who it is; what one that was killed said of itself is no longer true.
        os.ftruncate(file, 0)
        if not shared:
            note = f"{what} (process {os.getpid()}, since {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"
            os.pwrite(file, note.encode(), 0)
        _held[key] = [not shared]
        try:
            yield
        finally:
            del _held[key]
            if not shared:
                os.ftruncate(file, 0)
    finally:
        os.close(file)


def _busy(data: DataDir, file: int) -> str:
    holder = os.pread(file, 400, 0).decode("utf-8", "replace") or "a process that collects or classifies"
    return (
        f"{data.root} is in use by {holder}. Nothing was changed. "
        "Wait until it ends, or stop it, then try again."
    )
