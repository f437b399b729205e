"""Casting: who opens a conversation, who answers, and in which role."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random

from sample.cast import role
from sample.grammar import phrases
from sample.scenarios import SCENARIOS, STAFF, Scenario
from sample.world import Actor, Utterance, World


class Casting:
    """Chooses speakers from a world; all chance comes from `rng`."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world = world
        self.rng = rng
        self._pools: dict[tuple[str, str], list[Actor]] = {}
        for actor in world.actors.values():
            self._pools.setdefault((actor.platform, actor.lang), []).append(actor)

    def opener(self, platform: str, lang: str, scenario: Scenario, moment: datetime) -> Actor | None:
        """Who begins a conversation of this kind, if anybody can."""
        official = [k.partition(":")[2] for k in scenario.starts if k.startswith("official:")]
        if official:
            known = [f"{platform}:{o}" for o in official if f"{platform}:{o}" in self.world.actors]
            return self.world.actors[self.rng.choice(known)] if known else None
        if platform == "rss" and self.rng.random() < 0.12:
            return self.world.actors["rss:main"]
        return self.one_of(platform, lang, scenario.starts, moment)

    def one_of(
        self, platform: str, lang: str, kinds: Sequence[str], moment: datetime, but: Sequence[str] = ()
    ) -> Actor | None:
        """Somebody of one of `kinds` at that moment; those who spoke less are likelier."""
        fitting = [
            actor
            for actor in self._pools.get((platform, lang), [])
            if actor.at(moment).kind in kinds
            and actor.key not in but
            and not (actor.ghost or hesitates(actor))
        ]
        if not fitting:
            return None
        # A few talk a lot, most a little: the first quarter of the cast is four times as likely.
        weights = [(4.0 if i % 4 == 0 else 1.0) / (1 + a.count) for i, a in enumerate(fitting)]
        chosen: Actor = self.rng.choices(fitting, weights)[0]
        return chosen

    def answerer(
        self,
        scenario: Scenario,
        name: str,
        lang: str,
        parent: Utterance,
        opener: Actor,
        brand: bool,
        moment: datetime,
    ) -> tuple[Actor | None, str]:
        """Who answers `parent`, and as what; `brand` says whether the company still answers here."""
        rng, platform = self.rng, opener.platform
        official = self.world.actors.get(f"{platform}:{scenario.answers_as}")
        if brand and official and parent.actor != official.key and rng.random() < 0.4:
            return official, "brand"
        rival = self.world.actors.get(f"{platform}:rival")
        if (
            SCENARIOS[name].rival
            and rival
            and parent.actor != rival.key
            and rng.random() < scenario.rival * 0.5
        ):
            return rival, "rival_brand"
        comes_back = parent.actor != opener.key and not opener.official_of and rng.random() < 0.34
        if comes_back and phrases(lang).has(answers_of(name), "asker"):
            return opener, "asker"
        chance = rng.random()
        for kinds, share in (
            (STAFF, scenario.staff), (("former",), scenario.former), (("recruiter",), scenario.recruiter),
            (("rival_employee",), scenario.rival * 0.4),
        ):  # fmt: skip
            if chance < share:
                return self._spoken_for(
                    self.one_of(platform, lang, kinds, moment, (parent.actor,)), name, lang, moment
                )
            chance -= share
        return self.one_of(platform, lang, scenario.joins, moment, (parent.actor,)), "person"

    def _spoken_for(
        self, actor: Actor | None, name: str, lang: str, moment: datetime
    ) -> tuple[Actor | None, str]:
        """The role an actor answers in; not everybody says each time where they work."""
        if actor is None:
            return None, "person"
        wanted = role(actor.at(moment).kind)
        says_so = self.rng.random() < 0.72 or actor.at(moment).kind == "quiet_employee"
        if not says_so or not phrases(lang).has(answers_of(name), wanted):
            wanted = "person"
        return actor, wanted


def hesitates(actor: Actor) -> bool:
    """Will ask not to be read later on: keeps to itself until then (see events)."""
    return bool(actor.opted_out) and len(actor.stages) > 1


def answers_of(name: str) -> str:
    """The scenario whose answers fit this one."""
    return SCENARIOS[name].like or name
