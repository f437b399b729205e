"""Truth: what an honest reader of everything that landed must count; written without girafe's own SQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sample.world import COMPANIES, HOME, Actor, Utterance, World, week_of

SIDES = {
    "brand": "brand", "employee": "human", "former_employee": "human", "person": "human",
    "organisation": "other", "bot": "other", "unknown": "unknown",
}  # fmt: skip
_LOOKED_UP = ("mastodon", "bluesky")
Counts = Mapping[str, int]


@dataclass(frozen=True)
class View:
    """The part of the world that may be counted: seen, public, not taken down, not opted out."""

    world: World
    posts: Mapping[str, Utterance]
    known: frozenset[str]
    """Accounts of which at least a profile was seen."""
    threads: Mapping[str, tuple[Utterance, ...]]
    """Conversations as they can be put together from what was seen, by the key of their first post."""


def view(world: World, *, looked_up: bool = True) -> View:
    """What remains of the world once everything that must not or cannot be counted is gone.

    `looked_up`: whether those who are addressed were looked up, as live collection does and a file cannot.
    """
    refused = {a.key for a in world.actors.values() if a.opted_out}
    landed = [p for p in world.posts.values() if not p.never_seen and p.actor not in refused]
    posts = {p.key: p for p in landed if p.deleted_at is None}
    known = {p.actor for p in landed}
    # Whoever is addressed on Mastodon or Bluesky is looked up, unless the platform hides the account.
    addressed = {world.actors[key] for p in landed for key in _ever_mentioned(p)}
    if looked_up:
        known |= {a.key for a in addressed if a.platform in _LOOKED_UP and not a.ghost} - refused
    known |= {a.key for a in world.actors.values() if a.official_of}
    return View(world, posts, frozenset(known), _threads(world, posts))


def _ever_mentioned(post: Utterance) -> set[str]:
    return {*post.mentions, *(post.edited[2] if post.edited else ())}


def is_bare_repost(post: Utterance) -> bool:
    """Passed on without a word of one's own: not speech."""
    return post.repost_of is not None and not post.text.strip()


def names_conversation(world: World, post: Utterance) -> bool:
    """Whether the platform names the conversation of a post, so that a gap does not cut it in two."""
    platform = world.actors[post.actor].platform
    return platform in ("bluesky", "hackernews", "linkedin") or (
        platform == "forum" and int(post.root[1:]) % 3 > 0
    )


def _threads(world: World, posts: Mapping[str, Utterance]) -> dict[str, tuple[Utterance, ...]]:
    """Union of every post with its parent and its conversation, whether those were seen or not."""
    leader: dict[str, str] = {}

    def find(key: str) -> str:
        while leader.setdefault(key, key) != key:
            key = leader[key]
        return key

    speech = [p for p in posts.values() if not is_bare_repost(p)]
    for post in speech:
        if post.parent:
            leader[find(post.key)] = find(post.parent)
        if names_conversation(world, post):
            leader[find(post.key)] = find(post.root)
    groups: dict[str, list[Utterance]] = defaultdict(list)
    for post in sorted(speech, key=lambda p: (p.at, p.key)):
        groups[find(post.key)].append(post)
    return {members[0].key: tuple(members) for members in groups.values()}


def voice(actor: Actor, company: str, post: Utterance) -> str:
    """Who `actor` is towards `company` when `post` is written."""
    return actor.at(post.at).voices[company]


def kind_of_thread(seen: View, thread: Iterable[Utterance], company: str) -> str:
    """monologue, brand_to_human, human_to_human or other."""
    sides: dict[str, set[str]] = defaultdict(set)
    speakers = set()
    for post in thread:
        speakers.add(post.actor)
        sides[SIDES[voice(seen.world.actors[post.actor], company, post)]].add(post.actor)
    if len(speakers) < 2:
        return "monologue"
    if sides["brand"] and sides["human"]:
        return "brand_to_human"
    return "human_to_human" if not sides["brand"] and len(sides["human"]) >= 2 else "other"


def about(world: World, post: Utterance) -> tuple[str, ...]:
    """The companies a post is about: named in a sense that is not the common word, or addressed."""
    text = post.text.lower()
    found = []
    for company in COMPANIES:
        named = company in text.replace(f"{company}.example", company)
        named = named and not (company == HOME and post.scenario == "homonym")
        addressed = any(world.actors[key].official_of == company for key in post.mentions)
        if named or addressed:
            found.append(company)
    return tuple(found)


def counts_for(seen: View, thread: Iterable[Utterance], company: str) -> bool:
    """Whether a conversation is the company's: its own account speaks, or a post is about it."""
    return any(
        voice(seen.world.actors[post.actor], company, post) == "brand" or company in about(seen.world, post)
        for post in thread
    )


def addressees(seen: View, post: Utterance) -> set[str | None]:
    """Whom a post speaks to; None stands for an addressee nobody can know."""
    found: set[str | None] = set()
    for other in (post.parent, post.quote_of, post.repost_of):
        if other is not None and other in seen.posts:
            found.add(seen.posts[other].actor)
    mentioned = [key for key in post.mentions if key != post.actor]
    if post.parent and post.parent not in seen.posts and not mentioned:
        found.add(None)
    found.update(mentioned)
    return found - {post.actor}


def exchanges(seen: View, thread: Iterable[Utterance], company: str) -> list[tuple[str, str]]:
    """(week, kind) of every exchange in a conversation."""
    found = []
    for post in thread:
        speaker = SIDES[voice(seen.world.actors[post.actor], company, post)]
        for key in addressees(seen, post):
            actor = seen.world.actors[key] if key in seen.known else None
            other = SIDES[voice(actor, company, post)] if actor else "unknown"
            found.append((week_of(post.at).isoformat(), _kind_of_exchange(speaker, other)))
    return found


def _kind_of_exchange(speaker: str, addressee: str) -> str:
    if "other" in (speaker, addressee):
        return "with_other"
    return "unresolved" if "unknown" in (speaker, addressee) else f"{speaker}_to_{addressee}"


def share(counts: Counts) -> float | None:
    """The part of human-to-human in what people and the brand said to each other."""
    human = counts.get("human_to_human", 0)
    whole = human + counts.get("brand_to_human", 0) + counts.get("human_to_brand", 0)
    return round(human / whole, 6) if whole else None


def headline(seen: View, *, all_threads: bool = False) -> dict[str, object]:
    """Counts and shares per company and week; by default over the threads that count for the company."""
    return {company: _of_company(seen, company, all_threads=all_threads) for company in COMPANIES}


def _of_company(seen: View, company: str, *, all_threads: bool) -> dict[str, object]:
    conversations: Counter[tuple[str, str]] = Counter()
    exchanged: Counter[tuple[str, str]] = Counter()
    speakers: dict[str, set[str]] = defaultdict(set)
    for key, thread in seen.threads.items():
        if not (all_threads or counts_for(seen, thread, company)):
            continue
        week = week_of(seen.posts[key].at).isoformat()
        conversations[week, kind_of_thread(seen, thread, company)] += 1
        exchanged.update(exchanges(seen, thread, company))
        for post in thread:
            speakers[voice(seen.world.actors[post.actor], company, post)].add(post.actor)
    return {
        "conversations": _table(conversations),
        "exchanges": _table(exchanged),
        "speakers": {name: len(accounts) for name, accounts in sorted(speakers.items())},
    }


def _table(counts: Counter[tuple[str, str]]) -> dict[str, object]:
    total: Counter[str] = Counter()
    weeks: dict[str, Counter[str]] = defaultdict(Counter)
    for (week, kind), number in counts.items():
        weeks[week][kind] += number
        total[kind] += number
    return {
        "total": {**dict(sorted(total.items())), "share": share(total)},
        "weeks": {
            week: {**dict(sorted(found.items())), "share": share(found)}
            for week, found in sorted(weeks.items())
        },
    }
