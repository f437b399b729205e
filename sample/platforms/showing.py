"""Showing: what a post looks like at the moment it is fetched, and small numbers that look alive."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

from sample.world import Actor, Utterance, World

MENTION = re.compile(r"@\[([^\]]+)\]")
HASHTAG = re.compile(r"(?<![\w&])#(\w+)")
LINK = re.compile(r"https://[\w./?=&%-]+[\w/]")


def words_at(post: Utterance, moment: datetime) -> tuple[str, tuple[str, ...]]:
    """Text and mentions as they stood at `moment`."""
    if post.edited and moment < post.edited[0]:
        return post.edited[1], post.edited[2]
    return post.text, post.mentions


def with_mentions(world: World, text: str, write: Callable[[Actor], str]) -> str:
    """`text` with every `@[key]` written as a platform writes a mention."""
    return MENTION.sub(lambda match: write(world.actors[match.group(1)]), text)


def number(salt: str, most: int) -> int:
    """A stable number from 0 to `most`, small ones likelier."""
    share = int(sha256(salt.encode()).hexdigest()[:6], 16) / 0xFFFFFF
    return int(most * share**3)


def iso(moment: datetime) -> str:
    """UTC with milliseconds and a Z, as most platforms write it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
