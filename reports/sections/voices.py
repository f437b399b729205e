"""Voices: who speaks, in an average week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from girafe.records import SIDE_OF_VOICE, Side, Voice
from reports import charts
from reports.figures import by, in_weeks, total
from reports.tables import Row
from reports.view import Scene, Section, Show, View
from reports.words import Words, whole

READS = ("rpt_voices_weekly",)
ORDER = tuple(voice.value for voice in Voice)


def build(scene: Scene) -> Section:
    """By company, period and platform. Accounts of several weeks are averaged: a sum counts some twice."""
    dims, t = ("company", "period", "platform"), scene.words
    views, shows = {}, {}
    for c in scene.choices(*dims):
        rows = scene.tables.where(READS[0], company_id=c["company"], platform=c["platform"])
        chosen = by(in_weeks(rows, c["span"].weeks), "voice")
        views[c["key"]], shows[c["key"]] = view(t, chosen), show(t, chosen)
    return Section(
        id="voices",
        dims=dims,
        views=views,
        show_dims=dims,
        shows=shows,
        columns=tuple(t.find("voices.columns")),
        terms=("voice", "withheld"),
        spec=chart(t),
    )


def average(rows: Sequence[Row], column: str) -> float | None:
    """Per published week; None if every week is withheld."""
    seen = [row for row in rows if row.get(column) is not None]
    return total(seen, column) / len(seen) if seen else None


def view(t: Words, voices: dict[str, tuple[Row, ...]]) -> View:
    """People, colleagues among them, and how many could not be placed."""
    counts = {name: average(rows, "count_accounts") for name, rows in voices.items()}
    known = {name: value for name, value in counts.items() if value}
    if not known:
        state = "hidden" if any(row.get("is_suppressed") for r in voices.values() for row in r) else "nothing"
        return View(answer=t("page.too_few" if state == "hidden" else "page.nothing"), brief="")
    humans = sum(value for name, value in known.items() if SIDE_OF_VOICE[Voice(name)] is Side.HUMAN)
    everyone = sum(known.values())
    notes = []
    if counts.get("employee"):
        notes.append(t("voices.employees", count=whole(counts["employee"] or 0)))
    hidden = [t.name("voice_names", name) for name, rows in voices.items() if rows and counts[name] is None]
    if counts.get("unknown") and not hidden:
        notes.append(t("voices.unknown", share=t.percent((counts["unknown"] or 0) / everyone)))
    if hidden:
        notes.append(t("voices.hidden", names=t.listed(hidden)))
    # Of what is shown only, "all accounts" and "people among them" would be told too low, people often as none.
    answer = t(
        "voices.answer_in_part" if hidden else "voices.answer",
        count=whole(everyone),
        humans=t.number(humans),
    )
    return View(answer=answer, brief=answer, notes=tuple(notes))


def show(t: Words, voices: dict[str, tuple[Row, ...]]) -> Show:
    """One line per voice in the order of the definitions."""
    lines, bars = [], []
    for name in (voice for voice in ORDER if voice in voices):
        rows = voices[name]
        values = [average(rows, c) for c in ("count_accounts", "count_posts", "count_reactions", "reach")]
        withheld = values[0] is None and any(row.get("is_suppressed") for row in rows)
        cells = [t("page.withheld")] * 4 if withheld else [t.average(value) for value in values]
        if any(row.get("count_accounts_with_reach", 0) is None for row in rows) and values[-1] is None:
            cells[-1] = t("page.withheld")  # known, but of too few, or mostly of one
        lines.append((t.name("voice_names", name), *cells))
        if values[0] is not None:
            side = SIDE_OF_VOICE[Voice(name)].value
            bars.append({"voice": name, "side": side, "count": values[0], "label": cells[0]})
    return Show(rows=tuple(lines), chart=tuple(bars))


def chart(t: Words) -> dict[str, Any]:
    """Bars in the colours of the sides."""
    axis = alt.Axis(labelExpr=charts.names(t, "voice_names", ORDER), grid=False)
    base = alt.Chart(charts.rows()).encode(y=alt.Y("voice:N", sort=list(ORDER), title=None, axis=axis))
    x = alt.X("count:Q", title=None, axis=alt.Axis(tickCount=6, labelExpr=charts.WHOLE))
    colour = alt.Color("side:N", scale=charts.inks(charts.SIDES), legend=None)
    bars = base.mark_bar(height=16, cornerRadiusEnd=2).encode(x=x, color=colour)
    text = base.mark_text(align="left", dx=6, color=charts.SOFT, fontSize=13)
    # An unseen mark beyond the longest bar: its number needs room on a narrow screen, too.
    room = base.transform_calculate(beyond="datum.count * 1.15").mark_point(opacity=0).encode(x="beyond:Q")
    return charts.finish(bars + room + text.encode(x=x, text="label:N"), height=32, per="voice")
