"""Rivals: the companies side by side, called different only where the intervals say so."""

from __future__ import annotations

from typing import Any

import altair as alt

from reports import charts
from reports.figures import compare, in_weeks, pool, total
from reports.sections.hero import SHARE
from reports.view import ALL, Scene, Section, Show, View

READS = ("rpt_conversation_mix_weekly",)


def build(scene: Scene) -> Section | None:
    """By period, over all platforms and languages; no section without a competitor."""
    if len(scene.companies) < 2:
        return None
    t = scene.words
    views, shows = {}, {}
    for c in scene.choices("period"):
        views[c["key"]], shows[c["key"]] = _views(scene, c["span"].weeks)
    return Section(
        id="rivals",
        dims=("period",),
        views=views,
        show_dims=("period",),
        shows=shows,
        columns=tuple(t.find("rivals.columns")),
        terms=("conversation_share", "interval"),
        spec=chart(),
    )


def _views(scene: Scene, weeks: Any) -> tuple[View, Show]:
    t, lines, marks, differences = scene.words, [], [], []
    home = None
    for company, name in scene.companies.items():
        rows = scene.tables.where(READS[0], company_id=company, platform=ALL, language=ALL)
        rows = in_weeks(rows, weeks)
        share = pool(rows, SHARE)
        home = home or share
        lines.append(
            (
                name,
                t.number(total(rows, "conversations")),
                t.percent(share.value),
                t.between(share.low, share.high),
            )
        )
        if share.value is not None:
            mark = {"company": name, "home": company == scene.home, **charts.labelled(t, share.value)}
            marks.append({**mark, "low": share.low, "high": share.high})
        change = compare(share, home)
        if company != scene.home and change.value is not None:
            state = ("more" if change.value > 0 else "less") if change.moved else "same"
            differences.append(t(f"rivals.{state}", company=name, share=t.percent(share.value)))
    answer = " ".join(differences) or t("rivals.nothing")
    return View(answer=answer, brief=answer), Show(rows=tuple(lines), chart=tuple(marks))


def chart() -> dict[str, Any]:
    """A dot and its interval for each company."""
    base = alt.Chart(charts.rows()).encode(
        y=alt.Y("company:N", sort=None, title=None, axis=alt.Axis(grid=False)),
        color=alt.condition("datum.home", alt.value(charts.HUMAN), alt.value(charts.OTHER)),
    )
    axis = alt.Axis(labelExpr=charts.PERCENT, values=[0, 0.25, 0.5, 0.75, 1])
    scale = alt.Scale(domain=[0, 1])
    line = base.mark_rule(strokeWidth=2.5).encode(
        x=alt.X("low:Q", title=None, scale=scale, axis=axis), x2="high:Q"
    )
    dot = base.mark_point(filled=True, size=130, opacity=1).encode(x=alt.X("share:Q", scale=scale))
    text = base.mark_text(dy=-15, fontSize=13).encode(x="share:Q", text="label:N")
    return charts.finish(line + dot + text, height=52, per="company")
