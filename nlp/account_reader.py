"""Account reader: what a profile and its posts, or one text of them, say of a job at a company.

Half of the people who work somewhere never say so in one sentence: the profile tells a trade, a post tells where. So
all of an account's words are read at once, each by where it stands: in the profile or in a post, beside the company's
name, in a text that names it or in one that does not. Words alone, no encoder (docs/decisions/0107).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from girafe.records import JUDGED_VOICES, Voice
from nlp.bio_rules import rule_code
from nlp.buckets import bucket
from nlp.company import CompanyNames, Mention
from nlp.fold import fold
from nlp.linear import load, sigmoid, softmax
from nlp.post_rules import rule_statement, speaks_of_oneself
from nlp.ties import PARODY, TIES
from nlp.word_kinds import TOKEN, clause, kinds_of

BUCKETS = 2**18
_SALT = 23
_NAME = "acme"
"""Stands for the company, whatever it is called."""
_NEAR = 3
"""Words on each side of the name that count by their place."""
_LONGEST, _MOST = 600, 8
"""Characters of a text, and posts of an account, the newest, that are read."""
_RULED = 2
"""Mentions in a profile that the rules are asked about."""
_AFTER = 120
"""Characters behind a name in which it can go on."""
_STEM = 5
"""Letters of a longer word that count by themselves: French and English end words in many ways."""
LENGTH = 3.0
"""The length of a row of features: long accounts say no more than short ones."""


READ_AS = (*TIES, "organisation")
"""What an account is read as: of `other`, those who are no organisation."""
_SAID_OUTRIGHT = frozenset(
    {"suggested:brand", "link:company_domain", PARODY, "post:speaks_for_team", "post:not_employee"}
)
"""Evidence that words of the same account cannot outweigh."""
_EMPLOYEE, _FORMER, _PERSON, _ORGANISATION, _BOT = map(
    JUDGED_VOICES.index,
    (Voice.EMPLOYEE, Voice.FORMER_EMPLOYEE, Voice.PERSON, Voice.ORGANISATION, Voice.BOT),
)
_TINY, _OFTENER = 1e-6, 1.8
"""How much oftener people without a job there are than organisations in what the reader learnt from, as a logarithm:
profile and words are two witnesses, and how common organisations are counts once."""
_SURELY = 0.9
"""From this share on an organisation is one, whatever its words tell of a job: whoever holds a job is a person."""


def is_read(codes: Sequence[str]) -> bool:
    """Whether an account with this evidence is read whole."""
    return _SAID_OUTRIGHT.isdisjoint(codes)


def read_together(kinds: np.ndarray, rows: Sequence[Sequence[int]]) -> tuple[np.ndarray, list[str]]:
    """The probabilities of some accounts (in the order of JUDGED_VOICES) by all their words, and a code for each.

    `kinds`: the chances of a person, an organisation and a bot by profile and style; `rows`: `account_features`.
    """
    chances = account_chances(rows)
    person, organisation, bot = np.clip(kinds.reshape(-1, 3).T, _TINY, 1)
    held = np.where(organisation < _SURELY, 1.0, 1 - organisation)
    jobs = chances[:, :2] * (held * (1 - bot))[:, None]
    no_job = np.clip(chances[:, 2:], _TINY, 1)
    by_both = sigmoid(np.log(organisation / person) + np.log(no_job[:, 1] / no_job[:, 0]) + _OFTENER)
    rest = 1 - bot - jobs.sum(axis=1)
    told = np.zeros((len(rows), len(JUDGED_VOICES)))
    told[:, [_EMPLOYEE, _FORMER]] = jobs
    told[:, _PERSON], told[:, _ORGANISATION], told[:, _BOT] = rest * (1 - by_both), rest * by_both, bot
    return told, [f"account:reads_{READ_AS[best]}" for best in chances.argmax(axis=1).tolist()]


def account_chances(rows: Sequence[Sequence[int]]) -> np.ndarray:
    """The chances of what each account is read as (READ_AS), by its features."""
    linear = load("accounts")
    scores = [linear.weights[list(row)].sum(axis=0) * weight_of(row) for row in rows]
    return softmax(np.array(scores).reshape(len(rows), len(READ_AS)) + linear.bias)


def account_ties(rows: Sequence[Sequence[int]]) -> np.ndarray:
    """The same as TIES: an organisation has no job there."""
    chances = account_chances(rows)
    return np.column_stack([chances[:, :2], chances[:, 2:].sum(axis=1)])


def weight_of(row: Sequence[int]) -> float:
    """What one feature of a row counts."""
    return LENGTH / math.sqrt(len(row))


def account_features(bio: str, posts: Sequence[str], names: CompanyNames) -> list[int] | None:
    """The hashed features of an account; None where neither profile nor posts name the company."""
    found, folded, naming = _Words(), fold(bio), 0
    named = names.mentions(bio, folded)
    found.read_bio(folded, named)
    for post in posts[-_MOST:]:
        folded = fold(post)
        mentions = names.mentions(post, folded)
        # Looking for rules is dear: a post that does not name the company is not asked.
        found.read_post(folded, mentions, rule_statement(folded, names) if mentions else None)
        naming += bool(mentions)
    if not (named or naming):
        return None
    return found.features("none" if not bio.strip() else "names" if named else "silent", naming)


def bio_features(folded: str, mentions: list[Mention]) -> list[int]:
    """The same of a profile alone that names the company at these places."""
    found = _Words()
    found.read_bio(folded, mentions)
    return found.features("names", 0)


def post_features(folded: str, mentions: list[Mention], code: str | None) -> list[int]:
    """The same of a post alone that names the company at these places, and of which the rules say `code`."""
    found = _Words()
    found.read_post(folded, mentions, code)
    return found.features("none", 1)


class _Words:
    """What is read of an account towards one company, as pieces that will be hashed."""

    def __init__(self) -> None:
        self.pieces: set[str] = set()

    def read_bio(self, folded: str, mentions: list[Mention]) -> None:
        """Adds the pieces of a profile."""
        folded, mentions = self._read(folded, mentions, "b")
        for mention in mentions[:_RULED]:
            code = rule_code(folded, mention)
            self.pieces.add(f"rule={code}")
            self.pieces.add(f"rule={code}&on={_goes_on(folded, mention)}")

    def read_post(self, folded: str, mentions: list[Mention], code: str | None) -> None:
        """Adds the pieces of a post, of which the rules say `code`."""
        folded, mentions = self._read(folded, mentions, "p")
        if mentions:
            self.pieces.add(f"rule={code}")
            self.pieces.add(f"oneself={speaks_of_oneself(folded)}")

    def features(self, bio: str, naming: int) -> list[int]:
        """All that was read; `bio`: what the profile is, `naming`: how many posts name the company."""
        pieces = {*self.pieces, f"bio={bio}", f"posts={naming}"}
        return sorted(set(map(_hash, pieces)))

    def _read(self, folded: str, mentions: list[Mention], place: str) -> tuple[str, list[Mention]]:
        folded, mentions = _shortened(folded, mentions)
        part = f"{place}{'n' if mentions else 'o'}"
        tokens = TOKEN.findall(_named(folded, mentions).replace("’", "'"))
        self.pieces.update(_of_words(part, tokens))
        if mentions:
            self.pieces.update(_around(part, tokens))
        for mention in mentions:
            self.pieces.add(f"kind={mention.kind}&post={place == 'p'}")
            self.pieces.add(f"on={_goes_on(folded, mention)}&post={place == 'p'}")
        return folded, mentions


def _goes_on(folded: str, mention: Mention) -> str:
    """How many words with a capital follow at once, and how many of them tell of no trade: another one's name."""
    more = TOKEN.findall(folded[mention.end : mention.end + _AFTER])[: mention.goes_on]
    return f"{min(mention.goes_on, _NEAR)}/{sum(not kinds_of(token) for token in more)}"


def _shortened(folded: str, mentions: list[Mention]) -> tuple[str, list[Mention]]:
    """A folded text and where it names the company; of a long one what stands around the first place."""
    if len(folded) <= _LONGEST:
        return folded, mentions
    start = max(0, mentions[0].start - _LONGEST // 2) if mentions else 0
    end = start + _LONGEST
    return folded[start:end], [
        replace(mention, start=mention.start - start, end=mention.end - start)
        for mention in mentions
        if start <= mention.start and mention.end <= end
    ]


def _named(folded: str, mentions: Sequence[Mention]) -> str:
    """The text with one name for the company wherever it is mentioned."""
    for mention in reversed(mentions):
        sign = {"handle": "@", "hashtag": "#"}.get(mention.kind, "")
        folded = f"{folded[: mention.start].removesuffix('@')}{sign}{_NAME}{folded[mention.end :]}"
    return folded


def _of_words(part: str, tokens: Sequence[str]) -> Iterator[str]:
    for token in tokens:
        yield f"{part}:{token}"
        if len(token) > _STEM:
            yield f"{part}:{token[:_STEM]}-"
        for kind in kinds_of(token):
            yield f"{part}=:{kind}"
    for one, next_ in pairwise(tokens):
        yield f"{part}:{one}_{next_}"


def _around(part: str, tokens: Sequence[str]) -> Iterator[str]:
    """The words on both sides of each name, by their place."""
    for place, token in enumerate(tokens):
        if token == _NAME:
            for step in range(1, _NEAR + 1):
                for side, other in (("l", place - step), ("r", place + step)):
                    if 0 <= other < len(tokens):
                        yield f"{part[0]}{side}{step}:{tokens[other]}"
                        for kind in kinds_of(tokens[other]):
                            yield f"{part[0]}{side}{step}=:{kind}"
            for side, beside in (("l", tokens[:place][::-1]), ("r", tokens[place + 1 :])):
                for other_token in beside[: clause(beside)]:
                    yield f"{part[0]}{side}c:{other_token}"
                    for kind in kinds_of(other_token):
                        yield f"{part[0]}{side}c=:{kind}"


# Words come back: each is hashed once.
@lru_cache(maxsize=200_000)
def _hash(piece: str) -> int:
    return bucket(piece, _SALT, BUCKETS)
