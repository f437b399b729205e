"""Colleagues: how many take part, against the headcount and beside the published benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from reports import charts
from reports.tables import Row
from reports.view import Scene, Section, Show, View
from reports.words import Words

READS = ("rpt_activation_monthly",)
SHARE = "activation_share"


def build(scene: Scene) -> Section:
    """By month; no filter but the company, because so few colleagues speak that a finer cell would point."""
    tables = {
        c["key"]: sorted(
            scene.tables.where(READS[0], company_id=c["company"]), key=lambda row: row["month_start"]
        )
        for c in scene.choices("company")
    }
    t = scene.words
    return Section(
        id="colleagues",
        dims=("company",),
        views={name: view(t, rows, scene.companies[name]) for name, rows in tables.items()},
        show_dims=("company",),
        shows={name: show(t, rows) for name, rows in tables.items()},
        columns=tuple(t.find("colleagues.columns")),
        terms=("activation", "benchmark", "withheld"),
        spec=chart(t),
        on_first_screen=True,
    )


def latest(rows: Sequence[Row]) -> Row | None:
    """The last month that is over; a running month only if there is no other."""
    over = [row for row in rows if row.get("is_month_complete") is not False]
    return next(reversed(over or list(rows)), None)


def view(t: Words, rows: Sequence[Row], company: str) -> View:
    """The share where it can be computed, the number where it may be said, the reason where neither."""
    row = latest(rows)
    if row is None:
        return View(answer=t("colleagues.nothing", company=company), brief=t("colleagues.nothing_brief"))
    month = t.month(row["month_start"])
    notes = [t("colleagues.bound"), t("colleagues.ocean")]
    if row.get("is_suppressed") and row.get("is_month_complete") is False:
        yet, brief = (t(f"colleagues.{name}", month=month) for name in ("yet", "yet_brief"))
        return View(answer=yet, brief=brief, notes=tuple(notes))
    if row.get("is_suppressed") or row.get("count_active_employees") is None:
        return View(
            answer=t("colleagues.hidden", company=company, month=month),
            brief=t("colleagues.hidden_brief", month=month),
            notes=tuple(notes),
        )
    low, high = (row.get(f"count_active_employees_{end}") for end in ("low", "high"))
    values: dict[str, Any] = {
        "count": row["count_active_employees"],
        "month": month,
        "company": company,
        "range": t("colleagues.range", low=t.number(low), high=t.number(high)) if low is not None else "",
    }
    if not row.get("is_computable") or row.get(SHARE) is None:
        return View(
            answer=t("colleagues.no_headcount", **values),
            brief=t("colleagues.no_headcount_brief", **values),
            notes=tuple(notes),
        )
    values |= {
        "share": t.percent(row[SHARE], 1),
        "headcount": t.number(row["headcount"]),
        "day": t.day(row.get("headcount_on")),
        "source": row.get("headcount_source") or "–",
    }
    return View(
        answer=t("colleagues.share", **values),
        brief=t("colleagues.share_brief", **values),
        notes=(t("colleagues.headcount", **values), *notes),
        act=t.act("colleagues"),
    )


def show(t: Words, rows: Sequence[Row]) -> Show:
    """The months as a table; the latest beside the benchmarks as a chart."""
    row = latest(rows)
    return Show(
        rows=tuple(_line(t, row) for row in reversed(rows)), chart=_bars(t, row) if row is not None else ()
    )


def _line(t: Words, row: Row) -> tuple[str, ...]:
    month = t.month(row["month_start"])
    if row.get("is_month_complete") is False:
        month = t("colleagues.running", month=month)
    if row.get("is_suppressed"):
        return (month, *(t("page.withheld") for _ in range(4)))
    low, high = (row.get(f"{SHARE}_{end}") for end in ("low", "high"))
    share = row.get(SHARE)
    return (
        month,
        t.number(row.get("count_active_employees")),
        t.number(row.get("headcount")),
        t.percent(share, 1) if share is not None else t("colleagues.not_computable"),
        f"{t.number(low * 100, 1)}–{t.percent(high, 1)}" if low is not None and high is not None else "–",
    )


def _bars(t: Words, row: Row) -> tuple[dict[str, Any], ...]:
    if row.get("is_suppressed") or row.get(SHARE) is None:
        return ()
    us = charts.labelled(t, row[SHARE], 1)
    marks: list[dict[str, Any]] = [
        {"who": "us", **us, "low": row.get(f"{SHARE}_low"), "high": row.get(f"{SHARE}_high")}
    ]
    low, high = (row.get(f"benchmark_professional_{end}") for end in ("low", "high"))
    if low is not None and high is not None:
        label = t("colleagues.eight_nine")
        marks.append({"who": "professional", "share": high, "label": label, "low": low, "high": high})
    for who in ("linkedin", "personal"):
        if row.get(f"benchmark_{who}") is not None:
            theirs = charts.labelled(t, row[f"benchmark_{who}"])
            marks.append({"who": who, **theirs, "low": None, "high": None})
    return tuple(marks)


def chart(t: Words) -> dict[str, Any]:
    """Ourselves on the same scale as everybody: mostly open water."""
    codes = ("us", "professional", "linkedin", "personal")
    axis = alt.Axis(labelExpr=charts.names(t, "colleagues.who", codes), grid=False, labelLimit=260)
    y = alt.Y("who:N", sort=list(codes), title=None, axis=axis)
    x_axis = alt.Axis(labelExpr=charts.PERCENT, values=[0, 0.25, 0.5, 0.75, 1])
    x = alt.X("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=x_axis)
    colour = alt.condition("datum.who == 'us'", alt.value(charts.HUMAN), alt.value(charts.VEIL))
    base = alt.Chart(charts.rows()).encode(y=y)
    bars = base.mark_bar(height=16, cornerRadiusEnd=2).encode(x=x, color=colour)
    whisker = base.mark_rule(color=charts.INK, strokeWidth=1.5).encode(x="low:Q", x2="high:Q")
    text = base.mark_text(align="left", dx=7, color=charts.SOFT, fontSize=13)
    ours = "datum.who == 'us'"
    return charts.finish(
        bars
        + whisker.transform_filter(ours)
        + text.encode(x="high:Q", text="label:N").transform_filter(ours)
        + text.encode(x="share:Q", text="label:N").transform_filter(f"!({ours})"),
        height=40,
        per="who",
    )
