"""X archive: a person's own posts (data/tweets.js in a zip, or alone). Parsed as JSON, never evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import orjson

from collectors.imports.archive import Archive, base_name, looks_like_zip, open_archive, read_alone
from collectors.imports.contract import Bad, File, Head, Row, Skipped
from collectors.imports.times import twitter_time
from collectors.read import count, identifier, optional_id, text, tree, trees
from girafe.errors import InputInvalid, PayloadChanged
from girafe.records import Account, Envelope, Post, Profile, Record

NAME = "x_archive"
ABOUT = "A person's own X archive (zip) or its tweets.js"
VERSION = "x_archive-1"
PARSER = NAME
_TWEETS = re.compile(r"tweets?(?:-part\d+)?\.js\Z")
_ASSIGNED = re.compile(r"\s*window\.YTD\.\w+\.part\d+\s*=")


def recognises(head: Head) -> bool:
    """A zip with data/tweets.js, or a file that begins as one does."""
    return bool(_ASSIGNED.match(head.start)) or any(_TWEETS.match(base_name(name)) for name in head.members)


def rows(file: File) -> Iterator[Row | Bad | Skipped]:
    """The owner, then every post."""
    if not looks_like_zip(file):
        yield from _posts(file.label, read_alone(file), {})
        return
    with open_archive(file) as archive:
        owner = _owner(archive)
        yield Row(platform="x", payload={"owner": owner}, position="account.js")
        for name in sorted(name for name in archive.names() if _TWEETS.match(base_name(name))):
            yield from _posts(base_name(name), archive.read(name), owner)


def _posts(label: str, content: bytes, owner: dict[str, Any]) -> Iterator[Row | Bad | Skipped]:
    for number, entry in enumerate(_assigned(label, content), 1):
        position, tweet = f"{label}:{number}", tree(tree(entry).get("tweet")) or tree(entry)
        if not tweet:
            yield Bad(reason="not_an_object", detail="The item is no post.", position=position)
        elif _words(tweet).startswith("RT @"):
            # An archive does not say which post was repeated, and the words are another person's.
            yield Skipped(reason="repost", position=position)
        else:
            yield Row(platform="x", payload={"tweet": dict(tweet), "owner": owner}, position=position)


def _words(tweet: Mapping[str, Any]) -> str:
    return unescape(text(tweet.get("full_text")) or text(tweet.get("text")))


def _assigned(label: str, content: bytes) -> list[Any]:
    """The JSON behind the first `=` of a script."""
    _, _, script = content.partition(b"=")
    try:
        found = orjson.loads(script.strip().removesuffix(b";"))
        return found if isinstance(found, list) else []
    except orjson.JSONDecodeError as error:
        raise InputInvalid(f"{label} does not hold JSON behind its first `=` ({error}).") from error


def _owner(archive: Archive) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in archive.names():
        if base_name(name) in ("account.js", "profile.js"):
            for entry in _assigned(base_name(name), archive.read(name)):
                found.update(tree(tree(entry).get("account")))
                found.update(tree(tree(tree(entry).get("profile")).get("description")))
    wanted = ("accountId", "username", "accountDisplayName", "bio", "website")
    return {name: found[name] for name in wanted if isinstance(found.get(name), str)}


def parse(envelope: Envelope) -> Iterator[Record]:
    """A tweet becomes a Post, the owner a Profile."""
    payload = envelope.payload
    owner, tweet = tree(payload.get("owner")), tree(payload.get("tweet"))
    if not tweet and not owner:
        raise PayloadChanged("Neither a tweet nor an owner.")
    author = _author(owner, tweet)
    if not tweet:
        yield Profile(account=author, observed_at=envelope.fetched_at)
        return
    number = identifier(tweet.get("id_str") or tweet.get("id"), "id_str")
    words = _words(tweet)
    if words.startswith("RT @"):
        return
    written = twitter_time(tweet.get("created_at"))
    mentions = trees(tree(tweet.get("entities")).get("user_mentions"))
    names = [optional_id(mention.get("screen_name")) for mention in mentions]
    yield Post(
        platform="x",
        post_id=number,
        created_at=written,
        text=words,
        author=author,
        observed_at=written,
        reply_to=optional_id(tweet.get("in_reply_to_status_id_str") or tweet.get("in_reply_to_status_id")),
        mentions=tuple(dict.fromkeys(name for name in names if name)),
        lang=text(tweet.get("lang")) or None,
        url=f"https://x.com/i/status/{number}",
        likes=count(tweet.get("favorite_count")),
        reposts=count(tweet.get("retweet_count")),
    )


def _author(owner: Any, tweet: Any) -> Account:
    website = text(owner.get("website"))
    account_id, handle = optional_id(owner.get("accountId")), optional_id(owner.get("username"))
    if account_id is None and handle is None:
        # tweets.js alone names nobody; one archive is one person, so one name serves.
        handle = text(tweet.get("screen_name")) or "owner-of-this-archive"
    return Account(
        platform="x",
        account_id=account_id,
        handle=handle,
        display_name=text(owner.get("accountDisplayName")),
        bio=text(owner.get("bio")),
        links=(website,) if website else (),
    )
