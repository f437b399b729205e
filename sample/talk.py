"""Talk: lets the invented accounts open conversations and answer each other over eight weeks."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sample.cast import BOTS, ORGANISATIONS
from sample.casting import Casting, answers_of, hesitates
from sample.grammar import phrases
from sample.noise import noisy
from sample.scenarios import AUTOMATIC, ONLY, SCENARIOS, VOLUME, Scenario
from sample.world import (
    BLIND_WEEK,
    CAMPAIGN_WEEK,
    COUNT_WEEKS,
    END,
    HOME,
    MONDAYS,
    SILENT_WEEK,
    Actor,
    Utterance,
    World,
    paris_midnight,
)

_LEVELS = (1.0, 0.92, 1.1, 0.97, 1.25, 0.9, 1.12, 1.0)
_HOURS = (0, 1, 6, 6, 7, 7, 7, 8, 8, 9, 10, 12, 12, 13, 16, 17, 17, 18, 18, 18, 19, 20, 21, 22, 23)
_MONOLOGUE = ("linkedin", "rss")
_MENTIONS = ("bluesky", "mastodon", "forum", "linkedin")
"""Platforms on which one can address an account by name."""
_NAME_OF_ROLE = {
    "main": "Sillon",
    "careers": "Sillon",
    "support": "Sillon",
    "rival": "Quintarel",
}


class Talk:
    """Fills a world with conversations; all chance comes from `rng`."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world = world
        self.rng = rng
        self.casting = Casting(world, rng)
        self._number = 0

    def run(self) -> None:
        """Every platform, week by week, until its volume is reached; then those who never spoke."""
        for platform, volume in VOLUME.items():
            levels = [_level(platform, week) for week in range(COUNT_WEEKS)]
            for week, level in enumerate(levels):
                goal = round(volume * 0.95 * level / sum(levels))
                while goal > 0:
                    goal -= self._thread(platform, week)
        for actor in list(self.world.actors.values()):
            if actor.count == 0 and not (actor.ghost or hesitates(actor)):
                self._thread(actor.platform, self._ordinary_week(), opener=actor)

    def _ordinary_week(self) -> int:
        return self.rng.choice([w for w in range(COUNT_WEEKS) if w not in (BLIND_WEEK, SILENT_WEEK)])

    def _thread(self, platform: str, week: int, opener: Actor | None = None) -> int:
        """One conversation; returns how many posts it has."""
        rng = self.rng
        moment = self._moment(week)
        if opener is None and rng.random() < 0.035 and platform in ("bluesky", "mastodon"):
            opener = self.casting.one_of(platform, rng.choice(["fr", "en"]), BOTS, moment)
        if opener is not None and opener.stages[0].kind in BOTS:
            template = phrases(opener.lang).say(rng, "bots", AUTOMATIC[opener.stages[0].kind])
            self.post(opener, moment, template, "bots", None)
            return 1
        name = self._scenario(platform, week) if opener is None else self._scenario_for(opener)
        return self.open(platform, name, moment, opener)

    def open(self, platform: str, name: str, moment: datetime, opener: Actor | None = None) -> int:
        """One conversation of a scenario, begun at `moment`; returns how many posts it has."""
        rng, scenario = self.rng, SCENARIOS[name]
        lang = "en" if platform == "hackernews" else ("fr" if rng.random() < 0.66 else "en")
        opener = opener or self.casting.opener(platform, lang, scenario, moment)
        if opener is None:
            return 0
        lang = opener.lang if not opener.official_of else lang
        if not phrases(lang).has(name, "root"):
            return 0
        root = self.post(opener, moment, self.words(name, "root", lang, opener), name, None, lang)
        posts = [root]
        if platform not in _MONOLOGUE:
            self._answers(scenario, name, lang, posts)
        return len(posts)

    def _moment(self, week: int) -> datetime:
        day = MONDAYS[week] + timedelta(days=self.rng.choice((0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6)))
        at = paris_midnight(day) + timedelta(hours=self.rng.choice(_HOURS), seconds=self.rng.randrange(3600))
        return min(at, END - timedelta(minutes=2))

    def _scenario(self, platform: str, week: int) -> str:
        weights = dict(ONLY.get(platform) or {name: s.weight for name, s in SCENARIOS.items()})
        if week == CAMPAIGN_WEEK and "campaign" in weights:
            weights["campaign"] *= 9
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def _scenario_for(self, opener: Actor) -> str:
        kind = opener.stages[0].kind
        if opener.platform in ("hackernews", "rss"):
            return {"hackernews": "tech", "rss": "news"}[opener.platform]
        fitting = [name for name, s in SCENARIOS.items() if kind in s.starts and name != "tech"]
        by_kind = {"recruiter": "delay", "consultant": "comfort"}
        if opener.official_of:
            return "info" if opener.official_of == HOME else "rival_info"
        return self.rng.choice(fitting) if fitting else by_kind.get(kind, "delay")

    def _answers(self, scenario: Scenario, name: str, lang: str, posts: list[Utterance]) -> None:
        rng, root = self.rng, posts[0]
        opener = self.world.actors[root.actor]
        count = min(16, int(rng.expovariate(1 / scenario.size) + 0.35))
        brand_answers = rng.random() < scenario.brand * (
            1.6 if root.at >= _campaign()[0] and root.at < _campaign()[1] else 1
        )
        moment = root.at
        for nth in range(count):
            moment = moment + timedelta(seconds=rng.lognormvariate(6.9, 1.4) + 20)
            if moment >= END - timedelta(minutes=1):
                return
            parent = rng.choices([root, posts[-1], rng.choice(posts)], [0.52, 0.33, 0.15])[0]
            speaker, as_role = self.casting.answerer(
                scenario, name, lang, parent, opener, brand_answers and nth < 5, moment
            )
            if speaker is None:
                continue
            said = [p.actor for p in posts].count(speaker.key)
            brand_answers = brand_answers and not (as_role == "brand" and said >= 2)
            text = self.words(name, as_role, lang, speaker)
            posts.append(self.post(speaker, moment, text, name, parent, lang))

    def words(self, name: str, as_role: str, lang: str, speaker: Actor) -> str:
        """What `speaker` says in a role, typed as people type."""
        rng, said = self.rng, phrases(lang)
        name = name if as_role == "root" else answers_of(name)
        if not said.has(name, as_role):
            as_role = "person"
        text = said.say(rng, name, as_role)
        corporate = speaker.official_of or speaker.stages[0].kind in ORGANISATIONS
        if not corporate and as_role != "root" and len(text) < 90 and rng.random() < 0.5:
            tail = said.say(rng, name, "person") if rng.random() < 0.35 else said.say(rng, "tails", "any")
            text = f"{text} {tail}" if text[-1:] in ".!?…" or rng.random() < 0.5 else f"{text}. {tail}"
        if not corporate and speaker.platform != "hackernews":
            if rng.random() < 0.06:
                text = f"{text} {said.say(rng, 'tails', 'tags')}"
            text = noisy(rng, text, lang)
        elif speaker.platform == "hackernews" and rng.random() < 0.45 and as_role != "root":
            text = f"{text}\n\n{said.say(rng, 'tech', 'person')}"
        return text

    def post(
        self,
        actor: Actor,
        at: datetime,
        text: str,
        name: str,
        parent: Utterance | None,
        lang: str | None = None,
    ) -> Utterance:
        """Registers one post, with its mentions as `@[key]`."""
        text, mentions = self._addressed(actor, text, parent)
        self._number += 1
        post = Utterance(
            key=f"p{self._number:05d}",
            actor=actor.key,
            at=at.replace(microsecond=self._number % 1000 * 1000),
            text=text,
            lang=lang or actor.lang,
            scenario=name,
            parent=parent.key if parent else None,
            mentions=mentions,
        )
        post.root = parent.root if parent else post.key
        actor.count += 1
        self.world.posts[post.key] = post
        return post

    def _addressed(self, actor: Actor, text: str, parent: Utterance | None) -> tuple[str, tuple[str, ...]]:
        mentions: list[str] = []
        platform = actor.platform
        for token, name in _NAME_OF_ROLE.items():
            key = f"{platform}:{token}"
            if f"@{token}" not in text:
                continue
            if platform in _MENTIONS and key in self.world.actors and key != actor.key:
                text = text.replace(f"@{token}", f"@[{key}]", 1)
                mentions.append(key)
            text = text.replace(f"@{token}", name)
        if parent and parent.actor != actor.key and platform in ("mastodon", "forum"):
            # Mastodon writes the addressee into every answer; on a forum some people do.
            written = platform == "mastodon" or self.rng.random() < 0.3
            if written and parent.actor not in mentions:
                text, mentions = f"@[{parent.actor}] {text}", [parent.actor, *mentions]
        return text, tuple(mentions)


def _campaign() -> tuple[datetime, datetime]:
    return paris_midnight(MONDAYS[CAMPAIGN_WEEK]), paris_midnight(MONDAYS[CAMPAIGN_WEEK] + timedelta(weeks=1))


def _level(platform: str, week: int) -> float:
    """How loud a platform is in one week."""
    if platform == "hackernews" and week == BLIND_WEEK:
        return 0.0
    return 0.05 if platform == "mastodon" and week == SILENT_WEEK else _LEVELS[week]
