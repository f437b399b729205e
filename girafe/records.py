"""Records: the frozen nouns that pass between the stages, one dataclass each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, TypeAlias

Payload: TypeAlias = dict[str, Any]
"""What a platform sent, as decoded JSON, untouched."""

TimePrecision: TypeAlias = Literal["second", "minute", "hour", "day", "week", "month", "year"]


class Voice(StrEnum):
    """Who an account speaks as, towards one company (defined in docs/method.md)."""

    BRAND = "brand"
    EMPLOYEE = "employee"
    FORMER_EMPLOYEE = "former_employee"
    PERSON = "person"
    ORGANISATION = "organisation"
    BOT = "bot"
    UNKNOWN = "unknown"


class Side(StrEnum):
    """Which side of a conversation a voice stands on."""

    HUMAN = "human"
    BRAND = "brand"
    OTHER = "other"
    UNKNOWN = "unknown"


SIDE_OF_VOICE: Mapping[Voice, Side] = {
    Voice.BRAND: Side.BRAND,
    Voice.EMPLOYEE: Side.HUMAN,
    Voice.FORMER_EMPLOYEE: Side.HUMAN,
    Voice.PERSON: Side.HUMAN,
    Voice.ORGANISATION: Side.OTHER,
    Voice.BOT: Side.OTHER,
    Voice.UNKNOWN: Side.UNKNOWN,
}

JUDGED_VOICES: tuple[Voice, ...] = tuple(v for v in Voice if v is not Voice.UNKNOWN)
"""The six voices a probability is spread over; `unknown` is abstention, not a class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A profile as one payload showed it. Lives in memory only: names, handles and bios are never stored.

    At least one of `account_id` (opaque, case-sensitive) and `handle` is set.
    """

    platform: str
    account_id: str | None = None
    handle: str | None = None
    display_name: str = ""
    bio: str = ""
    url: str | None = None
    links: tuple[str, ...] = ()
    verified_links: tuple[str, ...] = ()
    is_bot: bool | None = None
    is_organisation: bool | None = None
    """True where the platform itself says so (a LinkedIn company page, a feed's publisher)."""
    followers: int | None = None
    voice: Voice | None = None
    """Given by an annotator, or by what kind of account the platform says it is: taken as certain."""
    is_name_only: bool = False
    """The payload shows no profile (an author beside a post): nothing against a bio seen elsewhere."""
    opted_out: str | None = None
    """The opt-out signal the profile carries (`noindex`, `nobot`, ...); such an account is not stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A post whose terms let only aggregated counts leave: it is counted in memory and never stored as a row."""

    unit: str
    """What is always observed whole and names nobody (a thread the company opened, a day); the newest
    observation of a unit replaces its counts."""
    own_accounts: tuple[str, ...] = ()
    """Account ids that are the home company's, whatever company.toml lists: the page that was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One public utterance as one payload showed it. `text` is plain text (HTML already stripped)."""

    platform: str
    post_id: str
    created_at: datetime
    text: str
    author: Account
    observed_at: datetime
    """When the platform showed the post in this state; for files without such a time, `created_at`."""
    reply_to: str | None = None
    conversation_id: str | None = None
    quote_of: str | None = None
    repost_of: str | None = None
    mentions: tuple[str, ...] | None = None
    """Handles or account ids addressed; None: take @handles from the text; (): there are none."""
    lang: str | None = None
    """As the platform declared it; a hint only, language is detected from the text."""
    url: str | None = None
    likes: int | None = None
    replies: int | None = None
    reposts: int | None = None
    time_precision: TimePrecision = "second"
    about: tuple[str, ...] | None = None
    """Names of the companies it is about, given by an annotator or by the query of an export; None: judge
    it from the text; (): about none."""
    counted: Counted | None = None
    """Set where the platform's terms let nothing but counts leave; None: it is kept as a (pseudonymised) row."""

    @property
    def speaker(self) -> Account:
        """Who is heard in it, as of a profile."""
        return self.author


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An account seen by itself (a user page), not as the author of a post."""

    account: Account
    observed_at: datetime

    @property
    def speaker(self) -> Account:
        """Who is seen in it, as of a post."""
        return self.account


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """The platform says that a post, or everything of an account, is gone. Exactly one id is set."""

    platform: str
    observed_at: datetime
    post_id: str | None = None
    account_id: str | None = None


Record: TypeAlias = Post | Profile | Deletion
"""What `parse` yields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One payload as received, with how it came to us: a line of a landing file."""

    source: str
    """The registered parser that reads `payload` (`mastodon`, `girafe_jsonl`, ...)."""
    platform: str
    query: str
    fetched_at: datetime
    run_id: str
    collector_version: str
    payload: Payload
    position: str = ""
    """Where it stood in its origin, for people: `posts.jsonl:17`."""


Parser: TypeAlias = Callable[[Envelope], Iterator[Record]]
"""What a payload says. Pure; raises PayloadRejected or PayloadChanged for what it cannot read."""

IsForgotten: TypeAlias = Callable[[Account], bool]
"""True for an account that asked to be forgotten: nothing of it is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Something that could not be read: kept in quarantine with its reason, to be replayed after a fix."""

    source: str
    platform: str
    run_id: str
    reason: str
    """A stable code a program can count: `not_json`, `missing_field`, `payload_changed`, ..."""
    detail: str
    """One sentence for a person: what is wrong and what to do."""
    position: str
    raw: str
