"""Hacker News payloads read: search hits of Algolia, items and users of Firebase."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.html import links_in, plain_text
from collectors.read import count, identifier, moment_of_epoch, notes, optional_id, text
from girafe.errors import PayloadChanged
from girafe.records import Account, Deletion, Envelope, Payload, Post, Profile, Record


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
        platform="hackernews",
        account_id=name,
        handle=name,
        bio=plain_text(about),
        url=f"https://news.ycombinator.com/user?id={name}",
        links=links_in(about),
    )


def _speaker(name: str) -> Account:
    return Account(platform="hackernews", account_id=name, handle=name, is_name_only=True)


def _from_algolia(hit: Payload, envelope: Envelope) -> Post:
    number = identifier(hit.get("objectID"), "objectID")
    body = text(hit.get("comment_text")) or text(hit.get("story_text"))
    is_comment = hit.get("comment_text") is not None
    return Post(
        platform="hackernews",
        post_id=number,
        created_at=moment_of_epoch(hit.get("created_at_i"), "created_at_i"),
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
        yield Deletion(platform="hackernews", post_id=number, observed_at=envelope.fetched_at)
        return
    yield Post(
        platform="hackernews",
        post_id=number,
        created_at=moment_of_epoch(item.get("time"), "time"),
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
