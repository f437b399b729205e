"""Paging: follows a platform's own next links, and never the same one twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from collectors.guard import host_of
from collectors.http import Http
from collectors.read import count, tree
from girafe.errors import SourceUnavailable
from girafe.records import Payload

Thing = TypeVar("Thing")

MOST_EMPTY_PAGES = 3
_MOST_READINGS = 5
"""Where much is said, each reading finds something newer, which the next run reads."""
_NEXT = re.compile(r"""<([^<>]*)>\s*;[^,<]*\brel\s*=\s*"?next\b""", re.IGNORECASE)


class Trail:
    """The cursors and pages seen so far; what is repeated means that paging would never end."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._seen: set[str] = set()
        self._pages: set[bytes] = set()
        self._empty = 0

    def step(self, cursor: str, page: Sequence[object]) -> None:
        """Raises SourceUnavailable at a repeated cursor, or after too many pages in a row without anything new.

        A server that takes no notice of its cursors may send the same `page` with a fresh one for ever.
        """
        if cursor in self._seen:
            raise SourceUnavailable(
                f"{self._origin} repeated its cursor, so the rest of the window was not read."
            )
        self._seen.add(cursor)
        mark = blake2b(repr(page).encode("utf-8", "replace"), digest_size=16).digest() if page else b""
        is_repeated = mark in self._pages
        self._pages |= {mark} if page else set()
        self._empty = self._empty + 1 if is_repeated or not page else 0
        if self._empty >= MOST_EMPTY_PAGES:
            kind = "repeated" if is_repeated else "empty"
            raise SourceUnavailable(
                f"{self._origin} sent {self._empty} {kind} pages in a row, each with a next link; "
                "the rest of the window was not read."
            )


def settled(
    read: Callable[[], Iterable[Sequence[Thing]]], may_have_shifted: Callable[[], bool] = lambda: True
) -> Iterator[list[Thing]]:
    """What is new on each page of a collection whose pages are numbered: it is read again until nothing new comes.

    What is deleted while pages are turned moves the rest up, onto a page that was read already. A single page is whole,
    and so are several where the source knows that none `may_have_shifted`.
    """
    seen = set[str]()
    for _ in range(_MOST_READINGS):
        known, turned = len(seen), 0
        for page in read():
            turned += 1
            new = [thing for thing in page if _name_of(thing) not in seen]
            seen.update(map(_name_of, new))
            yield new
        if turned < 2 or len(seen) == known or not may_have_shifted():
            return


def _name_of(thing: object) -> str:
    """By what it is known again, though somebody likes it in between."""
    names = [tree(thing).get(name) for name in ("id", "uri", "commentUrn", "notificationId")]
    return repr(next(filter(None, names), thing))


def miscounts(whole: int, parts: Sequence[int]) -> bool:
    """Whether a platform counts in each half of a window what lies in the whole: halving would never end."""
    return sum(parts) > 1.5 * whole


def oldest_of(page: Sequence[Mapping[str, Any]], name: str, start: int, end: int) -> int | None:
    """The oldest of the seconds in `name` on a page sorted newest first, where the question may begin anew.

    What lies outside [start, end) was not asked for and tells nothing; None where nothing else is told, or in disorder.
    """
    seconds = [
        second for one in page if (second := count(one.get(name))) is not None and start <= second < end
    ]
    return seconds[-1] if seconds and seconds == sorted(seconds, reverse=True) else None


def first_of(page: Sequence[Mapping[str, Any]]) -> str:
    """A page counted by number, named by what stands first on it: the same again means going round."""
    return repr(sorted(page[0].items(), key=lambda item: item[0])) if page else ""


def linked(http: Http, url: str, params: Mapping[str, Any]) -> Iterator[list[Payload]]:
    """Pages of a JSON list, by the Link header (RFC 8288); a missing list is one empty page.

    Only the query of a next link is used: behind a proxy its host may be one that cannot be asked.
    """
    trail = Trail(host_of(url))
    query: Mapping[str, Any] = params
    while True:
        page, headers = http.json_with_headers(url, query)
        if page is not None and not isinstance(page, list):
            raise SourceUnavailable(
                f"{host_of(url)} answered with {type(page).__name__} where a list was due."
            )
        items = [item for item in page or [] if isinstance(item, dict)]
        yield items
        following = next_query(headers)
        if following is None:
            return
        trail.step(repr(sorted(following.items())), items)
        query = {**params, **following}


def next_query(headers: Mapping[str, str]) -> Mapping[str, str] | None:
    """The query of the link to the next page; None where there is no such link."""
    link = _NEXT.search(headers.get("link", ""))
    return dict(parse_qsl(urlsplit(link[1]).query)) if link else None
