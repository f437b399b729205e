"""The conversation mix by design.md's words, in plain Python: it shares no code with girafe and none with its SQL.

A world is what is known: posts (in versions, in any order), who was told or guessed to be who, what is gone. `mix`
counts every cell of company x week x platform x language from it, with `all` of either. Times are UTC; weeks are
the company's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
SIDE = {"brand": "brand", "employee": "human", "former_employee": "human", "person": "human"}
SIDE |= {"organisation": "other", "bot": "other", "unknown": "unknown"}
KINDS = ("human_to_human", "brand_to_human", "human_to_brand", "brand_to_brand", "with_other", "unresolved")
Cell = tuple[str, date, str, str]


@dataclass(frozen=True, kw_only=True)
class Post:
    """One version of a post. Accounts are people or shops, whatever handle or id they wrote under."""

    id: str
    account: str
    platform: str
    language: str
    at: datetime
    seen: datetime
    reply_to: str | None = None
    conversation: str | None = None
    quote_of: str | None = None
    repost_of: str | None = None
    is_bare: bool = False
    mentions: tuple[str, ...] = ()
    about: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was said of an account: by a person (given) or by a classifier (inferred), an older one or the newest."""

    account: str
    company: str
    at: datetime
    voice: str
    given: bool
    classifier: int = 1


@dataclass(kw_only=True)
class World:
    """Everything known; `shops` are the official accounts by company, `handles` who is met under a handle too.

    Handles change nothing that is counted: an account is the same under its id and under its handle.
    """

    posts: list[Post]
    told: list[Told]
    shops: dict[str, str]
    handles: set[str] = field(default_factory=set)
    gone_posts: set[str] = field(default_factory=set)
    gone_accounts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        # Of a post seen several times, what was seen last counts; what is gone is in no number.
        newest: dict[str, Post] = {}
        for post in self.posts:
            if post.id not in newest or post.seen > newest[post.id].seen:
                newest[post.id] = post
        gone = {
            id for id, post in newest.items() if id in self.gone_posts or post.account in self.gone_accounts
        }
        self.known = {id: post for id, post in newest.items() if id not in gone}
        self.speech = [post for post in self.known.values() if not post.is_bare]
        self.last_seen = max((post.seen for post in self.posts), default=datetime(1900, 1, 1, tzinfo=UTC))

    # voices

    def voice(self, company: str, account: str, at: datetime) -> str:
        """As of `at`. Official accounts for all time; then what was given, for all time; then what was inferred."""
        for owner, shop in self.shops.items():
            if account == shop:
                return "brand" if owner == company else "organisation"
        about = [told for told in self.told if (told.account, told.company) == (account, company)]
        given = any(told.given for told in about)
        newest = max((told.classifier for told in about), default=0)
        heard = [told for told in about if (told.given if given else told.classifier == newest)]
        history = sorted(heard, key=lambda told: told.at)
        if not history:
            return "unknown"
        so_far = [told for told in history if told.at <= at]
        if so_far:
            return so_far[-1].voice
        early = given or at >= history[0].at - timedelta(days=30)
        return history[0].voice if early else "unknown"

    def side(self, company: str, account: str, at: datetime) -> str:
        """human, brand, other or unknown."""
        return SIDE[self.voice(company, account, at)]

    # threads

    def threads(self) -> list[list[Post]]:
        """Speech that replies or conversations join, directly or through others, known or not."""
        groups: list[set[str]] = []
        for post in self.known.values():
            places = {post.id, *(place for place in (post.reply_to, post.conversation) if place)}
            touched = [group for group in groups if group & places]
            groups = [group for group in groups if not group & places] + [places.union(*touched)]
        found = ([post for post in self.speech if post.id in group] for group in groups)
        return [sorted(thread, key=lambda post: post.at) for thread in found if thread]

    def counting(self, company: str) -> Iterator[tuple[list[Post], set[tuple[str, str]]]]:
        """The threads that count for a company, each with its speakers and the sides they spoke on."""
        for thread in self.threads():
            sides = {(post.account, self.side(company, post.account, post.at)) for post in thread}
            if any(side == "brand" for _, side in sides) or any(company in post.about for post in thread):
                yield thread, sides

    # exchanges

    def addressees(self, post: Post) -> set[str]:
        """Whom a post addresses; "?" is somebody nobody knows."""
        mentioned = set(post.mentions) - {post.account}
        found, lost = set(mentioned), []
        for name in ("reply_to", "quote_of", "repost_of"):
            target = getattr(post, name)
            if target in self.known:
                found.add(self.known[target].account)
            elif target and target != post.id:
                lost.append(name)
        if set(lost) - {"reply_to"} or (lost and not mentioned):
            found.add("?")
        return found - {post.account}

    # counts

    def mix(self, company: str) -> dict[Cell, dict[str, int]]:
        """Every cell in which anything is counted, `all` included."""
        counts: dict[Cell, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        persons: dict[Cell, set[str]] = defaultdict(set)
        for thread, sides in self.counting(company):
            root = thread[0]
            for cell in cells(company, root.at, root.platform, root.language):
                for name in conversation_counts(sides):
                    counts[cell][name] += 1
            for post in thread:
                speaker = self.side(company, post.account, post.at)
                for cell in cells(company, post.at, post.platform, root.language):
                    counts[cell]["count_posts"] += 1
                    if speaker in ("human", "unknown"):
                        persons[cell].add(post.account)
                    for addressee in self.addressees(post):
                        other = "unknown" if addressee == "?" else self.side(company, addressee, post.at)
                        counts[cell][f"exchanges_{exchange(speaker, other)}"] += 1
                        counts[cell]["exchanges"] += 1
        for cell, accounts in persons.items():
            counts[cell]["count_persons"] = len(accounts)
        return {cell: dict(numbers) for cell, numbers in counts.items()}

    # the brand

    def dialogue(self, company: str, known_until: datetime) -> dict[tuple[date, str], dict[str, list[float]]]:
        """What the brand writes, and whom it answers within seven days after how many minutes; a 0 for each event."""
        found: dict[tuple[date, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for thread, _ in self.counting(company):
            by_brand = [post for post in thread if self.side(company, post.account, post.at) == "brand"]
            for post in thread:
                to = {
                    "unknown" if name == "?" else self.side(company, name, post.at)
                    for name in self.addressees(post)
                }
                told: dict[str, float] = {}
                if post in by_brand:
                    told = {"count_brand_posts": 0}
                    told |= {"count_broadcasts": 0} if not to else {}
                    told |= {"count_brand_dialogue_posts": 0} if "human" in to else {}
                elif "brand" in to and self.side(company, post.account, post.at) != "other":
                    told = {"count_addressed_posts": 0}
                    answers = (
                        a.at for a in by_brand if a.at >= post.at and post.account in self.addressees(a)
                    )
                    first = min(answers, default=datetime.max.replace(tzinfo=UTC))
                    deadline = post.at + timedelta(days=7)
                    if first <= deadline:
                        minutes = (first - post.at).total_seconds() / 60
                        told |= {"response_share_numerator": 0, "response_minutes_median": minutes}
                    if first <= deadline or deadline <= known_until:
                        told |= {"response_share_denominator": 0}
                for place in (post.platform, "all"):
                    for name, number in told.items():
                        found[monday(post.at), place][name].append(number)
        return found


def cells(company: str, at: datetime, platform: str, language: str) -> Iterator[Cell]:
    """The four cells something counts in."""
    week = monday(at)
    for place in (platform, "all"):
        for tongue in (language, "all"):
            yield company, week, place, tongue


def monday(at: datetime) -> date:
    """The Monday of an instant's ISO week in Paris."""
    day = at.astimezone(PARIS).date()
    return day - timedelta(days=day.weekday())


def conversation_counts(sides: set[tuple[str, str]]) -> list[str]:
    """The columns a thread counts in, from its speakers and the sides they spoke on."""
    humans = {account for account, side in sides if side == "human"}
    has_brand = any(side == "brand" for _, side in sides)
    if len({account for account, _ in sides}) < 2:
        return ["monologues"]
    if has_brand and humans:
        return ["conversations", "conversations_brand_to_human"]
    if not has_brand and len(humans) > 1:
        return ["conversations", "conversations_human_to_human"]
    unresolved = any(side == "unknown" for _, side in sides)
    return ["conversations", "conversations_other", *(["conversations_unresolved"] if unresolved else [])]


def exchange(speaker: str, addressee: str) -> str:
    """The kind of an exchange from its two sides."""
    ends = {speaker, addressee}
    if "other" in ends:
        return "with_other"
    return "unresolved" if "unknown" in ends else f"{speaker}_to_{addressee}"
