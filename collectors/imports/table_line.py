"""One row of a table as a girafe JSONL line, as its mapping says; wrong values are refused when it is checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from collectors.imports.file_dates import DatesOfFile
from collectors.imports.mapping import ImportMapping, plain
from collectors.imports.times import age, from_activity_id
from girafe.errors import PayloadRejected
from girafe.records import Payload, TimePrecision

REDACTED = ("REDACTED", "[redacted]", "[anonymised]", "[anonymized]")
_SEPARATORS = re.compile(r"[,;|\s]+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_X_STATUS = re.compile(r"/status(?:es)?/(\d+)")
_FLOAT_ID = re.compile(r"\d+\.0\Z")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+\d+\Z", re.IGNORECASE)
_EXACT_BELOW = 10**15
_COUNTS = ("followers", "likes", "replies", "reposts")
_OTHER_POSTS = ("reply_to", "conversation_id", "quote_of", "repost_of")
_TEXTS = ("lang", "url")
_OF_AUTHOR = ("account_id", "handle", "display_name", "bio")


def line_of(
    mapping: ImportMapping, row: Mapping[str, Any], header: Sequence[str], dates: DatesOfFile
) -> Payload:
    """One row as a girafe JSONL line; what is wrong in it is found when the line is checked."""

    def cell(field: str) -> Any:
        names = mapping.columns.get(field, ())  # type: ignore[call-overload]
        return next((row[plain(name)] for name in names if plain(name) in row), None)

    def words(field: str) -> str | None:
        value = cell(field)
        return None if value is None else _text(value)

    author: Payload = {name: words(name) for name in _OF_AUTHOR}
    if author["handle"]:
        author["handle"] = author["handle"].removeprefix("@")
    publisher = None if author["handle"] or author["account_id"] else words("publisher")
    author |= {
        "handle": author["handle"] or publisher,
        "url": words("author_url"),
        "followers": _count(cell("followers")),
        "is_organisation": True if publisher or _is_true(words("is_organisation"), mapping) else None,
        "is_bot": True if _is_true(words("is_bot"), mapping) else None,
        "links": _list(words("links")) or [],
    }
    title, said = words("title") or "", words("text") or ""
    if said.startswith(title.rstrip(".… ")):
        title = ""  # many tools repeat the first words of a post as its title
    if author.get("handle", "") in REDACTED and author.get("account_id") in (None, *REDACTED):
        raise PayloadRejected(
            "The author is blanked out; who speaks is needed. Export again with pseudonyms instead.",
            reason="author_redacted",
        )
    platform = _platform(mapping, row)
    post_id = _post_id(platform, words("post_id"))
    if _is_rounded(cell("post_id")):
        raise PayloadRejected(
            f"A spreadsheet has rounded this id ({post_id}); export it again with ids as text.",
            reason="id_rounded",
        )
    observed_at = _time(dates, header, cell("observed_at"), None)
    created_at, precision = _created_at(mapping, dates, header, post_id, cell, observed_at)
    line: Payload = {name: words(name) for name in _TEXTS}
    line |= {name: _post_id(platform, words(name)) for name in _OTHER_POSTS}
    line |= {name: _count(cell(name)) for name in _COUNTS if name != "followers"}
    return line | {
        "platform": platform,
        "post_id": post_id,
        "created_at": created_at,
        "time_precision": precision,
        "observed_at": observed_at,
        "text": "\n\n".join(part for part in (title, said) if part),
        "author": {name: value for name, value in author.items() if value not in (None, "")},
        "mentions": _mentions(mapping, words("mentions"), header),
    }


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # spreadsheets hold 17 as 17.0
    return str(value).strip()


def _is_true(value: str | None, mapping: ImportMapping) -> bool:
    return value is not None and value.casefold() in mapping.organisation_values


def _list(value: str | None) -> list[str] | None:
    if value is None:
        return None
    return [part for part in _SEPARATORS.split(value.strip("[]").replace("'", "").replace('"', "")) if part]


def _mentions(mapping: ImportMapping, value: str | None, header: Sequence[str]) -> list[str] | None:
    """An empty cell means that nobody is mentioned; without such a column, the text tells."""
    if not any(plain(name) in header for name in mapping.columns.get("mentions", ())):
        return None
    return [name.removeprefix("@") for name in _list(value) or []]


def _count(value: Any) -> Any:
    if isinstance(value, str):
        digits = re.sub(r"[\s\u00a0\u202f,']", "", value)
        return int(float(digits)) if _NUMBER.match(digits) and len(digits) < 20 else None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _platform(mapping: ImportMapping, row: Mapping[str, Any]) -> str:
    if named := row.get(plain(mapping.platform_from)):
        return _text(named).casefold()
    for column in mapping.platform_columns:
        said = str(row.get(plain(column), "")).strip().casefold().removeprefix("www.")
        host = re.sub(r"^https?://(?:www\.)?", "", said).partition("/")[0]
        for value, platform in mapping.platforms.items():
            if said == value or host == value or host.endswith(f".{value}") or value in said.split(","):
                return platform
    return mapping.platform


def _post_id(platform: str, value: str | None) -> str | None:
    """On X the number in an address is the id everywhere else: exports of two tools then meet."""
    found = _X_STATUS.search(value) if value and platform == "x" else None
    if found:
        return found[1]
    return value.removesuffix(".0") if value and _FLOAT_ID.match(value) else value


def _is_rounded(value: Any) -> bool:
    """Ids of more than 15 digits do not survive being a number in a spreadsheet, and then collide."""
    if isinstance(value, float):
        return abs(value) >= _EXACT_BELOW
    return isinstance(value, str) and _SCIENTIFIC.match(value.strip()) is not None


def _created_at(
    mapping: ImportMapping,
    dates: DatesOfFile,
    header: Sequence[str],
    post_id: str | None,
    cell: Callable[[str], Any],
    observed_at: str | None,
) -> tuple[str | None, TimePrecision | None]:
    """The time in the id where it is the more exact one, the date column, or an age counted back."""
    if mapping.time_from_id == "linkedin" and post_id:
        exact = from_activity_id(re.sub(r"\D", "", post_id)[-19:], dates.now)
        if exact is not None:
            return exact.isoformat(), None
    told = age(_text(cell("age"))) if cell("age") is not None else None
    if told is not None and observed_at is not None:
        try:
            return (datetime.fromisoformat(observed_at) - told[0]).isoformat(), told[1]
        except (ValueError, OverflowError):
            pass
    return _time(dates, header, cell("created_at"), cell("clock_time")), None


def _time(dates: DatesOfFile, header: Sequence[str], value: Any, clock: Any) -> str | None:
    """ISO 8601 in UTC; what cannot be read is passed on as it is, to be refused with its reason."""
    if value is None:
        return None
    if isinstance(value, date) and isinstance(clock, time):
        value = datetime.combine(value.date() if isinstance(value, datetime) else value, clock)
    elif isinstance(value, datetime) and clock is not None:
        value = f"{value.date().isoformat()} {_text(clock)}"
    if isinstance(value, datetime):
        return _utc(dates.mapping, value)
    if isinstance(value, date):
        return value.isoformat()
    words = _text(value) + (f" {_text(clock)}" if clock is not None else "")
    for pattern in dates.mapping.time_formats:
        try:
            return _utc(dates.mapping, datetime.strptime(words, pattern))  # noqa: DTZ007 (its zone follows)
        except ValueError:
            continue
    found = dates.read(words, header)
    if found is None:
        return words
    return (
        found.at.astimezone(dates.mapping.zone).date().isoformat()
        if found.is_day_only
        else found.at.isoformat()
    )


def _utc(mapping: ImportMapping, moment: datetime) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=mapping.zone)
    try:
        return aware.astimezone(UTC).isoformat()
    except OverflowError:
        return str(moment)
