"""Answers: what came back, and which of it can be read, retried or must be shown to a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from collectors.guard import host_of
from collectors.lenient_json import mended
from collectors.limits import retry_after
from collectors.refusals import without_names
from girafe.errors import AccessDenied, QuestionRefused, RateLimited, SourceUnavailable

_RETRIED = frozenset({408, 425, 429})
"""And every 5xx, known or not: a server in trouble has said nothing about the question."""
_NEVER = frozenset({501, 505})
"""But these say that it cannot be asked here."""
_OF_THE_QUESTION = frozenset({400, 405, 406, 413, 414, 415, 416, 422, 501})
"""Put in another way it may be answered; any other refusal is of whoever asks, or of the thing asked for."""
_LATER = re.compile(
    rb"quotaExceeded|rateLimitExceeded|dailyLimitExceeded|userRateLimitExceeded"  # Google
    rb"|throttle_violation"  # Stack Exchange
    rb"|request limit reached|too many calls|exceeded the rate limit",  # Meta
    re.IGNORECASE,
)
"""Words by which a platform says "later" under a status that says "never"."""
_IN_SECONDS = re.compile(rb"in (\d{1,6}) seconds")
_A_WHILE = 3600.0
_SAID = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A body that came with 2xx, 304, 404 or 410."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    keys: tuple[str, ...] = field(default=(), repr=False)
    """What the request was signed with; a careless platform repeats it, so it is never shown."""

    @property
    def is_missing(self) -> bool:
        """The thing asked for is not there (404, 410)."""
        return self.status in (404, 410)


def readable(answer: Answer, now: datetime) -> Answer:
    """Passes what can be read on; the rest becomes an error that says who must act."""
    host, status = host_of(answer.url), answer.status
    if 200 <= status < 300 or status in (304, 404, 410):
        return answer
    asked = retry_after(answer.headers, now)
    if (
        status in _RETRIED
        or (status >= 500 and status not in _NEVER)
        or (status == 403 and answer.headers.get("retry-after"))
    ):
        raise TryAgain(f"status {status}", asked=asked if status in (403, 429, 503) else None,
                        limited=status == 429)  # fmt: skip
    if later := _LATER.search(answer.body[:4000]):
        told = _IN_SECONDS.search(answer.body[:4000])
        wait = asked or (float(told[1]) if told else _A_WHILE)
        raise TryAgain(f"status {status}, {later[0].decode()}", asked=wait, limited=True)
    if status not in _OF_THE_QUESTION:
        page = " with an HTML page, so the refusal comes from its edge" if _is_html(answer) else ""
        remedy = " Check the key and its rights." if status in (401, 403) else ""
        raise AccessDenied(f"{host} refuses ({status}{page}): {_excerpt(answer)}.{remedy}", status=status)
    raise QuestionRefused(
        f"{host} does not accept the question ({status}): {_excerpt(answer)}.",
        status=status,
        said=answer.body[:_SAID],
    )


class TryAgain(Exception):
    """One attempt failed in a way that the next one may not."""

    def __init__(self, what: str, *, asked: float | None = None, limited: bool = False) -> None:
        super().__init__(what)
        self.what, self.asked, self.limited = what, asked, limited

    def final(self, host: str, attempts: int) -> RateLimited | SourceUnavailable:
        """The error to raise when no attempt is left."""
        message = f"{host}: {self.what}, {attempts} times."
        if self.limited:
            return RateLimited(message, wait_seconds=self.asked or 60.0)
        return SourceUnavailable(message)


def decode_json(answer: Answer) -> tuple[Any, Mapping[str, str]]:
    """The body as JSON; None for what is missing."""
    if answer.is_missing:
        return None, answer.headers
    try:
        return orjson.loads(answer.body), answer.headers
    except orjson.JSONDecodeError as error:
        if _is_html(answer):
            raise TryAgain(
                "an HTML page came where JSON was due (a login wall, a proxy or maintenance)"
            ) from error
        found = mended(answer.body)
        if found is not None:
            return found, answer.headers
        raise TryAgain(f"the JSON is truncated or malformed ({len(answer.body)} bytes)") from error


def _is_html(answer: Answer) -> bool:
    return "html" in answer.headers.get("content-type", "") or answer.body.lstrip()[:1] == b"<"


def _excerpt(answer: Answer) -> str:
    """What the platform said about its refusal, short, on one line, and of nobody."""
    if _is_html(answer):
        return "no reason given"
    words = answer.body[:2000].decode("utf-8", "replace")
    for key in answer.keys:
        words = words.replace(key, "***")
    return without_names(words) or "no reason given"
