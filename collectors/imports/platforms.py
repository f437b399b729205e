"""Platforms: which names are known to be one, and when a name nobody knows is believed.

The name of a platform is kept, and published, as the file has it. A wrong column has people's names where platforms
should stand; such a name is that of few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from collectors.imports.contract import Bad, Row
from girafe.records import Account, Deletion, Record

PLATFORM_OF_FEW = "platform_of_few"
FEWEST_ACCOUNTS = 5
_ENOUGH_ROWS = 1000
"""So often nobody's name stands in a column of names; and more rows are not held in memory."""
KNOWN = frozenset(
    """
    4chan answers app-store app_store appstore baidu behance bilibili blind blog blogger blogs bluesky comments
    community dailymotion devto discord discourse disqus dribbble facebook fediverse fishbowl flickr forum forums
    friendica gab github gitlab glassdoor google google-play google_play google_reviews googleplay hackernews
    indeed instagram intranet isso jobteaser kbin kununu lemmy line linkedin mastodon matrix medium meetup misskey
    news newsletter odnoklassniki other peertube phpbb pinterest pixelfed play-store playstore pleroma podcast
    press quora reddit review reviews rss signal slack snapchat stackexchange stackoverflow steam substack teamblind
    teams telegram threads tiktok trustpilot truthsocial tumblr twitch usenet viadeo viber vimeo vk web
    website wechat weibo welcometothejungle whatsapp wiki wordpress x xing yammer yelp youtube zhihu
    """.split()  # noqa: SIM905  (a text of words reads better than a list of strings)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A row that was read, with the line it becomes in landing."""

    row: Row
    line: bytes
    records: Sequence[Record]


@dataclass(slots=True, kw_only=True)
class Believed:
    """Rows pass as they come, but for those of a platform nobody knows: they wait until enough accounts speak there."""

    was_landed: Callable[[str], bool]
    """Whether a platform of that name has been imported before."""
    _waiting: dict[str, list[Read]] = field(default_factory=dict)
    _accounts: dict[str, set[str]] = field(default_factory=dict)
    _names: set[str] = field(default_factory=lambda: set(KNOWN))

    def waits(self, name: str) -> bool:
        """Whether rows of this platform wait."""
        return name in self._waiting

    def name_of(self, row: Row) -> str:
        """The platform of a row that is refused; empty if only that row itself says it, as one of few would be."""
        return row.platform if row.platform in self._names or not row.is_platform_read else ""

    @property
    def count_waiting(self) -> int:
        """How many platforms wait to be believed."""
        return len(self._waiting)

    def passing(self, read: Read) -> Sequence[Read]:
        """What may land now: nothing, this row, or all that have waited."""
        name = read.row.platform
        if name in self._names:
            return (read,)
        waiting = self._waiting.setdefault(name, [])
        if not waiting and (not read.row.is_platform_read or self.was_landed(name)):
            return self._believe(name, read)
        accounts = self._accounts.setdefault(name, set())
        accounts.update(account.account_id or account.handle or "" for account in map(_account, read.records))
        waiting.append(read)
        if len(accounts) < FEWEST_ACCOUNTS and len(waiting) < _ENOUGH_ROWS:
            return ()
        return self._believe(name)

    def left(self) -> Iterator[Bad]:
        """What still waits at the end of the file."""
        for waiting in self._waiting.values():
            for read in waiting:
                yield Bad(
                    reason=PLATFORM_OF_FEW, detail=_TOO_FEW, position=read.row.position, raw=read.row.raw
                )

    def _believe(self, name: str, *more: Read) -> Sequence[Read]:
        self._names.add(name)
        self._accounts.pop(name, None)
        return (*self._waiting.pop(name, ()), *more)


_TOO_FEW = (
    f"girafe knows no platform of that name, and fewer than {FEWEST_ACCOUNTS} accounts speak there: is it the right "
    "column? If it is, write forum, web or another name of docs/formats.md."
)


def _account(record: Record) -> Account:
    if isinstance(record, Deletion):
        return Account(platform=record.platform, account_id=record.account_id)
    return record.speaker
