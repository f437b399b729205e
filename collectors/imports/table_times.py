"""The moment a row was written at, from the cells of a table: text, a number, a date, or a day and a clock apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from collectors.imports.file_dates import DatesOfFile
from collectors.imports.mapping import ImportMapping
from collectors.imports.table_ids import cell_words

_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 (a spreadsheet has no zone)


def moment_of_cells(dates: DatesOfFile, header: Sequence[str], value: Any, clock: Any) -> str | None:
    """ISO 8601 in UTC, a day alone as its date; what cannot be read is passed on, to be refused with its reason."""
    if value is None:
        return None
    if isinstance(value, date):
        dates.hold(value)
    clock = _clock(clock)
    if clock is not None and isinstance(value, int | float) and not isinstance(value, bool):
        value = (_ZERO + timedelta(days=int(value))).date() if 0 < value < 100_000 else value
    if isinstance(value, date) and isinstance(clock, time):
        value = datetime.combine(value.date() if isinstance(value, datetime) else value, clock)
    elif isinstance(value, datetime) and clock is not None:
        value = f"{value.date().isoformat()} {clock}"
    elif isinstance(value, datetime) and value.tzinfo is None and value.time() == time():
        value = value.date()  # how a workbook holds a day alone
    if isinstance(value, datetime):
        return _utc(dates.mapping, value)
    if isinstance(value, date) and clock is None:
        return value.isoformat()
    day = _read(dates, header, cell_words(value))
    return day if clock is None else _with_clock(dates, header, cell_words(value), day, clock)


def _with_clock(dates: DatesOfFile, header: Sequence[str], words: str, alone: str, clock: Any) -> str:
    """A day with the clock beside it; a date that tells its own time keeps that: some tools write it in both."""
    try:
        known = datetime.fromisoformat(alone)
    except ValueError:
        return _read(dates, header, f"{words} {clock}")
    local = known if known.tzinfo is None else known.astimezone(dates.mapping.zone)
    if local.time() != time():
        return alone
    return _read(dates, header, f"{local.date().isoformat()} {clock}")


def _clock(value: Any) -> Any:
    """A time of day: as such, as a fraction of a day, or in words."""
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1:
        return (_ZERO + timedelta(seconds=round(value * 86400))).time()
    return value if value is None or isinstance(value, time) else str(value).strip()


def _read(dates: DatesOfFile, header: Sequence[str], words: str) -> str:
    for pattern in dates.mapping.time_formats:
        try:
            return _utc(dates.mapping, datetime.strptime(words, pattern))  # noqa: DTZ007 (its zone follows)
        except ValueError:
            continue
    found = dates.read(words, header)
    if found is None:
        return words
    if found.is_day_only:
        return found.at.astimezone(dates.mapping.zone).date().isoformat()
    return found.at.isoformat()


def _utc(mapping: ImportMapping, moment: datetime) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=mapping.zone)
    try:
        return aware.astimezone(UTC).isoformat()
    except OverflowError:
        return str(moment)
