"""Weeks and months are the company's own: over both clock changes and New Year no post is lost, doubled or moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

ZONES = {
    "paris": "Europe/Paris",
    "newyork": "America/New_York",
    "kolkata": "Asia/Kolkata",  # half an hour beside the others, no summer time
    "lordhowe": "Australia/Lord_Howe",  # its clocks change by half an hour
    "apia": "Pacific/Apia",  # the first to begin a day
    "niue": "Pacific/Niue",  # the last
}
AROUND = [
    datetime(2026, 3, 8, tzinfo=UTC),  # America goes to summer time
    datetime(2026, 3, 29, tzinfo=UTC),  # Europe does
    datetime(2026, 4, 5, tzinfo=UTC),  # Lord Howe goes back
    datetime(2026, 10, 4, tzinfo=UTC),  # and forth
    datetime(2026, 10, 25, tzinfo=UTC),  # Europe goes back: an hour of the clock comes twice
    datetime(2026, 11, 1, tzinfo=UTC),  # America does
    datetime(2027, 1, 1, tzinfo=UTC),  # week 53 of 2026 holds the first days of 2027
]


def moments() -> Iterator[datetime]:
    """Every forty minutes of the days around each change, the seconds on both sides of each midnight included."""
    for change in AROUND:
        start = change - timedelta(days=2)
        for step in range(0, 5 * 24 * 60, 40):
            yield start + timedelta(minutes=step)
        for half_hour in range(5 * 48):
            yield start + timedelta(minutes=30 * half_hour, seconds=-1)


MOMENTS = sorted(set(moments()))


def week(moment: datetime, zone: str) -> date:
    """Monday of the ISO week of a moment, by the calendar on the company's wall."""
    year, number, _ = moment.astimezone(ZoneInfo(zone)).isocalendar()
    return date.fromisocalendar(year, number, 1)


@pytest.fixture(scope="module")
def measured(measure: Any, raw_rows: Any) -> Any:
    raws = []
    for company, zone in ZONES.items():
        raw = raw_rows(company)
        raw.rows["companies"][0]["time_zone"] = zone
        for number, moment in enumerate(MOMENTS):
            raw.post(f"p{number}", f"a{number % 40}", moment)
        raw.people(*(f"a{number}" for number in range(40)))
        raws.append(raw)
    return measure(*raws)


@pytest.mark.parametrize("company", ZONES)
def test_every_post_is_in_exactly_one_week_and_month_and_it_is_that_of_the_companys_clock(
    measured: Any, company: str
) -> None:
    zone = ZONES[company]
    found = measured.ask(
        "select post_key, created_at, week_start, month_start from core.fct_posts "
        f"join intermediate.int_post_keys using (post_id) where company_id = '{company}'"
    )
    assert sorted(row[0] for row in found) == sorted(f"{company}/p{number}" for number in range(len(MOMENTS)))
    for _, created_at, week_start, month_start in found:
        moment = created_at.astimezone(UTC)
        assert week_start == week(moment, zone), moment
        assert month_start == moment.astimezone(ZoneInfo(zone)).date().replace(day=1), moment


@pytest.mark.parametrize("company", ZONES)
def test_the_weeks_of_the_report_add_up_to_the_posts(measured: Any, company: str) -> None:
    expected = Counter(week(moment, ZONES[company]) for moment in MOMENTS)
    rows = measured.rows(
        "rpt_conversation_mix_weekly", f"company_id = '{company}' and platform = 'all' and language = 'all'"
    )
    if not rows:
        pytest.fail("the report has no row of this company")
    told = {row["week_start"]: row["monologues"] for row in rows if row["monologues"]}
    assert told == dict(expected)


def test_a_year_of_53_weeks_has_them_all_once_and_none_between(measured: Any) -> None:
    for company in ZONES:
        weeks = [
            row[0]
            for row in measured.ask(
                f"select week_start from core.dim_weeks where company_id = '{company}' order by 1"
            )
        ]
        assert len(set(weeks)) == len(weeks)
        assert {after - before for before, after in pairwise(weeks)} == {timedelta(days=7)}
        assert date(2026, 12, 28) in weeks, "week 53"
        assert date(2027, 1, 4) in weeks or max(MOMENTS).astimezone(ZoneInfo(ZONES[company])).date() < date(
            2027, 1, 4
        )
