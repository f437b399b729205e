"""Dates as exports write them: month names in four languages, either order of day and month, spreadsheet
serial numbers, epoch numbers. Which order a file uses is decided from the whole file, never row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from collectors.contract import utc_from_epoch
from collectors.imports.zones import zone_of


class Order(StrEnum):
    """How 03/04/2026 is to be read."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Found:
    """A date that was read. `is_day_only`: no time stood beside it."""

    at: datetime
    is_day_only: bool = False


class Ambiguous(ValueError):
    """03/04/2026 in a file that gives no hint, or contradicts itself."""


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january janvier januar enero jan janv ene", "february fevrier februar febrero feb fev fevr",
            "march mars marz maerz marzo mar mrz", "april avril abril apr avr abr", "may mai mayo",
            "june juin juni junio jun", "july juillet juli julio jul juil",
            "august aout agosto aug ago", "september septembre septiembre sep sept set",
            "october octobre oktober octubre oct okt", "november novembre noviembre nov",
            "december decembre dezember diciembre dec dez dic",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_FOLD = str.maketrans("éèêûôâäàçüö", "eeeuoaaacuo")
_CLOCK = re.compile(
    r"(?:^|[\s,t])(?:a\s+|um\s+|at\s+)?(\d{1,2})\s?[:h.]\s?(\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*"
    r"([ap]\.?\s?m\b\.?)?\s*(?:uhr)?(?=$|[\s,z+\-(])",
    re.IGNORECASE,
)
_HOUR_ONLY = re.compile(r"(?:^|\s)(\d{1,2})\s*(h|[ap]\.?\s?m\b\.?)(?=$|\s)", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")
_DAY_NAMED = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er)?[\s.\-/]+(?:de\s+)?([a-z]{3,10})[\s.,\-/]+(?:de\s+)?(\d{4}|\d{2})(?!\d)"
)
_NAMED_DAY = re.compile(r"([a-z]{3,10})[\s.\-/]+(\d{1,2})(?:st|nd|rd|th)?[\s,.\-/]+(\d{4})(?!\d)")
_NAMED_DAY_LATE_YEAR = re.compile(r"([a-z]{3,10})\.?\s+(\d{1,2})\b.*?\b(\d{4})\s*\Z")
_PLAIN_NUMBER = re.compile(r"\d+(?:[.,]\d+)?\Z")
_LONGEST = 96
_SERIAL_START = datetime(1899, 12, 30, tzinfo=UTC)
_SERIALS = range(36526, 73051)  # 2000 to 2100, in days since the spreadsheet's zero
_SECONDS = range(946_684_800, 4_102_444_800)  # the same in epoch seconds


def read_date(words: str, zone: tzinfo, order: Order) -> Found | None:
    """`words` as a moment in UTC; None if they are no date. Raises Ambiguous where only the order is unknown."""
    words = words.strip()
    if not words or len(words) > _LONGEST:
        return None
    try:
        return _number(words, zone) or _iso(words, zone) or _spelled(words, zone, order)
    except (OverflowError, OSError):
        return None


def decide_order(values: Iterable[str]) -> tuple[Order, bool]:
    """The order all values of a column agree on, and whether they contradict each other."""
    may_be = {Order.DAY_FIRST, Order.MONTH_FIRST}
    for words in values:
        start = words[:_LONGEST]
        found = None if _YEAR_FIRST.search(start) else _NUMERIC.search(start)
        if found is None or "." in found[0]:
            continue
        if int(found[1]) > 12:
            may_be.discard(Order.MONTH_FIRST)
        elif int(found[2]) > 12:
            may_be.discard(Order.DAY_FIRST)
    contradicts = not may_be
    return (may_be.pop() if len(may_be) == 1 else Order.UNDECIDED), contradicts


def _number(words: str, zone: tzinfo) -> Found | None:
    """Epoch seconds, milliseconds or microseconds, or days since 1899 as spreadsheets count."""
    if not _PLAIN_NUMBER.match(words):
        return None
    number = float(words.replace(",", "."))
    if int(number) in _SERIALS:
        # Rounded: a fraction of a day is not exact in binary.
        local = _SERIAL_START + timedelta(seconds=round(number * 86400))
        return Found(local.replace(tzinfo=zone).astimezone(UTC), number.is_integer())
    for unit in (1, 1000, 1_000_000):
        if int(number / unit) in _SECONDS:
            return Found(utc_from_epoch(number / unit))
    return None


def _iso(words: str, zone: tzinfo) -> Found | None:
    compact = re.sub(r"\s+(UTC|GMT|Z)\Z", "+00:00", words).replace(" +", "+").replace(" -", "-")
    try:
        found = datetime.fromisoformat(compact)
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    return Found(found.astimezone(UTC), len(compact) <= 10)


def _spelled(words: str, zone: tzinfo, order: Order) -> Found | None:
    folded = words.casefold().translate(_FOLD)
    found = _day(folded, order)
    if found is None:
        return None
    day, beside = found
    clock, rest = _clock(beside)
    if clock is None:
        # Digits that are no clock we know: better refused than read as midnight.
        is_day = not any(character.isdigit() for character in beside)
        return Found(day.replace(tzinfo=zone).astimezone(UTC), True) if is_day else None
    stated = zone_of(rest, zone)
    if stated is None:
        return None
    try:
        at = day.replace(hour=clock[0], minute=clock[1], second=clock[2], tzinfo=stated)
    except ValueError:
        return None
    return Found(at.astimezone(UTC))


def _day(folded: str, order: Order) -> tuple[datetime, str] | None:
    """The day, and the words without it; None where there is none or no calendar holds it."""
    if found := _YEAR_FIRST.search(folded):
        return _without(folded, found, _date(found[1], found[2], found[3]))
    if found := _NUMERIC.search(folded):
        first, second, year = found.groups()
        if "." in found[0]:
            order = Order.DAY_FIRST  # nobody writes the month first with dots
        if int(first) > 12 or (order is Order.DAY_FIRST and int(second) <= 12) or first == second:
            return _without(folded, found, _date(year, second, first))
        if int(second) > 12 or order is Order.MONTH_FIRST:
            return _without(folded, found, _date(year, first, second))
        raise Ambiguous
    for pattern, name, number in ((_DAY_NAMED, 2, 1), (_NAMED_DAY, 1, 2), (_NAMED_DAY_LATE_YEAR, 1, 2)):
        for found in pattern.finditer(folded):
            if month := _MONTHS.get(found[name]):
                return _without(folded, found, _date(found[3], str(month), found[number]))
    return None


def _without(folded: str, found: re.Match[str], day: datetime | None) -> tuple[datetime, str] | None:
    """The groups of `found` are the date; a clock may stand between them."""
    if day is None:
        return None
    rest = list(folded)
    for group in range(1, 4):
        rest[found.start(group) : found.end(group)] = " " * len(found[group])
    if ":" not in found[0]:  # no clock stands between its parts, so what does is only a separator
        for place in range(found.start(), found.end()):
            rest[place] = " "
    return day, "".join(rest)


def _date(year: str, month: str, day: str) -> datetime | None:
    full = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return datetime(full, int(month), int(day))  # noqa: DTZ001 (its zone follows with its clock)
    except ValueError:
        return None


def _clock(folded: str) -> tuple[tuple[int, int, int] | None, str]:
    """Hour, minute, second, and what follows them (a zone perhaps)."""
    found = _CLOCK.search(folded)
    if found is not None:
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
        return (_half(hour, found[5]), minute, second), folded[found.end() :]
    if found := _HOUR_ONLY.search(folded):
        return (_half(int(found[1]), found[2]), 0, 0), folded[found.end() :]
    return None, ""


def _half(hour: int, half: str | None) -> int:
    if not half or half == "h":
        return hour
    return hour % 12 + (12 if half.startswith("p") else 0)
