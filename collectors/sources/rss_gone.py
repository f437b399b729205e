"""What is gone from the web: the page of an entry that answers 404 or 410. That a feed lists it no more says nothing.

Pages are asked only where robots.txt of their host allows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from urllib.robotparser import RobotFileParser

from collectors.contract import Item, Watch
from collectors.http import USER_AGENT, Http
from collectors.read import address, notes, text, tree
from collectors.sources.rss_parse import link_of
from girafe.errors import AccessDenied, RetryLater
from girafe.records import Payload

_MOST_PAGES = 200
_REACHED = "looked up down to"
_BELIEVED = 3
"""As many lost pages of a host, and no page left, may be deletions; more look like a site that moved."""


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """Entries of this feed whose own page is missing, host by host, the newest first."""
    own = [item for item in items if _is_heard_at(item.payload, watch.origin)]
    pages: dict[str, dict[str, str]] = {}
    for item in _next(watch, sorted(own, key=_age, reverse=True)):
        link = link_of(tree(item.payload.get("entry")))
        if address(link).scheme in ("http", "https"):
            pages.setdefault(address(link).netloc, {})[item.key] = link
    for host, links in pages.items():
        yield from _missing(watch, host, links, http)


def _age(item: Item) -> str:
    return f"{text(tree(item.payload.get('entry')).get('published'))} {item.key}"


def _next(watch: Watch, own: Sequence[Item]) -> Sequence[Item]:
    """As many as a round looks up: it begins below where the last one ended, and from the newest after the oldest."""
    if len(own) <= _MOST_PAGES:
        watch.memory.pop(_REACHED, None)
        return own
    reached = watch.memory.get(_REACHED, "")
    below = [item for item in own if not reached or _age(item) < reached]
    chosen = [*below, *own[: len(own) - len(below)]][:_MOST_PAGES]
    watch.memory[_REACHED] = _age(chosen[-1])
    watch.limits.append(
        f"Of {len(own)} pages of a feed {_MOST_PAGES} were looked up; the next round goes on below."
    )
    return chosen


def mark_of(origin: str) -> str:
    """What an entry notes of the feed it was read in: its address may hold a key, and may have moved since."""
    return blake2b(origin.encode(), digest_size=8).hexdigest()


def _is_heard_at(payload: Payload, origin: str) -> bool:
    mark = text(notes(payload).get("feed"))
    return mark == mark_of(origin) if mark else _is_of(text(tree(payload.get("feed")).get("url")), origin)


def _is_of(url: str, origin: str) -> bool:
    """Whether a feed was read at `origin`, whatever was searched for there."""
    before, is_search, behind = origin.partition("{query}")
    return url.startswith(before) and url.endswith(behind) if is_search else url == origin


def _missing(watch: Watch, host: str, links: dict[str, str], http: Http) -> list[str]:
    """A host that fails, forbids or has lost everything is named and keeps no other from being asked."""
    missing: list[str] = []
    try:
        robots = _robots(next(iter(links.values())), http)
        allowed = {key: link for key, link in links.items() if robots.can_fetch(USER_AGENT, link)}
        missing = [key for key, link in allowed.items() if http.hasty().get(link).is_missing]
    except (AccessDenied, RetryLater) as fault:
        watch.limits.append(f"Not every page of a feed was looked up. {fault}")
        return missing
    if len(missing) == len(allowed) > _BELIEVED:
        watch.limits.append(
            f"{host} shows none of {len(allowed)} pages, as after a move: none is taken for deleted."
        )
        return []
    if len(allowed) < len(links):
        watch.limits.append(
            f"robots.txt of {host} keeps {len(links) - len(allowed)} pages from being looked up."
        )
    return missing


def _robots(link: str, http: Http) -> RobotFileParser:
    """What the host allows; a host without the file allows everything, one that refuses it nothing."""
    parts = address(link)
    answer = http.hasty().get(f"{parts.scheme}://{parts.netloc}/robots.txt")
    robots = RobotFileParser()
    try:
        robots.parse([] if answer.is_missing else answer.body.decode("utf-8", "replace").splitlines())
    except ValueError:  # `Crawl-delay: ²` is a digit to isdigit() and none to int()
        robots = RobotFileParser()
        robots.parse(["User-agent: *", "Disallow: /"])
    return robots
