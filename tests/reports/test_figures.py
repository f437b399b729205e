"""Figures are added first and divided last, and a change is called one only if its interval says so."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from reports.figures import (
    Carrier,
    Period,
    Share,
    blind_platforms,
    carrier,
    change_of,
    compare,
    complete_weeks,
    listening,
    periods,
    pool,
)
from reports.tables import Tables

WEEK = date(2026, 3, 2)
NAME = "human_to_human_share"


def row(n: int, d: int, low: float, high: float, *, weeks: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "week_start": WEEK + timedelta(weeks=weeks),
        f"{NAME}_numerator": n,
        f"{NAME}_denominator": d,
        NAME: n / d if d else None,
        f"{NAME}_low": low,
        f"{NAME}_high": high,
        "is_suppressed": False,
        **more,
    }


def hidden(weeks: int = 0) -> dict[str, Any]:
    return {"week_start": WEEK + timedelta(weeks=weeks), NAME: None, "is_suppressed": True}


def test_a_share_over_weeks_is_the_sum_over_the_sum_not_the_mean_of_shares() -> None:
    share = pool([row(1, 2, 0.1, 0.9), row(90, 100, 0.8, 0.95)], NAME)
    assert share.value == pytest.approx(91 / 102)
    assert (share.numerator, share.denominator) == (91, 102)


def test_one_week_keeps_the_interval_the_mart_gave_it() -> None:
    share = pool([row(6, 10, 0.2, 0.95)], NAME)
    assert (share.low, share.high) == (pytest.approx(0.2), pytest.approx(0.95))


def test_chance_shrinks_as_weeks_are_added_and_classifier_error_does_not() -> None:
    chance = 1.96 * (0.25 / 100) ** 0.5
    alike = pool([row(50, 100, 0.5 - chance, 0.5 + chance)] * 4, NAME)
    assert (alike.low, alike.high) == (pytest.approx(0.5 - chance / 2), pytest.approx(0.5 + chance / 2))
    wide = (chance**2 + 0.2**2) ** 0.5
    erring = pool([row(50, 100, 0.5 - wide, 0.5 + wide)] * 4, NAME)
    assert erring.high == pytest.approx(0.5 + ((chance / 2) ** 2 + 0.2**2) ** 0.5)


def test_the_pooled_interval_covers_the_truth_at_least_as_often_as_it_says() -> None:
    chance, covered, runs = Random(11), 0, 2000
    for _ in range(runs):
        tilt = chance.gauss(0, 0.05)  # the classifier errs the same way in every week of a run
        weeks = []
        for size in (20, 35, 50, 25):
            n = sum(chance.random() < 0.6 + tilt for _ in range(size))
            half = 1.96 * (n / size * (1 - n / size) / size + 0.05**2) ** 0.5
            weeks.append(row(n, size, n / size - half, n / size + half))
        share = pool(weeks, NAME)
        assert share.low is not None
        assert share.high is not None
        covered += share.low <= 0.6 <= share.high
    assert covered / runs >= 0.94


def test_a_withheld_week_adds_nothing_and_is_counted() -> None:
    share = pool([row(5, 10, 0.3, 0.7), hidden(1)], NAME)
    assert (share.denominator, share.hidden_weeks) == (10, 1)
    assert pool([hidden()], NAME) == Share(hidden_weeks=1)
    assert pool([], NAME).value is None


def test_a_week_whose_number_of_persons_alone_is_withheld_is_not_counted_as_withheld() -> None:
    told = row(5, 10, 0.3, 0.7, is_suppressed=True, count_persons=None)
    assert pool([told], NAME).hidden_weeks == 0
    nobody_known = row(0, 0, 0, 0, is_suppressed=True, count_persons=None, monologues=1)
    assert carrier([nobody_known], pool([nobody_known], NAME), silence=Carrier.EMPTY) is Carrier.SOLO


def test_a_difference_is_called_a_change_only_beyond_both_intervals() -> None:
    near, far = Share(value=0.5, low=0.4, high=0.6), Share(value=0.7, low=0.6, high=0.8)
    assert compare(far, near).moved
    assert not compare(Share(value=0.55, low=0.45, high=0.65), near).moved
    assert not compare(Share(value=0.55), near).moved
    assert compare(Share(), near).value is None


def test_lopsided_intervals_that_overlap_are_no_change_and_no_difference_exceeds_100_points() -> None:
    none_of_three, three_of_four = Share(value=0.0, low=0.0, high=0.77), Share(value=0.75, low=0.3, high=1.0)
    assert not compare(none_of_three, three_of_four).moved
    assert not compare(three_of_four, none_of_three).moved
    chance = Random(5)
    for _ in range(500):
        ends = [sorted(chance.choice((0.0, 1.0, chance.random())) for _ in range(3)) for _ in range(2)]
        change = compare(*(Share(value=value, low=low, high=high) for low, value, high in ends))
        assert change.low is not None
        assert change.high is not None
        assert -1 <= change.low <= change.high <= 1


def test_one_week_is_compared_as_the_mart_measured_it() -> None:
    period = Period(code="1", weeks=(WEEK,), before=(WEEK - timedelta(weeks=1),))
    measured = row(5, 10, 0.3, 0.7) | {
        f"{NAME}_change": 0.2,
        f"{NAME}_change_low": 0.01,
        f"{NAME}_change_high": 0.4,
        f"is_{NAME}_changed": True,
    }
    assert change_of([measured], period, NAME).moved
    assert not change_of([row(5, 10, 0.3, 0.7)], period, NAME).moved


@pytest.mark.parametrize(
    ("rows", "silence", "state"),
    [
        ([row(80, 100, 0.7, 0.9)], Carrier.EMPTY, Carrier.PEOPLE),
        ([row(20, 100, 0.1, 0.3)], Carrier.EMPTY, Carrier.BRAND),
        ([row(52, 100, 0.45, 0.58)], Carrier.EMPTY, Carrier.EVEN),
        ([row(61, 100, 0.45, 0.78)], Carrier.EMPTY, Carrier.RATHER_PEOPLE),
        ([row(45, 100, 0.3, 0.6)], Carrier.EMPTY, Carrier.RATHER_BRAND),
        ([hidden()], Carrier.EMPTY, Carrier.HIDDEN),
        ([], Carrier.EMPTY, Carrier.EMPTY),
        ([], Carrier.BLIND, Carrier.BLIND),
        ([], Carrier.UNHEARD, Carrier.UNHEARD),
        ([row(0, 0, 0, 0, monologues=4)], Carrier.BLIND, Carrier.SOLO),
    ],
)
def test_a_headline_says_only_what_the_interval_allows(
    rows: list[dict[str, Any]], silence: Carrier, state: Carrier
) -> None:
    assert carrier(rows, pool(rows, NAME), silence=silence) is state


def test_silence_is_calm_only_where_somebody_listened() -> None:
    def meant(*rows: tuple[str, int, str], platform: str = "all") -> Carrier:
        health = tuple(
            {"platform": name, "source": name, "day": WEEK + timedelta(days=day), "health": state}
            for name, day, state in rows
        )
        tables = Tables(rows={"rpt_source_health_daily": health}, files={}, columns={})
        return listening(tables, WEEK, WEEK + timedelta(days=6)).silence(platform)

    assert meant() is Carrier.UNHEARD
    assert meant(("mastodon", 9, "heard")) is Carrier.UNHEARD  # of another week
    assert meant(("mastodon", 2, "silent")) is Carrier.EMPTY
    assert meant(("mastodon", 2, "silent"), ("rss", 2, "blind")) is Carrier.BLIND
    assert meant(("mastodon", 2, "silent"), ("rss", 2, "blind"), platform="mastodon") is Carrier.EMPTY
    assert meant(("mastodon", 2, "silent"), platform="rss") is Carrier.UNHEARD
    assert meant(("recheck", 2, "heard")) is Carrier.UNHEARD  # asks after deletions, hears nothing


def test_a_running_week_is_left_out_unless_it_is_the_only_one() -> None:
    over = {"week_start": WEEK, "is_week_complete": True}
    running = {"week_start": WEEK + timedelta(weeks=1), "is_week_complete": False}
    assert complete_weeks([over, running]) == (WEEK,)
    assert complete_weeks([running]) == (running["week_start"],)


def test_a_week_nobody_counted_is_a_week_all_the_same() -> None:
    rows = [{"week_start": WEEK}, {"week_start": WEEK + timedelta(weeks=2)}]
    assert complete_weeks(rows) == tuple(WEEK + timedelta(weeks=n) for n in range(3))


def test_periods_are_offered_only_where_there_are_weeks_enough() -> None:
    weeks = [WEEK + timedelta(weeks=n) for n in range(6)]
    assert [p.code for p in periods(weeks)] == ["1", "4", "all"]
    assert periods(weeks)[1].before == tuple(weeks[:2])
    assert periods(weeks[:5])[1].before == ()
    assert periods(weeks)[0].before == (weeks[4],)
    assert periods([]) == ()


def test_a_source_that_went_blind_and_was_not_heard_since_is_blind() -> None:
    def health(day: int, state: str) -> dict[str, Any]:
        return {"platform": "mastodon", "source": "mastodon", "day": date(2026, 2, day), "health": state}

    def found(*rows: dict[str, Any]) -> tuple[str, ...]:
        tables = Tables(rows={"rpt_source_health_daily": rows}, files={}, columns={})
        return blind_platforms(tables, WEEK, WEEK + timedelta(days=6))

    assert found(health(20, "blind")) == ("mastodon",)
    assert found(health(20, "blind"), health(21, "heard")) == ()
    assert found(health(20, "silent")) == ()
