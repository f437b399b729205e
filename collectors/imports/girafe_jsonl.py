"""girafe JSONL: the neutral import format, checked field by field (docs/formats.md).

`parse` is called once per line of files with millions of them, so it tests types directly and builds
no intermediate objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast, get_args

from collectors.imports.contract import Bad, File, Head, Row, Skipped
from collectors.imports.lines import json_lines
from collectors.read import MOST
from girafe.errors import PayloadRejected
from girafe.platforms import one_name
from girafe.records import Account, Envelope, Post, Record, TimePrecision, Voice

NAME = "girafe_jsonl"
ABOUT = "girafe JSONL, the neutral format: one post a line"
VERSION = "girafe_jsonl-1"
PARSER = NAME
LONGEST_ID = 2048
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_FUTURE = timedelta(days=1)
_PLATFORM = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}\Z").match
_CONTROL = re.compile(r"[\x00-\x1f\x7f]").search
_DAY_ONLY = 10  # len("2026-11-02")
_PRECISIONS = get_args(TimePrecision)
_VOICES = {voice.value: voice for voice in Voice}


def recognises(head: Head) -> bool:
    """Some line near the top is an object with a platform and an author, whatever the others are."""
    return any("platform" in line and ("author" in line or "post_id" in line) for line in head.objects)


def rows(file: File) -> Iterator[Row | Bad | Skipped]:
    """Every line, under the platform it names."""
    for found in json_lines(file):
        if isinstance(found, Bad):
            yield found
            continue
        position, line, raw = found
        try:
            platform = platform_of(line.get("platform"))
            yield Row(platform=platform, payload=line, position=position, raw=raw, is_platform_read=True)
        except PayloadRejected as error:
            yield Bad(reason=error.reason, detail=str(error), position=position, raw=raw)


def parse(envelope: Envelope) -> Iterator[Record]:
    """One line becomes one Post; raises PayloadRejected with a stable reason."""
    yield read_line(envelope.payload, envelope.fetched_at, envelope.platform)


def read_line(line: Any, now: datetime, platform: str | None = None) -> Post:
    """A decoded line as a Post. `now` bounds how late a post may claim to be written.

    `platform`: under which it landed; without it, as the line says.
    """
    if type(line) is not dict:
        raise PayloadRejected("The line is not a JSON object in braces.", reason="not_an_object")
    get = line.get
    said = platform_of(get("platform"))
    platform = said if platform is None else platform
    created_at, precision = _time(get("created_at"), "created_at", now)
    stated = get("time_precision")
    if stated is not None:
        precision = _precision(stated)
    observed = get("observed_at")
    body = get("text")
    if type(body) is not str:
        raise _missing_or_wrong("text", body, "text in quotes")
    return Post(
        platform=platform,
        post_id=_required_id(get("post_id"), "post_id"),
        created_at=created_at,
        text=body,
        author=_author(get("author"), platform),
        observed_at=created_at if observed is None else _time(observed, "observed_at", now)[0],
        reply_to=_id(get("reply_to"), "reply_to"),
        conversation_id=_id(get("conversation_id"), "conversation_id"),
        quote_of=_id(get("quote_of"), "quote_of"),
        repost_of=_id(get("repost_of"), "repost_of"),
        mentions=_mentions(get("mentions")),
        lang=_text(get("lang"), "lang"),
        url=_text(get("url"), "url"),
        likes=_count(get("likes"), "likes"),
        replies=_count(get("replies"), "replies"),
        reposts=_count(get("reposts"), "reposts"),
        time_precision=precision,
        about=None if get("about") is None else _list_of_text(get("about"), "about"),
    )


def platform_of(value: Any) -> str:
    """The platform's one name (girafe/platforms.py); PayloadRejected unless it is one short word."""
    if type(value) is str:
        name = one_name(value)
        if _PLATFORM(name):
            return name
    raise _missing_or_wrong("platform", value, 'one short word such as "mastodon"')


def is_platform(name: str) -> bool:
    """Whether it is written as a platform's name is; what is not may be anybody's name in a wrong column."""
    return _PLATFORM(name) is not None


def _author(value: Any, platform: str) -> Account:
    if type(value) is not dict:
        raise _missing_or_wrong("author", value, "an object with account_id or handle")
    get = value.get
    account_id = _id(get("account_id"), "author.account_id")
    handle = _id(get("handle"), "author.handle")
    if handle is not None and not handle.strip("@ "):
        handle = None
    if account_id is None and handle is None:
        raise PayloadRejected(
            "author has neither account_id nor handle; give at least one.", reason="missing_field"
        )
    voice = get("voice")
    links = get("links")
    return Account(
        platform=platform,
        account_id=account_id,
        handle=handle,
        display_name=_text(get("display_name"), "author.display_name") or "",
        bio=_text(get("bio"), "author.bio") or "",
        url=_text(get("url"), "author.url"),
        links=() if not links else _list_of_text(links, "author.links"),
        is_bot=_flag(get("is_bot"), "author.is_bot"),
        is_organisation=_flag(get("is_organisation"), "author.is_organisation"),
        followers=_count(get("followers"), "author.followers"),
        is_name_only=get("bio") is None,
        voice=None if voice is None else _voice(voice),
    )


def _flag(value: Any, name: str) -> bool | None:
    if value is None or type(value) is bool:
        return value
    raise _wrong(name, "true, false or null")


def _voice(value: Any) -> Voice:
    found = _VOICES.get(value) if type(value) is str else None
    if found is None:
        raise _wrong("author.voice", f"one of {', '.join(_VOICES)}, or null")
    return found


def _required_id(value: Any, name: str) -> str:
    found = _id(value, name)
    if found is None:
        raise PayloadRejected(f"{name} is missing or empty.", reason="missing_field")
    return found


def _id(value: Any, name: str) -> str | None:
    """Ids are opaque text; a whole number is taken as written, nothing and "" mean there is none."""
    if value is None:
        return None
    if type(value) is int:
        return str(value)
    if type(value) is not str:
        raise _wrong(name, "an id in quotes")
    if len(value) > LONGEST_ID or _CONTROL(value):
        raise _wrong(name, f"at most {LONGEST_ID} characters without control characters")
    return value.strip() or None


def _mentions(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if value == []:
        return ()
    names = (name.strip() for name in _list_of_text(value, "mentions"))
    return tuple(dict.fromkeys(name for name in names if name.lstrip("@")))


def _list_of_text(value: Any, name: str) -> tuple[str, ...]:
    if type(value) is not list or any(type(item) is not str for item in value):
        raise _wrong(name, "a list of texts")
    return tuple(value)


def _text(value: Any, name: str) -> str | None:
    if value is None or type(value) is str:
        return value
    raise _wrong(name, "text in quotes or null")


def _count(value: Any, name: str) -> int | None:
    if value is None or (type(value) is int and 0 <= value <= MOST):
        return value
    if type(value) is float and 0 <= value <= MOST and value.is_integer():
        return int(value)  # spreadsheets write 3 as 3.0
    raise _wrong(name, f"a whole number from 0 to {MOST:,}, or null")


def _time(value: Any, name: str, now: datetime) -> tuple[datetime, TimePrecision]:
    """ISO-8601. Without an offset it is read as UTC; a day alone as its midnight, precision `day`."""
    if type(value) is not str:
        raise _missing_or_wrong(name, value, 'an ISO-8601 time such as "2026-11-02T09:30:00+01:00"')
    try:
        found = datetime.fromisoformat(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise PayloadRejected(
            f'{name} is not an ISO-8601 time; write it as "2026-11-02T09:30:00Z".', reason="bad_time"
        ) from error
    if not _EARLIEST <= found <= now + _FUTURE:
        raise PayloadRejected(
            f"{name} lies before 2000 or in the future; correct the clock or the year.",
            reason="time_out_of_range",
        )
    return found, "day" if len(value) <= _DAY_ONLY else "second"


def _precision(value: Any) -> TimePrecision:
    if value in _PRECISIONS:
        return cast(TimePrecision, value)
    raise _wrong("time_precision", f"one of {', '.join(_PRECISIONS)}, or null")


def _missing_or_wrong(name: str, value: Any, expected: str) -> PayloadRejected:
    if value is None:
        return PayloadRejected(f"{name} is missing; give {expected}.", reason="missing_field")
    return _wrong(name, expected)


def _wrong(name: str, expected: str) -> PayloadRejected:
    return PayloadRejected(f"{name} must be {expected}.", reason="bad_value")
