"""LinkedIn as a legacy Zeeschuimer capture shows it: one NDJSON line per post, no exact date, no comments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sample.ids import activity
from sample.platforms.showing import HASHTAG, number, with_mentions
from sample.world import Actor, Utterance, World

_SITE = "https://www.linkedin.com"


def lines(world: World, now: datetime) -> Iterator[dict[str, Any]]:
    """Every post a person scrolled past while capturing at `now`, newest first."""
    posts = [post for post in world.of_platform("linkedin") if not post.parent]
    for index, post in enumerate(reversed(posts)):
        yield line(world, post, index, now)


def line(world: World, post: Utterance, index: int, now: datetime) -> dict[str, Any]:
    """One captured post in its wrapper."""
    number_ = activity(post)
    collected = int((now + timedelta(seconds=7 * index)).timestamp() * 1000)
    return {
        "nav_index": f"{index // 10}:{index % 10}",
        "item_id": str(number_),
        "timestamp_collected": collected,
        "last_updated": collected,
        "source_platform": "linkedin.com",
        "source_platform_url": f"{_SITE}/feed/",
        "source_url": f"{_SITE}/search/results/content/?keywords=Sillon",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "data": _update(world, post, number_, now),
    }


def _update(world: World, post: Utterance, activity_number: int, now: datetime) -> dict[str, Any]:
    actor = world.actors[post.actor]
    text = with_mentions(world, post.text, lambda a: a.name)
    urn = f"urn:li:activity:{activity_number}"
    return {
        "id": f"urn:li:fs_updateV2:({urn},FEED_DETAIL,EMPTY,DEFAULT,false)",
        "updateMetadata": {"urn": urn, "trackingData": {"trackingId": post.key}},
        "actor": _actor(actor, post, now),
        "commentary": {"text": {"text": text, "attributes": _attributes(world, post, text)}},
        "*socialDetail": {
            "*totalSocialActivityCounts": {
                "numComments": number(post.key + "c", 20),
                "numLikes": number(post.key, 300),
                "numShares": number(post.key + "s", 12),
                "reactionTypeCounts": [{"reactionType": "LIKE", "count": number(post.key, 300)}],
            }
        },
        "header": None,
    }


def _actor(actor: Actor, post: Utterance, now: datetime) -> dict[str, Any]:
    corporate = _is_page(actor)
    path = f"company/{actor.handle}/posts" if corporate else f"in/{actor.handle}"
    mini = "*miniCompany" if corporate else "*miniProfile"
    headline = f"{actor.followers:,} followers" if corporate else actor.at(post.at).bio
    return {
        "name": {
            "text": actor.name,
            "attributes": [{mini: {"name": actor.name, "publicIdentifier": actor.handle}}],
        },
        "description": {"text": headline},
        "subDescription": {"text": f"{_ago(now - post.at)} • "},
        "navigationContext": {
            "actionTarget": f"{_SITE}/{path}?miniProfileUrn=urn%3Ali%3Afs_miniProfile%3A{post.key}"
        },
        "urn": f"urn:li:{'company' if corporate else 'member'}:{10_000_000 + number(actor.key, 80_000_000)}",
    }


def _is_page(actor: Actor) -> bool:
    return bool(actor.official_of) or "organisation" in actor.stages[0].voices.values()


def _ago(age: timedelta) -> str:
    """The age as the site writes it, in French: `3 sem`, `2 j`, `18 h`."""
    if age.days >= 7:
        return f"{age.days // 7} sem"
    return f"{age.days} j" if age.days else f"{max(1, age.seconds // 3600)} h"


def _attributes(world: World, post: Utterance, text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "type": "HASHTAG",
            "start": m.start(),
            "length": len(m.group()),
            "trackingUrn": f"urn:li:hashtag:{m[1].lower()}",
        }
        for m in HASHTAG.finditer(text)
    ]
    for key in post.mentions:
        actor = world.actors[key]
        start = text.find(actor.name)
        company = {"universalName": actor.handle, "name": actor.name}
        found.append(
            {"type": "COMPANY_NAME", "start": start, "length": len(actor.name), "*miniCompany": company}
        )
    return found
