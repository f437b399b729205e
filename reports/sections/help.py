"""Help: where colleagues who wish to speak could be helped: asked, talked about, and left open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports import charts
from reports.figures import in_weeks
from reports.subjects import Asked, Subject, asked, count_open, subjects, talked_of
from reports.tables import Row
from reports.view import ALL, Scene, Section, Show, View
from reports.words import Words

READS = ("rpt_brand_questions_weekly", "rpt_themes_weekly", "rpt_brand_dialogue_weekly")
STATES = {"unanswered": charts.BRAND, "waiting": charts.BRAND_WASH, "answered": charts.HUMAN}
WEEKS = 26


def build(scene: Scene) -> Section:
    """By company and period."""
    dims, t = ("company", "period"), scene.words
    views, shows = {}, {}
    for c in scene.choices(*dims):
        questions, themes = (
            in_weeks(scene.tables.where(name, company_id=c["company"]), c["span"].weeks) for name in READS[:2]
        )
        talk = scene.tables.where(READS[2], company_id=c["company"], platform=ALL)
        weeks = sorted(in_weeks(talk, scene.weeks[-WEEKS:]), key=lambda row: row["week_start"])
        found = asked(questions)
        views[c["key"]] = view(
            t, questions, found, subjects(themes), count_open(in_weeks(talk, c["span"].weeks))
        )
        shows[c["key"]] = show(t, found, weeks)
    return Section(
        id="help",
        dims=dims,
        views=views,
        show_dims=dims,
        shows=shows,
        columns=tuple(t.find("help.columns")),
        terms=("question", "theme", "withheld"),
        spec=chart(t),
        on_first_screen=True,
    )


def view(
    t: Words, rows: Sequence[Row], found: Sequence[Asked], themes: Sequence[Subject], open_in_all: int = 0
) -> View:
    """What is both asked and talked about between people; else what is asked; else what is talked about.

    `open_in_all`: questions without an answer, of every theme and of none, where no theme may be told.
    """
    talked = talked_of(themes)
    open_ones = [a for a in found if a.open]
    both = [a.theme for a in open_ones if a.theme in talked]
    chosen = both or [a.theme for a in open_ones] or list(talked)
    if not chosen:
        state = "hidden" if any(row.get("is_suppressed") for row in rows) else "nothing"
        return View(answer=t(f"help.{state}"), brief=t(f"help.{state}"))
    state = "both" if both else "asked" if open_ones else "open" if open_in_all else "talked"
    values: dict[str, Any] = {
        "themes": t.phrases("themes", "the", chosen[:3]),
        "of": t.phrases("themes", "of", chosen[:3]),
        # At least: a question of two themes stands in both, and weeks of too few persons in none.
        "count": max((a.open for a in open_ones if a.theme in chosen[:3]), default=open_in_all),
    }
    notes = [t("help.how"), t("help.own_interest")]
    act = t.act("help_talked", themes=values["themes"])
    if values["count"]:
        act = t.act("help_open", values["count"])
    return View(
        answer=t(f"help.{state}", **values),
        brief=t(f"help.{state}_brief", **values),
        notes=tuple(notes),
        act=act,
    )


def show(t: Words, found: Sequence[Asked], weeks: Sequence[Row]) -> Show:
    """Themes by questions left open, as far as they may be told; every question by week."""
    lines = tuple(
        (t.name("themes", a.theme), *map(t.number, (a.questions, a.answered, a.unanswered, a.waiting)))
        for a in found
    )
    bars = tuple(
        {"week": row["week_start"].isoformat(), "state": state, "count": row[f"count_questions_{state}"]}
        for row in weeks
        for state in STATES
        if row.get(f"count_questions_{state}") is not None
    )
    return Show(rows=lines or ((t("help.too_few"), *("–" for _ in range(4))),), chart=bars)


def chart(t: Words) -> dict[str, Any]:
    """Questions by week: those left open stand on the ground, answered ones above."""
    return charts.weekly_bars(t, "state", STATES, named="help.states", title=t("help.questions"), height=200)
