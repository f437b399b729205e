"""Bluesky as the sample shows it: post views with facets, embeds and labels, and detailed profiles."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sample.ids import cid, did, post_id
from sample.platforms.showing import HASHTAG, LINK, MENTION, iso, number, words_at
from sample.world import Actor, Utterance, World

VERSION = "bluesky-1"


def post_view(world: World, post: Utterance, now: datetime) -> dict[str, Any]:
    """app.bsky.feed.defs#postView"""
    uri = post_id(world, post)
    view: dict[str, Any] = {
        "uri": uri,
        "cid": cid(post.key),
        "author": author(world.actors[post.actor], now),
        "record": record(world, post, now),
        "bookmarkCount": 0,
        "replyCount": sum(1 for p in world.posts.values() if p.parent == post.key and p.at < now),
        "repostCount": number(post.key + "r", 10),
        "likeCount": number(post.key, 60),
        "quoteCount": sum(1 for p in world.posts.values() if p.quote_of == post.key and p.at < now),
        "indexedAt": iso(post.at + timedelta(milliseconds=340)),
        "labels": [],
    }
    if post.quote_of:
        view["embed"] = _quoted(world, world.posts[post.quote_of], now)
    return view


def record(world: World, post: Utterance, now: datetime) -> dict[str, Any]:
    """app.bsky.feed.post"""
    text, facets = _rich_text(world, words_at(post, now)[0])
    body: dict[str, Any] = {
        "$type": "app.bsky.feed.post",
        "createdAt": iso(post.at),
        # A quarter of the clients say what the phone is set to, not what was written.
        "langs": [post.lang if int(post.key[1:]) % 4 else "en"],
        "text": text,
    }
    if facets:
        body["facets"] = facets
    if post.parent:
        body["reply"] = {
            "parent": _reference(world, world.posts[post.parent]),
            "root": _reference(world, world.posts[post.root]),
        }
    if post.quote_of:
        body["embed"] = {
            "$type": "app.bsky.embed.record",
            "record": _reference(world, world.posts[post.quote_of]),
        }
    return body


def _reference(world: World, post: Utterance) -> dict[str, str]:
    return {"cid": cid(post.key), "uri": post_id(world, post)}


def _rich_text(world: World, raw: str) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and its facets, whose offsets count UTF-8 bytes."""
    text, facets, last = "", [], 0
    for match in MENTION.finditer(raw):
        actor = world.actors[match.group(1)]
        text += raw[last : match.start()]
        start = len(text.encode())
        text += f"@{actor.handle}"
        facets.append(
            _facet(start, len(text.encode()), {"$type": "app.bsky.richtext.facet#mention", "did": did(actor)})
        )
        last = match.end()
    text += raw[last:]
    for match in HASHTAG.finditer(text):
        start = len(text[: match.start()].encode())
        feature = {"$type": "app.bsky.richtext.facet#tag", "tag": match.group(1)}
        facets.append(_facet(start, start + len(match.group().encode()), feature))
    for match in LINK.finditer(text):
        start = len(text[: match.start()].encode())
        feature = {"$type": "app.bsky.richtext.facet#link", "uri": match.group()}
        facets.append(_facet(start, start + len(match.group().encode()), feature))
    return text, facets


def _facet(start: int, end: int, feature: dict[str, str]) -> dict[str, Any]:
    return {
        "$type": "app.bsky.richtext.facet",
        "features": [feature],
        "index": {"byteEnd": end, "byteStart": start},
    }


def _quoted(world: World, post: Utterance, now: datetime) -> dict[str, Any]:
    uri = post_id(world, post)
    if post.deleted_at and post.deleted_at <= now:
        gone = {"$type": "app.bsky.embed.record#viewNotFound", "uri": uri, "notFound": True}
        return {"$type": "app.bsky.embed.record#view", "record": gone}
    return {
        "$type": "app.bsky.embed.record#view",
        "record": {
            "$type": "app.bsky.embed.record#viewRecord",
            "uri": uri,
            "cid": cid(post.key),
            "author": author(world.actors[post.actor], now),
            "value": record(world, post, now),
            "labels": [],
            "indexedAt": iso(post.at),
            "embeds": [],
        },
    }


def author(actor: Actor, now: datetime) -> dict[str, Any]:
    """app.bsky.actor.defs#profileViewBasic: no description, so profiles are fetched besides."""
    return {
        "did": did(actor),
        "handle": actor.handle,
        "displayName": actor.name,
        "associated": {"activitySubscription": {"allowSubscriptions": "followers"}},
        "labels": _labels(actor, now),
        "createdAt": iso(actor.created),
    }


def _labels(actor: Actor, now: datetime) -> list[dict[str, str]]:
    """What the account says about itself by labels."""
    values = ["bot"] if actor.is_bot else []
    if actor.at(now).opted_out:
        values.append("!no-unauthenticated")
    uri = f"at://{did(actor)}/app.bsky.actor.profile/self"
    return [
        {"src": did(actor), "uri": uri, "cid": cid(uri), "val": value, "cts": iso(actor.created)}
        for value in values
    ]


def profile(actor: Actor, now: datetime) -> dict[str, Any]:
    """app.bsky.actor.defs#profileViewDetailed"""
    stage = actor.at(now)
    bio = stage.bio.replace("@main", "@sillon.example")
    return {
        **author(actor, now),
        "description": "\n".join([bio, *stage.links]).strip(),
        "indexedAt": iso(actor.created),
        "followersCount": actor.followers,
        "followsCount": number(actor.key + "f", 700),
        "postsCount": 20 + number(actor.key + "s", 3000),
    }


def tombstone(world: World, post: Utterance) -> dict[str, Any]:
    """app.bsky.feed.defs#notFoundPost: what a thread holds in place of a post that is gone."""
    return {"$type": "app.bsky.feed.defs#notFoundPost", "uri": post_id(world, post), "notFound": True}
