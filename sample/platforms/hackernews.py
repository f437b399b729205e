"""Hacker News as the sample shows it: search hits, the items of a tree, user pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from typing import Any

from sample.ids import hackernews
from sample.platforms.showing import number
from sample.world import Actor, Utterance, World

VERSION = "hackernews-1"


def _html(text: str) -> str:
    """Paragraphs the way Hacker News separates them: an opening tag between them, none at the end."""
    return "<p>".join(escape(part).replace("/", "&#x2F;") for part in text.split("\n\n"))


def tree(world: World, posts: Sequence[Utterance], now: datetime) -> Iterator[dict[str, Any]]:
    """Every item of one story as Firebase answers at `now`."""
    story = str(hackernews(posts[0]))
    for post in posts:
        if post.at < now:
            yield {**item(world, posts, post, now), "_girafe": {"story": story}}


def item(world: World, posts: Sequence[Utterance], post: Utterance, now: datetime) -> dict[str, Any]:
    """One item. What is gone keeps its place in the tree but loses author and text."""
    kids = [hackernews(other) for other in posts if other.parent == post.key and other.at < now]
    base: dict[str, Any] = {
        "id": hackernews(post),
        "time": int(post.at.timestamp()),
        "type": "comment" if post.parent else "story",
    }
    if kids:
        base["kids"] = kids
    if post.parent:
        base["parent"] = hackernews(world.posts[post.parent])
    if post.deleted_at and post.deleted_at <= now:
        return {**base, "deleted": True}
    if post.never_seen:
        return {**base, "dead": True}
    said: dict[str, Any] = {"text": _html(post.text)}
    if not post.parent:
        said = {"title": post.text, "score": 1 + number(post.key, 240), "descendants": len(posts) - 1}
        said |= {"url": f"https://blog.{post.key}.example/"} if not post.text.startswith("Ask HN") else {}
    return {**base, "by": world.actors[post.actor].handle, **said}


def hit(world: World, post: Utterance) -> dict[str, Any]:
    """One hit of Algolia's search_by_date."""
    number_ = str(hackernews(post))
    root = world.posts[post.root]
    base: dict[str, Any] = {
        "objectID": number_,
        "author": world.actors[post.actor].handle,
        "created_at": f"{post.at:%Y-%m-%dT%H:%M:%SZ}",
        "created_at_i": int(post.at.timestamp()),
        "updated_at": f"{post.at:%Y-%m-%dT%H:%M:%SZ}",
        "story_id": hackernews(root),
        "children": [],
        "_tags": [
            "comment" if post.parent else "story",
            f"author_{world.actors[post.actor].handle}",
            f"story_{hackernews(root)}",
        ],
    }
    if post.parent:
        comment = {"comment_text": _html(post.text), "parent_id": hackernews(world.posts[post.parent])}
        return {**base, **comment, "story_title": root.text, "story_url": None}
    return {**base, "title": post.text, "url": None, "points": 1 + number(post.key, 240), "num_comments": 0}


def user(actor: Actor, now: datetime) -> dict[str, Any]:
    """One user page."""
    stage = actor.at(now)
    page: dict[str, Any] = {
        "id": actor.handle,
        "created": int(actor.created.timestamp()),
        "karma": 1 + number(actor.key, 9000),
        "submitted": [],
    }
    return {**page, "about": _html(stage.bio)} if stage.bio else page
