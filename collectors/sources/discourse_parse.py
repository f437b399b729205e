"""Discourse payloads read: posts and members of a forum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.html import plain_text
from collectors.read import address, count, identifier, moment, notes, text
from girafe.errors import PayloadChanged
from girafe.records import Account, Deletion, Envelope, Payload, Post, Profile, Record


def is_gone(post: Payload) -> bool:
    """Deleted, hidden, or of a member who left: no longer said."""
    return bool(post.get("deleted_at")) or post.get("hidden") is True or post.get("user_deleted") is True


def parse(envelope: Envelope) -> Iterator[Record]:
    """A post becomes a Post or a Deletion, a user a Profile."""
    payload = envelope.payload
    forum = identifier(notes(payload).get("forum"), "forum")
    if "cooked" in payload:
        if is_gone(payload):
            name = _post_id(forum, payload.get("id"))
            yield Deletion(platform="discourse", post_id=name, observed_at=envelope.fetched_at)
        elif payload.get("post_type") in (None, 1):  # the others are notices of the software
            yield _post(payload, forum, envelope)
    elif "username" in payload and "post_number" not in payload:
        yield Profile(account=_account(payload, forum), observed_at=envelope.fetched_at)
    else:
        raise PayloadChanged("Neither a post (cooked) nor a user (username).")


def _post_id(forum: str, number: Any) -> str:
    return f"{forum}/p/{identifier(number, 'id')}"


def _post(post: Payload, forum: str, envelope: Envelope) -> Post:
    title, parent = text(notes(post).get("title")), notes(post).get("parent")
    body = plain_text(text(post.get("cooked")))
    return Post(
        platform="discourse",
        post_id=_post_id(forum, post.get("id")),
        created_at=moment(post.get("created_at"), "created_at"),
        text=f"{title}\n\n{body}" if title else body,
        author=_account(post, forum),
        observed_at=envelope.fetched_at,
        reply_to=_post_id(forum, parent) if parent else None,
        conversation_id=f"{forum}/t/{identifier(post.get('topic_id'), 'topic_id')}",
        url=f"{forum}/t/{post.get('topic_id')}/{post.get('post_number')}",
        replies=count(post.get("reply_count")),
    )


def _account(who: Payload, forum: str) -> Account:
    """Title and group are how a forum shows whom a member speaks for."""
    name = identifier(who.get("username"), "username")
    shown = [text(who.get(field)) for field in ("user_title", "title", "primary_group_name", "bio_raw")]
    website = text(who.get("website"))
    return Account(
        platform="discourse",
        handle=f"{name}@{address(forum).netloc}",
        display_name=text(who.get("name")),
        bio="\n".join(part for part in shown if part),
        url=f"{forum}/u/{name}",
        links=(website,) if website else (),
        is_bot=True if who.get("id") in (-1, -2) and "cooked" not in who else None,
    )
