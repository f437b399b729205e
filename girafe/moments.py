"""Moments as people write them, and the clock, which they may set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from girafe.errors import UserMustAct


def moment(text: str) -> datetime:
    """A day or an ISO 8601 time, in UTC unless it names its zone: never in that of the machine."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UserMustAct(f"{text!r} is not a date: write 2026-11-02 or 2026-11-02T07:00:00Z.") from error


def span(
    since: datetime | None, until: datetime | None, now: datetime, *, names: tuple[str, str]
) -> tuple[datetime, datetime] | None:
    """The span to read again, by default up to `now`; None: none was asked for.

    Raises UserMustAct, by the `names` people know the two ends by, for one that holds nothing or has no beginning.
    """
    if since is None:
        if until:
            raise UserMustAct(
                f"{names[1]} needs {names[0]}: a span is read again from one moment to the other."
            )
        return None
    end = until or now
    if since >= end:
        raise UserMustAct(
            f"Nothing lies between {since:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M} (UTC). Give another {names[0]}, or "
            f"{names[1]}."
        )
    return since, end


def now(environment: Mapping[str, str]) -> datetime:
    """The clock; GIRAFE_NOW sets it, so that a past day can be run again as it was."""
    given = environment.get("GIRAFE_NOW")
    try:
        return moment(given) if given else datetime.now(UTC)
    except UserMustAct as error:
        raise UserMustAct(f"GIRAFE_NOW: {error}") from error
