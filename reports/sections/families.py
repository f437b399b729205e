"""Families: does the brand only talk service and information? Over four weeks, where enough people speak for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import altair as alt

from reports import charts
from reports.figures import Period
from reports.sections.hero import span
from reports.tables import Row
from reports.view import Scene, Section, Show, View
from reports.words import Words

READS = ("rpt_theme_families_four_weekly",)
KINDS = ("brand_to_human", "human_to_human")
FAMILIES = ("service_information", "working_life")
MOST = 13
"""Blocks in the table: a year."""


def build(scene: Scene) -> Section:
    """By company; the last block of four whole weeks, whatever the period chosen."""
    dims, t = ("company",), scene.words
    views, shows = {}, {}
    for c in scene.choices(*dims):
        rows = scene.tables.where(READS[0], company_id=c["company"])
        last = latest(rows)
        views[c["key"]], shows[c["key"]] = view(t, last), show(t, rows, last)
    return Section(
        id="families",
        dims=dims,
        views=views,
        show_dims=dims,
        shows=shows,
        columns=tuple(t.find("families.columns")),
        terms=("family", "conversation", "interval", "withheld"),
        spec=chart(t),
    )


def latest(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows of the newest block."""
    newest = max((row["block_start"] for row in rows), default=None)
    return tuple(row for row in rows if row["block_start"] == newest)


def view(t: Words, last: Sequence[Row]) -> View:
    """With the brand: is it really only service? Beside it, what people speak of without the brand."""
    if not last:
        return View(answer=t("families.too_short"), brief="")
    cells = {(row["conversation_kind"], row["family"]): row for row in last}
    work, service = (cells.get(("brand_to_human", family)) for family in reversed(FAMILIES))
    # The newest block may have ended weeks ago: a reader is told which it is.
    weeks = tuple(last[0]["block_start"] + timedelta(weeks=n) for n in range(4))
    notes = [span(t, Period(code="4", weeks=weeks, before=()))]
    between = [cells.get(("human_to_human", family)) for family in reversed(FAMILIES)]
    if all(row and row.get("family_share") is not None for row in between):
        told = [t.percent(row["family_share"]) for row in between if row]
        notes.append(t("families.between", work=told[0], service=told[1]))
    if not work or not service or work.get("family_share") is None or service.get("family_share") is None:
        return View(answer=t("families.hidden"), brief="", notes=tuple(notes))
    state = "both"
    if work["family_share_high"] < service["family_share_low"]:
        state = "service"
    elif work["family_share_low"] > service["family_share_high"]:
        state = "work"
    values = {
        "count": work["family_share_denominator"],
        "work": t.percent(work["family_share"]),
        "service": t.percent(service["family_share"]),
        "interval": t.between(work["family_share_low"], work["family_share_high"]),
    }
    answer = t(f"families.{state}", **values)
    return View(answer=answer, brief=answer, notes=tuple(notes), act=t.act(f"families_{state}"))


def show(t: Words, rows: Sequence[Row], last: Sequence[Row]) -> Show:
    """Each block, newest first; the newest as a chart."""
    blocks = sorted({row["block_start"] for row in rows}, reverse=True)[:MOST]
    ordered = [
        row
        for block in blocks
        for kind in KINDS
        for family in FAMILIES
        for row in rows
        if (row["block_start"], row["conversation_kind"], row["family"]) == (block, kind, family)
    ]
    marks = tuple(
        {
            "kind": row["conversation_kind"],
            "family": row["family"],
            **{end: row[f"family_share{end}"] for end in ("_low", "_high")},
            **charts.labelled(t, row["family_share"]),
        }
        for family in FAMILIES
        for kind in KINDS
        for row in last
        if (row["conversation_kind"], row["family"]) == (kind, family) and row.get("family_share") is not None
    )
    return Show(rows=tuple(_line(t, row) for row in ordered), chart=marks)


def _line(t: Words, row: Row) -> tuple[str, ...]:
    names = (
        t("families.block", monday=t.day(row["block_start"])),
        t.name("families.kinds", row["conversation_kind"]),
        t.name("families.names", row["family"]),
    )
    if row.get("is_suppressed"):
        return (*names, *(t("page.withheld") for _ in range(3)))
    return (
        *names,
        t.number(row["family_share_denominator"]),
        t.percent(row["family_share"]),
        t.between(row["family_share_low"], row["family_share_high"]),
    )


def chart(t: Words) -> dict[str, Any]:
    """A dot and its interval per family, once with the brand and once without it."""
    inks = charts.inks({"human_to_human": charts.HUMAN, "brand_to_human": charts.BRAND})
    names = charts.names(t, "families.kinds", KINDS)
    legend = alt.Legend(labelExpr=names, symbolType="circle")
    axis = alt.Axis(labelExpr=charts.names(t, "families.names", FAMILIES), grid=False, labelLimit=260)
    base = alt.Chart(charts.rows()).encode(
        y=alt.Y("family:N", sort=list(FAMILIES), title=None, axis=axis),
        yOffset=alt.YOffset("kind:N", sort=list(KINDS)),
        color=alt.Color("kind:N", scale=inks, legend=legend),
    )
    x_axis = alt.Axis(labelExpr=charts.PERCENT, values=[0, 0.25, 0.5, 0.75, 1])
    scale = alt.Scale(domain=[0, 1])
    line = base.mark_rule(strokeWidth=2.5).encode(
        x=alt.X("_low:Q", title=None, scale=scale, axis=x_axis), x2="_high:Q"
    )
    dot = base.mark_point(filled=True, size=130, opacity=1).encode(x=alt.X("share:Q", scale=scale))
    text = base.mark_text(dy=-14, fontSize=13).encode(
        x="share:Q", text="label:N", color=alt.value(charts.INK)
    )
    return charts.finish(line + dot + text, height=92, per="family")
