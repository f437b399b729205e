"""X payloads read: a post with its author, as API v2 sends them."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.read import count, identifier, moment, optional_id, text, tree, trees
from girafe.errors import PayloadChanged
from girafe.records import Account, Envelope, Payload, Post, Record


def parse(envelope: Envelope) -> Iterator[Record]:
    """A post with its author becomes a Post."""
    post = envelope.payload
    number = identifier(post.get("id"), "id")
    if not isinstance(post.get("text"), str):
        raise PayloadChanged("text is missing.")
    references = {
        text(ref.get("type")): optional_id(ref.get("id")) for ref in trees(post.get("referenced_tweets"))
    }
    metrics = tree(post.get("public_metrics"))
    mentions = trees(tree(post.get("entities")).get("mentions"))
    names = [optional_id(mention.get("username")) for mention in mentions]
    reposted = references.get("retweeted")
    yield Post(
        platform="x",
        post_id=number,
        created_at=moment(post.get("created_at"), "created_at"),
        text="" if reposted else post["text"],
        author=_author(post),
        observed_at=envelope.fetched_at,
        reply_to=references.get("replied_to"),
        conversation_id=optional_id(post.get("conversation_id")),
        quote_of=references.get("quoted"),
        repost_of=reposted,
        mentions=tuple(dict.fromkeys(name for name in names if name)),
        lang=text(post.get("lang")) or None,
        url=f"https://x.com/i/status/{number}",
        likes=count(metrics.get("like_count")),
        replies=count(metrics.get("reply_count")),
        reposts=count(metrics.get("retweet_count")),
    )


def _author(post: Payload) -> Account:
    user = tree(post.get("author"))
    links = trees(tree(tree(user.get("entities")).get("url")).get("urls"))
    return Account(
        platform="x",
        account_id=identifier(post.get("author_id"), "author_id"),
        handle=text(user.get("username")) or None,
        display_name=text(user.get("name")),
        bio=text(user.get("description")),
        links=tuple(text(link.get("expanded_url")) for link in links if text(link.get("expanded_url"))),
        is_organisation=True if text(user.get("verified_type")) in ("business", "government") else None,
        followers=count(tree(user.get("public_metrics")).get("followers_count")),
        opted_out="protected" if user.get("protected") is True else None,
    )
