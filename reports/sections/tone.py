"""Tone: how people speak of each theme; a theme stands out only if its interval leaves out the average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import altair as alt

from reports import charts
from reports.figures import Share, by, in_weeks, pool
from reports.tables import Row
from reports.view import ALL, Scene, Section, Show, View
from reports.words import Words

READS = ("rpt_sentiment_weekly",)
SENTIMENTS = ("negative", "neutral", "positive")


def build(scene: Scene) -> Section:
    """By company and period."""
    dims, t = ("company", "period"), scene.words
    views, shows = {}, {}
    for c in scene.choices(*dims):
        rows = in_weeks(scene.tables.where(READS[0], company_id=c["company"]), c["span"].weeks)
        tones = {theme: tone(group) for theme, group in by(rows, "theme").items()}
        views[c["key"]], shows[c["key"]] = view(t, tones), show(t, tones)
    codes = sorted({row["theme"] for row in scene.tables.get(READS[0])})
    return Section(
        id="tone",
        dims=dims,
        views=views,
        show_dims=dims,
        shows=shows,
        columns=tuple(t.find("tone.columns")),
        terms=("tone", "theme", "interval", "withheld"),
        spec=chart(t, codes),
    )


def tone(rows: Sequence[Row]) -> dict[str, Share]:
    """The share of each sentiment, over the weeks that tell all three: else each would be a share of other posts."""
    hidden = {row["week_start"] for row in rows if row.get("is_suppressed")}
    split = by([row for row in rows if row["week_start"] not in hidden], "sentiment")
    return {
        name: replace(pool(split.get(name, ()), "sentiment_share"), hidden_weeks=len(hidden))
        for name in SENTIMENTS
    }


def view(t: Words, tones: dict[str, dict[str, Share]]) -> View:
    """The overall tone and the themes that differ from it beyond chance."""
    whole = tones.get(ALL)
    if whole is None or whole["negative"].value is None:
        hidden = any(share.hidden_weeks for found in tones.values() for share in found.values())
        answer = t("page.too_few" if hidden else "page.nothing")
        return View(answer=answer, brief=answer)
    negative, positive = whole["negative"], whole["positive"]
    answer = t(
        "tone.answer",
        count=negative.denominator,
        negative=t.percent(negative.value),
        negative_interval=t.between(negative.low, negative.high),
        positive=t.percent(positive.value),
        positive_interval=t.between(positive.low, positive.high),
    )
    notes = []
    for name in ("negative", "positive"):
        base = whole[name].high
        themes = [
            theme
            for theme, found in tones.items()
            if theme != ALL and base is not None and (found[name].low or 0) > base
        ]
        if themes:
            notes.append(t(f"tone.more_{name}", themes=t.series("themes", themes[:4])))
    return View(answer=answer, brief=answer, notes=tuple(notes))


def show(t: Words, tones: dict[str, dict[str, Share]]) -> Show:
    """All themes first, then each, the most spoken of first."""
    ordered = sorted(
        tones.items(), key=lambda pair: (pair[0] != ALL, -pair[1]["negative"].denominator, pair[0])
    )
    lines, bars = [], []
    for theme, found in ordered:
        shares = [found[name] for name in SENTIMENTS]
        hidden = all(share.value is None for share in shares) and any(share.hidden_weeks for share in shares)
        cells = [t("page.withheld")] * 5 if hidden else [
            t.number(max(share.denominator for share in shares)),
            *(t.percent(share.value) for share in shares),
            t.between(shares[0].low, shares[0].high),
        ]  # fmt: skip
        lines.append((t.name("themes", theme), *cells))
        for name, share in zip(SENTIMENTS, shares, strict=True):
            if share.value and name != "neutral":
                signed = -share.value if name == "negative" else share.value
                bars.append({"theme": theme, "tone": name, "share": round(signed, 3)})
    return Show(rows=tuple(lines), chart=tuple(bars))


def chart(t: Words, codes: Sequence[str]) -> dict[str, Any]:
    """Negative to the left, positive to the right; neutral is what is missing to the whole."""
    tones = {"negative": charts.INK, "positive": charts.OTHER}
    axis = alt.Axis(labelExpr=charts.names(t, "themes", codes), grid=False)
    bars = (
        alt.Chart(charts.rows())
        .transform_calculate(size="abs(datum.share)")
        .mark_bar(height=14, cornerRadiusEnd=2)
        .encode(
            x=alt.X("share:Q", title=None, axis=alt.Axis(labelExpr=charts.PERCENT, tickCount=7)),
            y=alt.Y("theme:N", sort=None, title=None, axis=axis),
            color=alt.Color(
                "tone:N",
                scale=charts.inks(tones),
                legend=alt.Legend(labelExpr=charts.names(t, "sentiments", SENTIMENTS)),
            ),
            tooltip=alt.Tooltip("size:Q", title=t("tone.share"), format=".0%"),
        )
    )
    middle = alt.Chart(alt.InlineData(values=[{}])).mark_rule(color=charts.SOFT).encode(x=alt.datum(0))
    return charts.finish(bars + middle, height=27, per="theme")
