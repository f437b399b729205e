"""Bluesky payloads read: post views, profile views, and posts that are gone; labels and opt-outs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from collectors.optout import tag_in
from collectors.read import count, dated, identifier, moment, optional_id, text, texts, tree, trees
from girafe.errors import PayloadChanged, PayloadRejected
from girafe.records import Account, Deletion, Envelope, Payload, Post, Profile, Record

_FIRST_YEAR = 2000
_OPT_OUTS = frozenset({"!no-unauthenticated", "!hide", "!takedown", "!suspend"})


def parse(envelope: Envelope) -> Iterator[Record]:
    """A post view becomes a Post, a profile view a Profile, a notFoundPost a Deletion."""
    payload = envelope.payload
    if payload.get("notFound") is True:
        uri = identifier(payload.get("uri"), "uri")
        yield Deletion(platform=envelope.platform, post_id=uri, observed_at=envelope.fetched_at)
    elif "record" in payload and "uri" in payload:
        yield _post(payload, envelope)
    elif "did" in payload:
        yield Profile(account=account(payload, envelope.fetched_at), observed_at=envelope.fetched_at)
    else:
        raise PayloadChanged("Neither a post view (uri, record) nor a profile view (did).")


def sort_at(post: Payload) -> datetime:
    """When the post counts as written: what it says, unless that is later than its arrival or absurd."""
    arrived = moment(post.get("indexedAt"), "indexedAt")
    try:
        stated = moment(tree(post.get("record")).get("createdAt"), "createdAt")
    except PayloadRejected:
        return arrived
    return stated if stated.year >= _FIRST_YEAR and stated <= arrived else arrived


def _post(view: Payload, envelope: Envelope) -> Post:
    record, author = tree(view["record"]), tree(view.get("author"))
    uri = identifier(view.get("uri"), "uri")
    if not isinstance(record.get("text"), str):
        raise PayloadChanged("record.text is missing.")
    reply = tree(record.get("reply"))
    languages = texts(record.get("langs"))
    return Post(
        platform=envelope.platform,
        post_id=uri,
        created_at=sort_at(view),
        text=record["text"],
        author=account(author, envelope.fetched_at),
        observed_at=envelope.fetched_at,
        reply_to=optional_id(tree(reply.get("parent")).get("uri")),
        conversation_id=optional_id(tree(reply.get("root")).get("uri")),
        quote_of=_quoted(tree(record.get("embed"))),
        mentions=_mentioned(record),
        lang=languages[0] if languages else None,
        url=f"https://bsky.app/profile/{author.get('did')}/post/{uri.rpartition('/')[2]}",
        likes=count(view.get("likeCount")),
        replies=count(view.get("replyCount")),
        reposts=count(view.get("repostCount")),
    )


def _quoted(embed: Mapping[str, Any]) -> str | None:
    """The quoted post; lists, feeds and starter packs can be embedded the same way and are not posts."""
    record = tree(embed.get("record"))
    uri = optional_id(record.get("uri")) or optional_id(tree(record.get("record")).get("uri"))
    return uri if uri and "/app.bsky.feed.post/" in uri else None


def _mentioned(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The dids in the facets; a handle in the text that is no facet reached nobody."""
    found = [
        text(feature.get("did"))
        for facet in trees(record.get("facets"))
        for feature in trees(facet.get("features"))
    ]
    return tuple(dict.fromkeys(did for did in found if did))


def account(view: Mapping[str, Any], now: datetime) -> Account:
    """A basic or detailed profile view, under its did: handles may be taken over by others."""
    labels = _labels(view, now)
    handle = text(view.get("handle"))
    did = identifier(view.get("did"), "did")
    website = text(view.get("website"))
    return Account(
        platform="bluesky",
        account_id=did,
        handle=handle if handle and handle != "handle.invalid" else None,
        display_name=text(view.get("displayName")),
        bio=text(view.get("description")),
        url=f"https://bsky.app/profile/{did}",
        links=(website,) if website else (),
        is_bot=True if "bot" in labels else None,
        followers=count(view.get("followersCount")),
        is_name_only="description" not in view and "followersCount" not in view,
        opted_out=next((label.lstrip("!") for label in sorted(labels & _OPT_OUTS)), None)
        or tag_in(f"{text(view.get('displayName'))}\n{text(view.get('description'))}"),
    )


def is_withdrawn(post: Mapping[str, Any], now: datetime) -> bool:
    """Whether a post view carries, itself, a label that asks not to show it."""
    return bool(_labels(post, now) & _OPT_OUTS)


def _labels(view: Mapping[str, Any], now: datetime) -> frozenset[str]:
    """The labels that hold at `now`: a later negation takes one back, an expiry ends it."""
    held: dict[tuple[str, str], bool] = {}
    for label in sorted(trees(view.get("labels")), key=lambda label: text(label.get("cts"))):
        # Anybody may label anybody: what cannot be read ends no label, and keeps no page from being heard.
        expiry = dated(label.get("exp"), "exp")
        expired = expiry is not None and expiry <= now
        held[text(label.get("src")), text(label.get("val"))] = not (label.get("neg") or expired)
    return frozenset(value for (_, value), holds in held.items() if holds)
