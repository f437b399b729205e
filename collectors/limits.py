"""Rate limits as platforms state them in headers, turned into seconds to wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

_EPOCH_FROM = 1_000_000_000  # below this a bare number counts seconds from now, not from 1970
_MILLISECONDS_FROM = 100_000_000_000  # the Misskey family counts these


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One pause, and why."""

    host: str
    seconds: float
    reason: str


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the host asks to wait after a refusal; None if it does not say.

    Retry-After is the host's own answer to this refusal, so it comes before the renewal of a budget. A moment is
    counted by the host's own clock, where it tells: that of this machine may be hours off.
    """
    now = host_time(headers) or now
    value = headers.get("retry-after")
    wait = _seconds_until(value, now) if value else None
    return wait if wait is not None else _reset(headers, now)


def spent_budget(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until the budget renews by the host's clock, if the last answer says that nothing is left of it."""
    now = host_time(headers) or now
    for prefix in ("x-ratelimit", "ratelimit", "x-rate-limit"):
        remaining = headers.get(f"{prefix}-remaining")
        try:
            if remaining is not None and float(remaining) < 1:
                return _reset(headers, now)
        except ValueError:
            continue
    return None


def clock_skew(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds by which `now` is ahead of the host's Date header."""
    moment = host_time(headers)
    return (now - moment).total_seconds() if moment else None


def host_time(headers: Mapping[str, str]) -> datetime | None:
    """What time it is for the host, by its Date header."""
    stated = headers.get("date")
    return _moment(stated) if stated else None


def _reset(headers: Mapping[str, str], now: datetime) -> float | None:
    for name in ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset"):
        value = headers.get(name)
        if value and (wait := _seconds_until(value, now)) is not None:
            return wait
    return None


def _seconds_until(value: str, now: datetime) -> float | None:
    """`value` may be seconds, epoch seconds or milliseconds, an HTTP date or (Mastodon) an ISO-8601 time."""
    try:
        number = float(value)
    except ValueError:
        moment = _moment(value)
        return None if moment is None else max(0.0, (moment - now).total_seconds())
    if not isfinite(number) or number < 0:
        return None
    if number >= _MILLISECONDS_FROM:
        number /= 1000
    return max(0.0, number - now.timestamp()) if number > _EPOCH_FROM else number


def _moment(value: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(value)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
