"""Stack Exchange payloads read: questions, answers and comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from collectors.html import plain_text
from collectors.read import count, identifier, moment_of_epoch, notes, text, tree
from girafe.records import Account, Envelope, Post, Record


def parse(envelope: Envelope) -> Iterator[Record]:
    """A question, answer or comment becomes a Post."""
    thing = envelope.payload
    site = identifier(notes(thing).get("site"), "site")
    if "comment_id" in thing:
        own, above = f"c{identifier(thing['comment_id'], 'comment_id')}", thing.get("post_id")
    elif "answer_id" in thing:
        own, above = identifier(thing["answer_id"], "answer_id"), thing.get("question_id")
    else:
        own, above = identifier(thing.get("question_id"), "question_id"), None
    owner = tree(thing.get("owner"))
    if owner.get("user_type") == "does_not_exist":
        return  # the account was deleted, and with it the consent to be counted
    title = plain_text(text(thing.get("title"))) if above is None else ""
    body = plain_text(text(thing.get("body")))
    mentioned = tree(thing.get("reply_to_user")).get("user_id")
    yield Post(
        platform="stackexchange",
        post_id=f"{site}/{own}",
        created_at=written(thing),
        text="\n\n".join(part for part in (title, body) if part),
        author=Account(
            platform="stackexchange",
            account_id=f"{site}/{identifier(owner.get('user_id'), 'owner.user_id')}",
            display_name=plain_text(text(owner.get("display_name"))),
            url=text(owner.get("link")) or None,
        ),
        observed_at=envelope.fetched_at,
        reply_to=f"{site}/{identifier(above, 'parent')}" if above is not None else None,
        mentions=(f"{site}/{identifier(mentioned, 'reply_to_user')}",) if mentioned else (),
        url=text(thing.get("link")) or None,
        likes=count(thing.get("score")),
    )


def written(thing: Mapping[str, Any]) -> datetime:
    """When it was posted."""
    return moment_of_epoch(thing.get("creation_date"), "creation_date")
