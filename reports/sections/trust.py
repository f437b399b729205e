"""Trust: did every source hear, and how sure are the labels; silence and blindness are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import altair as alt

from reports import charts
from reports.figures import by, in_weeks, total
from reports.tables import Row
from reports.view import Scene, Section, Show, View
from reports.words import Words

READS = ("rpt_source_health_daily", "rpt_label_quality_weekly")
HEALTH = {"heard": charts.HUMAN, "silent": charts.VEIL, "blind": charts.INK}
DAYS = 56


def build(scene: Scene) -> Section:
    """The last eight weeks of every source; label quality by company and period."""
    t, dims = scene.words, ("company", "period")
    rows = _recent(scene.tables.get(READS[0]))
    views = {
        c["key"]: view(
            t, rows, in_weeks(scene.tables.where(READS[1], company_id=c["company"]), c["span"].weeks)
        )
        for c in scene.choices(*dims)
    }
    return Section(
        id="trust",
        dims=dims,
        views=views,
        show_dims=(),
        shows={"": show(t, rows)},
        columns=tuple(t.find("trust.columns")),
        terms=("blind", "unresolved", "voice"),
        spec=chart(t, sorted({row["platform"] for row in rows})),
    )


def _recent(rows: Sequence[Row]) -> tuple[Row, ...]:
    if not rows:
        return ()
    last: date = max(row["day"] for row in rows)
    return tuple(row for row in rows if row["day"] > last - timedelta(days=DAYS))


def view(t: Words, rows: Sequence[Row], quality: Sequence[Row]) -> View:
    """Which sources could not be heard, and when; what share of labels may be wrong."""
    sources = by(sorted(rows, key=lambda row: row["day"]), "platform")
    blind = {name: [r["day"] for r in found if r["health"] == "blind"] for name, found in sources.items()}
    told = [
        t("trust.blind_days", count=len(days), platform=t.name("platforms", name), last=t.day(days[-1]))
        for name, days in blind.items()
        if days
    ]
    if not sources:
        answer = t("trust.nothing")
    elif told:
        answer = t("trust.partly", count=len(sources), blind=" ".join(told))
    else:
        answer = t("trust.good", count=len(sources))
    notes = []
    weeks = sorted((r for r in quality if r.get("unknown_share") is not None), key=lambda r: r["week_start"])
    if weeks:
        last = weeks[-1]
        notes.append(t("trust.unknown", share=_about(t, last["unknown_share"])))
        if last.get("expected_error_share") is not None:
            notes.append(t("trust.errors", share=_about(t, last["expected_error_share"])))
        if last.get("certain_share") is not None:
            notes.append(t("trust.certain", share=_about(t, last["certain_share"])))
    return View(answer=answer, brief=answer, notes=tuple(notes))


def _about(t: Words, share: float) -> str:
    # The mart rounds to five points, so its zero means "less than half of that".
    return t.percent(share) if share else t("trust.next_to_none")


def show(t: Words, rows: Sequence[Row]) -> Show:
    """One line per source; one square per source and day."""
    lines = []
    for (platform, source), found in sorted(_by_source(rows).items()):
        days = {state: sum(1 for row in found if row["health"] == state) for state in HEALTH}
        heard = [row["day"] for row in found if row["health"] == "heard"]
        reason = next((r["health_detail"] for r in reversed(found) if r["health"] == "blind"), None)
        name = t.name("platforms", platform)
        lines.append(
            (
                name if source == platform else f"{name} ({source})",
                *(t.number(days[state]) for state in HEALTH),
                t.number(total(found, "count_posts")),
                t.number(total(found, "count_quarantined")),
                t.day(heard[-1]) if heard else "–",
                reason or "",
            )
        )
    squares = tuple(
        {"day": row["day"].isoformat(), "platform": row["platform"], "health": row["health"]} for row in rows
    )
    return Show(rows=tuple(lines), chart=squares)


def _by_source(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(rows, key=lambda row: row["day"]):
        found.setdefault((row["platform"], row["source"]), []).append(row)
    return found


def chart(t: Words, platforms: Sequence[str]) -> dict[str, Any]:
    """A calendar: a dark square is a day on which a source could not be heard."""
    x = charts.weeks(t)
    x.shorthand = "day:O"
    axis = alt.Axis(labelExpr=charts.names(t, "platforms", platforms), grid=False)
    squares = (
        alt.Chart(charts.rows())
        .mark_rect(stroke=charts.PAPER, strokeWidth=0.8)
        .encode(
            x=x,
            y=alt.Y("platform:N", title=None, axis=axis, sort=list(platforms)),
            color=alt.Color(
                "health:N",
                scale=charts.inks(HEALTH),
                legend=alt.Legend(labelExpr=charts.names(t, "trust.states", tuple(HEALTH))),
            ),
            tooltip=[alt.Tooltip("day:O", title=t("trust.day"))],
        )
    )
    return charts.finish(squares, height=26, per="platform")
