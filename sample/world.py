"""World: who exists in the sample and what was said, before any platform shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SEED = 20261115
HOME, RIVAL = "sillon", "quintarel"
COMPANIES = (HOME, RIVAL)
PARIS = ZoneInfo("Europe/Paris")
FIRST_MONDAY = date(2026, 9, 21)
COUNT_WEEKS = 8
MONDAYS = tuple(FIRST_MONDAY + timedelta(weeks=n) for n in range(COUNT_WEEKS))
CAMPAIGN_WEEK, SILENT_WEEK, BLIND_WEEK = 4, 5, 3
"""Weeks counted from 0: a brand campaign; Mastodon nearly silent; the Hacker News collector blind."""

RUN_DELAY = timedelta(hours=5)
"""The weekly collection takes place on Monday at five in the morning."""


def paris_midnight(day: date) -> datetime:
    """The UTC moment at which `day` begins in Paris."""
    return datetime(day.year, day.month, day.day, tzinfo=PARIS).astimezone(UTC)


START, END = paris_midnight(MONDAYS[0]), paris_midnight(MONDAYS[-1] + timedelta(weeks=1))


def run_after(moment: datetime) -> datetime:
    """When the weekly collection first after `moment` takes place (Monday morning)."""
    for monday in (*MONDAYS[1:], MONDAYS[-1] + timedelta(weeks=1)):
        at = paris_midnight(monday) + RUN_DELAY
        if at > moment:
            return at
    return paris_midnight(MONDAYS[-1] + timedelta(weeks=1)) + RUN_DELAY


def week_of(moment: datetime) -> date:
    """The Monday of the ISO week of `moment` in Paris."""
    local = moment.astimezone(PARIS).date()
    return local - timedelta(days=local.weekday())


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How an account presents itself from `since` on, and who it really is."""

    since: datetime
    kind: str
    bio: str
    voices: Mapping[str, str]
    """Towards each company."""
    links: tuple[str, ...] = ()
    opted_out: str | None = None


@dataclass(kw_only=True, eq=False)
class Actor:
    """One account on one platform."""

    key: str
    platform: str
    lang: str
    handle: str
    name: str
    stages: list[Stage]
    host: str = ""
    """Of Mastodon accounts: their home instance."""
    is_bot: bool = False
    official_of: str | None = None
    """Configured in company.toml as an official account of this company."""
    ghost: bool = False
    """Mentioned by others, never seen itself."""
    followers: int = 0
    created: datetime = START
    count: int = 0
    """Posts so far: keeps the cast varied."""

    def at(self, moment: datetime) -> Stage:
        """The stage in force at `moment`."""
        return [s for s in self.stages if s.since <= moment][-1] if moment >= self.first else self.stages[0]

    @property
    def first(self) -> datetime:
        """Where the first stage begins."""
        return self.stages[0].since

    @property
    def opted_out(self) -> str | None:
        """The opt-out signal the account ever showed: from then on nothing of it may be kept."""
        return next((stage.opted_out for stage in self.stages if stage.opted_out), None)


@dataclass(kw_only=True)
class Utterance:
    """One post. In `text`, `@[key]` stands for the mention of an account."""

    key: str
    actor: str
    at: datetime
    text: str
    lang: str
    scenario: str
    parent: str | None = None
    root: str = ""
    quote_of: str | None = None
    repost_of: str | None = None
    mentions: tuple[str, ...] = ()
    edited: tuple[datetime, str, tuple[str, ...]] | None = None
    """When; the text and mentions before the edit (`text` and `mentions` are the last ones)."""
    deleted_at: datetime | None = None
    never_seen: bool = False
    """Exists on the platform but no collector may see it: replies to it have a missing parent."""
    link: str | None = None


@dataclass(kw_only=True)
class World:
    """Everybody and everything, in a stable order."""

    actors: dict[str, Actor] = field(default_factory=dict)
    posts: dict[str, Utterance] = field(default_factory=dict)

    def of_platform(self, platform: str) -> list[Utterance]:
        """The posts of one platform, oldest first."""
        found = [p for p in self.posts.values() if self.actors[p.actor].platform == platform]
        return sorted(found, key=lambda p: (p.at, p.key))
