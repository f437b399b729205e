"""Reddit payloads read: posts and comments, and which of them are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from collectors.read import count, identifier, moment_of_epoch, text
from girafe.errors import PayloadChanged
from girafe.records import Account, Deletion, Envelope, Post, Record

PLATFORM = "reddit"


def written_at(thing: Mapping[str, Any]) -> datetime:
    """When a post or a comment was written."""
    return moment_of_epoch(thing.get("created_utc"), "created_utc")


def is_gone(thing: Mapping[str, Any]) -> bool:
    """Whether its words or its author are no longer there."""
    body = text(thing.get("selftext")) or text(thing.get("body"))
    return thing.get("author") in (None, "[deleted]") or body in ("[deleted]", "[removed]")


def parse(envelope: Envelope) -> Iterator[Record]:
    """A post or a comment becomes a Post, or a Deletion if either its words or its author are gone."""
    thing = envelope.payload
    name = identifier(thing.get("name"), "name")
    title, body = text(thing.get("title")), text(thing.get("selftext")) or text(thing.get("body"))
    author = thing.get("author")
    if is_gone(thing):
        yield Deletion(platform=PLATFORM, post_id=name, observed_at=envelope.fetched_at)
        return
    if not title and "body" not in thing:
        raise PayloadChanged("Neither a post (title) nor a comment (body).")
    handle, flair = identifier(author, "author"), text(thing.get("author_flair_text"))
    yield Post(
        platform=PLATFORM,
        post_id=name,
        created_at=written_at(thing),
        text="\n\n".join(part for part in (title, body) if part),
        author=Account(
            platform=PLATFORM,
            account_id=text(thing.get("author_fullname")) or None,
            handle=handle,
            bio=flair,
            is_bot=True if handle == "AutoModerator" else None,
        ),
        observed_at=envelope.fetched_at,
        reply_to=text(thing.get("parent_id")) or None,
        conversation_id=text(thing.get("link_id")) or name,
        url=f"https://www.reddit.com{text(thing.get('permalink'))}",
        likes=count(thing.get("ups")),
        replies=count(thing.get("num_comments")),
    )
