"""Ids: the id every account and post has on its platform, and the one girafe knows it by."""

from __future__ import annotations

from base64 import b32encode
from datetime import UTC, datetime
from hashlib import blake2b, sha256

from sample.people import OBSERVED
from sample.world import Actor, Utterance, World

_TID = "234567abcdefghijklmnopqrstuvwxyz"
_HN_FIRST, _HN_EPOCH = 49_000_000, datetime(2026, 9, 1, tzinfo=UTC)


def _code(text: str, length: int) -> str:
    """A stable code that looks random."""
    return b32encode(sha256(text.encode()).digest()).decode().lower()[:length]


def did(actor: Actor) -> str:
    """A Bluesky account's permanent name."""
    return f"did:plc:{_code(actor.key, 24)}"


def cid(text: str) -> str:
    """The content hash of a Bluesky record."""
    return "bafyrei" + _code(text, 40) + _code(text + "/", 12)


def tid(moment: datetime, salt: str) -> str:
    """A Bluesky record key: the time in microseconds, sortable, in base 32."""
    number = int(moment.timestamp() * 1_000_000) << 10 | int(sha256(salt.encode()).hexdigest()[:3], 16) % 1024
    digits = ""
    for _ in range(13):
        digits, number = _TID[number & 31] + digits, number >> 5
    return digits


def snowflake(moment: datetime, salt: str) -> str:
    """A Mastodon id: milliseconds and 16 bits that differ from server to server."""
    return str((int(moment.timestamp() * 1000) << 16) | int(sha256(salt.encode()).hexdigest()[:4], 16))


def mastodon_account(actor: Actor) -> str:
    """The federated id of a Mastodon account."""
    return f"https://{actor.host}/users/{actor.handle}"


def activity(post: Utterance) -> int:
    """A LinkedIn activity number: its upper bits are the time in milliseconds."""
    return (int(post.at.timestamp() * 1000) << 22) | int(sha256(post.key.encode()).hexdigest()[:5], 16)


def linkedin_link(post: Utterance) -> str:
    """The address of a LinkedIn post, as an export writes it."""
    return f"https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A{activity(post)}"


def _linkedin(world: World, post: Utterance) -> str:
    """A post's activity number; a comment has none and is named after its time, place and words."""
    if post.parent is None:
        return str(activity(post))
    link = linkedin_link(world.posts[post.parent])
    named = f"{post.at.isoformat()}\x1f{link}\x1f{post.text}"
    return f"comment:{blake2b(named.encode(), digest_size=12).hexdigest()}"


def hackernews(post: Utterance) -> int:
    """A Hacker News item number: they grow with time."""
    return _HN_FIRST + int((post.at - _HN_EPOCH).total_seconds())


def local(post: Utterance, instance: str) -> str:
    """The id of a status on one Mastodon instance: each server gives its own."""
    return snowflake(post.at, f"{post.key}@{instance}")


def account_id(actor: Actor) -> str:
    """The id under which the platform's parser knows an account."""
    if actor.platform == "bluesky":
        return did(actor)
    if actor.platform == "mastodon":
        return mastodon_account(actor)
    if actor.platform == "forum":
        return f"u{int(sha256(actor.key.encode()).hexdigest()[:7], 16)}"
    return actor.handle


def handle(actor: Actor) -> str:
    """The handle by which others mention an account."""
    return f"{actor.handle}@{actor.host}" if actor.platform == "mastodon" else actor.handle


def post_id(world: World, post: Utterance) -> str:
    """The id under which the platform's parser knows a post."""
    actor = world.actors[post.actor]
    if actor.platform == "bluesky":
        return f"at://{did(actor)}/app.bsky.feed.post/{tid(post.at, post.key)}"
    if actor.platform == "mastodon":
        return f"{mastodon_account(actor)}/statuses/{local(post, actor.host)}"
    if actor.platform == "hackernews":
        return str(hackernews(post))
    if actor.platform == "linkedin":
        return _linkedin(world, post)
    if actor.platform == "rss":
        return f"https://{actor.handle}/{post.at:%Y/%m}/{post.key}"
    return f"f{post.key[1:]}"


def seen_at(world: World, root: str) -> tuple[str, ...]:
    """The Mastodon instances on which a conversation is found: one or both."""
    posts = [post for post in world.posts.values() if post.root == root]
    which = int(sha256(root.encode()).hexdigest()[:2], 16)
    # A hidden parent is known only by the number one server gave it: such a thread is read there alone.
    if any(post.never_seen for post in posts) or which % 3:
        return (OBSERVED[which % 2],)
    return OBSERVED
