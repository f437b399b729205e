"""Fresh: which themes and words took or lost room in the last whole week, beyond what chance explains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from reports import charts
from reports.figures import in_weeks
from reports.tables import Row
from reports.view import Scene, Section, Show, View
from reports.words import Words

READS = ("rpt_rising_themes_weekly", "rpt_rising_terms_weekly")
STATES = {"risen": charts.HUMAN, "fallen": charts.BRAND, "same": charts.OTHER}


def build(scene: Scene) -> Section:
    """Always the last whole week against the four before it."""
    t, views, shows = scene.words, {}, {}
    for c in scene.choices("company"):
        themes, terms = (
            in_weeks(scene.tables.where(name, company_id=c["company"]), scene.weeks[-1:]) for name in READS
        )
        themes = tuple(sorted(themes, key=lambda row: (-(row.get("person_share") or 0), row["theme"])))
        views[c["key"]], shows[c["key"]] = view(t, themes, terms), show(t, themes, terms)
    codes = sorted({row["theme"] for row in scene.tables.get(READS[0])})
    return Section(
        id="fresh",
        dims=("company",),
        views=views,
        show_dims=("company",),
        shows=shows,
        columns=tuple(t.find("fresh.columns")),
        terms=("theme", "term", "chance"),
        spec=chart(t, codes),
    )


def term_name(t: Words, row: Row) -> str:
    """A term of the closed vocabulary as people of this language write it."""
    return str(row.get(f"name_{t.language}") or row["term"])


def risen_terms(t: Words, rows: Sequence[Row]) -> list[str]:
    """The terms that rose beyond chance, the surest first."""
    found = sorted(
        (row for row in rows if row.get("is_risen")), key=lambda row: (row["q_value"], row["term"])
    )
    return [term_name(t, row) for row in found]


def view(t: Words, themes: Sequence[Row], terms: Sequence[Row]) -> View:
    """Risen, fallen and never seen before; nothing if nothing is certain."""
    if not themes and not terms:
        return View(answer=t("page.nothing"), brief=t("page.nothing"))
    parts = []
    for state, column in (("risen", "is_risen"), ("fallen", "is_fallen"), ("first", "is_first_seen")):
        found = [row["theme"] for row in themes if row.get(column)]
        if found:
            parts.append(t(f"fresh.{state}", themes=t.series("themes", found)))
    rising = risen_terms(t, terms)
    if rising:
        parts.append(
            t("fresh.terms", terms=", ".join(f"{t('fresh.open')}{n}{t('fresh.close')}" for n in rising))
        )
    compared = any(row.get("person_share_before") is not None for row in (*themes, *terms))
    hidden = not any(row.get("person_share") is not None for row in (*themes, *terms))
    answer = " ".join(parts) or t(f"fresh.{'hidden' if hidden else 'still' if compared else 'too_new'}")
    frequent = sorted(
        (r for r in terms if r.get("count_persons")), key=lambda r: (-r["count_persons"], r["term"])
    )
    notes = []
    if frequent:
        names = ", ".join(f"{term_name(t, r)} ({t.number(r['count_persons'])})" for r in frequent[:6])
        notes.append(t("fresh.frequent", terms=names))
    return View(answer=answer, brief=answer, notes=tuple(notes))


def show(t: Words, themes: Sequence[Row], terms: Sequence[Row]) -> Show:
    """Themes, then the terms used by enough persons to be told."""
    lines = [_line(t, row, t.name("themes", row["theme"])) for row in themes]
    lines += [
        _line(t, row, f"{t('fresh.open')}{term_name(t, row)}{t('fresh.close')}")
        for row in sorted(terms, key=lambda row: (-(row.get("count_persons") or 0), row["term"]))
        if row.get("count_persons") is not None
    ]
    moves = tuple(
        {"theme": row["theme"], "state": _state(row), "now": row["person_share"], "before": row["person_share_before"]}
        for row in themes
        if row.get("person_share") is not None and row.get("person_share_before") is not None
    )  # fmt: skip
    return Show(rows=tuple(lines), chart=moves)


def _state(row: Row) -> str:
    return next((state for state in ("risen", "fallen") if row.get(f"is_{state}")), "same")


def _line(t: Words, row: Row, name: str) -> tuple[str, ...]:
    return (
        name,
        t.number(row.get("count_persons")) if row.get("count_persons") is not None else t("page.withheld"),
        t.percent(row.get("person_share")),
        t.percent(row.get("person_share_before")),
        t(f"fresh.{_state(row)}_word"),
    )


def chart(t: Words, codes: Sequence[str]) -> dict[str, Any]:
    """From the four weeks before (a tick) to this week (a dot); colour only where it is more than chance."""
    axis = alt.Axis(labelExpr=charts.names(t, "themes", codes), grid=True, gridDash=[1, 4], offset=10)
    x_axis = alt.Axis(labelExpr=charts.PERCENT, tickCount=6, grid=False)
    legend = alt.Legend(
        labelExpr=charts.names(t, "fresh.states", tuple(STATES)), symbolType="circle", symbolOpacity=1
    )
    base = alt.Chart(charts.rows()).encode(
        y=alt.Y("theme:N", sort=None, title=None, axis=axis),
        color=alt.Color("state:N", scale=charts.inks(STATES), legend=legend),
    )
    line = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("before:Q", title=None, axis=x_axis), x2=alt.X2("now:Q")
    )
    tick = base.mark_tick(thickness=2, height=11).encode(x=alt.X("before:Q", title=None))
    dot = base.mark_point(filled=True, size=120, opacity=1).encode(
        x=alt.X("now:Q", title=None),
        tooltip=[
            alt.Tooltip("before:Q", title=t("fresh.before"), format=".0%"),
            alt.Tooltip("now:Q", title=t("fresh.now"), format=".0%"),
        ],
    )
    return charts.finish(line + tick + dot, height=27, per="theme")
