"""Times people's exports hold: relative ages in French and English, dates hidden in ids, old formats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from girafe.errors import PayloadChanged
from girafe.records import TimePrecision

_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)
_AGES: tuple[tuple[str, timedelta, TimePrecision], ...] = (
    (r"mois|months?|mos?", _DAY * 30.44, "month"),
    (r"min(?:ute)?s?|mn|m", _SECOND * 60, "minute"),
    (r"sem(?:aine)?s?|weeks?|wks?|w", _DAY * 7, "week"),
    (r"secondes?|seconds?|secs?|s", _SECOND, "second"),
    (r"heures?|hours?|hrs?|hr?", _SECOND * 3600, "hour"),
    (r"jours?|days?|j|d", _DAY, "day"),
    (r"années?|ans?|years?|yrs?|yr?", _DAY * 365.25, "year"),
)
_AGE = re.compile(
    r"(\d{1,5})\s*(?:" + "|".join(f"({units})" for units, _, _ in _AGES) + r")(?![^\W\d_])",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"\b(?:une?|an?|one)\s+(?:" + "|".join(f"({units})" for units, _, _ in _AGES) + r")(?![^\W\d_])",
    re.IGNORECASE,
)
_YESTERDAY = re.compile(r"\bhier\b|\byesterday\b", re.IGNORECASE)
_DAY_BEFORE = re.compile(r"\bavant-hier\b|\bday before yesterday\b", re.IGNORECASE)
_NOW = re.compile(r"à l.instant|maintenant|just now|\bnow\b", re.IGNORECASE)
_OLDEST = _DAY * 365.25 * 100
_ID_WINDOW_START = datetime(2012, 1, 1, tzinfo=UTC)
"""LinkedIn's ids hold no time before this; older numbers decode to absurd years."""


def age(words: str) -> tuple[timedelta, TimePrecision] | None:
    """How long ago `words` say ("3 j", "2 sem", "1 an", "18h •"), and how exactly; None: not at all."""
    if found := _AGE.search(words):
        return _told(int(found[1]), found.groups()[1:])
    for pattern, days in ((_DAY_BEFORE, 2), (_YESTERDAY, 1)):
        if pattern.search(words):
            return days * _DAY, "day"
    if found := _ONE.search(words):
        return _told(1, found.groups())
    return (timedelta(), "minute") if _NOW.search(words) else None


def _told(many: int, units: Sequence[str | None]) -> tuple[timedelta, TimePrecision] | None:
    which = next(index for index, unit in enumerate(units) if unit)
    _, length, precision = _AGES[which]
    ago = many * length
    return (ago, precision) if ago < _OLDEST else None


def from_activity_id(number: str, latest: datetime) -> datetime | None:
    """The time in the upper bits of a LinkedIn id, if it lies in a sane window."""
    if not number.isdecimal() or len(number) > 19:
        return None
    milliseconds = int(number) >> 22
    try:
        found = datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return found if _ID_WINDOW_START <= found <= latest + _DAY else None


def twitter_time(value: object) -> datetime:
    """`Wed Nov 16 22:22:28 +0000 2022`; archives of other years write ISO 8601 or `2014-01-05 12:00:00 +0000`."""
    for pattern in (
        "%a %b %d %H:%M:%S %z %Y",
        "%Y-%m-%dT%H:%M:%S.%f%z",
        "%Y-%m-%dT%H:%M:%S%z",
        "%Y-%m-%d %H:%M:%S %z",
    ):
        try:
            return datetime.strptime(str(value), pattern).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise PayloadChanged("created_at is not a time as X writes it.")
