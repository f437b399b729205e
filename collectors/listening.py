"""Listening: what one run hears at each origin, and where it could not hear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from collectors.canary import WORST, Song, listen_for
from collectors.contract import NOTES, RESUME, Item, Source, Watch, Window
from collectors.cursors import Cursor, next_window
from collectors.http import Http
from collectors.read import SHAPE_ERRORS, tree
from girafe.errors import GirafeError, SourceUnavailable

LOOKBACK = timedelta(days=28)
"""How far back the first run of a query reads, unless `lookback_days` in its options says otherwise."""
_CLOCKS_DIFFER = timedelta(minutes=10)
"""A cursor may lie so far ahead: another machine wrote it a moment ago."""


@dataclass(slots=True, kw_only=True)
class Listening:
    """One query at one source, origin after origin."""

    name: str
    module: Source
    query: str
    options: Mapping[str, object]
    now: datetime
    asked: Window | None
    """None: from each origin's cursor up to now."""
    cursors: dict[str, Cursor]
    ledger: MutableMapping[str, str]
    items: dict[str, Item] = field(default_factory=dict)
    heard_at: list[str] = field(default_factory=list)
    failures: list[GirafeError] = field(default_factory=list)
    troubles: Sequence[str] = ()
    """Every fault and refusal on the way, also those that were got past."""
    windows: dict[str, Window] = field(default_factory=dict)
    """What was to be read, by origin."""
    canary_queries: Sequence[str] | None = None
    """From company.toml; None: the source's own."""
    canary: Song = ""
    """How the canary sang, at the place where it sang worst."""
    limits: dict[str, None] = field(default_factory=dict)
    """What places do not let us hear although they answer."""

    def listen(self, origin: str, http: Http) -> None:
        """Reads one origin; what came before a failure is kept, but its cursor stays."""
        cursor = self._cursor(origin)
        window = self.asked or next_window(
            cursor, now=self.now, overlap=self.module.OVERLAP, lookback=self._lookback()
        )
        self.windows[origin] = window
        # Asked for a window anew, "unchanged since" would hide it.
        memory = dict(cursor.memory) if cursor and self.asked is None else {}
        # A quote inside it would end the phrase: behind it, platforms read operators that name people (from:ada).
        phrase = self.query.replace('"', " ").strip()
        watch = Watch(query=phrase, origin=origin, options=self.options, memory=memory, ledger=self.ledger)
        try:
            found = self._keep(self.module.fetch(watch, window, http))
            if not found:
                self._ask_canary(watch, http)
            members = self._keep(self.module.thread(watch, found, http))
            self._keep(self.module.profile(watch, [*found, *members], http))
        except GirafeError as error:
            self._fail(origin, error, watch, window)
        except SHAPE_ERRORS as error:
            changed = SourceUnavailable(
                f"{watch.place} answered in an unknown shape ({type(error).__name__})."
            )
            self._fail(origin, changed, watch, window)
        else:
            self.limits.update(dict.fromkeys(watch.limits))
            self.heard_at.append(origin)
            read = Cursor(start=window.start, until=window.end, memory=watch.memory)
            self.cursors[origin] = cursor.joined(window, watch.memory) if cursor else read

    def _cursor(self, origin: str) -> Cursor | None:
        """How far an origin was read; from a clock that ran ahead that is not known, so not believed."""
        cursor = self.cursors.get(origin)
        if cursor is None or self.asked or not cursor.start <= self.now < cursor.until - _CLOCKS_DIFFER:
            return cursor
        return Cursor(start=cursor.start, until=max(cursor.start, self.now - self._lookback()))

    def _ask_canary(self, watch: Watch, http: Http) -> None:
        """Raises SourceUnavailable where the place shows nothing whatever it is asked: the cursor stays."""
        song, refusal = listen_for(self.module, watch, http, self.now, self.canary_queries)
        self.canary = max(self.canary, song, key=WORST.index)
        if song == "refused":
            watch.limits.append(f"{watch.place} was silent, and the canary could not be asked: {refusal}")
        if song == "mute":
            raise SourceUnavailable(
                f"{watch.place} shows nothing at all, not even what its canary asks for, so its silence is "
                "not believed. Look at it in a browser; `canary` in company.toml changes the question."
            )

    def _fail(self, origin: str, error: GirafeError, watch: Watch, window: Window) -> None:
        self.failures.append(error)
        if RESUME in watch.memory and self.asked is None:
            # Nothing counts as read, so the cursor stays; but what was landed need not be paid for twice.
            old = self.cursors.get(origin) or Cursor(start=window.start, until=window.start)
            self.cursors[origin] = replace(old, memory={**old.memory, RESUME: watch.memory[RESUME]})

    def _lookback(self) -> timedelta:
        days = self.options.get("lookback_days")
        return timedelta(days=days) if isinstance(days, int) else LOOKBACK

    def _keep(self, items: Iterable[Item]) -> list[Item]:
        kept = []
        for item in items:
            # Another instance may know less about the same post (not its parent, say).
            if _knows(item) >= _knows(self.items.get(item.key)):
                self.items[item.key] = item
            kept.append(item)
        return kept


def _knows(item: Item | None) -> int:
    return 0 if item is None else len(tree(item.payload.get(NOTES)))
