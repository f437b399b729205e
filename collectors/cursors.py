"""Cursors: how far each source has been read, kept per query and origin, written after what was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b

import orjson

from collectors.contract import Window
from girafe.data_dir import DataDir
from girafe.storage import Place, read, write
from warehouse.landing import file_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far one origin has been read for one query."""

    start: datetime
    """Everything from here ..."""
    until: datetime
    """... to here, exclusive, has been read and landed."""
    memory: Mapping[str, str] = field(default_factory=dict)

    def joined(self, window: Window, memory: Mapping[str, str]) -> Cursor:
        """After `window` was read. A window that leaves a gap before or after it moves nothing."""
        if window.start > self.until or window.end < self.start:
            return self
        return Cursor(
            start=min(self.start, window.start), until=max(self.until, window.end), memory=dict(memory)
        )


def next_window(cursor: Cursor | None, *, now: datetime, overlap: timedelta, lookback: timedelta) -> Window:
    """From the cursor less the overlap up to now; the first time, as far back as `lookback`."""
    start = now - lookback if cursor is None else min(cursor.until, now) - overlap
    return Window(start=start, end=now)


def cursor_path(data: DataDir, source: str, query: str) -> Place:
    """cursors/<source>/<query>.json; a digest keeps queries apart that make the same file name."""
    digest = blake2b(query.encode(), digest_size=4).hexdigest()
    return data.cursors / file_name(source) / f"{file_name(query)[:80]}-{digest}.json"


def ledger_path(data: DataDir, source: str) -> Place:
    """cursors/<source>/ledger.json: what the source has spent, over all its queries."""
    return data.cursors / file_name(source) / "ledger.json"


def read_cursors(path: Place) -> dict[str, Cursor]:
    """The cursor of each origin; none where the file is missing or damaged (then all is read again)."""
    try:
        tree = orjson.loads(read(path))
        return {
            origin: Cursor(
                start=datetime.fromisoformat(entry["start"]),
                until=datetime.fromisoformat(entry["until"]),
                memory={str(name): str(value) for name, value in entry["memory"].items()},
            )
            for origin, entry in tree.items()
        }
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_cursors(path: Place, cursors: Mapping[str, Cursor]) -> None:
    """Replaces the file as a whole, durably."""
    write(path, orjson.dumps(dict(cursors), option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))
