"""Fresh: which themes took or lost room in the last whole week, beyond what chance explains."""

from __future__ import annotations

from collections.abc import Sequence

from reports.figures import in_weeks
from reports.tables import Row
from reports.view import Scene, Section, Show, View
from reports.words import Words

READS = ("rpt_rising_themes_weekly",)


def build(scene: Scene) -> Section:
    """Always the last whole week against the four before it."""
    t, views, shows = scene.words, {}, {}
    for c in scene.choices("company"):
        rows = in_weeks(scene.tables.where(READS[0], company_id=c["company"]), scene.weeks[-1:])
        rows = tuple(sorted(rows, key=lambda row: (-(row.get("rise") or 0), row["theme"])))
        views[c["key"]] = view(t, rows)
        shows[c["key"]] = Show(rows=tuple(_line(t, row) for row in rows))
    return Section(
        id="fresh",
        dims=("company",),
        views=views,
        show_dims=("company",),
        shows=shows,
        columns=tuple(t.find("fresh.columns")),
        terms=("theme", "chance"),
    )


def view(t: Words, rows: Sequence[Row]) -> View:
    """Risen, fallen and never seen before; nothing if nothing is certain."""
    if not rows:
        return View(answer=t("page.nothing"), brief=t("page.nothing"))
    parts = []
    for state, column in (("risen", "is_risen"), ("fallen", "is_fallen"), ("first", "is_first_seen")):
        found = [row["theme"] for row in rows if row.get(column)]
        if found:
            parts.append(t(f"fresh.{state}", themes=t.series("themes", found)))
    answer = " ".join(parts) or t("fresh.still")
    return View(answer=answer, brief=answer)


def _line(t: Words, row: Row) -> tuple[str, ...]:
    state = next((s for s in ("risen", "fallen") if row.get(f"is_{s}")), "same")
    return (
        t.name("themes", row["theme"]),
        t.number(row.get("count_persons")) if row.get("count_persons") is not None else t("page.withheld"),
        t.percent(row.get("person_share")),
        t.percent(row.get("person_share_before")),
        t(f"fresh.{state}_word"),
    )
