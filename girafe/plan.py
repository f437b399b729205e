"""Plan: what a collection would ask, of whom, and what it costs in calls; nothing is asked to find out.

The calls of past runs are counted where they are sent, one small file per query, so that the next plan can say
what is usual. Until then it says the least: one call to each place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from statistics import median

import httpx
import orjson

from girafe.data_dir import DataDir
from girafe.storage import write

_REMEMBERED = 10


@contextmanager
def counted(client: httpx.Client) -> Iterator[Callable[[], int]]:
    """Counts the requests that leave `client` while the block runs, repeated ones included."""
    calls = 0

    def note(request: httpx.Request) -> None:
        nonlocal calls
        calls += 1

    hooks = client.event_hooks
    client.event_hooks = hooks | {"request": [*hooks["request"], note]}
    try:
        yield lambda: calls
    finally:
        client.event_hooks = hooks


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One query of one source, as it would be asked now."""

    source: str
    query: str
    places: int
    """Instances, feeds, forums: each is asked on its own."""
    calls: int
    """The median of past runs, or one for each place."""
    is_measured: bool
    since: datetime | None
    """None: from the cursor of each place on."""
    until: datetime | None

    @property
    def cost(self) -> str:
        """The calls in words."""
        calls = in_calls(self.calls)
        return f"usually {calls}" if self.is_measured else f"{calls} at least"


def in_calls(count: int) -> str:
    """A number of calls in words."""
    return f"{count:,} call{'s' if count != 1 else ''}"


def plan(
    data: DataDir,
    pairs: Iterable[tuple[str, str, int]],
    window: tuple[datetime, datetime] | None,
) -> list[Ask]:
    """What each (source, query, number of places) would cost."""
    asks = []
    for source, query, places in pairs:
        known = _known(data, source, query)
        asks.append(
            Ask(
                source=source,
                query=query,
                places=places,
                calls=round(median(known)) if known else places,
                is_measured=bool(known),
                since=window[0] if window else None,
                until=window[1] if window else None,
            )
        )
    return asks


def remember_calls(data: DataDir, source: str, query: str, calls: int) -> None:
    """Adds the calls of one run to what is known of this query."""
    known = [*_known(data, source, query), calls][-_REMEMBERED:]
    write(_path(data, source, query), orjson.dumps(known))


def _known(data: DataDir, source: str, query: str) -> list[int]:
    try:
        return [int(number) for number in orjson.loads(_path(data, source, query).read_bytes())]
    except (OSError, ValueError, TypeError):
        return []


def _path(data: DataDir, source: str, query: str) -> Path:
    digest = blake2b(f"{source}\x1f{query}".encode(), digest_size=4).hexdigest()
    return data.quality / "calls" / f"{source}-{digest}.json"
