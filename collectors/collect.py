"""Collect: one source, one query, one window; landed durably, then the cursor moves.

Each origin (an instance, a feed) is asked on its own: one that fails is named in the report and keeps
its old cursor, so its window is read again; the others are not held up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from collectors.arrivals import Arrivals
from collectors.contract import Item, Secrets, Source, Window, check_secrets, unknown_options
from collectors.cursors import cursor_path, ledger_path, read_cursors, write_cursors
from collectors.http import Http
from collectors.ledger import Ledger
from collectors.limits import Wait
from collectors.listening import Listening
from collectors.registry import SOURCES
from collectors.runs import Health, RunRecord, usual_posts, write_run
from girafe.data_dir import DataDir
from girafe.errors import RetryLater, SettingsInvalid, UserMustAct
from girafe.records import IsForgotten
from girafe.settings import Settings
from warehouse.landing import landing_path, write_envelopes

_NOTABLE_SKEW = 120.0
OVERCOME = "Got past:"
"""Before the faults of a run that a second try, or another way to ask, got past."""


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
    is_forgotten: IsForgotten = lambda account: False,
    sources: Mapping[str, Source] = SOURCES,
) -> CollectReport:
    """Collects `query` from `source`, in `window` or from the cursor up to now.

    Raises GovernanceMissing before any request. If no origin could be heard at all, raises its error
    after the run record was written; an error at some origins only is part of the report.
    """
    settings.governance.check(http.clock().astimezone(UTC).date())
    listening = _start(source, query, settings=settings, data=data, http=http, window=window, sources=sources)
    if misspelt := unknown_options(listening.module, listening.options):
        raise SettingsInvalid(f"{source}: {misspelt}.")
    check_secrets(source, listening.module, secrets)
    module, waited_before, troubled_before = listening.module, len(http.waits), len(http.troubles)
    origins = module.origins(listening.options)
    if not origins:
        raise SettingsInvalid(f"{source}: company.toml names no place to listen; add it to `options`.")
    for origin in origins:
        listening.listen(origin, http.for_source(module, origin, listening.options, secrets))
    listening.troubles = http.troubles[troubled_before:]
    report = _land(listening, data, http, is_forgotten, http.waits[waited_before:])
    if listening.failures and not listening.heard_at:
        failures = listening.failures
        # If waiting may help at one of them, the scheduler should try again.
        raise next((error for error in failures if isinstance(error, RetryLater)), failures[0])
    return report


def queries(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Every enabled (source, query) of company.toml; without queries, the company's names."""
    return tuple(
        (entry.name, query)
        for entry in settings.sources
        if entry.enabled
        for query in dict.fromkeys(entry.queries or settings.company.names)
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
) -> Listening:
    if name not in sources:
        raise UserMustAct(f"{name!r} is not a source; known are {', '.join(sorted(sources))}.")
    entry = settings.source(name)
    now = http.clock().astimezone(UTC)
    return Listening(
        name=name,
        module=sources[name],
        query=query,
        options=entry.options,
        canary_queries=entry.canary,
        now=now,
        asked=window and _as_far_as(window, now),
        cursors=read_cursors(cursor_path(data, name, query)),
        ledger=Ledger(ledger_path(data, name)),
    )


def _as_far_as(window: Window, now: datetime) -> Window:
    """What of a window can have been said by now: the rest is not read, so the cursor may not pass it."""
    if window.start > now:
        raise UserMustAct(f"Nothing has been said yet after {window.start:%Y-%m-%d %H:%M} UTC.")
    return Window(start=window.start, end=min(window.end, now))


def _land(
    listening: Listening,
    data: DataDir,
    http: Http,
    is_forgotten: IsForgotten,
    waits: tuple[Wait, ...],
) -> CollectReport:
    """Landing file, run record, cursors: in this order, so that a crash repeats and never skips."""
    name, module, query, now = listening.name, listening.module, listening.query, listening.now
    # Under a clock that stands still, no run may replace the file of another that read other windows or heard others.
    read = [
        f"{origin} {window.start.isoformat()}/{window.end.isoformat()} {origin in listening.heard_at}"
        for origin, window in listening.windows.items()
    ]
    mark = f"{_digest(f'{name} {query}')}-{_digest(' '.join(read))}"
    run_id = f"{name}-{now:%Y%m%dT%H%M%S}{now.microsecond:06d}-{mark}"
    arrivals = Arrivals(
        source=name, module=module, query=query, run_id=run_id, now=now, is_forgotten=is_forgotten
    )
    payloads = 0
    for platform, items in _by_platform(module.PLATFORM, listening.items.values()).items():
        path = landing_path(data.landing, platform, now, run_id)
        payloads += write_envelopes(path, arrivals.envelopes(items))
    usual = usual_posts(data, mark.partition("-")[0])
    health, detail = _health(listening, arrivals, http, usual)
    record = RunRecord(
        platform=module.PLATFORM,
        source=name,
        run_id=run_id,
        first_fetched_at=now,
        last_fetched_at=http.clock().astimezone(UTC),
        # Both counts are published, and that of a few who opted out is withheld: notices must not be left between them.
        count_payloads=payloads - arrivals.opted_out,
        count_posts=arrivals.posts,
        count_quarantined=arrivals.unread,
        count_opted_out=arrivals.opted_out,
        health=health,
        health_detail=detail,
        canary=listening.canary,
        count_posts_expected=usual,
        limits=" ".join(listening.limits),
    )
    write_run(data, record)
    if listening.cursors:
        write_cursors(cursor_path(data, name, query), listening.cursors)
    return CollectReport(
        source=name,
        query=query,
        run_id=run_id,
        window=next(iter(listening.windows.values()), Window(start=now, end=now)),
        count_payloads=payloads,
        count_posts=arrivals.posts,
        count_quarantined=arrivals.unread,
        count_opted_out=arrivals.opted_out,
        waits=waits,
        health=health,
        health_detail=detail,
    )


def _by_platform(own: str, items: Iterable[Item]) -> Mapping[str, Sequence[Item]]:
    """What was said on each platform: each has a folder of its own, where erasures look for it."""
    found: dict[str, list[Item]] = {own: []}
    for item in items:
        found.setdefault(item.platform or own, []).append(item)
    return found


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=4).hexdigest()


def _times(many: int) -> str:
    return "once" if many == 1 else f"{many} times"


def _health(listening: Listening, arrivals: Arrivals, http: Http, usual: float | None) -> tuple[Health, str]:
    details = [str(failure) for failure in listening.failures]
    known = " ".join([*details, *listening.limits])
    passing = Counter(trouble for trouble in listening.troubles if trouble not in known)
    if passing:
        told = "; ".join(f"{trouble.rstrip('.')}, {_times(many)}" for trouble, many in passing.items())
        details.append(f"{OVERCOME} {told}.")
    for host in sorted(http.shared.skew):
        skew = http.skew(host)
        if abs(skew) > _NOTABLE_SKEW:
            side = "ahead of" if skew > 0 else "behind"
            details.append(f"The clock of this machine is {abs(skew):.0f} s {side} {host}.")
    if arrivals.posts:
        return "heard", " ".join(details)
    if usual:
        details.append(f"Usual in a run: about {usual:.0f} post{'s' if usual > 1 else ''}.")
    # Nothing came. Only where every origin was open to us does that mean that nothing was said.
    return ("blind" if listening.failures or arrivals.unread else "silent"), " ".join(details)
