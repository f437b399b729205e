"""The tone of few persons, attacked by reading rows of one release together: themes with `all`, ends of intervals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Any

import pytest

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TONES = ("negative", "neutral", "positive")
Told = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def told(measure: Callable[..., Any], raw_rows: Callable[..., Any]) -> dict[str, Told]:
    """What one build tells of two companies, by theme and tone."""
    one_good_word = raw_rows("thirteen")
    for number in range(12):
        one_good_word.post(f"{number}", f"p{number}", MONDAY, themes=("management",), sentiment="negative")
    one_good_word.post("12", "p12", MONDAY, sentiment="positive")
    # Twelve say something bad, and all but one of them something good as well.
    one_without = raw_rows("twelve", home=False)
    for number in range(12):
        one_without.post(f"bad{number}", f"p{number}", MONDAY, sentiment="negative")
        if number:
            one_without.post(f"good{number}", f"p{number}", MONDAY, sentiment="positive")
    for raw in (one_good_word, one_without):
        raw.people(*(f"p{number}" for number in range(13)))
        # Seen again a week later: the week is over.
        raw.post("again", "p0", MONDAY, about=False, last_seen_at=MONDAY + timedelta(weeks=1))
    rows = measure(one_good_word, one_without).rows("rpt_sentiment_weekly")
    return {
        company: {(row["theme"], row["sentiment"]): row for row in rows if row["company_id"] == company}
        for company in ("thirteen", "twelve")
    }


def test_a_theme_does_not_tell_what_is_withheld_of_the_tone_of_everything(told: dict[str, Told]) -> None:
    """A theme's posts are among all posts: twelve negative ones of thirteen would leave one positive."""
    rows = told["thirteen"]
    assert rows["all", "neutral"]["sentiment_share_denominator"] == 13
    assert [tone for tone in TONES if rows["all", tone]["is_suppressed"]] == ["negative", "positive"]
    for tone in ("negative", "positive"):
        assert rows["management", tone]["is_suppressed"]
        assert rows["management", tone]["count_posts"] is None


def score_interval(share: float, persons: int) -> tuple[float, float]:
    middle, spread = (
        share + 1.9208 / persons,
        1.96 * sqrt(share * (1 - share) / persons + 0.9604 / persons**2),
    )
    ends = [(middle + sign * spread) / (1 + 3.8416 / persons) for sign in (-1, 1)]
    return round(min(share, *ends), 4), round(max(share, *ends), 4)


def test_the_ends_of_an_interval_do_not_tell_how_many_never_spoke_so(told: dict[str, Told]) -> None:
    """Whoever counts back from an interval finds its number of persons, and how many are left beside those told."""
    rows = told["twelve"]
    for tone in ("negative", "positive"):
        row = rows["all", tone]
        share = row["sentiment_share"]
        low, high = row["sentiment_share_low"], row["sentiment_share_high"]
        # The expected share widens one end only; the other one is of the share itself.
        found = [
            n
            for n in range(5, 40)
            if low == score_interval(share, n)[0] or high == score_interval(share, n)[1]
        ]
        assert 12 not in found
    zero = rows["all", "neutral"]
    assert (zero["count_persons"], zero["sentiment_share"]) == (0, 0)
    assert zero["sentiment_share_high"] >= score_interval(0, 10)[1]
