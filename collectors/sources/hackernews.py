"""Hacker News: Algolia finds what names the company, Firebase gives the whole thread and its speakers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import ceil
from urllib.parse import quote

from collectors.contract import NOTES, Canary, Item, Options, Watch, Window, no_auth, utc_from_epoch
from collectors.html import links_in, plain_text
from collectors.http import Http
from collectors.read import count, identifier, notes, optional_id, text
from girafe.errors import PayloadChanged, SourceUnavailable
from girafe.records import Account, Deletion, Envelope, Payload, Post, Profile, Record

PLATFORM = "hackernews"
VERSION = "hackernews-1"
TERMS = "https://github.com/HackerNews/API: open; Algolia asks for at most 10,000 requests an hour."
SECRETS: tuple[str, ...] = ()
PACE = 0.36
OVERLAP = timedelta(days=2)
ON_BY_DEFAULT = True
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
    """Every hit in the window; while more match than can be reached, the window is halved."""
    for hit in _hits(watch, ceil(window.start.timestamp()), ceil(window.end.timestamp()), http):
        number = hit.get("objectID")
        yield Item(key=f"post:{number}", payload=hit, position=f"{watch.origin}/items/{number}")


def _hits(watch: Watch, start: int, end: int, http: Http) -> Iterator[Payload]:
    """Hits of the whole seconds in [start, end)."""
    if start >= end:
        return
    first = _search(watch, start, end, 0, http)
    if (count(first.get("nbHits")) or 0) >= _REACHABLE and end - start > 1:
        middle = (start + end) // 2
        yield from _hits(watch, start, middle, http)
        yield from _hits(watch, middle, end, http)
        return
    yield from first["hits"]
    for page in range(1, count(first.get("nbPages")) or 1):
        yield from _search(watch, start, end, page, http)["hits"]


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
        raise SourceUnavailable(f"{watch.origin} answered without `hits`.")
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
                waiting.extend(str(kid) for kid in reversed(item.get("kids") or []))


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
    for item in items:
        state = http.json(f"{firebase}/item/{quote(item.key)}.json")
        if isinstance(state, dict) and (state.get("deleted") or state.get("dead")):
            yield item.key


def parse(envelope: Envelope) -> Iterator[Record]:
    """An Algolia hit or a Firebase item becomes a Post or a Deletion, a user page a Profile."""
    payload = envelope.payload
    if "karma" in payload and "id" in payload:
        yield Profile(account=_account(payload), observed_at=envelope.fetched_at)
    elif "objectID" in payload:
        yield _from_algolia(payload, envelope)
    elif "id" in payload and ("type" in payload or "deleted" in payload):
        yield from _from_firebase(payload, envelope)
    else:
        raise PayloadChanged("Neither a search hit (objectID), an item (id, type) nor a user (karma).")


def _account(user: Payload) -> Account:
    about = text(user.get("about"))
    name = identifier(user.get("id"), "id")
    return Account(
        platform=PLATFORM,
        account_id=name,
        handle=name,
        bio=plain_text(about),
        url=f"https://news.ycombinator.com/user?id={name}",
        links=links_in(about),
    )


def _speaker(name: str) -> Account:
    return Account(platform=PLATFORM, account_id=name, handle=name, is_name_only=True)


def _from_algolia(hit: Payload, envelope: Envelope) -> Post:
    number = identifier(hit.get("objectID"), "objectID")
    body = text(hit.get("comment_text")) or text(hit.get("story_text"))
    is_comment = hit.get("comment_text") is not None
    return Post(
        platform=PLATFORM,
        post_id=number,
        created_at=_time(hit.get("created_at_i"), "created_at_i"),
        text=_words("" if is_comment else text(hit.get("title")), body),
        author=_speaker(identifier(hit.get("author"), "author")),
        observed_at=envelope.fetched_at,
        reply_to=optional_id(hit.get("parent_id")) if is_comment else None,
        conversation_id=optional_id(hit.get("story_id")) or number,
        mentions=(),
        url=f"https://news.ycombinator.com/item?id={number}",
        likes=count(hit.get("points")),
        replies=count(hit.get("num_comments")),
    )


def _from_firebase(item: Payload, envelope: Envelope) -> Iterator[Record]:
    number = identifier(item.get("id"), "id")
    if item.get("deleted") or item.get("dead"):
        yield Deletion(platform=PLATFORM, post_id=number, observed_at=envelope.fetched_at)
        return
    yield Post(
        platform=PLATFORM,
        post_id=number,
        created_at=_time(item.get("time"), "time"),
        text=_words(text(item.get("title")), text(item.get("text"))),
        author=_speaker(identifier(item.get("by"), "by")),
        observed_at=envelope.fetched_at,
        reply_to=optional_id(item.get("parent")),
        conversation_id=text(notes(item).get("story")) or None,
        mentions=(),
        url=f"https://news.ycombinator.com/item?id={number}",
        likes=count(item.get("score")),
        replies=count(item.get("descendants")),
    )


def _words(title: str, body: str) -> str:
    return "\n\n".join(part for part in (plain_text(title), plain_text(body)) if part)


def _time(value: object, name: str) -> datetime:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise PayloadChanged(f"{name} is not a time in seconds.")
    try:
        return utc_from_epoch(value)
    except (OverflowError, ValueError, OSError) as error:
        raise PayloadChanged(f"{name} lies outside the calendar.") from error
