"""Discourse forums: topics that name the company, read whole, and the profiles of those who speak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, timedelta
from typing import Any
from urllib.parse import quote

from collectors.contract import NOTES, Canary, Item, Options, Watch, Window, no_auth, nothing_more, post_key
from collectors.http import Http
from collectors.paging import settled
from collectors.read import dated, is_in, moment, optional_id, text, tree, trees
from collectors.sources.discourse_parse import is_gone
from collectors.sources.discourse_parse import parse as parse
from girafe.errors import AccessDenied, SourceUnavailable

PLATFORM = "discourse"
VERSION = "discourse-1"
TERMS = "Each forum's terms; the read API is public: 200 requests a minute, search less."
SECRETS: tuple[str, ...] = ()
OPTIONS: tuple[str, ...] = ("forums",)
PACE = 1.5
OVERLAP = timedelta(days=2)
OPEN = True
CANARY: Canary | None = Canary(queries=("the", "pour", "les"), reach=timedelta(days=90))
auth = no_auth
thread = nothing_more

_DAY = timedelta(days=1)
_SEARCH_PAGES = 10
_POSTS_PER_CALL = 50


def origins(options: Options) -> Sequence[str]:
    """The forums named in company.toml."""
    return [str(forum).rstrip("/") for forum in options.get("forums", ())]


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """Whole topics: a search shows only excerpts, which are not what was said."""
    topics: dict[str, None] = {}
    for hit in _hits(watch, window, http):
        if topic := optional_id(hit.get("topic_id")):
            topics[topic] = None
        else:  # somebody spoke, and where is not told: landed for quarantine to show
            key = post_key(hit.get("id"), hit, within=f"{watch.origin}/p/")
            yield Item(key=key, payload={**hit, NOTES: {"forum": watch.origin}}, position=watch.origin)
    for topic in topics:
        yield from _topic(watch, topic, http)


def _hits(watch: Watch, window: Window, http: Http) -> Iterator[Mapping[str, Any]]:
    """Newest first; where a search has more pages than it shows, another one begins at the last day seen."""
    first, before = window.start.date(), window.end.date() + _DAY
    while True:
        hits, is_whole = _search(watch, first - _DAY, before, http)
        yield from (hit for hit in hits if is_in(window, moment, hit.get("created_at"), "created_at"))
        times = (dated(hit.get("created_at"), "created_at") for hit in hits)
        days = (time.astimezone(UTC).date() for time in times if time)
        # A day that was not asked for (of the year 1, say) does not tell how far the search went.
        oldest = min((day for day in days if first - _DAY <= day <= before), default=before)
        if is_whole or oldest < first:
            return
        if oldest + _DAY >= before:  # more in one day than a search shows, or a forum that knows no `before:`
            watch.limits.append(
                f"{watch.place}: the search shows {_SEARCH_PAGES} pages; the rest of {oldest} was not read."
            )
        if oldest >= before or before <= first:
            return
        before = min(oldest + _DAY, before - _DAY)


def _search(watch: Watch, after: date, before: date, http: Http) -> tuple[list[Mapping[str, Any]], bool]:
    """What the pages of one search show, and whether that is all."""
    has_more = True

    def pages() -> Iterator[list[Mapping[str, Any]]]:
        nonlocal has_more
        for page in range(1, _SEARCH_PAGES + 1):
            params = {"q": f'"{watch.query}" after:{after} before:{before} order:latest', "page": page}
            answer = http.json(f"{watch.origin}/search.json", params)
            if not isinstance(answer, dict):
                raise AccessDenied(f"{watch.place} has no search we may use; is it a Discourse forum?")
            has_more = bool(tree(answer.get("grouped_search_result")).get("more_full_page_results"))
            yield trees(answer.get("posts"))
            if not has_more:
                return

    hits = [hit for page in settled(pages) for hit in page]
    return hits, not has_more


def _topic(watch: Watch, topic: str, http: Http) -> Iterator[Item]:
    url = f"{watch.origin}/t/{quote(topic)}"
    answer = http.json(f"{url}.json")
    if answer is None:  # deleted since it was found
        return
    whole, stream = tree(answer), _stream(watch, answer)
    posts = trees(stream["posts"])
    ids = stream.get("stream")
    seen = {repr(post.get("id")) for post in posts}
    missing = [number for number in (ids if isinstance(ids, list) else []) if repr(number) not in seen]
    for start in range(0, len(missing), _POSTS_PER_CALL):
        more = http.json(f"{url}/posts.json", {"post_ids[]": missing[start : start + _POSTS_PER_CALL]})
        if more is None and http.json(f"{url}.json") is None:  # deleted just now
            break
        posts += trees(_stream(watch, more)["posts"])
    by_number = {repr(post.get("post_number")): post.get("id") for post in posts}
    for post in posts:
        # Without a number a reply answers the topic, that is its first post.
        parent = by_number.get(repr(post.get("reply_to_post_number") or 1))
        added = {
            "forum": watch.origin,
            "title": text(whole.get("title")) if post.get("post_number") == 1 else "",
        }
        if parent is not None and parent != post.get("id"):
            added["parent"] = str(parent)
        # Every forum counts from 1.
        key = post_key(post.get("id"), post, within=f"{watch.origin}/p/")
        yield Item(key=key, payload={**post, NOTES: added}, position=url)


def _stream(watch: Watch, answer: Any) -> Mapping[str, Any]:
    """The posts of an answer; SourceUnavailable where there are none, as in an error sent under 200."""
    stream = tree(tree(answer).get("post_stream"))
    if not isinstance(stream.get("posts"), list):
        raise SourceUnavailable(f"{watch.place} answered for a topic without `post_stream`.")
    return stream


def profile(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[Item]:
    """The page of everyone who speaks; a hidden one is simply missing, and a forum that hides all is noted."""
    for name in dict.fromkeys(text(item.payload.get("username")) for item in items):
        url = f"{watch.origin}/u/{quote(name)}.json"
        try:
            user = tree(http.json(url)).get("user") if name else None
        except AccessDenied as refusal:
            watch.limits.append(f"Not every profile was shown. {refusal}")
            return
        if isinstance(user, dict):
            key = f"account:{watch.origin}/u/{name}"
            yield Item(key=key, payload={**user, NOTES: {"forum": watch.origin}}, position=url)


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """Posts of this forum that are deleted, hidden, or shown no longer."""
    for item in items:
        if item.key.startswith(f"{watch.origin}/p/"):
            post = http.json(f"{watch.origin}/posts/{quote(item.key.rpartition('/')[2])}.json")
            if post is None or (isinstance(post, dict) and is_gone(post)):
                yield item.key
