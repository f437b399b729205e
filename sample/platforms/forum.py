"""The riders' forum, a girafe JSONL file; and the whole world in the same format with voices given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sample.ids import account_id, handle, post_id
from sample.platforms.showing import iso, number, with_mentions, words_at
from sample.truth import View, about, names_conversation
from sample.world import HOME, Actor, Utterance, World


def lines(world: World) -> Iterator[dict[str, Any]]:
    """Every visible line of the forum, edited posts twice."""
    for post in world.of_platform("forum"):
        if post.never_seen:
            continue
        if post.edited:
            yield line(world, post, post.at)
            yield {**line(world, post, post.edited[0]), "observed_at": iso(post.edited[0])}
        else:
            yield line(world, post, post.at)


def line(world: World, post: Utterance, now: datetime) -> dict[str, Any]:
    """One post as the forum exports it at `now`; a third of the lines leaves mentions to the text."""
    actor = world.actors[post.actor]
    raw, mentions = words_at(post, now)
    found: dict[str, Any] = {
        "platform": actor.platform,
        "post_id": post_id(world, post),
        "created_at": iso(post.at),
        "text": with_mentions(world, raw, lambda a: f"@{a.handle}"),
        "author": _author(actor, post.at),
        "reply_to": _id(world, post.parent),
        "conversation_id": _id(world, post.root) if names_conversation(world, post) else None,
        "quote_of": _id(world, post.quote_of),
        "repost_of": _id(world, post.repost_of),
        "mentions": [world.actors[key].handle for key in mentions],
        "lang": None,
        "url": f"https://forum.usagers.example/p/{post.key}" if actor.platform == "forum" else None,
        "likes": number(post.key, 20),
        "replies": None,
        "reposts": None,
    }
    if int(post.key[1:]) % 3 == 0:
        del found["mentions"]
    return found


def _id(world: World, key: str | None) -> str | None:
    return post_id(world, world.posts[key]) if key else None


def _author(actor: Actor, moment: datetime) -> dict[str, Any]:
    stage = actor.at(moment)
    return {
        "account_id": account_id(actor),
        "handle": handle(actor),
        "display_name": actor.name,
        "bio": stage.bio.replace("@main", "@SillonClients"),
        "url": None,
        "is_bot": actor.is_bot or None,
        "followers": None,
        "links": list(stage.links),
        "voice": None,
    }


def given(seen: View) -> Iterator[dict[str, Any]]:
    """Everything that may be counted, with each author's voice and what each post is about stated."""
    world = seen.world
    for post in sorted(seen.posts.values(), key=lambda p: (p.at, p.key)):
        actor = world.actors[post.actor]
        known = [world.actors[key] for key in post.mentions]
        found = line(world, post, post.edited[0] if post.edited else post.at)
        found["author"]["voice"] = actor.at(post.at).voices[HOME]
        found["mentions"] = [handle(other) for other in known]
        found["text"] = with_mentions(world, post.text, lambda a: f"@{handle(a)}")
        found["about"] = [company.capitalize() for company in about(world, post)]
        yield found
