"""X posts as a browser received them (GraphQL results, wrapped by Zeeschuimer)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from collectors.html import unescaped
from collectors.imports.times import twitter_time
from collectors.read import count, identifier, optional_id, text, tree, trees
from girafe.errors import PayloadChanged
from girafe.records import Account, Post, Record


def left_out(item: Mapping[str, Any]) -> str:
    """Why an item is no conversation, or nothing: an advertisement, what X says is withheld or gone, a repost of it."""
    item = _inner(item)
    gone = "tombstone" in item or item.get("__typename") in ("TweetTombstone", "TweetUnavailable")
    if gone and not tree(item.get("legacy")):
        return "withheld"
    if text(tree(item.get("legacy")).get("full_text")).startswith("RT @") and _reposted(item) is None:
        return "repost"  # the words are another person's, and of which post is not said
    return "promoted" if item.get("promoted") is True else ""


def _inner(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """ "With visibility results" hides the post one level deeper."""
    return tree(item.get("tweet")) or item


def read(item: Mapping[str, Any], seen_at: datetime) -> Iterator[Record]:
    """One result becomes one Post; what is withheld, gone or an advertisement becomes nothing."""
    if left_out(item):
        return
    item = _inner(item)
    legacy = tree(item.get("legacy"))
    if not legacy:
        raise PayloadChanged("There is no `legacy` in the item.")
    note = tree(tree(tree(item.get("note_tweet")).get("note_tweet_results")).get("result"))
    repost_of = _reposted(item)
    quoted = _result(item, "quoted_status_result") or _result(legacy, "quoted_status_result")
    number = identifier(item.get("rest_id") or legacy.get("id_str"), "rest_id")
    yield Post(
        platform="x",
        post_id=number,
        created_at=twitter_time(legacy.get("created_at")),
        # A repost repeats the words of somebody else.
        text="" if repost_of else unescaped(text(note.get("text")) or text(legacy.get("full_text"))),
        author=_author(item, legacy),
        observed_at=seen_at,
        reply_to=optional_id(legacy.get("in_reply_to_status_id_str")),
        conversation_id=optional_id(legacy.get("conversation_id_str")),
        quote_of=optional_id(legacy.get("quoted_status_id_str"))
        or optional_id(quoted.get("rest_id"))
        or optional_id(_result(item, "quotedRefResult").get("rest_id")),
        repost_of=repost_of,
        mentions=() if repost_of else _mentions(legacy),
        lang=text(legacy.get("lang")) or None,
        url=f"https://x.com/i/status/{number}",
        likes=count(legacy.get("favorite_count")),
        replies=count(legacy.get("reply_count")),
        reposts=count(legacy.get("retweet_count")),
    )


def _reposted(item: Mapping[str, Any]) -> str | None:
    legacy = tree(item.get("legacy"))
    reposted = _result(legacy, "retweeted_status_result") or _result(item, "retweeted_status_result")
    return optional_id(reposted.get("rest_id")) or optional_id(legacy.get("retweeted_status_id_str"))


def _result(branch: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    result = tree(tree(branch.get(name)).get("result"))
    return tree(result.get("tweet")) or result


def _author(item: Mapping[str, Any], legacy: Mapping[str, Any]) -> Account:
    user = tree(tree(tree(item.get("core")).get("user_results")).get("result"))
    beside = tree(item.get("user"))  # an older layout, and the one of the module for comments
    core, old = tree(user.get("core")), tree(user.get("legacy")) or beside
    verified = text(tree(user.get("verification")).get("verified_type")) or text(old.get("verified_type"))
    is_protected = True in (old.get("protected"), tree(user.get("privacy")).get("protected"))
    links = [
        text(url.get("expanded_url")) for url in trees(tree(tree(old.get("entities")).get("url")).get("urls"))
    ]
    return Account(
        platform="x",
        account_id=identifier(
            legacy.get("user_id_str") or user.get("rest_id") or beside.get("id_str") or beside.get("id"),
            "user_id_str",
        ),
        handle=_first(core.get("screen_name"), old.get("screen_name"), beside.get("unique_id")) or None,
        display_name=_first(core.get("name"), old.get("name"), beside.get("nickname")),
        bio=_first(
            old.get("description"),
            tree(user.get("profile_bio")).get("description"),
            beside.get("signature"),
        ),
        links=tuple(link for link in links if link),
        is_organisation=True if verified in ("Business", "Government") else None,
        followers=count(old.get("followers_count")),
        is_name_only=not (user or beside),
        opted_out="protected" if is_protected else None,
    )


def _first(*values: object) -> str:
    return next((words for value in values if (words := text(value))), "")


def _mentions(legacy: Mapping[str, Any]) -> tuple[str, ...]:
    listed = tree(legacy.get("entities")).get("user_mentions")
    names = [optional_id(mention.get("screen_name")) for mention in trees(listed)]
    return tuple(dict.fromkeys(name for name in names if name))
