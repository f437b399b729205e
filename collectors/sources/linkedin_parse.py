"""What LinkedIn's payloads say: a page's post, a comment, a mention; all of them to be counted, not kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from collectors.contract import utc_from_epoch
from collectors.read import identifier, notes, text, tree
from girafe.errors import PayloadChanged
from girafe.records import Account, Counted, Envelope, Payload, Post, Record, Voice


def name(comment: Mapping[str, Any]) -> str:
    """The URN of a comment, whichever of its three spellings the payload has."""
    return text(comment.get("commentUrn")) or text(comment.get("$URN")) or str(comment.get("id") or "")


def time(value: object) -> datetime:
    """A time in milliseconds since 1970."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise PayloadChanged("The time is not a number of milliseconds.")
    try:
        return utc_from_epoch(value / 1000)
    except (OverflowError, ValueError, OSError) as error:
        raise PayloadChanged("The time lies outside the calendar.") from error


def parse(envelope: Envelope) -> Iterator[Record]:
    """A post of a page, a comment or a mention becomes a Post."""
    thing, added = envelope.payload, notes(envelope.payload)
    page = text(added.get("page"))
    counted = Counted(
        unit=f"thread {text(added.get('root')) or text(thing.get('object')) or text(thing.get('id'))}",
        own_accounts=(page,) if page else (),
    )
    if "commentary" in thing:
        yield _post(
            envelope,
            thing.get("id"),
            thing.get("author"),
            thing.get("commentary"),
            thing.get("createdAt"),
            counted,
        )
    elif "message" in thing:
        above = (
            text(added.get("above")) or text(thing.get("parentComment")) or text(thing.get("object")) or None
        )
        words, written = tree(thing["message"]).get("text"), tree(thing.get("created")).get("time")
        root = text(added.get("root")) or text(thing.get("object")) or None
        yield _post(
            envelope,
            identifier(name(thing), "the comment's id"),
            thing.get("actor"),
            words,
            written,
            counted,
            above,
            root,
        )
    elif thing.get("action") == "SHARE_MENTION":
        yield _mention(envelope, thing, page, text(added.get("day")))
    else:
        raise PayloadChanged("Neither a post (commentary), a comment (message) nor a mention.")


def _mention(envelope: Envelope, thing: Payload, page: str, day: str) -> Post:
    """Whoever mentions the page addresses it, in a thread of which nothing else is known."""
    made = tree(thing.get("decoratedGeneratedActivity"))
    said = tree(made.get("share")) or tree(made.get("comment")) or tree(thing.get("decoratedSourcePost"))
    where = text(said.get("entity")) or text(thing.get("generatedActivity")) or text(thing.get("sourcePost"))
    author = said.get("owner") or thing.get("actor")
    counted = Counted(unit=f"mentions of {page} on {day}", own_accounts=(page,))
    return _post(
        envelope, where, author, said.get("text"), thing.get("lastModifiedAt"), counted, mentions=(page,)
    )


def _post(
    envelope: Envelope,
    post_id: object,
    author: object,
    words: object,
    written: object,
    counted: Counted,
    reply_to: str | None = None,
    conversation: str | None = None,
    mentions: tuple[str, ...] = (),
) -> Post:
    urn = identifier(author, "author")
    is_organisation = urn.startswith(("urn:li:organization:", "urn:li:organizationBrand:"))
    return Post(
        platform=envelope.platform,
        post_id=identifier(post_id, "id"),
        created_at=time(written),
        text=text(words),
        author=Account(
            platform=envelope.platform,
            account_id=urn,
            is_organisation=True if is_organisation else None,
            voice=Voice.PERSON if urn.startswith("urn:li:person:") else None,
        ),
        observed_at=envelope.fetched_at,
        reply_to=reply_to,
        conversation_id=conversation,
        mentions=mentions,
        counted=counted,
    )
