"""Telegram: public channels, read by snscrape (telegram_scraper.py) from their web preview.

A channel is one voice, mostly an organisation's, without replies: low value, but where a rumour starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.answers import Answer
from collectors.contract import Canary, Item, Options, Watch, Window, no_auth, nothing_more
from collectors.http import Http
from collectors.paging import Trail
from collectors.read import identifier, moment, text, tree
from collectors.sources.telegram_gone import gone as gone
from collectors.sources.telegram_page import not_a_preview
from girafe.errors import AccessDenied, GirafeError, SourceUnavailable
from girafe.records import Account, Envelope, Post, Record

PLATFORM = "telegram"
VERSION = "telegram-1"
TERMS = "https://telegram.org/tos: public channels with a web preview only; respect robots.txt of t.me."
SECRETS: tuple[str, ...] = ()
OPTIONS: tuple[str, ...] = ("channels",)
PACE = 2.0
OVERLAP = timedelta(days=2)
OPEN = True
CANARY: Canary | None = Canary(queries=("",), reach=timedelta(days=365))
auth = no_auth
thread = nothing_more
profile = nothing_more
_LINE_BREAK = re.compile(rb"<br\s*/?>", re.IGNORECASE)

_FIRST_YEAR = 2013


def origins(options: Options) -> Sequence[str]:
    """The channels named in company.toml."""
    return [str(channel).removeprefix("@") for channel in options.get("channels", ())]


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """Posts of the channel, newest first, that name the query."""
    scraper = _scraper(watch.origin, http)
    try:
        for post in scraper.get_items():
            written = _written(post.date)
            if written and written < window.start:
                return
            words = post.content or ""
            if (written is None or written in window) and watch.query.casefold() in words.casefold():
                payload = {"channel": watch.origin, "url": post.url, "date": written and written.isoformat(),
                           "content": words, "outlinks": list(post.outlinks)}  # fmt: skip
                yield Item(key=f"post:{post.url}", payload=payload, position=post.url)
    except GirafeError:
        raise
    except Exception as error:  # snscrape lets everything through: requests, parsing, its own errors
        # Its kind only: what it says may be a piece of somebody's post.
        raise SourceUnavailable(
            f"Telegram channel {watch.origin} could not be read ({type(error).__name__})."
        ) from error


def _written(date: datetime | None) -> datetime | None:
    """When a message was written; None for what was so before Telegram was, or at no time at all."""
    try:
        written = date and date.astimezone(UTC)
    except OverflowError:
        return None
    return written if written and written.year >= _FIRST_YEAR else None


def _scraper(channel: str, http: Http) -> Any:
    """A scraper whose requests go out by the polite client, so that pace, guard and bounds hold for it too."""
    from collectors.borrowed import Borrowed  # requests comes with it
    from collectors.sources.telegram_scraper import Scraper  # its import costs a second

    scraper, trail = Scraper(channel, retries=0), Trail("Telegram")

    def seen(answer: Answer) -> bytes:
        # To snscrape a channel without messages, or at its end; or another one, if a link leads there.
        is_it = answer.url.casefold().partition("?")[0] == f"https://t.me/s/{channel}".casefold()
        if not is_it or answer.is_missing:
            raise AccessDenied(f"Telegram shows no public preview of {channel}; is it a public channel?")
        shown = re.findall(rb'data-post="[^"]*"', answer.body)
        trail.step(answer.url, shown)
        return _LINE_BREAK.sub(b"\n", answer.body)  # snscrape takes them out, and joins the words around them

    for scheme in ("https://", "http://"):
        scraper._session.mount(scheme, Borrowed(http, not_a_preview, seen))
    return scraper


def parse(envelope: Envelope) -> Iterator[Record]:
    """A channel post becomes a Post by the channel."""
    post = tree(envelope.payload)
    channel = identifier(post.get("channel"), "channel")
    yield Post(
        platform=PLATFORM,
        post_id=identifier(post.get("url"), "url").replace("/s/", "/"),
        created_at=moment(post.get("date"), "date"),
        text=text(post.get("content")),
        author=Account(
            platform=PLATFORM,
            handle=channel,
            display_name=channel,
            url=f"https://t.me/{channel}",
            is_organisation=True,
        ),
        observed_at=envelope.fetched_at,
        mentions=(),
        url=text(post.get("url")) or None,
    )
