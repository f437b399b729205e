"""Events: what makes real data awkward - changes of side, quotes, reposts, copies, strangers."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from sample.cast import voices
from sample.choosing import Choosing
from sample.grammar import phrases
from sample.losses import Losses
from sample.noise import noisy
from sample.people import HOSTS
from sample.platforms.linkedin_export import volunteer
from sample.talk import Talk
from sample.world import END, MONDAYS, START, Actor, Stage, Utterance, paris_midnight

_THREADED = ("bluesky", "mastodon", "forum")


class Events(Choosing):
    """Changes a world that has already been talked in; all chance comes from `rng`."""

    def __init__(self, talk: Talk, rng: Random) -> None:
        super().__init__(talk.world, rng)
        self.talk = talk

    def happen(self) -> None:
        """Everything, in an order that keeps each event readable by itself."""
        self._comings_and_goings()
        self._sunday_nights()
        self._look_alike()
        self._second_thoughts()
        self._quotes(110)
        self._copies(18)
        self._reposts()
        self._strangers()
        self._company_tags(26)
        self._comments(12)
        Losses(self.world, self.rng).happen()

    def _comings_and_goings(self) -> None:
        """Those who change sides say so, a few hours after they changed their profile."""
        for actor in list(self.world.actors.values()):
            if len(actor.stages) == 2 and actor.platform in _THREADED:
                kinds = [stage.kind for stage in actor.stages]
                moment = actor.stages[1].since + timedelta(hours=3)
                if kinds == ["candidate", "employee"]:
                    self.talk.open(actor.platform, "joined", moment, actor)
                elif kinds == ["employee", "former"]:
                    self.talk.open(actor.platform, "left", moment, actor)

    def _sunday_nights(self) -> None:
        """Conversations that begin late on a Sunday in Paris and go on in the next week."""
        for week in (1, 2, 4, 5, 6):
            late = paris_midnight(MONDAYS[week]) - timedelta(minutes=self.rng.randint(3, 25))
            self.talk.open(("bluesky", "mastodon", "forum")[week % 3], "delay", late)

    def _look_alike(self) -> None:
        """An account the company runs but nobody put into company.toml."""
        stage = Stage(
            since=START - timedelta(days=300),
            kind="undeclared",
            links=("https://sillon.example/ouest",),
            bio="Recrutement Sillon, région Ouest : offres, salons, alternance. Compte géré par l'équipe RH",
            voices={**voices("official_sillon")},
        )
        actor = Actor(
            key="mastodon:ouest",
            platform="mastodon",
            lang="fr",
            handle="sillon_recrute_ouest",
            host=HOSTS[0],
            name="Sillon Recrute Ouest",
            stages=[stage],
            followers=312,
            created=START - timedelta(days=300),
        )
        self.world.actors[actor.key] = actor
        for week in (1, 3, 6):
            self.talk.open("mastodon", "campaign", paris_midnight(MONDAYS[week]) + timedelta(hours=11), actor)

    def _second_thoughts(self) -> None:
        """Accounts that ask not to be read only after some of their posts were collected."""
        for actor in self.world.actors.values():
            if actor.opted_out and len(actor.stages) == 2:
                for days in (2, 6, 9):
                    moment = actor.stages[1].since - timedelta(days=days)
                    text = self.talk.words("delay", "root", actor.lang, actor).replace("@support", "Sillon")
                    self.talk.post(actor, moment, text, "delay", None)

    def _quotes(self, count: int) -> None:
        def quotable(post: Utterance) -> bool:
            fits = self.actor(post).platform in _THREADED and post.at < END - timedelta(days=1)
            return fits and self.actor(post).opted_out is None

        for post in self.pick(count, quotable):
            quoted, lang = self.actor(post), post.lang
            moment = post.at + timedelta(minutes=self.rng.randint(8, 900))
            kinds = ("customer", "plain", "fan", "employee", "former", "journalist", "candidate")
            speaker = self.talk.casting.one_of(quoted.platform, lang, kinds, moment, (quoted.key,))
            if speaker:
                text = noisy(self.rng, phrases(lang).say(self.rng, "quote", "root"), lang)
                self.talk.post(speaker, moment, text, "quote", None, lang).quote_of = post.key

    def _copies(self, count: int) -> None:
        """The same person says the same thing on Bluesky and on Mastodon."""

        def copied(post: Utterance) -> bool:
            return self.actor(post).platform == "bluesky" and not (
                post.parent or post.mentions or post.quote_of
            )

        for post in self.pick(count * 2, lambda post: copied(post) and self.is_person(post)):
            here = self.actor(post)
            there = self.talk.casting.one_of("mastodon", here.lang, (here.at(post.at).kind,), post.at)
            if there and count and len(here.stages) == len(there.stages) == 1 and there.opted_out is None:
                there.name, there.stages = here.name, here.stages
                self.talk.post(
                    there, post.at + timedelta(minutes=2), post.text, post.scenario, None, post.lang
                )
                count -= 1

    def _reposts(self) -> None:
        """Forum posts passed on, half of them without a word of one's own."""
        for nth, post in enumerate(self.pick(26, lambda p: self.actor(p).platform == "forum")):
            moment = post.at + timedelta(minutes=self.rng.randint(5, 600))
            speaker = self.talk.casting.one_of(
                "forum", post.lang, ("customer", "plain", "employee"), moment, (post.actor,)
            )
            if speaker and moment < END:
                text = "" if nth % 2 else phrases(post.lang).say(self.rng, "quote", "root")
                self.talk.post(speaker, moment, text, "repost", None, post.lang).repost_of = post.key

    def _strangers(self) -> None:
        """People addressed in passing: known speakers, silent ones, and accounts nobody ever sees."""
        for platform in _THREADED:
            ghosts = [self._silent(platform, nth, ghost=True) for nth in range(6)]
            listeners = [
                self._silent(platform, nth, ghost=False) for nth in range(4 if platform != "forum" else 0)
            ]

            def addressable(post: Utterance, platform: str = platform) -> bool:
                return self.actor(post).platform == platform and self.is_person(post) and bool(post.text)

            for post in self.pick(34 if platform != "forum" else 20, addressable):
                known = self.rng.choice(
                    [p.actor for p in self.world.of_platform(platform) if not self.actor(p).opted_out]
                )
                whom = self.rng.choice(
                    [*(g.key for g in ghosts), *(a.key for a in listeners), *([known] * 14)]
                )
                if whom != post.actor and whom not in post.mentions:
                    post.text, post.mentions = f"{post.text} cc @[{whom}]", (*post.mentions, whom)

    def _company_tags(self, count: int) -> None:
        """On LinkedIn people name the company's page by a link."""

        def taggable(post: Utterance) -> bool:
            return self.actor(post).platform == "linkedin" and self.is_person(post)

        for post in self.pick(count, taggable):
            page = "linkedin:rival" if "Quintarel" in post.text else "linkedin:main"
            post.text, post.mentions = f"{post.text} @[{page}]", (*post.mentions, page)

    def _comments(self, count: int) -> None:
        """One employee handed in an export, so what she wrote under others' LinkedIn posts is known."""
        person = volunteer(self.world)

        def commented(post: Utterance) -> bool:
            here = self.actor(post)
            return (
                here.platform == "linkedin" and here.key != person.key and post.at < END - timedelta(days=2)
            )

        for post in self.pick(count, commented):
            # The export tells whole seconds.
            moment = (post.at + timedelta(minutes=self.rng.randint(30, 2000))).replace(microsecond=0)
            text = phrases("fr").say(self.rng, "pride", self.rng.choice(["person", "employee"]))
            comment = self.talk.post(person, moment, text, post.scenario, post, "fr")
            comment.at = moment

    def _silent(self, platform: str, nth: int, *, ghost: bool) -> Actor:
        word = "absent" if ghost else "lectrice"
        stage = Stage(
            since=START - timedelta(days=400),
            kind="plain",
            bio="je lis plus que je ne poste",
            voices=voices("plain"),
        )
        actor = Actor(
            key=f"{platform}:{word}{nth}",
            platform=platform,
            lang="fr",
            name=f"{word} {nth}",
            stages=[stage],
            ghost=ghost,
            handle=f"{word}{nth}" + (".skyline.example" if platform == "bluesky" else ""),
            host=HOSTS[3],
            followers=nth,
            created=START - timedelta(days=400),
        )
        self.world.actors[actor.key] = actor
        return actor
