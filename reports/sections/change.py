"""Change: is the share of human conversation moving, week by week, beyond what chance explains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from reports import charts
from reports.figures import Change, Period, change_of, in_weeks, is_withheld, pool
from reports.sections.hero import SHARE, sliced
from reports.tables import Row
from reports.view import Scene, Section, Show, View
from reports.words import Words

READS = ("rpt_conversation_mix_weekly",)
WEEKS_DRAWN, WEEKS_LISTED = 52, 13
SHOW_DIMS = ("company", "platform", "language")


def build(scene: Scene) -> Section:
    """Answers follow every filter; the chart always shows all weeks, so that a period has a background."""
    slices = {name: in_weeks(rows, scene.weeks) for name, rows in sliced(scene.tables.get(READS[0])).items()}

    def chosen(c: dict[str, Any]) -> tuple[Row, ...]:
        return slices.get((c["company"], c["platform"], c["language"]), ())

    dims = ("company", "period", "platform", "language")
    return Section(
        id="change",
        dims=dims,
        views={c["key"]: view(scene.words, chosen(c), c["span"]) for c in scene.choices(*dims)},
        show_dims=SHOW_DIMS,
        shows={c["key"]: show(scene.words, chosen(c)) for c in scene.choices(*SHOW_DIMS)},
        columns=tuple(scene.words.find("change.columns")),
        terms=("conversation", "conversation_share", "interval", "unresolved"),
        spec=chart(scene.words),
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
        "length": t("periods.before", count=len(period.before)),
    }
    if state == "unknown" and not period.before:
        state = "first"
    notes = []
    exchanges = change_of(rows, period, f"exchange_{SHARE}")
    if exchanges.moved:
        points = t.number(abs(exchanges.value or 0) * 100)
        notes.append(t(f"change.exchanges_{state_of(exchanges)}", points=points))
    if moved.value is not None and not moved.moved:
        notes.append(t("change.noise", low=t.points(moved.low), high=t.points(moved.high)))
    return View(
        answer=t(f"change.{state}", **values),
        brief=t(f"change.{state}_brief", **values),
        notes=tuple(notes),
        act=t.act(f"change_{state}") if state in ("up", "down", "still") else "",
    )


def state_of(change: Change) -> str:
    """One word for a change: up, down, still, unknown."""
    if change.value is None:
        return "unknown"
    if not change.moved:
        return "still"
    return "up" if change.value > 0 else "down"


def show(t: Words, rows: Sequence[Row]) -> Show:
    """All weeks, newest first in the table, oldest first in the chart."""
    return Show(
        rows=tuple(_line(t, row) for row in reversed(rows[-WEEKS_LISTED:])),
        chart=tuple(_point(t, row) for row in rows[-WEEKS_DRAWN:]),
    )


def _line(t: Words, row: Row) -> tuple[str, ...]:
    week = t("change.week", monday=t.day(row["week_start"]))
    if is_withheld(row, f"{SHARE}_denominator"):
        return (week, *(t("page.withheld") for _ in range(5)))
    return (
        week,
        t.percent(row[SHARE]),
        t.between(row[f"{SHARE}_low"], row[f"{SHARE}_high"]),
        t.number(row["conversations_human_to_human"]),
        t.number(row["conversations_brand_to_human"]),
        t.percent(row["unresolved_share"]),
    )


def _point(t: Words, row: Row) -> dict[str, Any]:
    week = row["week_start"].isoformat()
    if row.get(SHARE) is None:
        return {"week": week}
    low, high = (row.get(f"{SHARE}_{end}") for end in ("low", "high"))
    interval = t.between(low, high)
    return {"week": week, **charts.labelled(t, row[SHARE]), "low": low, "high": high, "interval": interval}


def chart(t: Words) -> dict[str, Any]:
    """A line with its band, broken where nothing may be shown."""
    x, columns = charts.weeks(t), t.find("change.columns")
    axis = alt.Axis(labelExpr=charts.PERCENT, values=[0, 0.25, 0.5, 0.75, 1], grid=True)
    y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=axis)
    tip = [
        alt.Tooltip("week:O", title=columns[0]),
        alt.Tooltip("label:N", title=columns[1]),
        alt.Tooltip("interval:N", title=columns[2]),
    ]
    base = alt.Chart(charts.rows()).encode(x=x)
    band = base.mark_area(color=charts.HUMAN, opacity=0.17, invalid="break-paths-show-path-domains")
    half = alt.Chart(alt.InlineData(values=[{}])).mark_rule(color=charts.SOFT, strokeDash=[2, 3])
    line = base.mark_line(color=charts.HUMAN, strokeWidth=2.5, invalid="break-paths-show-path-domains")
    dots = base.mark_point(color=charts.HUMAN, filled=True, size=44, opacity=1, invalid="filter")
    # The newest value stands beside its point: it is what a reader looks for first.
    last = dots.transform_filter("isValid(datum.share)").transform_window(
        place="row_number()", sort=[alt.SortField("week", order="descending")]
    )
    label = last.transform_filter("datum.place == 1").mark_text(
        dy=-14, fontSize=14, fontWeight="bold", color=charts.HUMAN
    )
    return charts.finish(
        half.encode(y=alt.datum(0.5))
        + band.encode(y=alt.Y("low:Q", title=None), y2="high:Q")
        + line.encode(y=y)
        + dots.encode(y=y, tooltip=tip)
        + label.encode(y=y, text="label:N"),
        height=260,
    )
