"""About: what people talk about among themselves, and what with the brand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from reports import charts
from reports.figures import by, in_weeks, total
from reports.subjects import Subject, between_people, spoken_of, subjects, told_by_side, with_brand
from reports.tables import Row
from reports.view import Scene, Section, Show, View
from reports.words import Words

READS = ("rpt_themes_weekly",)
WIDE = 0.05
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
        shows[c["key"]] = show(t, rows, found)
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
    people, brand = (t.phrases("themes", "of", led(found)) for led in (between_people, with_brand))
    values: dict[str, Any] = {
        "people": people,
        "brand": brand,
        "themes": t.phrases("themes", "of", spoken_of(found)),
    }
    if not told_by_side(found):
        people = brand = ""
    if people or brand:
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
    notes += _gaps(t, _rooms(rows))
    hidden = sum(1 for s in found if s.hidden)
    if hidden:
        notes.append(t("about.some_hidden", count=hidden))
    first = (between_people(found) if people else spoken_of(found))[:1]
    return View(
        answer=t(f"about.{state}", **values),
        brief=t(f"about.{state}_brief", **values),
        notes=tuple(notes),
        act=t.act("about", themes=t.phrases("themes", "the", first)) if first else "",
    )


def show(t: Words, rows: Sequence[Row], found: Sequence[Subject]) -> Show:
    """Themes in the order people talk about them; each beside the room the brand gives it."""
    lines = tuple(
        (
            t.name("themes", s.theme),
            t.number(s.threads),
            *(
                t("page.withheld") if s.hidden and not count else t.number(count)
                for count in (s.human, s.brand)
            ),
            # Of what is shown only, a share would mislead: the withheld cells are on one side more than the other.
            "–" if s.hidden else t.percent(s.brand_share),
            t("about.cells", count=s.hidden) if s.hidden else "",
        )
        for s in sorted(found, key=lambda s: (-s.threads, s.theme))
    )
    return Show(rows=lines, chart=_rooms(rows))


def _rooms(rows: Sequence[Row]) -> tuple[dict[str, Any], ...]:
    """Per theme: its part of all themes named by everybody but the brand, and by the brand."""
    whole = [row for row in rows if row["thread_kind"] == "all" and row.get("count_posts") is not None]
    posts = {
        theme: {
            "people": total(group, "count_posts") - total(group, "count_posts_brand"),
            "brand": total(group, "count_posts_brand"),
        }
        for theme, group in by(whole, "theme").items()
    }
    sums = {side: sum(counts[side] for counts in posts.values()) for side in ("people", "brand")}
    ordered = sorted(posts, key=lambda theme: (-posts[theme]["people"], theme))
    return tuple(
        {"theme": theme, "side": side, "room": round(posts[theme][side] / sums[side], 4)}
        for theme in ordered
        if any(posts[theme].values())
        for side in ("people", "brand")
        if sums[side]
    )


def _gaps(t: Words, rooms: Sequence[Mapping[str, Any]]) -> list[str]:
    """Where brand and people are furthest apart, one theme each way; nothing below five points."""
    sides = {
        side: {r["theme"]: r["room"] for r in rooms if r["side"] == side} for side in ("people", "brand")
    }
    gaps = {
        theme: sides["brand"][theme] - room
        for theme, room in sides["people"].items()
        if theme in sides["brand"]
    }
    notes = []
    for name, end in (("brand_more", max), ("people_more", min)):
        theme = end(sorted(gaps), key=lambda theme: gaps[theme], default=None)
        if theme is not None and abs(gaps[theme]) >= WIDE and (gaps[theme] > 0) == (end is max):
            rest = {side: t.percent(of[theme]) for side, of in sides.items()}
            notes.append(t(f"about.{name}", None, theme=t.phrase("themes", "of", theme), **rest))
    return notes


def chart(t: Words, codes: Sequence[str]) -> dict[str, Any]:
    """A dot for people and a dot for the brand on each theme; the line between them is how far apart they are."""
    sides = {"people": charts.HUMAN, "brand": charts.BRAND}
    axis = alt.Axis(labelExpr=charts.names(t, "themes", codes), grid=True, gridDash=[1, 4], offset=10)
    base = alt.Chart(charts.rows()).encode(y=alt.Y("theme:N", sort=None, title=None, axis=axis))
    x_axis = alt.Axis(labelExpr=charts.PERCENT, tickCount=6, grid=False)
    x = alt.X("room:Q", title=None, axis=x_axis)
    line = base.mark_line(color=charts.VEIL, strokeWidth=4).encode(x=x, detail="theme:N")
    dots = base.mark_point(filled=True, size=150, opacity=1).encode(
        x=x,
        color=alt.Color(
            "side:N",
            scale=charts.inks(sides),
            legend=alt.Legend(labelExpr=charts.names(t, "about.sides", tuple(sides)), symbolType="circle"),
        ),
        tooltip=alt.Tooltip("room:Q", title=t("about.room"), format=".0%"),
    )
    return charts.finish(line + dots, height=29, per="theme")
