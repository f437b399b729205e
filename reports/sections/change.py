"""Change: is the share of human conversation moving, week by week, beyond what chance explains."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from reports.figures import Change, Period, change_of, in_weeks, pool
from reports.sections.hero import SHARE, sliced
from reports.tables import Row
from reports.view import Scene, Section, Show, View, key
from reports.words import Words

READS = ("rpt_conversation_mix_weekly",)
WEEKS_DRAWN, WEEKS_LISTED = 52, 26


def build(scene: Scene) -> Section:
    """Answers follow every filter; the chart always shows all weeks, so that a period has a background."""
    views: dict[str, View] = {}
    shows: dict[str, Show] = {}
    slices = sliced(scene.tables.get(READS[0]))
    for company, platform, language in product(scene.companies, scene.platforms, scene.languages):
        rows = slices.get((company, platform, language), ())
        rows = in_weeks(rows, scene.weeks)
        shows[key(company, platform, language)] = show(scene.words, rows)
        for period in scene.periods:
            views[key(company, period.code, platform, language)] = view(scene.words, rows, period)
    return Section(
        id="change",
        dims=("company", "period", "platform", "language"),
        views=views,
        show_dims=("company", "platform", "language"),
        shows=shows,
        columns=tuple(scene.words.find("change.columns")),
        terms=("conversation", "conversation_share", "interval", "unresolved"),
        on_first_screen=True,
    )


def view(t: Words, rows: Sequence[Row], period: Period) -> View:
    """What moved between this period and the one before, by conversations and by exchanges."""
    now = pool(in_weeks(rows, period.weeks), SHARE)
    before = pool(in_weeks(rows, period.before), SHARE)
    moved = change_of(rows, period, SHARE)
    state = state_of(moved)
    values: dict[str, Any] = {
        "now": t.percent(now.value),
        "before": t.percent(before.value),
        "points": t.number(abs(moved.value or 0) * 100),
        "length": t("periods.before", count=len(period.weeks)),
    }
    if state == "unknown" and not period.before:
        state = "first"
    notes = []
    exchanges = change_of(rows, period, f"exchange_{SHARE}")
    if exchanges.moved:
        notes.append(
            t(f"change.exchanges_{state_of(exchanges)}", points=t.number(abs(exchanges.value or 0) * 100))
        )
    if moved.value is not None and not moved.moved:
        notes.append(t("change.noise", low=signed(t, moved.low), high=signed(t, moved.high)))
    return View(
        answer=t(f"change.{state}", **values), brief=t(f"change.{state}_brief", **values), notes=tuple(notes)
    )


def state_of(change: Change) -> str:
    """One word for a change: up, down, still, unknown."""
    if change.value is None:
        return "unknown"
    if not change.moved:
        return "still"
    return "up" if change.value > 0 else "down"


def signed(t: Words, share: float | None) -> str:
    """A difference in points, with its sign."""
    if share is None:
        return "–"
    return f"{'+' if share >= 0 else ''}{t.number(share * 100)}"


def show(t: Words, rows: Sequence[Row]) -> Show:
    """All weeks, newest first in the table, oldest first in the chart."""
    return Show(
        rows=tuple(_line(t, row) for row in reversed(rows[-WEEKS_LISTED:])),
        chart=tuple(_point(row) for row in rows[-WEEKS_DRAWN:]),
    )


def _line(t: Words, row: Row) -> tuple[str, ...]:
    week = t("change.week", monday=t.day(row["week_start"]))
    if row.get("is_suppressed"):
        return (week, *(t("page.withheld") for _ in range(5)))
    return (
        week,
        t.percent(row[SHARE]),
        t.between(row[f"{SHARE}_low"], row[f"{SHARE}_high"]),
        t.number(row["conversations_human_to_human"]),
        t.number(row["conversations_brand_to_human"]),
        t.percent(row["unresolved_share"]),
    )


def _point(row: Row) -> dict[str, Any]:
    day = row["week_start"].isoformat()
    if row.get(SHARE) is None:
        return {"week": day}
    return {
        "week": day,
        "share": round(row[SHARE], 4),
        "low": None if row[f"{SHARE}_low"] is None else round(row[f"{SHARE}_low"], 4),
        "high": None if row[f"{SHARE}_high"] is None else round(row[f"{SHARE}_high"], 4),
        "count": row["human_to_human_share_denominator"],
    }
