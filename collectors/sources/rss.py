"""RSS and Atom: news and alert feeds, whose publisher speaks; comment feeds, whose authors do.

The bytes are fetched by the polite client and only parsed by feedparser, so its own network code,
which has neither pace nor guard, is never used.
"""

from __future__ import annotations

from calendar import timegm
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

import feedparser

from collectors.contract import (
    Canary,
    Item,
    Options,
    Watch,
    Window,
    cannot_tell,
    no_auth,
    nothing_more,
    utc_from_epoch,
)
from collectors.html import plain_text
from collectors.http import Http
from collectors.read import moment, optional_id, text, tree
from girafe.errors import PayloadChanged, PayloadRejected, SourceUnavailable
from girafe.records import Account, Envelope, Payload, Post, Record

PLATFORM = "rss"
VERSION = "rss-1"
TERMS = "Feeds are published to be read; headline and summary only, with a link. Each site's terms apply."
SECRETS: tuple[str, ...] = ()
PACE = 2.0
OVERLAP = timedelta(days=2)
ON_BY_DEFAULT = True
CANARY: Canary | None = None  # a feed that can be read and is empty is normal
gone = cannot_tell
auth = no_auth
thread = nothing_more
profile = nothing_more

_NEWS = (
    "https://news.google.com/rss/search?q=%22{query}%22&hl=fr&gl=FR&ceid=FR:fr",
    "https://news.google.com/rss/search?q=%22{query}%22&hl=en-US&gl=US&ceid=US:en",
)
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
        if key in watch.memory
    }
    answer = http.get(url, headers=headers)
    if answer.status == 304:
        return
    read = feedparser.parse(answer.body, response_headers={"content-type": "application/xml"})
    if answer.is_missing or (not read.get("version") and not read.entries) or _is_broken(read):
        raise SourceUnavailable(f"{watch.origin} is not a feed that can be read ({answer.status}).")
    for entry in read.entries:
        payload = {"feed": _feed(read, answer.url), "entry": _entry(entry)}
        time = _time(payload["entry"])
        matches = asks_for_query or watch.query.casefold() in _words(payload).casefold()
        if matches and (time is None or time in window):
            yield Item(key=f"post:{_post_id(payload)}", payload=payload, position=answer.url)
    for key, name in (("etag", "etag"), ("modified", "last-modified")):
        if name in answer.headers:
            watch.memory[key] = answer.headers[name]


def _is_broken(read: Any) -> bool:
    """Readable as XML but in no known vocabulary: feedparser calls it `rss` and finds nothing."""
    return read.get("version") == "rss" and not read.entries


def _feed(read: Any, url: str) -> Payload:
    title = text(read.feed.get("title"))
    replies = any("thr_in-reply-to" in entry for entry in read.entries)
    return {
        "url": url,
        "title": title,
        "link": text(read.feed.get("link")),
        "is_comments": replies or title.casefold().startswith(_COMMENT_TITLES),
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
        "published": utc_from_epoch(timegm(stated)).isoformat() if stated else None,
        "updated": utc_from_epoch(timegm(edited)).isoformat() if edited else None,
    }


def _time(entry: Payload) -> datetime | None:
    try:
        return moment(entry.get("published") or entry.get("updated"), "published")
    except PayloadRejected:
        return None


def parse(envelope: Envelope) -> Iterator[Record]:
    """An entry becomes a Post by its publisher or, in a comment feed, by its author."""
    payload = envelope.payload
    entry, feed = tree(payload.get("entry")), tree(payload.get("feed"))
    if not entry:
        raise PayloadChanged("There is no `entry` in the payload.")
    comment = bool(feed.get("is_comments"))
    yield Post(
        platform=envelope.platform,
        post_id=_post_id(payload),
        created_at=moment(entry.get("published") or entry.get("updated"), "published"),
        text=_words(payload),
        author=_commenter(payload) if comment else _publisher(payload),
        observed_at=envelope.fetched_at,
        reply_to=optional_id(entry.get("in_reply_to")),
        conversation_id=_page(payload) if comment else None,
        mentions=(),
        url=_link(entry) or None,
    )


def _words(payload: Payload) -> str:
    """Headline and summary; a summary that only repeats the headline is left out."""
    entry = tree(payload.get("entry"))
    title = plain_text(text(entry.get("title")))
    body = plain_text(text(entry.get("content")) or text(entry.get("summary")))
    if tree(payload.get("feed")).get("is_comments"):
        return body or title
    publisher = text(tree(entry.get("source")).get("title"))
    title = title.removesuffix(f" - {publisher}") if publisher else title
    repeated = title.casefold() in body.casefold() and len(body) <= len(title) + len(publisher) + 20
    return title if repeated else "\n\n".join(part for part in (title, body) if part)


def _link(entry: Any) -> str:
    """The page itself: alerts wrap its address in one of their own."""
    link = text(entry.get("link"))
    parts = urlsplit(link)
    if parts.netloc.endswith("google.com") and parts.path == "/url":
        return (parse_qs(parts.query).get("url") or [link])[0]
    return link


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")


def _home(payload: Payload) -> str:
    feed = tree(payload.get("feed"))
    return _host(text(feed.get("link"))) or _host(text(feed.get("url")))


def _post_id(payload: Payload) -> str:
    entry = tree(payload.get("entry"))
    found = text(entry.get("id")) or _link(entry)
    if not found:
        raise PayloadChanged("The entry has neither id nor link.")
    # Some feeds number their entries from 1; only with the feed's name is that an id.
    return found if ":" in found or len(found) > 40 else f"{_home(payload)}:{found}"


def _page(payload: Payload) -> str:
    return _link(tree(payload.get("entry"))).partition("#")[0]


def _publisher(payload: Payload) -> Account:
    entry = tree(payload.get("entry"))
    source, feed = tree(entry.get("source")), tree(payload.get("feed"))
    host = _host(text(source.get("href"))) or _publisher_host(payload)
    return Account(
        platform=PLATFORM,
        account_id=host,
        handle=host,
        display_name=text(source.get("title")) or text(feed.get("title")),
        url=text(source.get("href")) or text(feed.get("link")) or None,
        is_organisation=True,
    )


def _publisher_host(payload: Payload) -> str:
    """In an alert every entry is somebody else's page; elsewhere the feed's own site publishes."""
    entry, home = tree(payload.get("entry")), _home(payload)
    host = _host(_link(entry)) if home.endswith("google.com") else home
    if not host:
        raise PayloadChanged("Neither entry nor feed says who publishes.")
    return host


def _commenter(payload: Payload) -> Account:
    """A name typed into a form: the same name on one site is taken for one person, no name for nobody."""
    name = text(tree(payload.get("entry")).get("author")).strip()
    if not name or name.casefold() in ("anonymous", "anonyme"):
        return Account(platform=PLATFORM, account_id=f"{_post_id(payload)}#author")
    return Account(platform=PLATFORM, handle=f"{name}@{_home(payload) or _host(_page(payload))}",
                   display_name=name)  # fmt: skip
