"""Reading payloads: the few conversions every parser needs, each strict about what it accepts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from collectors.contract import NOTES, Window
from girafe.errors import PayloadChanged, PayloadRejected
from girafe.records import Payload

SHAPE_ERRORS = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What code raises that reads an answer of another shape than it knows."""
MOST = 10**10
"""No honest count is larger; a phone number or an id that stands where a count belongs is not kept as one."""


def tree(value: Any) -> Mapping[str, Any]:
    """`value` if it is an object, else an empty one: optional branches may be null or missing."""
    return value if isinstance(value, dict) else {}


def trees(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list; nothing if it is not a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: Any) -> tuple[str, ...]:
    """The strings in a list; nothing if it is not a list."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def text(value: Any) -> str:
    """A string as it is, anything else as an empty one."""
    return value if isinstance(value, str) else ""


def count(value: Any) -> int | None:
    """A count; None where it is missing or makes no sense. Archives write numbers as text."""
    if isinstance(value, str) and value.isdecimal() and len(value) <= len(str(MOST)):
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST else None


def identifier(value: Any, name: str) -> str:
    """A required opaque id, as text; PayloadChanged where there is none."""
    found = optional_id(value)
    if found is None:
        raise PayloadChanged(f"{name} is missing or not an id; the platform may have changed its answer.")
    return found


def optional_id(value: Any) -> str | None:
    """An opaque id as text; numbers are taken as written."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def address(value: Any) -> SplitResult:
    """A web address in its parts; empty parts where it is none (`http://[` makes urlsplit raise)."""
    try:
        return urlsplit(text(value))
    except ValueError:
        return urlsplit("")


def moment(value: Any, name: str) -> datetime:
    """A required ISO-8601 time in UTC; a time without offset is read as UTC."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise PayloadChanged(f"{name} is not an ISO-8601 time; the platform may have changed it.") from error
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError as error:
        raise PayloadChanged(f"{name} lies outside the calendar.") from error


def moment_of_epoch(value: Any, name: str) -> datetime:
    """A required time in seconds since 1970, in UTC."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise PayloadChanged(f"{name} is not a time in seconds.")
    try:
        return datetime.fromtimestamp(value, tz=UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise PayloadChanged(f"{name} lies outside the calendar.") from error


def dated(value: Any, name: str) -> datetime | None:
    """The moment of a field that need not have one: None for what cannot be read as a time."""
    try:
        return moment(value, name)
    except PayloadRejected:
        return None


def is_in(window: Window, read: Callable[..., datetime], *of: Any) -> bool:
    """Whether the time `read` finds lies in the window; what cannot be dated does: quarantine shows it."""
    try:
        return read(*of) in window
    except PayloadRejected:
        return True


def notes(payload: Payload) -> Mapping[str, Any]:
    """What the collector added to the payload when it was read (contract.NOTES)."""
    return tree(payload.get(NOTES))
