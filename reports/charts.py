"""Charts: one Vega-Lite specification each, made with Altair, drawn twice: as SVG at build, live in the page.

Colours are a few known inks; the page's style sheet replaces them, so one chart fits paper, dark and light.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert

from reports.words import Words

HUMAN, BRAND, OTHER, INK, SOFT, LINE, VEIL, PAPER = (
    "#0f6e68",
    "#b4501e",
    "#7d8189",
    "#1c1f24",
    "#5b6068",
    "#e3e0d8",
    "#d8d5cc",
    "#fbfaf6",
)
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
STATIC_WIDTH = 720


def config() -> dict[str, Any]:
    """The look shared by all charts: no frame, faint horizontal lines, quiet labels."""
    return {
        "background": None,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": SOFT,
            "titleColor": SOFT,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "domain": False,
            "ticks": False,
            "gridColor": LINE,
            "labelPadding": 6,
            "labelLimit": 190,
        },
        "legend": {
            "labelColor": SOFT,
            "titleColor": SOFT,
            "labelFontSize": 12,
            "orient": "top",
            "title": None,
            "symbolType": "square",
            "offset": 8,
        },
        "aria": False,
    }


def rows() -> alt.NamedData:
    """The data set every chart reads; the page fills it with the view chosen."""
    return alt.NamedData(name="rows")


def finish(chart: Any, *, height: int | Mapping[str, int]) -> dict[str, Any]:
    """The specification, ready for the page."""
    spec: dict[str, Any] = chart.to_dict(
        validate=True, format="vega-lite", context={"consolidate_datasets": False}
    )
    spec.pop("datasets", None)
    spec |= {"config": config(), "height": height, "autosize": {"type": "fit-x", "contains": "padding"}}
    return spec


def week_label(t: Words) -> str:
    """A Vega expression that writes "2026-03-02" as "2 mars", in the page's language."""
    months = json.dumps(t.find("format.months_short"), ensure_ascii=False)
    return f"toNumber(slice(datum.value, 8, 10)) + ' ' + {months}[toNumber(slice(datum.value, 5, 7)) - 1]"


def percent_label(t: Words) -> str:
    """A Vega expression that writes 0.5 as "50 %"."""
    return f"round(datum.value * 100) + {json.dumps(t.find('format.percent'), ensure_ascii=False)}"


def lookup_label(t: Words, kind: str, codes: Sequence[str]) -> str:
    """A Vega expression that writes a code as its name."""
    names = {code: t.name(kind, code) for code in codes}
    return f"({json.dumps(names, ensure_ascii=False)})[datum.value] || datum.value"


def change(t: Words) -> dict[str, Any]:
    """A line with its band: the weekly share of human conversation."""
    # A week is a name, not an instant: no time zone of a reader can move it.
    axis = alt.Axis(labelExpr=week_label(t), grid=False, labelAngle=0, labelOverlap="greedy", labelFlush=True)
    x = alt.X("week:O", title=None, axis=axis, scale=alt.Scale(padding=0.3))
    y = alt.Y(
        "share:Q",
        title=None,
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(labelExpr=percent_label(t), values=[0, 0.25, 0.5, 0.75, 1]),
    )
    tip = [
        alt.Tooltip("week:O", title=t.find("change.columns")[0]),
        alt.Tooltip("share:Q", title=t("change.axis"), format=".0%"),
        alt.Tooltip("low:Q", title=t.find("change.columns")[2], format=".0%"),
        alt.Tooltip("high:Q", title="", format=".0%"),
    ]
    base = alt.Chart(rows())
    band = base.mark_area(
        color=HUMAN, opacity=0.18, interpolate="linear", invalid="break-paths-show-path-domains"
    ).encode(x=x, y=alt.Y("low:Q", title=None), y2="high:Q")
    half = (
        alt.Chart(alt.InlineData(values=[{"y": 0.5}]))
        .mark_rule(color=SOFT, strokeDash=[2, 3])
        .encode(y="y:Q")
    )
    line = base.mark_line(color=HUMAN, strokeWidth=2.5, invalid="break-paths-show-path-domains").encode(
        x=x, y=y
    )
    dots = base.mark_point(color=HUMAN, filled=True, size=42, opacity=1, invalid="filter").encode(
        x=x, y=y, tooltip=tip
    )
    return finish(half + band + line + dots, height=260)


SPECS: Mapping[str, Callable[[Words], dict[str, Any]]] = {"change": change}
"""The chart of each section that has one."""


def draw(
    spec: Mapping[str, Any], values: Sequence[Mapping[str, Any]], t: Words, *, width: int = STATIC_WIDTH
) -> str:
    """The chart as SVG, for the first paint, for paper, for readers without scripts; empty without data."""
    if not values:
        return ""
    whole = {**spec, "width": width, "datasets": {"rows": list(values)}}
    svg: str = vl_convert.vegalite_to_svg(json.dumps(whole), format_locale=number_locale(t))
    return svg.replace("<svg ", '<svg aria-hidden="true" ', 1)


def number_locale(t: Words) -> dict[str, Any]:
    """How d3 writes numbers in this language."""
    form = t.find("format")
    return {
        "decimal": form["decimal"],
        "thousands": form["thousands"],
        "grouping": [3],
        "currency": ["", ""],
        "percent": form["percent"],
    }
