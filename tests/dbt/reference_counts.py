"""Counts conversations and exchanges straight from girafe JSONL; shares no code with girafe.

Voices must be given in the lines (or be official accounts); accounts without either are `unknown`.

    python tests/dbt/reference_counts.py POSTS.jsonl platform:handle [platform:handle ...]
"""

from __future__ import annotations

import json
import re
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Line = dict[str, Any]
Key = tuple[str, ...]
SIDE = {
    "brand": "brand",
    "employee": "human",
    "former_employee": "human",
    "person": "human",
    "organisation": "other",
    "bot": "other",
}
HANDLE_IN_TEXT = re.compile(r"(?<![\w@/.])@(\w[\w.@-]*\w|\w)")


class Reference:
    """One reading of all lines: who is who, which posts make a thread, who addresses whom."""

    def __init__(
        self, lines: Iterable[Line], official: Iterable[str] = (), others: Iterable[str] = ()
    ) -> None:
        latest: dict[Key, Line] = {}
        for line in lines:  # of a post seen several times the one observed last counts
            known = latest.get((line["platform"], line["post_id"]))
            if known is None or _seen(line) >= _seen(known):
                latest[line["platform"], line["post_id"]] = line
        self.posts = latest
        self.speech = {key: line for key, line in latest.items() if not _is_bare_repost(line)}
        self.aliases = self._aliases()
        self.accounts = {self.author(line) for line in latest.values()}
        self.brand = {self._named(*name.split(":", 1)) for name in official}
        self.others = {self._named(*name.split(":", 1)) for name in others}
        self.history: dict[Key, list[tuple[datetime, str]]] = defaultdict(list)
        for line in latest.values():
            if line["author"].get("voice"):
                self.history[self.author(line)].append((_time(line), line["author"]["voice"]))
        for told in self.history.values():
            told.sort()

    # who is who

    def _aliases(self) -> dict[Key, Key]:
        """A handle means the account id last seen with it."""
        found: dict[Key, tuple[datetime, Key]] = {}
        for line in self.posts.values():
            author = line["author"]
            if author.get("account_id") and author.get("handle"):
                handle = ("handle", line["platform"], _fold(author["handle"]))
                sighting = (_seen(line), ("id", line["platform"], str(author["account_id"])))
                found[handle] = max(found.get(handle, sighting), sighting)
        return {handle: account for handle, (_, account) in found.items()}

    def author(self, line: Line) -> Key:
        author = line["author"]
        if author.get("account_id"):
            return ("id", line["platform"], str(author["account_id"]))
        handle = ("handle", line["platform"], _fold(author["handle"]))
        return self.aliases.get(handle, handle)

    def _named(self, platform: str, name: str) -> Key:
        if ("id", platform, name) in self.accounts:
            return ("id", platform, name)
        handle = ("handle", platform, _fold(name))
        return self.aliases.get(handle, handle)

    def side(self, account: Key, at: datetime) -> str:
        if account in self.brand:
            return "brand"
        if account in self.others:
            return "other"
        told = self.history.get(account)
        if not told:
            return "unknown"
        place = bisect_right(told, at, key=lambda entry: entry[0])
        return SIDE.get(told[max(place - 1, 0)][1], "unknown")

    # which posts make a thread

    def threads(self) -> list[list[Line]]:
        """Speech by thread: connected parts of posts, the posts they answer and the conversations they are in."""
        parts = _Parts()
        for (platform, post), line in self.posts.items():
            for place in (line.get("reply_to"), line.get("conversation_id")):
                if place:
                    parts.join((platform, post), (platform, place))
        found: dict[Key, list[Line]] = defaultdict(list)
        for (platform, post), line in self.speech.items():
            found[parts.of((platform, post))].append(line)
        return list(found.values())

    # who addresses whom

    def addressees(self, line: Line) -> set[Key | None]:
        """Each account addressed once, never oneself; None: somebody nobody knows."""
        platform, speaker = line["platform"], self.author(line)
        mentions = line.get("mentions")
        if mentions is None:
            mentions = HANDLE_IN_TEXT.findall(line["text"])
        mentioned = {self._named(platform, name.strip().removeprefix("@")) for name in mentions} - {speaker}
        found: set[Key | None] = set(mentioned)
        for pointer in ("reply_to", "quote_of", "repost_of"):
            target = self.posts.get((platform, line.get(pointer) or ""))
            if target is not None:
                found.add(self.author(target))
        found.discard(speaker)

        def is_lost(pointer: str) -> bool:
            target = line.get(pointer)
            return bool(target) and target != line["post_id"] and (platform, target) not in self.posts

        # A reply's mentions are taken to name whom it answers; a quote names nobody.
        if (is_lost("reply_to") and not mentioned) or is_lost("quote_of") or is_lost("repost_of"):
            found.add(None)
        return found

    def count(self, is_about: Callable[[Line], bool]) -> Counter[str]:
        """Every kind, over threads in which the brand spoke or a post is about the company."""
        found: Counter[str] = Counter()
        for (_, kind), number in self.count_weeks(is_about).items():
            found[kind] += number
        return found

    def count_weeks(self, is_about: Callable[[Line], bool], zone: str = "UTC") -> Counter[tuple[str, str]]:
        """The same by Monday of the week in `zone`: a thread's is that of its oldest post, an exchange's its own."""
        found: Counter[tuple[str, str]] = Counter()
        for thread in self.threads():
            sides = {(self.author(line), self.side(self.author(line), _time(line))) for line in thread}
            if not any(side == "brand" for _, side in sides) and not any(map(is_about, thread)):
                continue
            found[_week(min(map(_time, thread)), zone), _kind(sides)] += 1
            for line in thread:
                at, speaker = _time(line), self.author(line)
                for addressee in self.addressees(line):
                    ends = (
                        self.side(speaker, at),
                        "unknown" if addressee is None else self.side(addressee, at),
                    )
                    kind = f"exchanges_{ends[0]}_to_{ends[1]}"
                    if "other" in ends:
                        kind = "exchanges_with_other"
                    elif "unknown" in ends:
                        kind = "exchanges_unresolved"
                    found[_week(at, zone), kind] += 1
        return found


class _Parts:
    """Connected parts by union and find."""

    def __init__(self) -> None:
        self.up: dict[Key, Key] = {}

    def of(self, node: Key) -> Key:
        path = []
        while (above := self.up.setdefault(node, node)) != node:
            path.append(node)
            node = above
        for passed in path:
            self.up[passed] = node
        return node

    def join(self, one: Key, other: Key) -> None:
        self.up[self.of(one)] = self.of(other)


def _kind(sides: set[tuple[Key, str]]) -> str:
    speakers = {account for account, _ in sides}
    humans = {account for account, side in sides if side == "human"}
    has_brand = any(side == "brand" for _, side in sides)
    if len(speakers) == 1:
        return "monologues"
    if has_brand and humans:
        return "conversations_brand_to_human"
    if not has_brand and len(humans) >= 2:
        return "conversations_human_to_human"
    return "conversations_other"


def _is_bare_repost(line: Line) -> bool:
    return bool(line.get("repost_of")) and not line["text"].strip()


def _fold(handle: str) -> str:
    return handle.strip().removeprefix("@").casefold()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _time(line: Line) -> datetime:
    return _moment(line["created_at"])


def _week(moment: datetime, zone: str) -> str:
    day = moment.astimezone(ZoneInfo(zone)).date()
    return (day - timedelta(days=day.weekday())).isoformat()


def _seen(line: Line) -> datetime:
    return _moment(line.get("observed_at") or line["created_at"])


def main(path: str, *official: str) -> None:
    """Prints the counts of a file in which every post is about the company."""
    lines = [json.loads(text) for text in Path(path).read_text(encoding="utf-8").splitlines() if text.strip()]
    for kind, number in sorted(Reference(lines, official).count(lambda line: True).items()):
        sys.stdout.write(f"{kind:<36}{number:>9}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
