"""Choosing: picks posts that fit, each for at most one mishap."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from sample.world import Actor, Utterance, World


class Choosing:
    """A world and the chance by which things happen in it."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world, self.rng = world, rng

    def pick(self, count: int, fits: Callable[[Utterance], bool]) -> list[Utterance]:
        """`count` untouched posts that fit, spread over the whole period."""
        fitting = [p for p in self.world.posts.values() if fits(p) and not touched(p)]
        return self.rng.sample(fitting, min(count, len(fitting)))

    def actor(self, post: Utterance) -> Actor:
        """Who wrote a post."""
        return self.world.actors[post.actor]

    def is_person(self, post: Utterance) -> bool:
        """Whether a human being wrote it."""
        return set(self.actor(post).stages[0].voices.values()) <= {"person", "employee", "former_employee"}


def touched(post: Utterance) -> bool:
    """Whether a post has been edited, taken down or hidden already."""
    return bool(post.edited or post.deleted_at or post.never_seen)
