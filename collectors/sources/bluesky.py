"""Bluesky: searched with an app password; whole threads and hydrated profiles.

Search is meant for people and scrolls only so far, so a window it cannot scroll through is halved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import httpx

from collectors.bearer import FetchedBearer
from collectors.contract import Canary, Item, Options, Secrets, Watch, Window
from collectors.http import Http
from collectors.paging import Trail, miscounts, settled
from collectors.read import is_in
from collectors.sources.bluesky_gone import SERVICE
from collectors.sources.bluesky_gone import gone as gone
from collectors.sources.bluesky_parse import parse as parse
from collectors.sources.bluesky_parse import sort_at
from collectors.sources.bluesky_thread import item
from collectors.sources.bluesky_thread import profile as profile
from collectors.sources.bluesky_thread import thread as thread
from girafe.errors import SourceUnavailable
from girafe.records import Payload

PLATFORM = "bluesky"
VERSION = "bluesky-1"
TERMS = (
    "https://docs.bsky.app/docs/support/developer-guidelines: honour deletions and labels; "
    "3,000 requests in 5 minutes, 300 sessions a day."
)
SECRETS: tuple[str, ...] = ("BLUESKY_HANDLE", "BLUESKY_APP_PASSWORD")
OPTIONS: tuple[str, ...] = ("service", "stream", "stream_idle")
PACE = 0.5
OVERLAP = timedelta(hours=6)
OPEN = True
CANARY: Canary | None = Canary(queries=("bluesky", "the", "bonjour"), reach=timedelta(days=2))

_PAGE = 100
_REACHABLE = 10_000
_FAIR_SHARE = 0.9
"""Its count is approximate; less than this part of it is worth saying."""


def origins(options: Options) -> Sequence[str]:
    """The server that holds the account; `service` in the options replaces it."""
    return [str(options.get("service", SERVICE)).rstrip("/")]


def auth(secrets: Secrets, origin: str) -> httpx.Auth | None:
    """Opens one session when first needed and a new one when it has expired."""
    login = httpx.Request(
        "POST",
        f"{origin}/xrpc/com.atproto.server.createSession",
        json={"identifier": secrets["BLUESKY_HANDLE"], "password": secrets["BLUESKY_APP_PASSWORD"]},
    )
    refused = (
        "Bluesky does not accept BLUESKY_HANDLE with BLUESKY_APP_PASSWORD; "
        "make a new app password under Settings, Privacy and security."
    )
    return FetchedBearer(login, field="accessJwt", help_=refused, expired=b"ExpiredToken")


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """Pages through the search; half windows where it would not scroll to the end."""
    yield from _posts(watch, window, http, _search(watch, window, None, http))


def _posts(watch: Watch, window: Window, http: Http, first: Payload) -> Iterator[Item]:
    """The posts of a window whose first page is `first`."""
    if _hits(first) >= _REACHABLE and window.end - window.start > timedelta(seconds=2):
        halves = [(half, _search(watch, half, None, http)) for half in window.halves()]
        if not miscounts(_hits(first), [_hits(page) for _, page in halves]):
            for half, page in halves:
                yield from _posts(watch, half, http, page)
            return
    known, counts, shown = [first], list[int](), 0

    def pages() -> Iterator[list[Payload]]:
        trail, page = Trail(watch.place), known.pop() if known else _search(watch, window, None, http)
        counts[:] = [_hits(page)]
        yield page["posts"]
        while cursor := page.get("cursor"):
            trail.step(str(cursor), page["posts"])
            page = _search(watch, window, str(cursor), http)
            counts.append(_hits(page))
            yield page["posts"]

    # A cursor may be no more than how many posts were shown.
    for posts in settled(pages, lambda: min(counts) < counts[0]):
        shown += len(posts)
        for post in posts:
            if is_in(window, sort_at, post):
                yield item(post, "app.bsky.feed.searchPosts", http)
    if shown < _FAIR_SHARE * _hits(first):
        watch.limits.append(f"Bluesky counts about {_hits(first)} posts of a search and showed {shown}.")


def _hits(page: Payload) -> int:
    hits = page.get("hitsTotal")
    return hits if isinstance(hits, int) else 0


def _search(watch: Watch, window: Window, cursor: str | None, http: Http) -> Payload:
    params = {
        # In quotes from:ada and did:plc:... are words; outside they would be a list of people to follow.
        "q": f'"{watch.query}"' if {" ", ":"} & set(watch.query) else watch.query,
        "sort": "latest",
        "since": _utc(window.start),
        "until": _utc(window.end),
        "limit": _PAGE,
        **({"cursor": cursor} if cursor else {}),
    }
    answer = http.json(f"{watch.origin}/xrpc/app.bsky.feed.searchPosts", params)
    if not isinstance(answer, dict) or not isinstance(answer.get("posts"), list):
        raise SourceUnavailable(f"{watch.place} answered a search without `posts`.")
    return answer


def _utc(moment: Any) -> str:
    return str(moment.isoformat(timespec="milliseconds")).replace("+00:00", "Z")
