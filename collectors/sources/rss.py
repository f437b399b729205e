"""RSS and Atom: news and alert feeds, whose publisher speaks; comment feeds, whose authors do.

The bytes are fetched by the polite client and only parsed by feedparser, so its own network code,
which has neither pace nor guard, is never used.
"""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlsplit

from collectors.answers import Answer
from collectors.contract import (
    NOTES,
    Canary,
    Item,
    Options,
    Watch,
    Window,
    no_auth,
    nothing_more,
    post_key,
    utc_from_epoch,
)
from collectors.guard import host_of
from collectors.http import Http
from collectors.read import dated, text, tree
from collectors.sources.rss_gone import gone as gone
from collectors.sources.rss_gone import mark_of
from collectors.sources.rss_parse import parse as parse
from collectors.sources.rss_parse import post_id, words
from girafe.errors import PayloadRejected, SourceUnavailable
from girafe.records import Payload

PLATFORM = "rss"
VERSION = "rss-1"
TERMS = "Feeds are published to be read; headline and summary only, with a link. Each site's terms apply."
SECRETS: tuple[str, ...] = ()
OPTIONS: tuple[str, ...] = ("feeds",)
PACE = 2.0
OVERLAP = timedelta(days=2)
OPEN = True
CANARY: Canary | None = None  # a feed that can be read and is empty is normal
auth = no_auth
thread = nothing_more
profile = nothing_more

_NEWS = (
    "https://news.google.com/rss/search?q=%22{query}%22&hl=fr&gl=FR&ceid=FR:fr",
    "https://news.google.com/rss/search?q=%22{query}%22&hl=en-US&gl=US&ceid=US:en",
)
_NUMBERED = re.compile(rb"(&(?:amp;)?#)(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)(?=[\s>])(?![^<>]*/>)", re.IGNORECASE)
_ROOT_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_NEWEST = "newest"
_COMMENT_TITLES = ("comments for", "comments on", "commentaires", "comment on")


def origins(options: Options) -> Sequence[str]:
    """The feeds; `{query}` in an address stands for what is searched."""
    return [str(feed) for feed in options.get("feeds", _NEWS)]


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """The entries of the window; those of a general feed only if they name the query."""
    url = watch.origin.replace("{query}", quote_plus(watch.query))
    asks_for_query = "{query}" in watch.origin or "/alerts/feeds/" in watch.origin
    headers = {
        name: watch.memory[key]
        for name, key in (("if-none-match", "etag"), ("if-modified-since", "modified"))
        if key in watch.memory and watch.memory[key].isascii()  # no header may be sent with `déc.` in it
    }
    answer = http.get(url, headers=headers, fault=_cut)
    if answer.status == 304 and headers:  # unasked, "not modified" says nothing
        return
    read = read_feed(answer.body)
    if (
        read is None
        or answer.is_missing
        or (not read.get("version") and not read.entries)
        or _is_broken(read)
    ):
        raise SourceUnavailable(f"{watch.place} is not a feed that can be read ({answer.status}).")
    parts = urlsplit(answer.url)
    where, is_all = f"{parts.scheme}://{host_of(answer.url)}{parts.path}", True
    times = list[datetime]()
    for entry in read.entries:
        payload = {"feed": _feed(read, where), "entry": _entry(entry), NOTES: {"feed": mark_of(watch.origin)}}
        time = _time(payload["entry"])
        times += [time] if time else []
        matches = asks_for_query or watch.query.casefold() in words(payload).casefold()
        is_all &= not matches or time is None or time < window.end
        if matches and (time is None or time in window):
            yield Item(key=post_key(_post_id(payload), payload), payload=payload, position=where)
    _note_a_gap(watch, [time for time in times if time < window.end])
    if not is_all:  # its time is still to come, and "not modified" would hide it then
        return
    for key, name in (("etag", "etag"), ("modified", "last-modified")):
        if name in answer.headers:
            watch.memory[key] = answer.headers[name]


def _note_a_gap(watch: Watch, times: Sequence[datetime]) -> None:
    """A feed lists its newest entries only: where all are newer than those of the last run, some may be missed."""
    before = dated(watch.memory.get(_NEWEST), _NEWEST)
    if times and before and min(times) > before:
        watch.limits.append(
            f"{watch.place} lists nothing before {min(times):%Y-%m-%d %H:%M} UTC, and what it listed at the last run "
            f"ended at {before:%Y-%m-%d %H:%M}: what came in between was not heard. Listen more often."
        )
    if times:
        watch.memory[_NEWEST] = max(times).isoformat()


def _cut(answer: Answer) -> str:
    """What is wrong with a feed that ends before its root does; feedparser reads what is there without a word."""
    is_cut = _ROOT.search(answer.body) and not _ROOT_END.search(answer.body)
    return "the feed is truncated or malformed" if is_cut and not answer.is_missing else ""


def _post_id(payload: Payload) -> str | None:
    try:
        return post_id(payload)
    except PayloadRejected:
        return None  # neither id nor link; the others are heard all the same


def read_feed(body: bytes) -> Any | None:
    """What feedparser makes of an answer; None where it fails itself, as for a namespace with two spaces in it."""
    import feedparser  # a third of a second, which whoever only lists the sources need not wait for

    body = _NUMBERED.sub(_character, body)
    try:
        return feedparser.parse(io.BytesIO(body), response_headers={"content-type": "application/xml"})
    except (ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError):
        return None


def _character(found: re.Match[bytes]) -> bytes:
    """A reference by number, to U+FFFD where it is to no character: feedparser would fail, and all entries be lost."""
    code = min(int((found[2] or found[3]).lstrip(b"0")[:8] or b"0", 16 if found[2] else 10), 0x110000)
    is_none = code in (0, 0x110000) or 0xD800 <= code < 0xE000
    return b"%sx%x;" % (found[1], 0xFFFD if is_none else code)


def _is_broken(read: Any) -> bool:
    """Readable as XML but in no known vocabulary: feedparser calls it `rss` and finds nothing."""
    return read.get("version") == "rss" and not read.entries


def _feed(read: Any, url: str) -> Payload:
    title = text(read.feed.get("title"))
    replies = any("thr_in-reply-to" in entry for entry in read.entries)
    # `Kommentare zu: ...`: the title is in the language of the site, the place on its page is not.
    anchors = all("#comment" in text(entry.get("link")) for entry in read.entries)
    return {
        "url": url,
        "title": title,
        "link": text(read.feed.get("link")),
        "is_comments": replies or anchors or title.casefold().startswith(_COMMENT_TITLES),
    }


def _entry(entry: Any) -> Payload:
    """The fields of an entry that mean something, with its times in UTC."""
    # dict.get: feedparser's own `get` answers for `updated` with `published`, and warns about it.
    edited = dict.get(entry, "updated_parsed")
    stated = dict.get(entry, "published_parsed") or edited
    edited = edited or stated
    content = entry.get("content") or [{}]
    return {
        "id": text(entry.get("id")),
        "title": text(entry.get("title")),
        "summary": text(entry.get("summary")),
        "content": text(content[0].get("value")),
        "link": text(entry.get("link")),
        "author": text(entry.get("author")),
        "source": {name: text(entry.get("source", {}).get(name)) for name in ("title", "href")},
        "in_reply_to": text(tree(entry.get("thr_in-reply-to")).get("ref")),
        "published": _iso(stated),
        "updated": _iso(edited),
    }


def _iso(stated: Any) -> str | None:
    """None for no time, and for one outside the calendar: quarantine shows that entry, and the others are heard."""
    try:
        return utc_from_epoch(timegm(stated)).isoformat() if stated else None
    except (ValueError, OverflowError, OSError):
        return None


def _time(entry: Payload) -> datetime | None:
    return dated(entry.get("published") or entry.get("updated"), "published")
