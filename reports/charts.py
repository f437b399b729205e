"""Charts: one Vega-Lite specification each, made with Altair, drawn twice: as SVG at build, live in the page.

Colours are a few known inks; the page's style sheet replaces them, so one chart fits paper, dark and light.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from reports.drawing import drawn
from reports.words import Words

HUMAN, BRAND, OTHER = "#0f6e68", "#b4501e", "#7d8189"
INK, SOFT, LINE, VEIL, PAPER = "#1c1f24", "#5b6068", "#e3e0d8", "#d8d5cc", "#fbfaf6"
HUMAN_WASH, BRAND_WASH = "#cfe5e1", "#f3dccd"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
STATIC_WIDTH = 720
_FIT = {"type": "fit-x", "contains": "padding"}
SIDES = {"human": HUMAN, "brand": BRAND, "other": OTHER, "unknown": VEIL}


def config() -> dict[str, Any]:
    """The look shared by all charts: no frame, faint lines, quiet labels."""
    quiet = {"labelColor": SOFT, "titleColor": SOFT, "labelFontSize": 12, "titleFontSize": 12}
    axis = {
        "titleFontWeight": "normal",
        "domain": False,
        "ticks": False,
        "gridColor": LINE,
        "labelPadding": 6,
    }
    legend = {
        "orient": "top",
        "title": None,
        "symbolType": "square",
        "offset": 8,
        "symbolSize": 110,
        "labelLimit": 320,
    }
    return {
        "background": None,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {**quiet, **axis, "labelLimit": 190},
        "axisY": {"labelColor": INK, "labelFontSize": 13},
        "legend": {**quiet, **legend},
        "aria": False,
    }


WHOLE = "datum.value % 1 ? '' : format(datum.value, ',d')"
"""Labels of counts: where there are few, an axis has halves, and rounded it would say each number twice."""


def rows() -> alt.NamedData:
    """The data set every chart reads; the page fills it with the view chosen."""
    return alt.NamedData(name="rows")


def finish(chart: Any, *, height: int, per: str = "") -> dict[str, Any]:
    """The specification, ready for the page; `height` is that of one value of `per`, if given."""
    # Unchecked: a specification depends on the code alone, and a test checks every one (tests/reports/test_charts.py).
    spec: dict[str, Any] = chart.to_dict(validate=False, context={"consolidate_datasets": False})
    size: dict[str, Any] = {"usermeta": {"per": per, "step": height}} if per else {"height": height}
    return {**spec, "config": config(), **size}


def _height(spec: Mapping[str, Any], values: Sequence[Mapping[str, Any]]) -> int:
    # Counted here and in the page: Vega-Lite's own step sizes do not go together with a width that adapts.
    if "usermeta" not in spec:
        return int(spec["height"])
    per = spec["usermeta"]["per"]
    return int(spec["usermeta"]["step"] * len({value[per] for value in values}))


def weeks(t: Words) -> Any:
    """The horizontal axis of weeks. A week is a name, not an instant: no time zone of a reader moves it."""
    months = json.dumps(t.find("format.months_short"), ensure_ascii=False)
    label = f"toNumber(slice(datum.value, 8, 10)) + ' ' + {months}[toNumber(slice(datum.value, 5, 7)) - 1]"
    axis = alt.Axis(
        labelExpr=label, grid=False, labelAngle=0, labelOverlap="greedy", labelSeparation=14, labelFlush=True
    )
    return alt.X("week:O", title=None, axis=axis, scale=alt.Scale(padding=0.3))


def weekly_bars(
    t: Words, kind: str, inks_of: Mapping[str, str], *, named: str, title: str, height: int
) -> dict[str, Any]:
    """A count a week, stacked by `kind`, whose names stand under `named`."""
    legend = alt.Legend(labelExpr=names(t, named, tuple(inks_of)))
    bars = (
        alt.Chart(rows())
        .mark_bar(width={"band": 0.62})
        .encode(
            x=weeks(t),
            y=alt.Y("sum(count):Q", title=None, axis=alt.Axis(tickCount=5, labelExpr=WHOLE)),
            color=alt.Color(f"{kind}:N", scale=inks(inks_of), legend=legend),
            order=alt.Order(f"{kind}:N", sort="descending"),
            tooltip=alt.Tooltip("count:Q", title=title),
        )
    )
    return finish(bars, height=height)


PERCENT = "format(abs(datum.value), '.1~%')"
"""Labels of shares, 0.5 or -0.5 as "50 %", with a digit where an axis is so short that it has halves."""


def labelled(t: Words, share: float, digits: int = 0) -> dict[str, Any]:
    """A share as a mark and, beside it, as it is written: sentence, chart and table round alike."""
    return {"share": share, "label": t.percent(share, digits)}


def names(t: Words, kind: str, codes: Sequence[str]) -> str:
    """A Vega expression that writes a code as its name."""
    table = {code: t.name(kind, code) for code in codes}
    return f"({json.dumps(table, ensure_ascii=False)})[datum.value] || datum.value"


def inks(kinds: Mapping[str, str]) -> Any:
    """A colour scale from codes to inks."""
    return alt.Scale(domain=list(kinds), range=list(kinds.values()))


def draw(
    charts: Sequence[tuple[Mapping[str, Any] | None, Sequence[Mapping[str, Any]]]], t: Words
) -> list[str]:
    """Each chart (its specification and its rows) as SVG: for the first paint, for paper, for readers without scripts.

    Empty where there is no specification or no row.
    """
    specs = [json.dumps(_still(spec, values)) if spec and values else "" for spec, values in charts]
    svgs = iter(drawn(tuple(filter(None, specs)), json.dumps(number_locale(t))))
    return [next(svgs).replace("<svg ", '<svg aria-hidden="true" ', 1) if spec else "" for spec in specs]


def _still(spec: Mapping[str, Any], values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        **spec,
        "width": STATIC_WIDTH,
        "height": _height(spec, values),
        "autosize": _FIT,
        "datasets": {**spec.get("datasets", {}), "rows": list(values)},
    }


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
