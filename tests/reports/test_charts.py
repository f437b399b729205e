"""Every chart of the page is a specification that Vega-Lite's own schema admits."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import altair as alt
import pytest

from girafe.errors import RetryLater
from girafe.settings import Settings
from reports import charts, dashboard
from reports.drawing import drawn
from reports.sections import brand, tone, voices
from reports.tables import read_tables
from reports.words import words


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_specification_keeps_to_the_schema(marts: Path, settings: Settings, language: str) -> None:
    # Publishing does not check them: they depend on the code alone.
    [page] = dashboard.pages(read_tables(marts), settings, (language,))
    specs = [part["spec"] for part in page["sections"] if part["spec"]]
    assert len(specs) >= 8
    for spec in specs:
        # The look is shared, and takes a background of null, which Vega-Lite knows and its schema does not.
        alt.Chart.from_dict({name: part for name, part in spec.items() if name not in ("usermeta", "config")})


BARS = {
    "mark": "bar",
    "height": 100,
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
    "data": {"name": "rows"},
}


def test_charts_come_back_in_order_and_one_without_rows_is_empty() -> None:
    few, none, many = charts.draw([(BARS, [{"a": 1}]), (BARS, []), (BARS, [{"a": 7}, {"a": 8}])], words("fr"))
    assert none == ""
    assert few.startswith('<svg aria-hidden="true" ')
    assert few.count('aria-roledescription="bar"') == 1
    assert many.count('aria-roledescription="bar"') == 2


@pytest.mark.parametrize("count", [1, 2, 3])
def test_an_axis_of_few_says_no_number_twice(count: int) -> None:
    t = words("fr")
    bars = brand.chart(t), [{"week": "2026-11-16", "kind": "cast", "count": count}]
    people = voices.chart(t), [{"voice": "person", "side": "human", "count": count}]
    for svg in charts.draw([bars, people], t):
        ticks = [int(said) for said in re.findall(r">(\d+)</text>", svg.split("mark-text role-mark")[0])]
        assert ticks == sorted(set(ticks))
        assert {0, count} <= set(ticks)


def test_an_axis_of_small_shares_says_no_percentage_twice() -> None:
    t = words("fr")
    tones = (("negative", -0.012), ("positive", 0.018))
    marks = [{"theme": "management", "tone": name, "share": share} for name, share in tones]
    [svg] = charts.draw([(tone.chart(t, ["management"]), marks)], t)
    ticks = [said.replace("\u202f", "") for said in re.findall(r">([\d,]+\u202f%)</text>", svg)]
    assert ticks == ["1%", "0,5%", "0%", "0,5%", "1%", "1,5%"]


def test_an_axis_of_many_writes_thousands_as_the_table_does() -> None:
    t = words("fr")
    mark = {"voice": "person", "side": "human", "count": 12_000, "label": t.number(12_000)}
    [svg] = charts.draw([(voices.chart(t), [mark])], t)
    assert "10\u202f000" in svg


def test_a_chart_that_cannot_be_drawn_is_said() -> None:
    with pytest.raises(RuntimeError, match=r"charts were not drawn: .*TypeError"):
        charts.draw([({"mark": "nonsense", "height": 1}, [{"a": 1}])], words("fr"))


def test_the_engine_that_draws_stays_out_of_this_process() -> None:
    # It keeps some of each page, so a process that publishes week after week would grow.
    program = f"from reports import charts, words; charts.draw([({BARS!r}, [{{'a': 1}}])], words.words('fr'))"
    after = "import sys; print('vl_convert' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}; {after}"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"


def test_who_kills_the_process_that_draws_is_told_to_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = tmp_path / "python"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(killed))
    with pytest.raises(RetryLater, match=r"signal 9.*run the same command again"):
        drawn(('{"mark":"killed"}',), "{}")
