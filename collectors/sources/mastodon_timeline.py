"""Timelines of servers that speak the Mastodon API: back from the newest post, whatever way a server pages.

Most give a next link (RFC 8288). Some give none and take max_id all the same; some allow fewer posts a page than
Mastodon, or know no `limit` at all; some search on only by id where Mastodon has an offset, or take quotes for letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from collectors.contract import Watch, Window
from collectors.guard import host_of
from collectors.http import Http
from collectors.paging import Trail, next_query, settled
from collectors.read import is_in, moment, tree, trees
from girafe.errors import AccessDenied, QuestionRefused, SourceUnavailable
from girafe.records import Payload

PAGE = 40
_MOST_SEARCHED = 400
_SMALLEST_PAGE = 20
"""As many posts as every server shows a page; fewer are all there is."""
_NOT_SEARCHED = "The full text was not searched"


def backwards(watch: Watch, url: str, http: Http) -> Iterator[list[Payload]]:
    """Every page of a timeline, newest first; a missing timeline is one empty page."""
    try:
        yield from _pages(watch, url, {"limit": str(PAGE)}, http)
    except QuestionRefused:
        yield from _pages(watch, url, {}, http)  # as many a page as the server likes


def _pages(watch: Watch, url: str, params: Mapping[str, str], http: Http) -> Iterator[list[Payload]]:
    trail, seen, query, ever_linked = Trail(host_of(url)), set[str](), params, False
    while True:
        try:
            page, headers = http.json_with_headers(url, query)
        except QuestionRefused:
            if query == params or ever_linked:
                raise
            watch.limits.append(f"{watch.place} shows only its newest {len(seen)} posts of a timeline.")
            return
        if page is not None and not isinstance(page, list):
            raise SourceUnavailable(
                f"{watch.place} answered with {type(page).__name__} where a list was due."
            )
        # A tag nobody used may be missing, but not what lies behind a page.
        if page is None and query != params:
            told = "links to" if ever_linked else "was asked for"
            raise SourceUnavailable(f"{watch.place} {told} a page it does not have.")
        items = [dict(item) for item in trees(page)]
        new = {str(item.get("id")) for item in items} - seen
        yield items
        following = next_query(headers)
        if following is None and (ever_linked or not items):
            return
        if following is None and not new:
            watch.limits.append(f"{watch.place} shows only its newest {len(seen)} posts of a timeline.")
            return
        if following is not None:
            ever_linked = True
            trail.step(repr(sorted(following.items())), items)
        seen |= new
        query = {**params, **(following or {"max_id": str(items[-1].get("id"))})}


def searched(watch: Watch, start: datetime, http: Http) -> Iterator[Payload]:
    """Full text, which a server shows to its own users only; it holds those who chose to be found by it.

    Where more is found than is read, newer than `start`, that is named. Where a phrase in quotes finds nothing it
    is asked for without: some servers look for the quotes as well. But not from:ada, which would follow a person.
    """
    phrase = f'"{watch.query}"'
    for words in (phrase,) if ":" in watch.query else (phrase, watch.query):
        found = False
        gaps = list[str]()
        for page in settled(partial(_found, watch, words, start, http, gaps), partial(bool, gaps)):
            found = True
            yield from page
        if found or any(limit.startswith(_NOT_SEARCHED) for limit in watch.limits):
            return


def _found(watch: Watch, words: str, start: datetime, http: Http, gaps: list[str]) -> Iterator[list[Payload]]:
    """Pages of a search, each with something new, by offset and, where that leads nowhere, by the last id.

    A page by offset begins with the last post seen; where it does not, something was deleted, and others passed by.
    """
    gaps.clear()
    asked: dict[str, str | int] = {"q": words, "type": "statuses", "limit": PAGE}
    seen, last, by_id, counts = set[str](), "", False, False
    older = Window(start=datetime.min.replace(tzinfo=UTC), end=start)
    statuses: list[Payload] = []
    while len(seen) < _MOST_SEARCHED:
        offset = max(1, len(seen) - 1)
        onward: dict[str, str | int] = {"max_id": last} if by_id else {"offset": offset} if seen else {}
        try:
            answer = http.json(f"{watch.origin}/api/v2/search", {**asked, **onward})
        except AccessDenied as refusal:
            if isinstance(refusal, QuestionRefused) and seen and not by_id:
                by_id = True
                continue
            if isinstance(refusal, QuestionRefused) and asked.pop("limit", 0):
                continue  # as many a page as the server likes
            # This token may not search, or not that far; the timeline was heard all the same.
            watch.limits.append(f"{_NOT_SEARCHED}{' to its end' if seen else ''}. {refusal}")
            return
        statuses = [dict(status) for status in trees(tree(answer).get("statuses"))]
        new = [status for status in statuses if str(status.get("id")) not in seen]
        new = new[: _MOST_SEARCHED - len(seen)]
        is_behind = bool(new) if statuses else counts
        if (
            seen
            and not by_id
            and is_behind
            and last not in {str(status.get("id")) for status in statuses[:1]}
        ):
            gaps.append(last)
        if not new and (by_id or not seen):
            if len(statuses) >= _SMALLEST_PAGE:  # a server that knows neither way on and begins anew
                break
            return
        if not new:
            by_id = True  # GoToSocial answers any offset with nothing
            continue
        counts = bool(seen) and not by_id
        yield new
        seen.update(str(status.get("id")) for status in new)
        last = str(new[-1].get("id"))
    if not all(is_in(older, moment, status.get("created_at"), "created_at") for status in statuses):
        watch.limits.append(
            f"The full text was searched up to its {len(seen)}th post; what lies behind was not read."
        )
