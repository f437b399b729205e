"""News feeds as the sample shows them: entries of publishers' own feeds and of one aggregator."""

from __future__ import annotations

from html import escape
from typing import Any

from sample.ids import post_id
from sample.world import Utterance, World

VERSION = "rss-1"


def entry(world: World, post: Utterance) -> dict[str, Any]:
    """One entry with its feed, as the collector lands it; every fourth comes through the aggregator."""
    actor, link = world.actors[post.actor], post_id(world, post)
    through = int(post.key[1:]) % 4 == 0 and not actor.official_of
    home = f"https://{actor.handle}"
    feed = {
        "url": "https://actus.example/rss?q=Sillon" if through else f"{home}/feed.xml",
        "title": "Actus : Sillon" if through else actor.name,
        "link": "https://actus.example/" if through else f"{home}/",
        "is_comments": False,
    }
    source = {"title": actor.name, "href": home} if through else {"title": "", "href": ""}
    suffix = f" - {actor.name}" if through else ""
    written = post.at.isoformat(timespec="seconds")
    return {
        "feed": feed,
        "entry": {
            "id": link,
            "title": f"{post.text}{suffix}",
            "summary": f'<a href="{link}">{escape(post.text)}</a>',
            "content": "",
            "link": link,
            "author": "" if through else "La rédaction",
            "source": source,
            "in_reply_to": "",
            "published": written,
            "updated": written,
        },
    }
