"""About: what people talk about among themselves, and what with the brand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from reports import charts
from reports.figures import in_weeks, total
from reports.subjects import Subject, between_people, spoken_of, subjects, told_by_side, with_brand
from reports.tables import Row
from reports.view import Scene, Section, Show, View
from reports.words import Words

READS = ("rpt_themes_weekly",)
SERVICE = ("customer_service", "product_quality", "price_billing", "news_information")
"""What brands are said to talk about: service and information."""


def build(scene: Scene) -> Section:
    """By company and period; finer cells would be too small to publish."""
    dims, t = ("company", "period"), scene.words
    views, shows = {}, {}
    for c in scene.choices(*dims):
        rows = in_weeks(scene.tables.where(READS[0], company_id=c["company"]), c["span"].weeks)
        found = subjects(rows)
        views[c["key"]] = view(t, rows, found)
        shows[c["key"]] = show(t, found)
    codes = sorted({row["theme"] for row in scene.tables.get(READS[0])})
    return Section(
        id="about",
        dims=dims,
        views=views,
        show_dims=dims,
        shows=shows,
        columns=tuple(t.find("about.columns")),
        terms=("theme", "conversation", "withheld"),
        spec=chart(t, codes),
        on_first_screen=True,
    )


def view(t: Words, rows: Sequence[Row], found: Sequence[Subject]) -> View:
    """The themes of each side, named only where enough threads speak for it."""
    people, brand = t.series("themes", between_people(found)), t.series("themes", with_brand(found))
    values: dict[str, Any] = {
        "people": people,
        "brand": brand,
        "themes": t.series("themes", spoken_of(found)),
    }
    if told_by_side(found) and (people or brand):
        state = "both" if people and brand else "people" if people else "brand"
    elif values["themes"]:
        state = "any"
    else:
        state = "hidden" if any(s.hidden for s in found) else "nothing"
        return View(answer=t(f"about.{state}"), brief=t(f"about.{state}"))
    notes = []
    written = total((row for row in rows if row["thread_kind"] == "all"), "count_posts_brand")
    if written:
        service = total(
            (r for r in rows if r["thread_kind"] == "all" and r["theme"] in SERVICE), "count_posts_brand"
        )
        notes.append(t("about.service", share=t.percent(service / written)))
    hidden = sum(1 for s in found if s.hidden)
    if hidden:
        notes.append(t("about.some_hidden", count=hidden))
    return View(
        answer=t(f"about.{state}", **values), brief=t(f"about.{state}_brief", **values), notes=tuple(notes)
    )


def show(t: Words, found: Sequence[Subject]) -> Show:
    """Themes in the order people talk about them."""
    lines = tuple(
        (
            t.name("themes", s.theme),
            t.number(s.threads),
            t.number(s.human),
            t.number(s.brand),
            t.percent(s.brand_share),
            t("about.cells", count=s.hidden) if s.hidden else "",
        )
        for s in sorted(found, key=lambda s: (-s.threads, s.theme))
    )
    kinds = ("human_to_human", "brand_to_human") if told_by_side(found) else ("all",)
    bars = tuple(
        {"theme": s.theme, "kind": kind, "count": count}
        for s in found
        for kind, count in (("human_to_human", s.human), ("brand_to_human", -s.brand), ("all", s.threads))
        if kind in kinds and s.threads + s.known
    )
    return Show(rows=lines, chart=bars)


def chart(t: Words, codes: Sequence[str]) -> dict[str, Any]:
    """Bars to both sides of one line, people right and brand left; one grey bar where sides are withheld."""
    order = alt.EncodingSortField(field="count", op="sum", order="descending")
    axis = alt.Axis(labelExpr=charts.names(t, "themes", codes), grid=False)
    kinds = {"human_to_human": charts.HUMAN, "brand_to_human": charts.BRAND, "all": charts.OTHER}
    legend = alt.Legend(labelExpr=charts.names(t, "kinds", tuple(kinds)))
    x = alt.X("count:Q", title=None, axis=alt.Axis(labelExpr=charts.magnitude(), tickCount=7))
    tip = alt.Tooltip("size:Q", title=t("about.threads"))
    bars = (
        alt.Chart(charts.rows())
        .transform_calculate(size="abs(datum.count)")
        .mark_bar(height=14, cornerRadiusEnd=2)
        .encode(
            x=x,
            y=alt.Y("theme:N", sort=order, title=None, axis=axis),
            color=alt.Color("kind:N", scale=charts.inks(kinds), legend=legend),
            tooltip=tip,
        )
    )
    middle = alt.Chart(alt.InlineData(values=[{}])).mark_rule(color=charts.SOFT).encode(x=alt.datum(0))
    return charts.finish(bars + middle, height=27, per="theme")
