"""Brand: does it broadcast or talk, does it answer, and how soon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports import charts
from reports.figures import Period, compare, in_weeks, is_withheld, pool, total
from reports.sections.change import state_of
from reports.subjects import count_open
from reports.tables import Row
from reports.view import Scene, Section, Show, View
from reports.words import Words

READS = ("rpt_brand_dialogue_weekly",)
WEEKS_DRAWN, WEEKS_LISTED = 52, 13


def build(scene: Scene) -> Section:
    """Words by company, period and platform; chart and table over all weeks."""
    t, show_dims = scene.words, ("company", "platform")

    def chosen(c: dict[str, Any]) -> tuple[Row, ...]:
        rows = scene.tables.where(READS[0], company_id=c["company"], platform=c["platform"])
        return tuple(sorted(in_weeks(rows, scene.weeks), key=lambda row: row["week_start"]))

    dims = ("company", "period", "platform")
    return Section(
        id="brand",
        dims=dims,
        views={c["key"]: view(t, chosen(c), c["span"]) for c in scene.choices(*dims)},
        show_dims=show_dims,
        shows={c["key"]: show(t, chosen(c)) for c in scene.choices(*show_dims)},
        columns=tuple(t.find("brand.columns")),
        terms=("exchange", "question", "interval", "withheld"),
        spec=chart(t),
    )


def view(t: Words, rows: Sequence[Row], period: Period) -> View:
    """Dialogue, answers, time, questions left open."""
    now = in_weeks(rows, period.weeks)
    posts = total(now, "count_brand_posts")
    if not posts:
        return View(answer=t("brand.silent"), brief=t("brand.silent"), notes=_notes(t, rows, period))
    talk = [row for row in now if row.get("count_brand_dialogue_posts") is not None]
    counted = total(talk, "count_brand_posts")
    if not counted:
        answer = t("brand.posts_only", count=posts)
        return View(answer=answer, brief=answer, notes=_notes(t, rows, period))
    share, cast = (
        t.percent(total(talk, name) / counted) for name in ("count_brand_dialogue_posts", "count_broadcasts")
    )
    answer = t("brand.answer", count=posts, share=share, cast=cast)
    open_ones = count_open(now)
    act = t.act("brand", open_ones) if open_ones else ""
    return View(answer=answer, brief=answer, notes=_notes(t, rows, period), act=act)


def _notes(t: Words, rows: Sequence[Row], period: Period) -> tuple[str, ...]:
    now, notes = in_weeks(rows, period.weeks), []
    answered = pool(now, "response_share")
    if answered.value is not None:
        interval = t.between(answered.low, answered.high)
        notes.append(
            t("brand.answers", count=answered.denominator, share=t.percent(answered.value), interval=interval)
        )
        moved = compare(answered, pool(in_weeks(rows, period.before), "response_share"))
        if moved.moved:
            notes.append(t(f"brand.{state_of(moved)}", points=t.number(abs(moved.value or 0) * 100)))
    minutes = [
        row["response_minutes_median"] for row in now if row.get("response_minutes_median") is not None
    ]
    if minutes:
        low, high = (t.duration(end(minutes) / 60) for end in (min, max))
        notes.append(t("brand.time", time=low) if low == high else t("brand.times", low=low, high=high))
    asked = total(now, "count_questions")
    if asked:
        notes.append(t("brand.questions", count=asked, open=t.number(count_open(now))))
    return tuple(notes)


def show(t: Words, rows: Sequence[Row]) -> Show:
    """Weeks, newest first in the table."""
    bars = tuple(
        {"week": row["week_start"].isoformat(), "kind": kind, "count": row[column]}
        for row in rows[-WEEKS_DRAWN:]
        for kind, column in (("talk", "count_brand_dialogue_posts"), ("cast", "count_broadcasts"))
        if row.get(column) is not None
    )
    return Show(rows=tuple(_line(t, row) for row in reversed(rows[-WEEKS_LISTED:])), chart=bars)


def _line(t: Words, row: Row) -> tuple[str, ...]:
    week = t("change.week", monday=t.day(row["week_start"]))
    free = (t.number(row.get("count_brand_posts")), t.number(row.get("count_broadcasts")))
    if is_withheld(row, "count_addressed_posts"):
        return (week, *free, *(t("page.withheld") for _ in range(4)))
    minutes = row.get("response_minutes_median")
    return (
        week,
        *free,
        t.number(row.get("count_addressed_posts")),
        t.percent(row.get("response_share")),
        t.duration(None if minutes is None else minutes / 60),
        t.number(row.get("count_questions_unanswered")),
    )


def chart(t: Words) -> dict[str, Any]:
    """What the brand wrote, week by week: to somebody, or to everybody."""
    kinds = {"talk": charts.BRAND, "cast": charts.VEIL}
    return charts.weekly_bars(t, "kind", kinds, named="brand.kinds", title=t("brand.posts"), height=220)
