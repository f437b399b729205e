"""X archive: a person's own posts (data/tweets.js in a zip, or alone). Parsed as JSON, never evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.html import unescaped
from collectors.imports.archive import base_name, looks_like_zip, open_archive, read_alone
from collectors.imports.contract import Bad, File, Head, Row, Skipped
from collectors.imports.table_ids import native_id
from collectors.imports.times import twitter_time
from collectors.imports.x_scripts import ASSIGNED, LongPosts, assigned, owner_of
from collectors.read import count, identifier, optional_id, text, tree, trees
from girafe.errors import InputInvalid, PayloadChanged
from girafe.records import Account, Envelope, Post, Profile, Record

NAME = "x_archive"
ABOUT = "A person's own X archive (zip) or its tweets.js"
VERSION = "x_archive-2"
PARSER = NAME
_TWEETS = re.compile(r"(?:tweets?(?:-part\d+)?|\d{4}_\d\d)\.js\Z")
"""Today's files, and the monthly ones of archives before 2019."""
_COMMUNITY = re.compile(r"community[-_]tweets?(?:-part\d+)?\.js\Z")


def recognises(head: Head) -> bool:
    """A zip with data/tweets.js, or a file that begins as one does."""
    return bool(ASSIGNED.match(head.start)) or any(_TWEETS.match(base_name(name)) for name in head.members)


def rows(file: File) -> Iterator[Row | Bad | Skipped]:
    """The owner, then every post."""
    if not looks_like_zip(file):
        yield from _posts(file.label, assigned(file.label, read_alone(file)), {}, LongPosts(()))
        return
    with open_archive(file) as archive:
        scripts = {name: base_name(name) for name in sorted(archive.names())}
        owner = owner_of(archive)
        if owner:
            yield Row(platform="x", payload={"owner": owner}, position="account.js")
        long = LongPosts(archive.read(name) for name, base in scripts.items() if base == "note-tweet.js")
        for name, base in scripts.items():
            if not _TWEETS.match(base) and not _COMMUNITY.match(base):
                continue
            try:
                entries = assigned(base, archive.read(name))
            except InputInvalid as error:
                # One damaged part must not keep the others from being read.
                yield Bad(reason="file_damaged", detail=str(error), position=f"{base}:1")
                continue
            if _TWEETS.match(base):
                yield from _posts(base, entries, owner, long)
            else:  # said to the members of a community, not to everybody
                places = range(1, len(entries) + 1)
                yield from (Skipped(reason="in_a_community", position=f"{base}:{n}") for n in places)


def _posts(
    label: str, entries: list[Any], owner: dict[str, Any], long: LongPosts
) -> Iterator[Row | Bad | Skipped]:
    for number, entry in enumerate(entries, 1):
        position, tweet = f"{label}:{number}", tree(tree(entry).get("tweet")) or tree(entry)
        if not tweet:
            yield Bad(reason="not_an_object", detail="The item is no post.", position=position)
        elif _words(tweet).startswith("RT @") or tree(tweet.get("retweeted_status")):
            # The words are another person's, and today's archives do not say of which post.
            yield Skipped(reason="repost", position=position)
        else:
            payload = {"tweet": long.completed(tweet), "owner": owner}
            yield Row(platform="x", payload=payload, position=position)


def _words(tweet: Mapping[str, Any]) -> str:
    return unescaped(text(tweet.get("full_text")) or text(tweet.get("text")))


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
    entities = tree(tweet.get("entities"))
    names = [optional_id(mention.get("screen_name")) for mention in trees(entities.get("user_mentions"))]
    yield Post(
        platform="x",
        post_id=number,
        created_at=written,
        text=words,
        author=author,
        observed_at=written,
        reply_to=optional_id(tweet.get("in_reply_to_status_id_str") or tweet.get("in_reply_to_status_id")),
        quote_of=_quoted(trees(entities.get("urls")), number),
        mentions=tuple(dict.fromkeys(name for name in names if name)),
        lang=text(tweet.get("lang")) or None,
        url=f"https://x.com/i/status/{number}",
        likes=count(tweet.get("favorite_count")),
        reposts=count(tweet.get("retweet_count")),
    )


def _quoted(urls: list[Mapping[str, Any]], own: str) -> str | None:
    """An archive names a quoted post only by the address that stands in the words, the last of several."""
    addresses = [text(url.get("expanded_url")) for url in urls]
    found = [
        native_id("x", url)
        for url in addresses
        if re.match(r"https?://(?:mobile\.|www\.)?(?:x|twitter)\.com/", url)
    ]
    return next((number for number in reversed(found) if number and number != own), None)


def _author(owner: Mapping[str, Any], tweet: Mapping[str, Any]) -> Account:
    website, user = text(owner.get("website")), tree(tweet.get("user"))
    account_id = optional_id(owner.get("accountId")) or optional_id(user.get("id_str"))
    handle = optional_id(owner.get("username")) or optional_id(user.get("screen_name"))
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
