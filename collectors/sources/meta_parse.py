"""Facebook and Instagram payloads read: posts and comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from collectors.read import count, identifier, moment, notes, text, tree
from girafe.errors import PayloadChanged
from girafe.records import Account, Envelope, Payload, Post, Record


def time_of(thing: Mapping[str, Any]) -> datetime:
    """When it was said, as either network names it; PayloadRejected if it is no time."""
    return moment(thing.get("created_time") or thing.get("timestamp"), "created_time")


def parse(envelope: Envelope) -> Iterator[Record]:
    """A post or a comment becomes a Post under its own network."""
    thing, added = envelope.payload, notes(envelope.payload)
    if not ("created_time" in thing or "timestamp" in thing):
        raise PayloadChanged("Neither created_time (Facebook) nor timestamp (Instagram).")
    root = text(added.get("root"))
    network = "instagram" if added.get("network") == "instagram" else "facebook"
    name = identifier(thing.get("id"), "id")
    yield Post(
        platform=network,
        post_id=name,
        created_at=time_of(thing),
        text=text(thing.get("message")) or text(thing.get("caption")) or text(thing.get("text")),
        author=_author(thing, network, name),
        observed_at=envelope.fetched_at,
        reply_to=text(added.get("parent")) or None,
        conversation_id=root if root and root != name else None,
        url=text(thing.get("permalink_url")) or text(thing.get("permalink")) or None,
        likes=count(thing.get("like_count")),
    )


def _author(thing: Payload, network: str, name: str) -> Account:
    """Meta hides who comments unless they agreed; such a speaker is somebody, and nobody twice."""
    who = tree(thing.get("from"))
    account_id, handle = text(who.get("id")), text(thing.get("username"))
    if not account_id and not handle:
        account_id = f"{name}#author"
    return Account(
        platform=network,
        account_id=account_id or None,
        handle=handle or None,
        display_name=text(who.get("name")),
    )
