"""Edge counts: what is kept of posts whose terms let only aggregated counts leave (docs/decisions/0013).

The words of docs/method.md (thread, conversation, exchange, side, kind), counted here in memory, because no row
about such a post may reach a file. tests/dbt/test_edge_counts.py holds that dbt counts the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TypeAlias
from zoneinfo import ZoneInfo

from girafe.records import SIDE_OF_VOICE, Account, Counted, Post, Side
from nlp.company import CompanyNames
from nlp.fold import is_copy
from nlp.links import Official, is_official
from nlp.pipeline import Question, Reading, read
from nlp.rows import Row, voice_towards

_Event: TypeAlias = tuple[str, date, str, str, str]
"""Company, week, language, what is counted (thread, post, exchange), its kind."""
_Said: TypeAlias = tuple[Post, Counted, Reading]


@dataclass(kw_only=True)
class EdgeCounter:
    """Takes the posts of one landing file and gives the counts of each of their units."""

    companies: Sequence[CompanyNames]
    """The home company first."""
    official: Sequence[Official]
    """The accounts that company.toml declares, for each company."""
    time_zone: ZoneInfo
    units: dict[tuple[str, str], dict[str, tuple[Post, Counted]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def add(self, post: Post, counted: Counted) -> None:
        """Keeps a post in memory until `rows`; of two sightings the later one counts."""
        unit = self.units[(post.platform, counted.unit)]
        before = unit.get(post.post_id)
        if before is None or before[0].observed_at <= post.observed_at:
            unit[post.post_id] = (post, counted)

    def rows(self) -> Iterator[Row]:
        """The rows of edge_counts. A unit has its row of no events too, so that it replaces what it was before."""
        for (platform, unit), posts in sorted(self.units.items(), key=lambda entry: entry[0]):
            newest = max(post.observed_at for post, _ in posts.values())
            home, week = self.companies[0].company_id, self._week(newest)
            events = Counter([(home, week, "und", "nothing", ""), *self._events(list(posts.values()))])
            for (company_id, week_start, language, measure, kind), count in sorted(events.items()):
                yield {
                    # Not keyed: a unit is a thread that the company opened itself, or a day. Neither names a person.
                    "unit_id": blake2b(f"{platform} {unit}".encode(), digest_size=16).hexdigest(),
                    "company_id": company_id,
                    "week_start": week_start,
                    "platform": platform,
                    "language": language,
                    "measure": measure,
                    "kind": kind,
                    "count_events": 0 if measure == "nothing" else count,
                    "observed_at": newest,
                }

    def _events(self, posts: Sequence[tuple[Post, Counted]]) -> Iterator[_Event]:
        known = {post.post_id: post.author for post, _ in posts}
        known |= {
            _name(post.author): post.author for unit in self.units.values() for post, _ in unit.values()
        }
        for thread in _threads(posts, self.companies):
            for position in range(len(self.companies)):
                yield from self._told(thread, position, known)

    def _told(self, thread: Sequence[_Said], position: int, known: Mapping[str, Account]) -> Iterator[_Event]:
        """What one thread, oldest post first, adds for one company; nothing if it does not count for it.

        `known`: who wrote a post, by its id, and who speaks under a name.
        """
        edges = [
            (post, self._side(post.author, counted, position), self._side(other, counted, position))
            for post, counted, _ in thread
            for other in _addressed(post, known)
        ]
        speakers = {
            _name(post.author): self._side(post.author, counted, position) for post, counted, _ in thread
        }
        brand_is_there = Side.BRAND in {*speakers.values(), *(heard for _, _, heard in edges)}
        if not brand_is_there and not any(reading.about[position].is_about for *_, reading in thread):
            return
        company, language = self.companies[position].company_id, thread[0][2].language
        yield (
            company,
            self._week(thread[0][0].created_at),
            language,
            "thread",
            _thread_kind(speakers.values()),
        )
        for post, *_ in thread:
            yield company, self._week(post.created_at), language, "post", ""
        for post, speaking, heard in edges:
            yield company, self._week(post.created_at), language, "exchange", _exchange_kind(speaking, heard)

    def _side(self, account: Account | None, counted: Counted, position: int) -> Side:
        if account is None:
            return Side.UNKNOWN
        if account.account_id in counted.own_accounts:
            return Side.BRAND if position == 0 else Side.OTHER
        if is_official(account, self.official[position]):
            return Side.BRAND
        if account.is_organisation or account.voice is None:
            return Side.OTHER if account.is_organisation else Side.UNKNOWN
        return SIDE_OF_VOICE[voice_towards(account.voice, is_home=position == 0)]

    def _week(self, moment: datetime) -> date:
        day = moment.astimezone(self.time_zone).date()
        return day - timedelta(days=day.weekday())


def _threads(
    posts: Sequence[tuple[Post, Counted]], companies: Sequence[CompanyNames]
) -> Iterator[Sequence[_Said]]:
    """Posts that belong together, oldest first; a repost without a word of its own is not speech."""
    spoken = [(post, counted) for post, counted in posts if post.repost_of is None or not is_copy(post.text)]
    questions = (
        Question(text=post.text, companies=companies, addressed=post.mentions or ()) for post, _ in spoken
    )
    together: dict[str, list[_Said]] = defaultdict(list)
    for (post, counted), reading in zip(spoken, read(questions), strict=True):
        together[post.conversation_id or post.post_id].append((post, counted, reading))
    for said in together.values():
        yield sorted(said, key=lambda entry: (entry[0].created_at, entry[0].post_id))


def _addressed(post: Post, known: Mapping[str, Account]) -> Iterable[Account | None]:
    """Everybody a post addresses, each once; None beside them for the author of a post that nobody has.

    A reply to such a post that mentions somebody addresses them.
    """
    named = (
        known.get(name, Account(platform=post.platform, account_id=name)) for name in post.mentions or ()
    )
    others = {_name(account): account for account in named}
    others.pop(_name(post.author), None)
    shown = [
        post.quote_of,
        post.repost_of,
        *([] if others and post.reply_to not in known else [post.reply_to]),
    ]
    above = [known.get(name) for name in shown if name is not None]
    others |= {_name(account): account for account in above if account is not None}
    others.pop(_name(post.author), None)
    return [*others.values(), *([None] if None in above else [])]


def _name(account: Account) -> str:
    return account.account_id or f"@{account.handle}"


def _thread_kind(sides: Iterable[Side]) -> str:
    """As the macro thread_kind of dbt; `unresolved`: one of `other` with a speaker nobody knows."""
    found = list(sides)
    humans, has_brand = found.count(Side.HUMAN), Side.BRAND in found
    if len(found) < 2:
        return "monologue"
    if has_brand and humans:
        return "brand_to_human"
    if not has_brand and humans > 1:
        return "human_to_human"
    return "unresolved" if Side.UNKNOWN in found else "other"


def _exchange_kind(speaking: Side, heard: Side) -> str:
    """As the macro exchange_kind of dbt."""
    if Side.OTHER in (speaking, heard):
        return "with_other"
    return "unresolved" if Side.UNKNOWN in (speaking, heard) else f"{speaking}_to_{heard}"
