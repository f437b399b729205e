"""Mastodon as the sample shows it: statuses and accounts, each instance with ids of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from typing import Any

from sample.ids import account_id, local, mastodon_account, post_id, snowflake
from sample.platforms.showing import HASHTAG, LINK, MENTION, iso, number, words_at
from sample.world import Actor, Utterance, World

VERSION = "mastodon-1"
_OPTS_OUT: dict[str, dict[str, Any]] = {
    "noindex": {"noindex": True, "discoverable": False, "indexable": False},
    "nobot": {},
    "not_discoverable": {"discoverable": False, "indexable": False},
    "not_indexable": {"discoverable": None, "indexable": False},
    "locked": {"locked": True},
}


def thread(
    world: World, posts: Sequence[Utterance], instance: str, now: datetime
) -> Iterator[dict[str, Any]]:
    """The statuses of one conversation as `instance` shows them, with what the collector notes."""
    readable = {post.key for post in posts if not post.never_seen and post.at < now}
    for post in posts:
        if post.key not in readable or (post.deleted_at and post.deleted_at <= now):
            continue
        added = {"instance": f"https://{instance}"}
        if post.parent in readable:
            added["parent"] = post_id(world, world.posts[str(post.parent)])
        yield {**status(world, post, instance, now), "_girafe": added}


def status(
    world: World, post: Utterance, instance: str, now: datetime, *, nested: bool = False
) -> dict[str, Any]:
    """One status, as `GET /api/v1/statuses/:id` answers."""
    actor = world.actors[post.actor]
    text, mentions = words_at(post, now)
    own = local(post, actor.host)
    parent = world.posts[post.parent] if post.parent else None
    edited = post.edited[0] if post.edited and post.edited[0] <= now else None
    return {
        "id": local(post, instance),
        "created_at": iso(post.at),
        "in_reply_to_id": local(parent, instance) if parent else None,
        "in_reply_to_account_id": _account_number(world.actors[parent.actor], instance) if parent else None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": post.lang,
        "uri": f"{mastodon_account(actor)}/statuses/{own}",
        "url": f"https://{actor.host}/@{actor.handle}/{own}",
        "replies_count": sum(1 for p in world.posts.values() if p.parent == post.key and p.at < now),
        "reblogs_count": number(post.key + "r", 12),
        "favourites_count": number(post.key, 40),
        "edited_at": iso(edited) if edited else None,
        "content": content(world, text, instance),
        "reblog": None,
        "account": account(actor, instance, now),
        "media_attachments": [],
        "mentions": [_mention(world.actors[key], instance) for key in mentions],
        "tags": [
            {"name": tag.lower(), "url": f"https://{instance}/tags/{tag.lower()}"}
            for tag in HASHTAG.findall(text)
        ],
        "emojis": [],
        "card": None,
        "poll": None,
        "quote": None if nested else _quote(world, post, instance, now),
    }


def _quote(world: World, post: Utterance, instance: str, now: datetime) -> dict[str, Any] | None:
    if post.quote_of is None:
        return None
    quoted = world.posts[post.quote_of]
    if quoted.deleted_at and quoted.deleted_at <= now:
        return {"state": "deleted", "quoted_status": None}
    return {"state": "accepted", "quoted_status": status(world, quoted, instance, now, nested=True)}


def content(world: World, text: str, instance: str) -> str:
    """The HTML Mastodon makes of a text."""
    html = escape(text, quote=False)
    html = LINK.sub(
        lambda m: (
            f'<a href="{m[0]}" target="_blank" rel="nofollow noopener" translate="no">'
            f'<span class="invisible">https://</span><span class="">{m[0][8:]}</span>'
            '<span class="invisible"></span></a>'
        ),
        html,
    )
    html = HASHTAG.sub(
        lambda m: (
            f'<a href="https://{instance}/tags/{m[1].lower()}" class="mention hashtag" rel="tag">'
            f"#<span>{m[1]}</span></a>"
        ),
        html,
    )
    html = MENTION.sub(lambda m: _mention_html(world.actors[m[1]]), html)
    return "".join(f"<p>{part}</p>" for part in html.replace("\r", "").split("\n\n")).replace("\n", "<br />")


def _mention_html(actor: Actor) -> str:
    return (
        f'<span class="h-card" translate="no"><a href="https://{actor.host}/@{actor.handle}" '
        f'class="u-url mention">@<span>{actor.handle}</span></a></span>'
    )


def _account_number(actor: Actor, instance: str) -> str:
    return snowflake(actor.created, f"{actor.key}@{instance}")


def _acct(actor: Actor, instance: str) -> str:
    return actor.handle if actor.host == instance else f"{actor.handle}@{actor.host}"


def _mention(actor: Actor, instance: str) -> dict[str, str]:
    return {
        "id": _account_number(actor, instance),
        "username": actor.handle,
        "url": f"https://{actor.host}/@{actor.handle}",
        "acct": _acct(actor, instance),
    }


def account(actor: Actor, instance: str, now: datetime) -> dict[str, Any]:
    """One account, as `GET /api/v1/accounts/:id` answers, with its profile as it stands at `now`."""
    stage = actor.at(now)
    bio = stage.bio.replace("@main", "@sillon@mamoute.example")
    return {
        "id": _account_number(actor, instance),
        "username": actor.handle,
        "acct": _acct(actor, instance),
        "display_name": actor.name,
        "locked": False,
        "bot": actor.is_bot,
        "discoverable": True,
        "indexable": number(actor.key + "i", 3) != 1,
        "group": False,
        "created_at": f"{actor.created:%Y-%m-%d}T00:00:00.000Z",
        "note": f"<p>{HASHTAG.sub(_bio_tag, escape(bio, quote=False))}</p>" if bio else "",
        "url": f"https://{actor.host}/@{actor.handle}",
        "uri": account_id(actor),
        "avatar": f"https://{instance}/avatars/original/missing.png",
        "header": f"https://{instance}/headers/original/missing.png",
        "followers_count": actor.followers,
        "following_count": number(actor.key + "f", 600),
        "statuses_count": 40 + number(actor.key + "s", 4000),
        "last_status_at": f"{now:%Y-%m-%d}",
        "hide_collections": None,
        "noindex": False,
        "emojis": [],
        "roles": [],
        "fields": [_field(link, stage.kind, now) for link in stage.links],
        **_OPTS_OUT.get(stage.opted_out or "", {}),
    }


def _bio_tag(match: Any) -> str:
    # Mastodon splits a hashtag of a profile in the middle, so "#nobot" is nowhere in the HTML.
    href = f"https://mamoute.example/tags/{match[1].lower()}"
    return f'<a href="{href}" class="mention hashtag" rel="tag">#<span>{match[1]}</span></a>'


def _field(link: str, kind: str, now: datetime) -> dict[str, Any]:
    verified = iso(now.replace(hour=0, minute=0, second=0)) if "sillon.example" in link else None
    value = (
        f'<a href="{link}" target="_blank" rel="nofollow noopener me" translate="no"><span class="invisible">https://'
        f'</span><span class="">{link[8:]}</span><span class="invisible"></span></a>'
    )
    return {"name": "Équipe" if kind == "employee" else "Site", "value": value, "verified_at": verified}


def profile(actor: Actor, instance: str, now: datetime) -> dict[str, Any]:
    """An account that is addressed but does not speak, as the collector lands it."""
    return {**account(actor, instance, now), "_girafe": {"instance": f"https://{instance}"}}
