"""People: invents every account - name, handle, profile, and how the profile changes over the weeks."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sample.cast import BOTS, OFFICIAL, OFFICIAL_BIOS, ORGANISATIONS, PEOPLE, voices
from sample.grammar import phrases
from sample.world import HOME, START, Actor, Stage

_LONG_AGO = START - timedelta(days=900)
HOSTS = ("mamoute.example", "rail.example", "fediville.example", "brumeval.example")
"""Mastodon instances; the companies live on the first."""
OBSERVED = HOSTS[:2]
"""The two instances a collector reads, so that one status is seen under two local ids."""

_NAMES = tomllib.loads((Path(__file__).parent / "phrases" / "names.toml").read_text(encoding="utf-8"))
_HIDDEN_STAFF = ("quiet_employee",)


def invent_people(rng: Random) -> dict[str, Actor]:
    """Every account of every platform, official ones first, by key."""
    actors: dict[str, Actor] = {}
    for platform, kinds in PEOPLE.items():
        for role, company, handle, name in OFFICIAL[platform]:
            actor = _official(rng, platform, role, company, handle, name)
            actors[actor.key] = actor
        taken: set[str] = {actor.handle for actor in actors.values()}
        number = 0
        for kind, count in kinds.items():
            for nth in range(count):
                actor = _person(rng, f"{platform}:{number}", platform, kind, nth, taken)
                actors[actor.key] = actor
                number += 1
    return actors


def _official(rng: Random, platform: str, role: str, company: str, handle: str, name: str) -> Actor:
    kind = f"official_{company}"
    bio = OFFICIAL_BIOS[role]["fr"] if platform != "rss" else "Communiqués du groupe Sillon"
    stage = Stage(
        since=_LONG_AGO, kind=kind, bio=bio, voices=voices(kind), links=(f"https://{company}.example",)
    )
    return Actor(
        key=f"{platform}:{role}",
        platform=platform,
        lang="fr",
        handle=handle,
        name=name,
        stages=[stage],
        host=HOSTS[0],
        official_of=company,
        followers=rng.randint(4_000, 60_000),
        created=START - timedelta(days=rng.randint(800, 1400)),
    )


def _person(rng: Random, key: str, platform: str, kind: str, nth: int, taken: set[str]) -> Actor:
    lang = "en" if platform == "hackernews" or rng.random() < _english(platform) else "fr"
    name = _name(rng, kind, nth, lang)
    handle = _handle(rng, name, platform, taken)
    actor = Actor(
        key=key,
        platform=platform,
        lang=lang,
        handle=handle,
        name=name,
        stages=[],
        is_bot=kind in BOTS and nth % 3 != 2,
        followers=int(rng.lognormvariate(4.6, 1.3)),
        created=START - timedelta(days=rng.randint(60, 1500)),
        host=rng.choice(HOSTS[1:] if kind != "media" else HOSTS),
    )
    actor.stages = _stages(rng, kind, nth, lang, platform)
    if platform == "bluesky" and kind == "employee" and nth in (3, 11):
        actor.handle = f"{actor.handle.split('.')[0]}.equipe.{HOME}.example"
    return actor


def _english(platform: str) -> float:
    return {"forum": 0.08, "linkedin": 0.3, "rss": 0.25}.get(platform, 0.38)


def _name(rng: Random, kind: str, nth: int, lang: str) -> str:
    names: list[str] = _NAMES["organisations"].get(kind, [])
    if names:
        return names[nth % len(names)]
    first, last = rng.choice(_NAMES["first"][lang]), rng.choice(_NAMES["last"][lang])
    if kind == "parody":
        return "Sillon (parodie)" if lang == "fr" else "Sillon Trains (parody)"
    shape = rng.random()
    if shape < 0.55:
        return f"{first} {last}"
    if shape < 0.75:
        return f"{first} {last[0]}."
    return (
        first
        if shape < 0.85
        else f"{first.lower()}{rng.choice(['_', '', '•'])}{rng.choice(['rit', 'roule', 'bis', 'on', 'x'])}"
    )


def _handle(rng: Random, name: str, platform: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", rng.choice(["", "-"]) if platform != "mastodon" else "_", plain).strip("-_")
    for suffix in ("", *(str(rng.randint(2, 999)) for _ in range(50))):
        handle = f"{stem}{suffix}" + (".skyline.example" if platform == "bluesky" else "")
        if platform == "rss":
            handle = f"{stem}.example"
        if handle not in taken:
            taken.add(handle)
            return handle
    raise RuntimeError(f"no free handle for {name}")


def _stages(rng: Random, kind: str, nth: int, lang: str, platform: str) -> list[Stage]:
    turn = START + timedelta(days=12 + (nth * 9) % 36, hours=9)
    if kind == "joiner":
        return [_stage(rng, "candidate", lang, platform), _stage(rng, "employee", lang, platform, turn)]
    if kind == "leaver":
        return [_stage(rng, "employee", lang, platform), _stage(rng, "former", lang, platform, turn)]
    if kind == "shy":
        return _shy(rng, nth, lang, platform, turn)
    return [_stage(rng, kind, lang, platform)]


def _stage(rng: Random, kind: str, lang: str, platform: str, since: datetime = _LONG_AGO) -> Stage:
    """One profile. Hacker News users hardly ever fill theirs in; LinkedIn ones nearly always."""
    bio = ""
    if kind not in _HIDDEN_STAFF and (platform != "hackernews" or rng.random() < 0.35):
        bio = phrases(lang).say(rng, "bios", kind)
    if platform in ("linkedin", "hackernews"):
        bio = bio.replace("@main", "Sillon")
    links: tuple[str, ...] = ()
    if kind in ORGANISATIONS:
        links = (f"https://{rng.choice(['www', 'info', 'le'])}.organisme{rng.randint(10, 99)}.example",)
    elif kind == "employee" and rng.random() < 0.12:
        links = (f"https://equipes.{HOME}.example/qui-sommes-nous",)
    return Stage(since=since, kind=kind, bio=bio, voices=voices(kind), links=links)


_SIGNALS = {
    "mastodon": (
        "noindex",
        "nobot",
        "not_discoverable",
        "not_indexable",
        "locked",
        "nobot",
        "nobot",
        "noindex",
    ),
    "bluesky": ("no_unauthenticated",) * 5,
}


def _shy(rng: Random, nth: int, lang: str, platform: str, turn: datetime) -> list[Stage]:
    """Someone who asks not to be read; the last one only from the middle of the period on."""
    signal = _SIGNALS[platform][nth]
    plain = _stage(rng, "plain", lang, platform)
    bio = f"{plain.bio} #{rng.choice(['nobot', 'NoBots'])}".strip() if signal == "nobot" else plain.bio
    silent = Stage(since=_LONG_AGO, kind="shy", bio=bio, voices=voices("shy"), opted_out=signal)
    if nth != len(_SIGNALS[platform]) - 1:
        return [silent]
    return [plain, Stage(since=turn, kind="shy", bio=bio, voices=voices("shy"), opted_out=signal)]
