"""Collect: one source, one query, one window; landed durably, then the cursor moves.

Each origin (an instance, a feed) is asked on its own: one that fails is named in the report and keeps
its old cursor, so its window is read again; the others are not held up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from collectors import optout
from collectors.contract import SPENT, Item, Parser, Secrets, Source, Watch, Window
from collectors.cursors import Cursor, cursor_path, next_window, read_cursors, write_cursors
from collectors.guard import hosts_named
from collectors.http import Http
from collectors.limits import Wait
from collectors.registry import SOURCES
from collectors.runs import Health, RunRecord, write_run
from girafe.data_dir import DataDir
from girafe.errors import (
    AccessDenied,
    GirafeError,
    PayloadRejected,
    RetryLater,
    SettingsInvalid,
    SourceUnavailable,
    UserMustAct,
)
from girafe.records import Account, Envelope, Post, Profile
from girafe.settings import Settings, SourceSettings
from warehouse.landing import landing_path, write_envelopes

LOOKBACK = timedelta(days=28)
"""How far back the first run of a query reads, unless `lookback_days` in its options says otherwise."""
_NOTABLE_SKEW = 120.0
_SHAPE_ERRORS = (KeyError, TypeError, ValueError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectReport:
    """What one run heard, and what it could not hear."""

    source: str
    query: str
    run_id: str
    window: Window
    count_payloads: int
    count_posts: int
    count_quarantined: int
    count_opted_out: int
    waits: tuple[Wait, ...]
    health: Health
    health_detail: str

    @property
    def summary(self) -> str:
        """One sentence for people."""
        waited = sum(wait.seconds for wait in self.waits)
        text = f"{self.source} {self.query}: {self.health}, {self.count_posts:,} posts"
        if waited >= 1:
            text += f", waited {waited:.0f} s"
        return f"{text} ({self.health_detail})" if self.health_detail else text


def collect(
    source: str,
    query: str,
    *,
    settings: Settings,
    data: DataDir,
    http: Http,
    secrets: Secrets,
    window: Window | None = None,
    is_forgotten: Callable[[Account], bool] = lambda account: False,
    sources: Mapping[str, Source] = SOURCES,
) -> CollectReport:
    """Collects `query` from `source`, in `window` or from the cursor up to now.

    Raises GovernanceMissing before any request. If no origin could be heard at all, raises its error
    after the run record was written; an error at some origins only is part of the report.
    """
    settings.governance.check()
    run = _start(source, query, settings=settings, data=data, http=http, window=window, sources=sources)
    run.check_secrets(secrets)
    origins = run.module.origins(run.options)
    if not origins:
        raise SettingsInvalid(f"{source}: company.toml names no place to listen; add it to `options`.")
    for origin in origins:
        bound = http.bound(
            auth=run.module.auth(secrets, origin),
            pace=run.module.PACE,
            allowed_hosts=hosts_named(run.options),
        )
        run.listen(origin, bound)
    report = run.land(http, is_forgotten)
    if run.failures and not run.heard_at:
        # If waiting may help at one of them, the scheduler should try again.
        raise next((error for error in run.failures if isinstance(error, RetryLater)), run.failures[0])
    return report


def queries(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Every enabled (source, query) of company.toml; without queries, the company's names."""
    return tuple(
        (entry.name, query)
        for entry in settings.sources
        if entry.enabled
        for query in (entry.queries or settings.company.names)
    )


def _start(
    name: str,
    query: str,
    *,
    settings: Settings,
    data: DataDir,
    http: Http,
    window: Window | None,
    sources: Mapping[str, Source],
) -> _Run:
    if name not in sources:
        raise UserMustAct(f"{name!r} is not a source; known are {', '.join(sorted(sources))}.")
    entry = next((entry for entry in settings.sources if entry.name == name), SourceSettings(name=name))
    now = http.clock().astimezone(UTC)
    digest = blake2b(f"{name}\x1f{query}".encode(), digest_size=4).hexdigest()
    path = cursor_path(data, name, query)
    return _Run(
        name=name,
        module=sources[name],
        query=query,
        options=entry.options,
        data=data,
        now=now,
        run_id=f"{name}-{now:%Y%m%dT%H%M%S}{now.microsecond:06d}-{digest}",
        asked=window,
        cursors=read_cursors(path),
    )


@dataclass(slots=True, kw_only=True)
class _Run:
    name: str
    module: Source
    query: str
    options: Mapping[str, object]
    data: DataDir
    now: datetime
    run_id: str
    asked: Window | None
    cursors: dict[str, Cursor]
    items: dict[str, Item] = field(default_factory=dict)
    heard_at: list[str] = field(default_factory=list)
    deaf: list[str] = field(default_factory=list)
    failures: list[GirafeError] = field(default_factory=list)
    widest: Window | None = None
    posts: int = 0
    unread: int = 0
    opted_out: int = 0

    def check_secrets(self, secrets: Secrets) -> None:
        """Raises AccessDenied for the first key that is missing."""
        missing = [name for name in self.module.SECRETS if not secrets.get(name)]
        if missing:
            raise AccessDenied(f"{self.name} needs {' and '.join(missing)} in the environment.")

    def listen(self, origin: str, http: Http) -> None:
        """Reads one origin; what came before a failure is kept, but its cursor stays."""
        cursor = self.cursors.get(origin)
        window = self.asked or next_window(
            cursor, now=self.now, overlap=self.module.OVERLAP, lookback=self._lookback()
        )
        self.widest = self.widest or window
        memory = dict(cursor.memory) if cursor else {}
        if self.asked is not None:  # asked for a window anew, so "unchanged since" would hide it
            memory = {name: value for name, value in memory.items() if name == SPENT}
        watch = Watch(query=self.query, origin=origin, options=self.options, memory=memory)
        try:
            found = self._keep(self.module.fetch(watch, window, http))
            members = self._keep(self.module.thread(watch, found, http))
            self._keep(self.module.profile(watch, [*found, *members], http))
        except GirafeError as error:
            self._fail(origin, error, watch, window)
        except _SHAPE_ERRORS as error:
            changed = SourceUnavailable(f"{origin} answered in an unknown shape ({error!r}).")
            self._fail(origin, changed, watch, window)
        else:
            self.heard_at.append(origin)
            read = Cursor(start=window.start, until=window.end, memory=watch.memory)
            self.cursors[origin] = cursor.joined(window, watch.memory) if cursor else read

    def _fail(self, origin: str, error: GirafeError, watch: Watch, window: Window) -> None:
        self.failures.append(error)
        self.deaf.append(str(error))
        if SPENT in watch.memory:
            # Nothing counts as read, so the cursor stays; but what was spent must not be spent twice.
            old = self.cursors.get(origin) or Cursor(start=window.start, until=window.start)
            self.cursors[origin] = replace(old, memory={**old.memory, SPENT: watch.memory[SPENT]})

    def _lookback(self) -> timedelta:
        days = self.options.get("lookback_days")
        return timedelta(days=days) if isinstance(days, int) else LOOKBACK

    def _keep(self, items: Iterable[Item]) -> list[Item]:
        kept = []
        for item in items:
            self.items[item.key] = item
            kept.append(item)
        return kept

    def land(self, http: Http, is_forgotten: Callable[[Account], bool]) -> CollectReport:
        """Landing file, run record, cursors: in this order, so that a crash repeats and never skips."""
        path = landing_path(self.data.landing, self.module.PLATFORM, self.now, self.run_id)
        payloads = write_envelopes(path, self._envelopes(is_forgotten))
        health, detail = self._health(http)
        counts = {
            "count_payloads": payloads,
            "count_posts": self.posts,
            "count_quarantined": self.unread,
            "count_opted_out": self.opted_out,
        }
        write_run(
            self.data,
            RunRecord(
                platform=self.module.PLATFORM,
                source=self.name,
                run_id=self.run_id,
                first_fetched_at=self.now,
                last_fetched_at=http.clock().astimezone(UTC),
                health=health,
                health_detail=detail,
                **counts,
            ),
        )
        if self.cursors:
            write_cursors(cursor_path(self.data, self.name, self.query), self.cursors)
        return CollectReport(
            source=self.name,
            query=self.query,
            run_id=self.run_id,
            window=self.widest or Window(start=self.now, end=self.now),
            waits=http.waits,
            health=health,
            health_detail=detail,
            **counts,
        )

    def _envelopes(self, is_forgotten: Callable[[Account], bool]) -> Iterator[Envelope]:
        noticed: set[Account] = set()
        for item in self.items.values():
            envelope = self._envelope(item)
            account = self._refuser(envelope, is_forgotten)
            if account is None:
                yield envelope
            elif account.opted_out and account not in noticed:
                noticed.add(account)
                notice = Item(key="", payload=optout.notice(account))
                yield self._envelope(notice, source=optout.NAME)
        self.opted_out = len(noticed)

    def _envelope(self, item: Item, source: str = "") -> Envelope:
        return Envelope(
            source=source or self.name,
            platform=self.module.PLATFORM,
            query=self.query,
            fetched_at=self.now,
            run_id=self.run_id,
            collector_version=self.module.VERSION,
            payload=item.payload,
            position=item.position,
        )

    def _refuser(self, envelope: Envelope, is_forgotten: Callable[[Account], bool]) -> Account | None:
        """The account whose wish keeps this payload from being landed, if any; counts what is read."""
        parse: Parser = self.module.parse
        try:
            records = list(parse(envelope))
        except PayloadRejected:
            self.unread += 1  # landed all the same: classify puts it into quarantine with its reason
            return None
        for record in records:
            account = record.author if isinstance(record, Post) else None
            account = record.account if isinstance(record, Profile) else account
            if account is not None and (account.opted_out or is_forgotten(account)):
                return account
        self.posts += sum(isinstance(record, Post) for record in records)
        return None

    def _health(self, http: Http) -> tuple[Health, str]:
        details = list(self.deaf)
        for host in sorted(http.shared.skew):
            skew = http.skew(host)
            if abs(skew) > _NOTABLE_SKEW:
                side = "ahead of" if skew > 0 else "behind"
                details.append(f"The clock of this machine is {abs(skew):.0f} s {side} {host}.")
        if self.posts:
            return "heard", " ".join(details)
        # Nothing came. Only where every origin was open to us does that mean that nothing was said.
        return ("blind" if self.deaf or self.unread else "silent"), " ".join(details)
