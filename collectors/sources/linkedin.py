"""LinkedIn: the company's own pages by the Community Management API. Off: it needs LinkedIn's approval.

What members say may be kept for 48 hours and profiles for 24, so no profile is fetched, and who spoke is
only known as a person or an organisation. `days_by_platform.linkedin = 2` keeps landing within the terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from collectors.contract import (
    Canary,
    Item,
    Options,
    Secrets,
    Watch,
    Window,
    cannot_tell,
    nothing_more,
    utc_from_epoch,
)
from collectors.http import Http
from collectors.paging import Trail, first_of
from collectors.read import identifier, is_in, text, tree, trees
from girafe.errors import PayloadChanged, SourceUnavailable
from girafe.records import Account, Envelope, Post, Record

PLATFORM = "linkedin"
VERSION = "linkedin-1"
TERMS = (
    "https://learn.microsoft.com/linkedin/marketing/data-storage-requirements: member activity 48 hours, "
    "profiles 24 hours, no recruiting, no export of member data (set days_by_platform.linkedin = 2)."
)
SECRETS: tuple[str, ...] = ("LINKEDIN_ACCESS_TOKEN",)
PACE = 1.0
OVERLAP = timedelta(days=1)
ON_BY_DEFAULT = False
CANARY: Canary | None = Canary(queries=("",), reach=timedelta(days=365))
gone = cannot_tell
profile = nothing_more

_API = "https://api.linkedin.com/rest"
_MONTH = "202610"
_PAGE = 100


def origins(options: Options) -> Sequence[str]:
    """The pages of the company, by their organisation numbers."""
    return [str(number) for number in options.get("organizations", ())]


def auth(secrets: Secrets, origin: str) -> httpx.Auth | None:
    """A token of somebody who administers the page, with the headers each call needs."""
    return _Signed(secrets["LINKEDIN_ACCESS_TOKEN"])


class _Signed(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        request.headers["authorization"] = f"Bearer {self._token}"
        request.headers["linkedin-version"] = _MONTH
        request.headers["x-restli-protocol-version"] = "2.0.0"
        yield request


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """The page's posts, newest first, until one is older than the window; the query plays no part."""
    whole = Window(start=window.start, end=datetime.max.replace(tzinfo=UTC))
    author = quote(f"urn:li:organization:{watch.origin}", safe="")
    for page in _pages(watch, f"posts?q=author&author={author}&sortBy=CREATED", http):
        for post in page:
            if is_in(window, _time, post.get("createdAt")):
                yield Item(key=f"post:{post.get('id')}", payload=dict(post), position="posts")
        if page and not any(is_in(whole, _time, post.get("createdAt")) for post in page):
            return


def thread(watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
    """The comments under each post, and the answers under each comment."""
    waiting = [text(item.payload.get("id")) for item in found]
    while waiting:
        urn = waiting.pop()
        for page in _pages(watch, f"socialActions/{quote(urn, safe='')}/comments?", http):
            for comment in page:
                yield Item(key=f"post:{_name(comment)}", payload=dict(comment), position="comments")
                if tree(comment.get("commentsSummary")).get("aggregatedTotalComments"):
                    waiting.append(_name(comment))


def _pages(watch: Watch, path: str, http: Http) -> Iterator[list[Mapping[str, Any]]]:
    start, trail = 0, Trail("LinkedIn")
    base = f"{watch.options.get('api', _API)}/{path}"
    while True:
        answer = http.json(f"{base}&start={start}&count={_PAGE}")
        if answer is None:
            return
        if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
            raise SourceUnavailable("LinkedIn answered without `elements`.")
        page = trees(answer["elements"])
        yield page
        if len(page) < _PAGE:
            return
        trail.step(first_of(page), page_was_empty=not page)
        start += _PAGE


def _name(comment: Mapping[str, Any]) -> str:
    return text(comment.get("commentUrn")) or text(comment.get("$URN")) or str(comment.get("id"))


def _time(value: object) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool):
        raise PayloadChanged("The time is not a number of milliseconds.")
    try:
        return utc_from_epoch(value / 1000)
    except (OverflowError, ValueError, OSError) as error:
        raise PayloadChanged("The time lies outside the calendar.") from error


def parse(envelope: Envelope) -> Iterator[Record]:
    """A post of a page or a comment becomes a Post."""
    thing = envelope.payload
    if "commentary" in thing:
        name, author, above = identifier(thing.get("id"), "id"), thing.get("author"), None
        words, written = text(thing.get("commentary")), _time(thing.get("createdAt"))
    elif "message" in thing:
        name, author = identifier(_name(thing), "commentUrn"), thing.get("actor")
        above = text(thing.get("parentComment")) or text(thing.get("object")) or None
        words, written = (
            text(tree(thing["message"]).get("text")),
            _time(tree(thing.get("created")).get("time")),
        )
    else:
        raise PayloadChanged("Neither a post (commentary) nor a comment (message).")
    urn = identifier(author, "author")
    yield Post(
        platform=PLATFORM,
        post_id=name,
        created_at=written,
        text=words,
        author=Account(
            platform=PLATFORM,
            account_id=urn,
            is_organisation=True if urn.startswith("urn:li:organization:") else None,
        ),
        observed_at=envelope.fetched_at,
        reply_to=above,
        conversation_id=text(thing.get("object")) or None,
        mentions=(),
    )
