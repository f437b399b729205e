"""Figures: counts added first, divided last; weeks pooled into periods; hidden cells left hidden."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from reports.tables import Row, Tables

PERIODS = (1, 4, 13, 52)
"""The lengths of time, in weeks, a reader may choose from."""


Z95 = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share over one or more weeks, or the fact that it cannot be told."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    numerator: int = 0
    denominator: int = 0
    hidden_weeks: int = 0
    """Weeks left out because their figures are withheld."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A difference between two periods; `moved` only if its interval leaves out zero."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    moved: bool = False


class Carrier(StrEnum):
    """What a headline says."""

    PEOPLE = "people"
    BRAND = "brand"
    EVEN = "even"
    RATHER_PEOPLE = "rather_people"
    RATHER_BRAND = "rather_brand"
    HIDDEN = "hidden"
    EMPTY = "empty"
    BLIND = "blind"
    UNHEARD = "unheard"
    SOLO = "solo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Which platforms answered in a span of time, and which could not be heard for some of it."""

    heard: tuple[str, ...]
    blind: tuple[str, ...]
    posts: int = 0
    """Posts that were read, about whomever."""

    def silence(self, platform: str = "all") -> Carrier:
        """What it means that nothing is known of `platform`: nothing said, nothing heard, or nobody listening."""
        heard, blind = (
            bool(found) if platform == "all" else platform in found for found in (self.heard, self.blind)
        )
        return Carrier.BLIND if blind else Carrier.EMPTY if heard else Carrier.UNHEARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole weeks, and those before them to compare with: as many, or at least half; else none."""

    code: str
    weeks: tuple[date, ...]
    before: tuple[date, ...]

    @property
    def first(self) -> date:
        """Its first day."""
        return self.weeks[0]

    @property
    def last(self) -> date:
        """Its last day."""
        return self.weeks[-1] + timedelta(days=6)


def complete_weeks(rows: Sequence[Row]) -> tuple[date, ...]:
    """The weeks that are over, in order, quiet ones between them too; a running week only if there is no other."""
    over = {row["week_start"] for row in rows if row.get("is_week_complete") is not False}
    weeks = over or {row["week_start"] for row in rows}
    if not weeks:
        return ()
    count = (max(weeks) - min(weeks)).days // 7 + 1
    return tuple(min(weeks) + timedelta(weeks=n) for n in range(count))


def is_running(rows: Iterable[Row]) -> bool:
    """Whether any of these weeks is not over: what is about people is not told of it yet."""
    return any(row.get("is_week_complete") is False for row in rows)


def periods(weeks: Sequence[date]) -> tuple[Period, ...]:
    """The periods that `weeks` are long enough for, shortest first; at least one if there is a week."""
    found = []
    for length in PERIODS:
        if length > len(weeks):
            break
        before = tuple(weeks[:-length][-length:])
        enough = before if 2 * len(before) >= length else ()
        found.append(Period(code=str(length), weeks=tuple(weeks[-length:]), before=enough))
    if weeks and len(weeks) not in PERIODS:
        found.append(Period(code="all", weeks=tuple(weeks), before=()))
    return tuple(found)


def in_weeks(rows: Iterable[Row], weeks: Sequence[date]) -> tuple[Row, ...]:
    """The rows of these weeks."""
    wanted = set(weeks)
    return tuple(row for row in rows if row["week_start"] in wanted)


def total(rows: Iterable[Row], column: str) -> int:
    """The sum of what is published in `column`; withheld cells add nothing."""
    return sum(int(row[column]) for row in rows if row.get(column) is not None)


def is_withheld(row: Row, column: str) -> bool:
    """Whether this number of the row is withheld; others of it, those that count events, may be told all the same."""
    return bool(row.get("is_suppressed")) and row.get(column) is None


def pool(rows: Sequence[Row], name: str) -> Share:
    """The share `name` over several weeks, with an interval rather too wide than too narrow."""
    hidden = sum(1 for row in rows if is_withheld(row, f"{name}_denominator"))
    seen = [row for row in rows if row.get(name) is not None and row.get(f"{name}_denominator")]
    weight = sum(row[f"{name}_denominator"] for row in seen)
    if not weight:
        return Share(hidden_weeks=hidden)
    numerator = sum(row[f"{name}_numerator"] for row in seen)
    value = numerator / weight
    below, above = (_reach(seen, name, end, value, weight) for end in ("low", "high"))
    return Share(
        value=value,
        low=None if below is None else max(0.0, value - below),
        high=None if above is None else min(1.0, value + above),
        numerator=numerator,
        denominator=weight,
        hidden_weeks=hidden,
    )


def _reach(rows: Sequence[Row], name: str, end: str, value: float, weight: int) -> float | None:
    """How far the interval of the pooled share goes to one side.

    Of each week's reach, what the draw of so many cases explains shrinks as weeks are added. The rest
    (classifier error, cases that hang together) is taken to err the same way every week: it is averaged.
    """
    if len(rows) == 1:
        end_of_week = rows[0].get(f"{name}_{end}")
        return None if end_of_week is None else abs(end_of_week - value)
    shared = 0.0
    for row in rows:
        if row.get(f"{name}_{end}") is None:
            return None
        count, reach = row[f"{name}_denominator"], abs(row[f"{name}_{end}"] - row[name])
        shared += math.sqrt(max(0.0, reach**2 - _chance(row[name], count) ** 2)) * count / weight
    return math.hypot(_chance(value, weight), shared)


def _chance(share: float, count: int) -> float:
    return Z95 * math.sqrt(share * (1 - share) / count)


def compare(now: Share, before: Share) -> Change:
    """The difference of two periods, independent of each other.

    Each end from the reach of both intervals to that side (Newcombe 1998): those of few cases are lopsided, and half
    of their width would call a change what they overlap in, or end beyond 100 points.
    """
    if now.value is None or now.low is None or now.high is None:
        return Change()
    if before.value is None or before.low is None or before.high is None:
        return Change()
    value = now.value - before.value
    low = value - math.hypot(now.value - now.low, before.high - before.value)
    high = value + math.hypot(now.high - now.value, before.value - before.low)
    return Change(value=value, low=low, high=high, moved=low > 0 or high < 0)


def change_of(rows: Sequence[Row], period: Period, name: str) -> Change:
    """How `name` moved against the weeks before; for one week as the mart measured it, by resampling."""
    if len(period.weeks) == 1:
        row = next(iter(in_weeks(rows, period.weeks)), None)
        if row is None or row.get(f"{name}_change") is None:
            return Change()
        return Change(
            value=row[f"{name}_change"],
            low=row.get(f"{name}_change_low"),
            high=row.get(f"{name}_change_high"),
            moved=bool(row.get(f"is_{name}_changed")),
        )
    return compare(pool(in_weeks(rows, period.weeks), name), pool(in_weeks(rows, period.before), name))


def carrier(rows: Sequence[Row], share: Share, *, silence: Carrier) -> Carrier:
    """Who carries the conversation in these rows, or why that cannot be said; `silence` if there are none."""
    if share.value is None:
        if share.hidden_weeks:
            return Carrier.HIDDEN
        if total(rows, "monologues") or total(rows, "conversations"):
            return Carrier.SOLO
        return silence
    low = share.value if share.low is None else share.low
    high = share.value if share.high is None else share.high
    if low > 0.5:
        return Carrier.PEOPLE
    if high < 0.5:
        return Carrier.BRAND
    if low >= 0.4 and high <= 0.6:
        return Carrier.EVEN
    # A wide interval around the middle is no finding of balance: the headline leans and says it is unsure.
    return Carrier.RATHER_PEOPLE if share.value >= 0.5 else Carrier.RATHER_BRAND


def platform_of(tables: Tables) -> dict[str, str]:
    """The platform of each source, as far as its runs tell; a source without runs goes by its own name."""
    return {row["source"]: row["platform"] for row in tables.get("rpt_source_health_daily")}


def hearing(row: Row) -> str:
    """How a source was heard in a week of rpt_source_hearing_weekly: heard, partly, silent, blind."""
    return "partly" if row["state"] == "heard" and row.get("reason") else str(row["state"])


def listening(tables: Tables, first: date = date.min, last: date = date.max) -> Listening:
    """Who answered and who could not be heard from `first` to `last`; of all time by default."""
    names = platform_of(tables)
    answered = [
        row
        for row in tables.get("rpt_source_health_daily")
        if row["health"] != "blind" and row["source"] != "recheck" and first <= row["day"] <= last
    ]
    heard = {row["platform"] for row in answered} | {
        names.get(row["source"]) or str(row["source"])
        for row in tables.get("rpt_source_hearing_weekly")
        if row["state"] != "blind" and first <= row["week_start"] <= last
    }
    return Listening(
        heard=tuple(sorted(heard)),
        blind=blind_platforms(tables, first, last),
        posts=total(answered, "count_posts"),
    )


def read_until(tables: Tables) -> date:
    """The last day on which anything was asked or handed in; of a week that ends later, nobody knows the end."""
    days = [row["day"] for row in tables.get("rpt_source_health_daily") if row["source"] != "recheck"]
    return max(days, default=date.max)


def blind_platforms(tables: Tables, first: date, last: date) -> tuple[str, ...]:
    """Platforms that could not be heard in the span, by their runs or by the silence detector.

    By runs: on a day of it, or not since they went blind before it. By the detector: in a week of it, wholly
    or in part.
    """
    by_source: dict[tuple[str, str], list[Row]] = {}
    for row in tables.get("rpt_source_health_daily"):
        if row["source"] == "recheck":  # asks after deletions: deaf to those, not to what is said
            continue
        by_source.setdefault((row["platform"], row["source"]), []).append(row)
    blind = set()
    for (platform, _), rows in by_source.items():
        rows.sort(key=lambda row: row["day"])
        known = [row for row in rows if row["day"] <= last]
        within = any(row["health"] == "blind" and first <= row["day"] for row in known)
        if within or (known and known[-1]["health"] == "blind"):
            blind.add(platform)
    names = platform_of(tables)
    for row in tables.get("rpt_source_hearing_weekly"):
        if row.get("reason") and first <= row["week_start"] + timedelta(days=6) and row["week_start"] <= last:
            blind.add(names.get(row["source"]) or str(row["source"]))
    return tuple(sorted(blind))


def by(rows: Iterable[Row], column: str) -> dict[str, tuple[Row, ...]]:
    """The rows by the value of `column`, in order of appearance."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return {key: tuple(group) for key, group in found.items()}
