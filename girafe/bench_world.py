"""Bench world: invented posts in the order of time, over weeks, platforms, companies and sizes of thread as in life.

Nothing in it is anybody's: words, accounts and companies are made up, and the same seed gives the same bytes.
"""

from __future__ import annotations

import heapq
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WEEKS = 56
COMPANY = """[company]
name = "Orée"
official_accounts = ["forum:oree", "mastodon:oree", "bluesky:oree", "youtube:oree"]
headcount = 12000
headcount_date = 2026-06-30
headcount_source = "invented"

[[competitors]]
name = "Valmire"
official_accounts = ["forum:valmire", "mastodon:valmire", "bluesky:valmire", "youtube:valmire"]

[[competitors]]
name = "Coralin"
official_accounts = ["forum:coralin", "mastodon:coralin", "bluesky:coralin", "youtube:coralin"]
"""

_START = datetime(2025, 9, 1, tzinfo=UTC)
_PLATFORMS = ("forum", "mastodon", "mastodon", "bluesky", "bluesky", "youtube")
_COMPANIES = ("Orée", "Orée", "Valmire", "Coralin")
_BRANDS = ("oree", "valmire", "coralin")
_BIOS = (
    "Développeuse chez Orée. Mes propos n'engagent que moi.", "Maman, course à pied, café.",
    "Software engineer at Valmire, opinions are mine", "Journaliste. Transports et énergie.",
    "ex-Orée, aujourd'hui à mon compte", "I like trains and long walks.", "", "Étudiant en droit",
    "Conductrice chez Coralin", "Photographer, runner, reader", "Le compte des usagers du train", "",
)  # fmt: skip
_OPENINGS = (
    "{} recrute à Lyon, quelqu'un a un avis ?", "Mon contrat chez {} commence lundi",
    "The {} app is down again", "{} raised its prices, again", "Bravo aux équipes de {} ce matin",
    "Is {} a good place to work?", "Le planning chez {} change tout le temps",
    "Trois entretiens chez {} et toujours pas de réponse", "My manager at {} finally said thank you",
)  # fmt: skip
_REPLIES = (
    "Pareil ici, c'est long", "Same here since Monday", "Bon courage !", "Merci pour le retour",
    "We are looking into it, sorry", "Tu as essayé de les appeler ?", "Salary is fine, hours are not",
    "Je confirme, bonne ambiance", "No idea, ask your manager", "On vous répond en message privé",
    "Je travaille chez {} depuis deux ans, le télétravail est bien", "I left {} last year, training was good",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What a later post needs to know of an earlier one."""

    number: int
    platform: str
    thread: int
    company: str
    account: int
    at: datetime


def invented_posts(count: int, *, new: int = 0, seed: int = 7) -> Iterator[bytes]:
    """`count` lines of girafe JSONL over 56 weeks, then `new` more as the next run would bring them.

    Threads begin evenly in time and grow at random: most are short, one in fifty is long. Of the new lines one in
    twenty is late (an answer to an old post, with its old date) and one in fifty an old post edited since.
    """
    chance = random.Random(seed)  # noqa: S311 repeatable chance, not secrecy
    accounts = max(50, count // 4)
    pace = timedelta(weeks=WEEKS) / max(count, 1)
    now, number, order = _START, 0, 0
    waiting: list[tuple[datetime, int, _Spoken]] = []
    known: list[_Spoken] = []
    while number < count + new:
        now += pace
        late = number >= count and bool(known) and chance.random() < 0.05
        if number >= count and known and chance.random() < 0.02:
            yield _line(chance, chance.choice(known), None, edited_at=now)
            number += 1
            continue
        if late:
            parent = chance.choice(known)
            at = now - timedelta(weeks=1 + chance.randrange(WEEKS // 2))
        elif waiting and waiting[0][0] <= now:
            _, _, parent = heapq.heappop(waiting)
            at = now
        else:
            parent, at = None, now
        post = _spoken(chance, number, parent, accounts, at)
        yield _line(chance, post, parent)
        for _ in range(_answers(chance, is_opening=parent is None)):
            order += 1
            delay = timedelta(hours=chance.expovariate(1 / 9))
            heapq.heappush(waiting, (now + delay, order, post))
        if chance.random() < 0.2:
            # A sample of what was said before, so that memory stays small.
            known.append(post) if len(known) < 5000 else known.__setitem__(chance.randrange(5000), post)
        number += 1


def _answers(chance: random.Random, *, is_opening: bool) -> int:
    if is_opening and chance.random() < 0.02:
        return chance.randrange(20, 120)
    return min(9, int(chance.expovariate(0.9 if is_opening else 1.6)))


def _spoken(
    chance: random.Random, number: int, parent: _Spoken | None, accounts: int, at: datetime
) -> _Spoken:
    company = parent.company if parent else chance.choice(_COMPANIES)
    brand = {"Orée": 0, "Valmire": 1, "Coralin": 2}[company]
    is_brand = chance.random() < (0.12 if parent else 0.04)
    account = brand if is_brand else 3 + int(accounts * chance.random() ** 2)
    if parent is None:
        return _Spoken(number, chance.choice(_PLATFORMS), number, company, account, at)
    return _Spoken(number, parent.platform, parent.thread, company, account, at)


def _line(
    chance: random.Random, post: _Spoken, parent: _Spoken | None, *, edited_at: datetime | None = None
) -> bytes:
    text = chance.choice(_REPLIES if parent else _OPENINGS).format(post.company)
    is_brand = post.account < len(_BRANDS)
    handle = _BRANDS[post.account] if is_brand else f"person{post.account}"
    if parent and parent.account >= len(_BRANDS) and chance.random() < 0.2:
        text = f"@person{parent.account} {text}"
    line = {
        "platform": post.platform,
        "post_id": f"p{post.number}",
        "created_at": post.at.isoformat(),
        "observed_at": edited_at.isoformat() if edited_at else None,
        "text": f"{text} ({post.number % 97})" + (" (edited)" if edited_at else ""),
        "author": {
            "account_id": f"a{post.account}",
            "handle": handle,
            "bio": "" if is_brand else _BIOS[post.account % len(_BIOS)],
            "followers": post.account * 7919 % 5000,
        },
        "reply_to": f"p{parent.number}" if parent else None,
        "conversation_id": f"p{post.thread}" if post.platform in ("bluesky", "mastodon") else None,
        "likes": post.number * 31 % 17,
    }
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"
