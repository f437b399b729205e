"""Mastodon payloads read: statuses and accounts of Mastodon, GoToSocial, Takahē, Pleroma; opt-out signals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.html import links_in, plain_text
from collectors.optout import tag_in
from collectors.read import address, count, identifier, moment, notes, optional_id, text, tree, trees
from girafe.errors import PayloadChanged
from girafe.records import Account, Envelope, Payload, Post, Profile, Record

_PUBLIC = frozenset({"public", "unlisted"})
_FOR_FEW = frozenset(
    {"private", "direct", "local", "limited", "list", "mutuals_only", "followers", "specified"}
)
_AT = re.compile(r"(?<![\w@/.])@(\w+)(?:@([\w-]+(?:\.[\w-]+)+(?::\d+)?))?")


def parse(envelope: Envelope) -> Iterator[Record]:
    """A status becomes a Post, an account a Profile; what is not public becomes nothing."""
    payload = envelope.payload
    if "account" in payload and ("content" in payload or "text" in payload):
        if is_public(payload):
            yield _post(payload, envelope)
        elif text(payload.get("visibility")) not in _FOR_FEW:
            raise PayloadChanged(
                "The visibility is a word that nobody knows, so who may read it is not known."
            )
    elif "acct" in payload or "username" in payload:
        yield Profile(account=account(payload, _home(payload, payload)), observed_at=envelope.fetched_at)
    else:
        raise PayloadChanged("Neither a status (content, account) nor an account (acct).")


def is_public(status: Mapping[str, Any]) -> bool:
    """Whether everybody may read it: to who is signed in a server also shows what is for few."""
    return (text(status.get("visibility")) or "public") in _PUBLIC


def kept(status: Payload) -> Payload | None:
    """What may lie on disk of a status: all of one for everybody, nothing of one for few.

    A visibility nobody knows leaves a shell without words and author: were it nothing, a server that renames its
    values would look silent.
    """
    if is_public(status):
        return status
    if text(status.get("visibility")) in _FOR_FEW:
        return None
    shell = {name: status.get(name) for name in ("id", "created_at", "visibility")}
    return {**shell, "content": "", "account": {}}


def _post(status: Payload, envelope: Envelope) -> Post:
    author = account(tree(status["account"]), _home(status, tree(status["account"])))
    boosted = tree(status.get("reblog"))  # its words are the boosted author's, so it stays a bare repost
    warning = text(status.get("spoiler_text"))
    # Some servers send the words only as they were typed.
    said = plain_text(text(status.get("content"))) or text(status.get("text"))
    body = "" if boosted else said
    return Post(
        platform=envelope.platform,
        post_id=_name(status),
        created_at=moment(status.get("created_at"), "created_at"),
        text=f"{warning}\n\n{body}" if warning and body else body or warning,
        author=author,
        observed_at=envelope.fetched_at,
        reply_to=_parent(status),
        quote_of=_quoted(status),
        repost_of=_name(boosted) if boosted else None,
        mentions=_mentions(status, author, body),
        lang=text(status.get("language")) or None,
        url=text(status.get("url")) or None,
        likes=count(status.get("favourites_count")),
        replies=count(status.get("replies_count")),
        reposts=count(status.get("reblogs_count")),
    )


def _name(status: Mapping[str, Any]) -> str:
    return identifier(status.get("uri") or status.get("url"), "uri")


def _parent(status: Payload) -> str | None:
    """The parent's federated id; where the collector could not learn it, its id on that one server."""
    local = optional_id(status.get("in_reply_to_id"))
    if local is None:
        return None
    added = notes(status)
    return text(added.get("parent")) or f"{text(added.get('instance')) or _origin(_name(status))}#{local}"


def _quoted(status: Payload) -> str | None:
    """The post quoted: as Mastodon, as the Misskey family and as Pleroma and Akkoma show it."""
    beside = tree(status.get("pleroma"))
    quote = tree(status.get("quote")) or tree(beside.get("quote"))
    quoted = tree(quote.get("quoted_status")) or quote
    named = quoted.get("uri") or quoted.get("url") or beside.get("quote_url") or status.get("quote_url")
    return optional_id(named)


def _home(payload: Payload, who: Mapping[str, Any]) -> str:
    """The host whose local accounts are written without one."""
    instance = text(notes(payload).get("instance"))
    return address(instance or text(who.get("url")) or text(who.get("uri"))).netloc


def _mentions(status: Payload, author: Account, body: str) -> tuple[str, ...]:
    """Mentioned accounts as user@host. Some servers list none although the text names them."""
    listed = trees(status.get("mentions"))
    names = [_acct(who, address(text(who.get("url"))).netloc) for who in listed]
    if not names and "@" in body:
        home = (author.handle or "").partition("@")[2]
        names = [f"{user}@{host or home}" if host or home else user for user, host in _AT.findall(body)]
    return tuple(name for name in dict.fromkeys(names) if name and name != author.handle)


def _acct(who: Mapping[str, Any], home: str) -> str:
    acct = text(who.get("acct")) or text(who.get("username"))
    return acct if "@" in acct or not home or not acct else f"{acct}@{home}"


def account(who: Mapping[str, Any], home: str) -> Account:
    """An account under its federated id, with the opt-out signal it carries."""
    note = text(who.get("note"))
    fields = trees(who.get("fields"))
    values = [text(field.get("value")) for field in fields]
    said = (f"{text(field.get('name'))}: {value}" for field, value in zip(fields, values, strict=True))
    bio = "\n".join(plain_text(line) for line in (note, *said)).strip()
    return Account(
        platform="mastodon",
        account_id=identifier(who.get("uri") or who.get("url") or _acct(who, home), "account.uri"),
        handle=_acct(who, home) or None,
        display_name=text(who.get("display_name")),
        bio=bio,
        url=text(who.get("url")) or None,
        links=tuple(
            dict.fromkeys([*links_in(note), *(link for value in values for link in links_in(value))])
        ),
        verified_links=tuple(
            link
            for field in fields
            if field.get("verified_at")
            for link in links_in(text(field.get("value")))
        ),
        is_bot=who.get("bot") if isinstance(who.get("bot"), bool) else None,
        is_organisation=True if who.get("group") is True else None,
        followers=count(who.get("followers_count")),
        opted_out=opt_out(who, bio),
    )


def opt_out(who: Mapping[str, Any], bio: str) -> str | None:
    """The signal by which the account asks not to be processed, if it gives one.

    `indexable: false` is what an account that never chose also has, so it counts unless the person
    chose to be discoverable.
    """
    for name in ("noindex", "suspended", "limited", "memorial", "locked"):
        if who.get(name) is True:
            return name
    if tag := tag_in(f"{text(who.get('display_name'))}\n{bio}"):
        return tag
    if who.get("discoverable") is False:
        return "not_discoverable"
    if who.get("indexable") is False and who.get("discoverable") is not True:
        return "not_indexable"
    return None


def _origin(url: str) -> str:
    parts = address(url)
    return f"{parts.scheme}://{parts.netloc}"
