"""How LinkedIn's versioned REST API is asked: its headers, its pages by number, and what it no longer has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from collectors.contract import NOTES, Item, Watch
from collectors.http import Http
from collectors.paging import Trail, first_of
from collectors.read import text, tree, trees
from girafe.errors import SourceUnavailable

_API = "https://api.linkedin.com/rest"
_MONTH = "202610"
_PAGE = 100


class Signed(httpx.Auth):
    """A bearer token with the version every call must name."""

    def __init__(self, token: str) -> None:
        """`token`: of somebody who administers the page."""
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        """Adds the three headers."""
        request.headers["authorization"] = f"Bearer {self._token}"
        request.headers["linkedin-version"] = _MONTH
        request.headers["x-restli-protocol-version"] = "2.0.0"
        yield request


def base(watch: Watch) -> str:
    """Where the API is."""
    return str(watch.options.get("api", _API))


def pages(watch: Watch, path: str, http: Http) -> Iterator[list[Mapping[str, Any]]]:
    """Every page of a collection; `path` ends where `&start=` can follow. A missing thing has no page."""
    start, trail = 0, Trail("LinkedIn")
    while True:
        answer = http.json(f"{base(watch)}/{path}&start={start}&count={_PAGE}")
        if answer is None:
            return
        if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
            raise SourceUnavailable("LinkedIn answered without `elements`.")
        page = trees(answer["elements"])
        yield page
        # What this token may not see is left out of a page, so a short one with a next link is not the last.
        links = trees(tree(answer.get("paging")).get("links"))
        if len(answer["elements"]) < _PAGE and not any(link.get("rel") == "next" for link in links):
            return
        trail.step(first_of(page), page)
        start += _PAGE


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """The page's posts, and comments under them, that LinkedIn answers with 404; a lost right is a 403.

    Payloads lie in landing for a day, well within LinkedIn's 48 hours. Mentions are read anew by the day, with counts.
    """
    page = f"urn:li:organization:{watch.origin}"
    for item in items:
        added = tree(item.payload.get(NOTES))
        if added.get("page") != page or item.position not in ("posts", "comments"):
            continue
        path = f"posts/{quote(item.key, safe='')}"
        if item.position == "comments":
            number = item.key.rstrip(")").replace(",", ":").rpartition(":")[2]
            path = f"socialActions/{quote(text(added.get('root')), safe='')}/comments/{number}"
        if http.json(f"{base(watch)}/{path}") is None:
            yield item.key
