"""Durable: a small file is replaced whole and is kept before anything builds on it."""

from __future__ import annotations

import os
from pathlib import Path

from girafe.storage import Place, flush, write


def write_whole(path: Place, content: bytes) -> None:
    """Writes `content` (mode 0600) beside `path`, flushes it to disk, renames it; elsewhere it is one upload."""
    if not isinstance(path, Path):
        write(path, content)
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    file = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(file, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    flush(path.parent)
