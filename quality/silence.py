"""Silence: for each source and week, was nothing said, or could we not hear? A calm week must be earned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from math import exp
from statistics import median
from typing import Literal, TypeAlias

import duckdb

from girafe.settings import Settings
from quality.report import SILENCE, Finding

State: TypeAlias = Literal["heard", "silent", "blind"]

_WEEKS = 8
"""Weeks judged, the running one not among them."""
_IMPROBABLE = 0.01
"""A silence less likely than this, given the usual volume, is taken for deafness."""
_LOUD = 30.0
_COLLAPSE = 0.1

REASONS: Mapping[str, str] = {
    "no_run": "The collector did not run. Look at girafe_collect in Airflow, or run: girafe collect",
    "refused": "Every run was refused or could not connect. What it said: {detail}",
    "mute": "The platform showed nothing at all, not even what it always shows (the canary query): it answers, "
    "but not to us. Look at the key, the address and the access settings.",
    "unreadable": "Answers came and none could be read: the format changed. See: girafe quarantine list",
    "nothing_read": "Answers came and held no post at all: the query or the parser misses the content.",
    "opt_outs_only": "Everybody seems to have opted out, which no public does at once: the parser misreads "
    "a field.",
    "stale": "Answers came with nothing written this week, where about {usual:.0f} posts are usual: the "
    "platform serves an old page or a cursor stands still.",
    "implausible": "Runs ended well with nothing, where about {usual:.0f} posts are usual: an empty answer "
    "that means no (expired key, muted query, blocked address).",
    "collapsed": "{posts} posts where about {usual:.0f} are usual: most of it was not heard.",
    "all_at_once": "Every source fell silent in the same week: look at the network before the public.",
    "partly": "{blind} of {runs} runs could not hear: the week is counted too low. What one said: {detail}",
}
"""Each fault by name, with what people should do; see docs/operate.md."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWeek:
    """What is known of one source in one week."""

    source: str
    week: date
    runs: int = 0
    blind_runs: int = 0
    mute_runs: int = 0
    """Runs in which the canary query found nothing either."""
    payloads: int = 0
    posts_read: int = 0
    quarantined: int = 0
    opted_out: int = 0
    posts: int = 0
    """Posts written in that week, whenever they were read."""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """The judgement on one source and week."""

    source: str
    week: date
    state: State
    reason: str = ""
    """A name from REASONS where the week is blind or only partly heard, else empty."""
    note: str = ""


def hearings(connection: duckdb.DuckDBPyConnection, settings: Settings, now: datetime) -> list[Hearing]:
    """Judges the last whole weeks of every source switched on, from its first run on."""
    sources = [source.name for source in settings.sources if source.enabled]
    columns = [field.name for field in fields(SourceWeek)]
    rows = connection.execute(_SQL, [settings.company.time_zone, now, sources]).fetchall()
    return judge([SourceWeek(**dict(zip(columns, row, strict=True))) for row in rows])


def as_findings(found: Sequence[Hearing]) -> list[Finding]:
    """One warning per source and fault of the last weeks, with the weeks it concerns."""
    mondays = sorted({hearing.week for hearing in found})[-_WEEKS:]
    faults: dict[tuple[str, str], list[Hearing]] = {}
    for hearing in found:
        if hearing.reason and hearing.week in mondays:
            faults.setdefault((hearing.source, hearing.reason), []).append(hearing)
    return [
        Finding(
            table=SILENCE,
            rule=f"{source}: {reason}",
            severity="warning",
            count_rows=len(mondays),
            count_bad=len(weeks),
            examples=tuple(f"week={hearing.week}" for hearing in reversed(weeks)),
            note=weeks[-1].note,
        )
        for (source, reason), weeks in faults.items()
    ]


def judge(weeks: Iterable[SourceWeek]) -> list[Hearing]:
    """Judges each source's weeks in order; the usual volume is that of the weeks heard before."""
    by_source: dict[str, list[SourceWeek]] = {}
    for week in sorted(weeks, key=lambda week: (week.source, week.week)):
        by_source.setdefault(week.source, []).append(week)
    found = [hearing for known in by_source.values() for hearing in _judge_source(known)]
    return _all_at_once(found)


def _judge_source(weeks: Sequence[SourceWeek]) -> Iterable[Hearing]:
    heard: list[int] = []
    for week in weeks:
        usual = float(median(heard[-_WEEKS:])) if heard else 0.0
        state, reason = _judge_week(week, usual)
        note = REASONS[reason].format(
            usual=usual, posts=week.posts, blind=week.blind_runs, runs=week.runs, detail=week.detail
        ) if reason else ""  # fmt: skip
        if state == "heard":
            heard.append(week.posts)
        yield Hearing(source=week.source, week=week.week, state=state, reason=reason, note=note)


def _judge_week(week: SourceWeek, usual: float) -> tuple[State, str]:
    """The state of one week and the name of its fault, from the surest sign to the weakest."""
    if week.posts:
        if usual >= _LOUD and week.posts < _COLLAPSE * usual:
            return "blind", "collapsed"
        return "heard", "partly" if week.blind_runs else ""
    if not week.runs:
        return "blind", "no_run"
    if week.payloads and not week.posts_read and week.quarantined:
        return "blind", "unreadable"  # before `refused`: a run that can read nothing calls itself blind too
    if week.mute_runs:
        return "blind", "mute"
    if week.blind_runs == week.runs:
        return "blind", "refused"
    if (week.payloads or week.opted_out) and not week.posts_read:
        return "blind", "opt_outs_only" if week.opted_out else "nothing_read"
    if exp(-usual) < _IMPROBABLE:  # Poisson: the chance of no post at all
        return "blind", "stale" if week.payloads else "implausible"
    return "silent", "partly" if week.blind_runs else ""


def _all_at_once(found: Sequence[Hearing]) -> list[Hearing]:
    """Where several sources usually speak and all are silent in a week, none of them is believed."""
    spoke = {hearing.source for hearing in found if hearing.state == "heard"}
    quiet: dict[date, set[str]] = {}
    for hearing in found:
        if hearing.state != "heard":
            quiet.setdefault(hearing.week, set()).add(hearing.source)
    together = {week for week, sources in quiet.items() if len(spoke) > 1 and spoke <= sources}
    return [
        Hearing(
            source=h.source, week=h.week, state="blind", reason="all_at_once", note=REASONS["all_at_once"]
        )
        if h.state == "silent" and h.week in together and h.source in spoke
        else h
        for h in found
    ]


_SQL = """
with clock as (select ?::text as zone, ?::timestamptz as now, ?::text[] as sources),
running as (select date_trunc('week', now at time zone zone)::date as week from clock),
runs as (
    select source, date_trunc('week', last_fetched_at at time zone zone)::date as week,
        count(*) as runs,
        count(*) filter (where health = 'blind') as blind_runs,
        count(*) filter (where canary = 'mute') as mute_runs,
        sum(coalesce(count_payloads, 0)) as payloads,
        sum(coalesce(count_posts, 0)) as posts_read,
        sum(coalesce(count_quarantined, 0)) as quarantined,
        sum(coalesce(count_opted_out, 0)) as opted_out,
        max(health_detail) filter (where health = 'blind') as detail
    from raw.collection_runs, clock
    where last_fetched_at is not null and source in (select unnest(sources))
    group by all
),
posts as (
    select source, date_trunc('week', created_at at time zone zone)::date as week,
        count(distinct post_id) as posts
    from raw.posts, clock
    where source in (select unnest(sources))
    group by all
),
since as (select source, min(week) as week from runs group by source),
weeks as (
    select since.source, unnest(
        generate_series(greatest(since.week, running.week - 168), running.week - 1, interval 7 day)
    )::date as week
    from since, running
)
select weeks.source, weeks.week,
    coalesce(runs, 0)::int, coalesce(blind_runs, 0)::int, coalesce(mute_runs, 0)::int, coalesce(payloads, 0)::int,
    coalesce(posts_read, 0)::int, coalesce(quarantined, 0)::int, coalesce(opted_out, 0)::int,
    coalesce(posts, 0)::int, coalesce(detail, '')
from weeks
left join runs using (source, week)
left join posts using (source, week)
order by all
"""
