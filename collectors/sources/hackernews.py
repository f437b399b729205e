"""Hacker News: Algolia finds what names the company, Firebase gives the whole thread and its speakers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from math import ceil
from typing import Any
from urllib.parse import quote

from collectors.contract import NOTES, Canary, Item, Options, Watch, Window, no_auth, post_key
from collectors.http import Http
from collectors.paging import oldest_of
from collectors.read import count, text, tree, trees
from collectors.sources.hackernews_parse import parse as parse
from girafe.errors import SourceUnavailable
from girafe.records import Payload

PLATFORM = "hackernews"
VERSION = "hackernews-1"
TERMS = "https://github.com/HackerNews/API: open; Algolia asks for at most 10,000 requests an hour."
SECRETS: tuple[str, ...] = ()
OPTIONS: tuple[str, ...] = ("algolia", "firebase")
PACE = 0.36
OVERLAP = timedelta(days=2)
OPEN = True
CANARY: Canary | None = Canary(queries=("google", "show", "the"), reach=timedelta(days=2))
auth = no_auth

_ALGOLIA = "https://hn.algolia.com/api/v1"
_FIREBASE = "https://hacker-news.firebaseio.com/v0"
_REACHABLE = 1000  # Algolia shows no more than this many hits of one query, however many there are
_PAGE = 100
_LARGEST_THREAD = 1000


def origins(options: Options) -> Sequence[str]:
    """The search to ask; `algolia` in the options replaces it."""
    return [str(options.get("algolia", _ALGOLIA))]


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """Every hit in the window."""
    for hit in _hits(watch, ceil(window.start.timestamp()), ceil(window.end.timestamp()), http):
        number = hit.get("objectID")
        yield Item(key=post_key(number, hit), payload=dict(hit), position=f"{watch.origin}/items/{number}")


def _hits(watch: Watch, start: int, end: int, http: Http) -> Iterator[Mapping[str, Any]]:
    """Hits of the whole seconds in [start, end), newest first.

    The search begins anew at the oldest second seen: by their number, pages end at what can be reached, and what is
    deleted in between moves the rest up, unread. Only more in one second than a page shows is read by number.
    """
    number, has_more = 0, False
    while start < end:
        page = _search(watch, start, end, number, http)
        hits = trees(page["hits"])
        if has_more and not hits:  # the oldest second at least would be there
            raise SourceUnavailable(f"{watch.place} counts hits and does not show them.")
        yield from hits
        oldest = oldest_of(hits, "created_at_i", start, end)
        if number + 1 < min(count(page.get("nbPages")) or 1, _REACHABLE // _PAGE):
            number, end = (number + 1, end) if oldest is None or oldest + 1 >= end else (0, oldest + 1)
            has_more = True
            continue
        if _total(page) < _REACHABLE:
            return
        watch.limits.append(
            f"More than {_REACHABLE:,} hits that no shorter span divides: the rest cannot be reached."
        )
        if oldest is None:
            return
        number, end, has_more = 0, oldest, False


def _total(page: Payload) -> int:
    return count(page.get("nbHits")) or 0


def _search(watch: Watch, start: int, end: int, page: int, http: Http) -> Payload:
    answer = http.json(
        f"{watch.origin}/search_by_date",
        {
            # Quoted: without it any word of a name would do.
            "query": f'"{watch.query}"',
            "advancedSyntax": "true",
            "tags": "(story,comment,poll)",
            "numericFilters": f"created_at_i>={start},created_at_i<{end}",
            "hitsPerPage": _PAGE,
            "page": page,
        },
    )
    if not isinstance(answer, dict) or not isinstance(answer.get("hits"), list):
        raise SourceUnavailable(f"{watch.place} answered without `hits`.")
    return answer


def thread(watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
    """The whole tree of each story that was found or commented, item by item."""
    stories = dict.fromkeys(
        str(item.payload.get("story_id") or item.payload.get("objectID")) for item in found
    )
    firebase = str(watch.options.get("firebase", _FIREBASE))
    for story in stories:
        waiting, read = [story], 0
        while waiting and read < _LARGEST_THREAD:
            number = waiting.pop()
            url = f"{firebase}/item/{quote(number)}.json"
            item = http.json(url)
            read += 1
            if isinstance(item, dict):
                yield Item(key=f"post:{number}", payload={**item, NOTES: {"story": story}}, position=url)
                kids = item.get("kids")
                waiting.extend(str(kid) for kid in reversed(kids if isinstance(kids, list) else []))
        if waiting:
            watch.limits.append(
                f"Story {story} has more than {_LARGEST_THREAD:,} items: the rest was not read."
            )


def profile(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[Item]:
    """The user page of everyone who speaks."""
    firebase = str(watch.options.get("firebase", _FIREBASE))
    speakers = dict.fromkeys(text(item.payload.get("by") or item.payload.get("author")) for item in items)
    for name in filter(None, speakers):
        url = f"{firebase}/user/{quote(name)}.json"
        user = http.json(url)
        if isinstance(user, dict):
            yield Item(key=f"account:{name}", payload=user, position=url)


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """Items whose words were deleted by their author or taken away by moderators."""
    firebase = str(watch.options.get("firebase", _FIREBASE))
    changed = set(map(str, tree(http.hasty().json(f"{firebase}/updates.json")).get("items") or ()))
    # Those just changed first: if the round is cut short, the likeliest have been asked.
    for item in sorted(items, key=lambda item: item.key not in changed):
        state = http.json(f"{firebase}/item/{quote(item.key)}.json")
        if isinstance(state, dict) and (state.get("deleted") or state.get("dead")):
            yield item.key
