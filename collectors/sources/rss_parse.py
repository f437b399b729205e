"""Feed entries read: by their publisher, or by their author in a comment feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from collectors.html import plain_text
from collectors.read import address, moment, optional_id, text, tree
from girafe.errors import PayloadChanged
from girafe.records import Account, Envelope, Payload, Post, Record

_ACCOUNT = re.compile(r"/(?:[@~]|%40|%7e)", re.IGNORECASE)
"""As networks and hosts write the pages of one account."""


def parse(envelope: Envelope) -> Iterator[Record]:
    """An entry becomes a Post by its publisher or, in a comment feed, by its author."""
    payload = envelope.payload
    entry, feed = tree(payload.get("entry")), tree(payload.get("feed"))
    if not entry:
        raise PayloadChanged("There is no `entry` in the payload.")
    comment = bool(feed.get("is_comments"))
    yield Post(
        platform=envelope.platform,
        post_id=post_id(payload),
        created_at=moment(entry.get("published") or entry.get("updated"), "published"),
        text=words(payload),
        author=_commenter(payload) if comment else _publisher(payload),
        observed_at=envelope.fetched_at,
        reply_to=optional_id(entry.get("in_reply_to")),
        conversation_id=_page(payload) if comment else None,
        mentions=(),
        url=_own_page(payload),
    )


def words(payload: Payload) -> str:
    """Headline and summary; a summary that only repeats the headline is left out."""
    entry = tree(payload.get("entry"))
    title = plain_text(text(entry.get("title")))
    body = plain_text(text(entry.get("content")) or text(entry.get("summary")))
    if tree(payload.get("feed")).get("is_comments"):
        return body or title
    publisher = text(tree(entry.get("source")).get("title"))
    title = title.removesuffix(f" - {publisher}") if publisher else title
    beside = body.casefold().replace(title.casefold(), "", 1).replace(publisher.casefold(), "")
    repeated = title and not any(map(str.isalnum, beside))
    return title if repeated else "\n\n".join(part for part in (title, body) if part)


def link_of(entry: Any) -> str:
    """The page itself: alerts wrap its address in one of their own."""
    link = text(entry.get("link"))
    parts = address(link)
    if parts.netloc.endswith("google.com") and parts.path == "/url":
        return (parse_qs(parts.query).get("url") or [link])[0]
    return link


def _host(url: str) -> str:
    return address(url).netloc.lower().rpartition("@")[2].removeprefix("www.")


def _home(payload: Payload) -> str:
    feed = tree(payload.get("feed"))
    return _host(text(feed.get("link"))) or _host(text(feed.get("url")))


def post_id(payload: Payload) -> str:
    """The entry's own id, or the address of its page; PayloadChanged where it has neither."""
    entry = tree(payload.get("entry"))
    found = text(entry.get("id")) or link_of(entry)
    if not found:
        raise PayloadChanged("The entry has neither id nor link.")
    # Some feeds number their entries from 1; only with the feed's name is that an id.
    return found if ":" in found or len(found) > 40 else f"{_home(payload)}:{found}"


def _page(payload: Payload) -> str:
    return link_of(tree(payload.get("entry"))).partition("#")[0]


def _own_page(payload: Payload) -> str | None:
    """The page, if it is of who publishes: what an alert or a list of links found may be anybody's, a profile too."""
    entry, home = tree(payload.get("entry")), _home(payload)
    link, host = link_of(entry), _host(link_of(entry))
    is_named = bool(text(tree(entry.get("source")).get("href")))
    is_own = bool(home and host) and (f".{host}".endswith(f".{home}") or home.endswith(f".{host}"))
    is_found = home.endswith("google.com") or _ACCOUNT.search(link)
    return link if is_named or (is_own and not is_found) else None


def _publisher(payload: Payload) -> Account:
    entry = tree(payload.get("entry"))
    source, feed = tree(entry.get("source")), tree(payload.get("feed"))
    host = _host(text(source.get("href"))) or _publisher_host(payload)
    return Account(
        platform="rss",
        account_id=host,
        handle=host,
        display_name=text(source.get("title")) or text(feed.get("title")),
        url=text(source.get("href")) or text(feed.get("link")) or None,
        is_organisation=True,
    )


def _publisher_host(payload: Payload) -> str:
    """In an alert every entry is somebody else's page; elsewhere the feed's own site publishes."""
    entry, home = tree(payload.get("entry")), _home(payload)
    host = _host(link_of(entry)) if home.endswith("google.com") else home
    if not host:
        raise PayloadChanged("Neither entry nor feed says who publishes.")
    return host


def _commenter(payload: Payload) -> Account:
    """A name typed into a form: the same name on one site is taken for one person, no name for nobody."""
    name = text(tree(payload.get("entry")).get("author")).strip()
    if not name or name.casefold() in ("anonymous", "anonyme"):
        return Account(platform="rss", account_id=f"{post_id(payload)}#author")
    return Account(platform="rss", handle=f"{name}@{_home(payload) or _host(_page(payload))}",
                   display_name=name)  # fmt: skip
