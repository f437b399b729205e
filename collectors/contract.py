"""The source contract: what a module must define to be listened through, and the nouns it speaks in.

A source is a module with a few constants and seven functions, plus one line in registry.py. No base
class. `fetch`, `thread`, `profile` and `gone` touch the network through the polite client they are handed
and return payloads as received; `parse` is pure. How to add one: docs/how-to/add-a-source.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from collectors.guard import place
from girafe.errors import AccessDenied
from girafe.records import Envelope, Payload, Record

if TYPE_CHECKING:
    import httpx

    from collectors.http import Http

Secrets: TypeAlias = Mapping[str, str]
Options: TypeAlias = Mapping[str, Any]

NOTES = "_girafe"
"""The one key a source may add to a payload: what only the moment of collection knew (`parent`)."""

ACCOUNT = "account:"
"""Before a key of `gone` that names a whole account; any other key names a post."""

RESUME = "resume"
"""The key of Watch.memory that is kept even if the run fails: where to go on, for what is paid for once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A half-open span of time [start, end): neighbours share no moment and leave no gap."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuses naive times and spans that end before they start."""
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a window needs times with a time zone")
        if self.end < self.start:
            raise ValueError("a window ends after it starts")

    def __contains__(self, moment: datetime) -> bool:
        """Whether `moment` lies in the span."""
        return self.start <= moment < self.end

    def halves(self) -> tuple[Window, Window]:
        """The earlier and the later half, meeting at a whole second."""
        middle = self.start + (self.end - self.start) / 2
        middle = middle.replace(microsecond=0)
        return Window(start=self.start, end=middle), Window(start=middle, end=self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What to listen for, and where: one query at one origin."""

    query: str
    origin: str
    """The place asked (`https://mastodon.example`, a feed's URL). Each keeps its own cursor and health."""
    options: Options = field(default_factory=dict)
    memory: MutableMapping[str, str] = field(default_factory=dict)
    """What the source wants to know next time (an ETag); kept with the cursor, after the durable write."""
    ledger: MutableMapping[str, str] = field(default_factory=dict)
    """What the source has spent: kept the moment it is set, shared by all its queries."""
    limits: MutableSequence[str] = field(default_factory=list)
    """What this place does not let us hear although it answers, in sentences: named in source health."""

    @property
    def place(self) -> str:
        """The origin as messages name it, without what may be a key."""
        return place(self.origin)

    def mark(self, window: Window, token: str) -> None:
        """Notes where a later run goes on, should this one fail: the page of `window` that `token` asks for."""
        self.memory[RESUME] = f"{window.start.isoformat()} {window.end.isoformat()} {token}"

    def marked(self) -> tuple[Window, str] | None:
        """Where an earlier run failed and is to go on; None if it did not."""
        if not (noted := self.memory.get(RESUME)):
            return None
        start, end, token = noted.split(" ", 2)
        return Window(start=datetime.fromisoformat(start), end=datetime.fromisoformat(end)), token


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One payload as received; of two with the same `key` in a run, the later one is landed."""

    key: str
    """What the payload is about, within its platform: `post:<id>`, `account:<id>`."""
    payload: Payload
    position: str = ""
    """Where it was read, for people."""
    platform: str = ""
    """Where it was said, for a source that reads several platforms; empty: the source's own."""


def post_key(name: object, payload: Mapping[str, Any], *, within: str = "") -> str:
    """The key of a post by its id, `within` the place that gave it where others give the same.

    What has no id is known by what it holds: it is landed all the same, for quarantine to show.
    """
    if name:
        return f"post:{within}{name}"
    return f"nameless:{blake2b(repr(payload).encode(), digest_size=16).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """Questions of which one at least always finds something: if none does, an empty answer proves nothing."""

    queries: tuple[str, ...]
    """Asked in turn until one finds something; the empty query finds whatever there is."""
    reach: timedelta
    """How far back they look."""


class Source(Protocol):
    """A module in collectors/sources, as mypy checks it in registry.py."""

    PLATFORM: str
    """Folder of its landing and name space of its ids."""
    VERSION: str
    """Written into every envelope; raise it when what is fetched changes."""
    TERMS: str
    """Where the permission to read is written, and what it asks in return."""
    SECRETS: tuple[str, ...]
    """Names of environment variables it cannot work without."""
    OPTIONS: tuple[str, ...]
    """What `options` in company.toml may hold for it, `lookback_days` aside, which all know."""
    PACE: float
    """Seconds between two requests to one host."""
    OVERLAP: timedelta
    """How much of the last window is read again, for what arrived late."""
    OPEN: bool
    """Whether anybody may listen; the terms of the others are accepted by whoever switches them on."""
    CANARY: Canary | None
    """What is asked after a silent answer; None where a question costs money or an empty place is normal."""

    def origins(self, options: Options) -> Sequence[str]:
        """The places to ask, each on its own."""
        ...

    def auth(self, secrets: Secrets, origin: str) -> httpx.Auth | None:
        """How requests to `origin` are signed; None: not at all."""
        ...

    def fetch(self, watch: Watch, window: Window, http: Http) -> Iterator[Item]:
        """What was said in `window` and matches the query.

        Raises AccessDenied where silence would only mean that we may not hear.
        """
        ...

    def thread(self, watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
        """The rest of the conversations that `found` belongs to: parents and replies."""
        ...

    def profile(self, watch: Watch, items: Sequence[Item], http: Http) -> Iterator[Item]:
        """The profiles of those who speak in `items`, as far as `items` do not hold them already."""
        ...

    def gone(self, watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
        """The keys among `items` (posts landed earlier) that the platform no longer shows.

        A key that begins with ACCOUNT says that everything of an account is gone.
        """
        ...

    def parse(self, envelope: Envelope) -> Iterator[Record]:
        """Posts, profiles and deletions in one payload; pure."""
        ...


def missing_secrets(module: Source, secrets: Secrets) -> list[str]:
    """The names of the keys that the source cannot work without and that are not there."""
    return [name for name in module.SECRETS if not secrets.get(name)]


def check_secrets(name: str, module: Source, secrets: Secrets) -> None:
    """Raises AccessDenied, naming every key of the source `name` that is not there."""
    if missing := missing_secrets(module, secrets):
        raise AccessDenied(f"{name} needs {' and '.join(missing)} in the environment.")


def unknown_options(module: Source, options: Options) -> str:
    """What to correct in `options`, or nothing: misspelt, a name would change nothing and nobody would notice."""
    known = (*module.OPTIONS, "lookback_days")
    unknown = sorted(set(options) - {*known})
    return f"`options` knows no {', '.join(unknown)}; it may hold {', '.join(known)}" if unknown else ""


def no_auth(secrets: Secrets, origin: str) -> httpx.Auth | None:
    """For sources that anyone may read."""
    return None


def nothing_more(watch: Watch, items: Iterable[Item], http: Http) -> Iterator[Item]:
    """For sources whose payloads are whole: no thread or profile to add."""
    return iter(())


def cannot_tell(watch: Watch, items: Iterable[Item], http: Http) -> Iterator[str]:
    """For sources that cannot be asked cheaply whether a post is still there."""
    return iter(())


def utc_from_epoch(seconds: float) -> datetime:
    """Epoch seconds as an aware time."""
    return datetime.fromtimestamp(seconds, tz=UTC)
