"""Moments: what a person writes means the same on every machine, and what is none is said to be none."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from girafe import moments
from girafe.errors import UserMustAct


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/St_Johns"])
@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-09T05:00:00Z", 5),
        ("2026-11-09T05:00:00", 5),
        ("2026-11-09", 0),
        ("2026-11-09T05:00+01:00", 4),
    ],
)
def test_the_clock_is_set_alike_in_every_time_zone_of_a_machine(
    monkeypatch: pytest.MonkeyPatch, zone: str, text: str, hour: int
) -> None:
    with monkeypatch.context() as here:
        here.setenv("TZ", zone)
        time.tzset()
        assert moments.now({"GIRAFE_NOW": text}) == datetime(2026, 11, 9, hour, tzinfo=UTC)
    time.tzset()


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-02-29", "0001-01-01T00:00+14:00", "9999-12-31T23:00-12:00"]
)
def test_a_clock_that_is_no_moment_is_named(text: str) -> None:
    with pytest.raises(UserMustAct, match=r"GIRAFE_NOW: .* is not a date"):
        moments.now({"GIRAFE_NOW": text})


def test_without_a_word_it_is_now() -> None:
    assert abs((moments.now({"GIRAFE_NOW": ""}) - datetime.now(UTC)).total_seconds()) < 60
