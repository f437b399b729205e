"""Tie features: what stands around a company's name, as numbers and as a line; the name itself plays no part."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from nlp.buckets import bucket
from nlp.company import Mention

_PATTERNS = Path(__file__).parent / "patterns"
Lines: TypeAlias = tuple[str, str]
"""Some two hundred characters around a mention, and of these its clause."""
BUCKETS = 2**15
_SALT = 11
_TOKEN = re.compile(r"\bex(?=-)|[ldjnmsc]'(?=\w)|qu'(?=\w)|\w+(?:['-]\w+)*|->|=>|>>|[^\w\s]")
_SENTENCE = re.compile(r"[.!?\n|•;…]")
_CLAUSE = frozenset(',()-/·:→➡&>"«»') | {"but", "and", "mais", "et", "who", "qui", "where", "ou", "->"}
_WINDOW = 220
"""Characters before and after a name that can say something about it."""
_ENDINGS = ("ed", "ing", "ais", "ait", "aient", "erai", "erais")
"""What tells a tense: English past and progressive, French imperfect, future and conditional."""
_NO_VERB = frozenset(
    [
        "jamais",
        "francais",
        "anglais",
        "parfait",
        "palais",
        "marais",
        "based",
        "need",
        "speed",
        "wedding",
        "evening",
    ]
)
_NEAR, _APART, _LONGEST = 3, 4, 30
_LONG = 3
"""A name that goes on with more words is no longer for it."""
_WHOLE = 120
"""Words of a post that are looked at wherever they stand."""
_WHO = ("i", "we", "you", "third", "kin")
_BEFORE, _AFTER = 130, 110
"""Characters an encoder sees of either side."""
_SPACES, _PAUSE = re.compile(r"\s+"), re.compile(r"[.!?|•;…,()—–:] ")
_STANDS_FOR = {"handle": "@acme", "hashtag": "#Acme"}


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = tomllib.loads((_PATTERNS / "words.toml").read_text(encoding="utf-8"))
    bio = tomllib.loads((_PATTERNS / "bio.toml").read_text(encoding="utf-8"))["macros"]
    words |= {"role": bio["role"], "title": bio["title"], "dept": bio["dept"]}
    return tuple((kind, re.compile(rf"(?:{pattern})s?" if kind in ("role", "title") else pattern))
                 for kind, pattern in words.items())  # fmt: skip


# Words come back: each is looked up once.
@lru_cache(maxsize=50_000)
def kinds_of(token: str) -> tuple[str, ...]:
    """The kinds of a word; a sign or a word of no kind is its own, and an ending may tell a tense."""
    found = [kind for kind, pattern in _kinds() if pattern.fullmatch(token)]
    if token.isalpha() and len(token) > 4 and token not in _NO_VERB:
        found += [f"-{ending}" for ending in _ENDINGS if token.endswith(ending)]
    if not found and not token[0].isalnum():
        found = [token]
    return tuple(found)


def tie_features(folded: str, mention: Mention, *, is_post: bool, codes: Sequence[str] = ()) -> list[int]:
    """The hashed features of one mention; `codes`: what the rules say of it."""
    start = mention.start - (mention.kind == "handle" and folded[mention.start] != "@")
    left, before = _side(folded[max(0, start - _WINDOW) : start], back=True)
    right, after = _side(folded[mention.end : mention.end + _WINDOW], back=False)
    names = [f"code={code}" for code in codes] or ["code=none"]
    names += [f"post={is_post}", f"kind={mention.kind}"]
    names += [_said(code, is_post=is_post) for code in codes]
    for side, tokens, ends in (("L", left, before), ("R", right, after)):
        names += _of_side(side, tokens, ends)
        names += _in_order(side, tokens[: ends[1]])
    l1, r1 = _kind(left, 0), _kind(right, 0)
    names += [f"l2l1={_kind(left, 1)}_{l1}", f"l1r1={l1}_{r1}", f"r1r2={r1}_{_kind(right, 1)}"]
    names += [f"l3l2l1={_kind(left, 2)}_{_kind(left, 1)}_{l1}"]
    names += _of_a_longer_name(mention.goes_on, right, (_kind(left, 1), l1, r1))
    if is_post:
        names += _of_text(f"{folded[:start]} {folded[mention.end :]}")
    return sorted({_hash(name) for name in names})


def feature_of(code: str, *, is_post: bool) -> int:
    """The feature that tells that the rules say `code` of a mention."""
    return _hash(_said(code, is_post=is_post))


def _said(code: str, *, is_post: bool) -> str:
    return f"{code}&post={is_post}"


def tie_lines(text: str, mention: Mention) -> Lines:
    """What stands around a mention, far and near, for an encoder; the company is called Acme whatever its name is."""
    before, after = text[max(0, mention.start - _BEFORE) : mention.start], text[mention.end :][:_AFTER]
    if mention.kind == "handle":
        before = before.removesuffix("@")
    before, after = _SPACES.sub(" ", before).lstrip(), _SPACES.sub(" ", after).rstrip()
    name = _STANDS_FOR.get(mention.kind, "Acme")
    start = max((match.end() for match in _PAUSE.finditer(before)), default=0)
    end = _PAUSE.search(after)
    return f"{before}{name}{after}", f"{before[start:]}{name}{after[: end.start() if end else None]}"


def _kind(tokens: Sequence[str], place: int) -> str:
    if place >= len(tokens):
        return "none"
    return "+".join(kinds_of(tokens[place])) or "word"


def _side(text: str, *, back: bool) -> tuple[list[str], tuple[int, int]]:
    """The words of one side, nearest first, and after how many the clause and the sentence end."""
    tokens = _TOKEN.findall(text.replace("’", "'"))
    if back:
        tokens.reverse()
    clause = next((n for n, token in enumerate(tokens) if token in _CLAUSE and n > 0), len(tokens))
    sentence = next((n for n, token in enumerate(tokens) if _SENTENCE.match(token)), len(tokens))
    return tokens, (min(clause, sentence), sentence)


def _of_side(side: str, tokens: Sequence[str], ends: tuple[int, int]) -> list[str]:
    clause, sentence = ends
    names = [f"{side}end={min(sentence, 4)}"]
    for place, token in enumerate(tokens[:_LONGEST]):
        zone = "c" if place < clause else "s" if place < sentence else "o"
        for kind in kinds_of(token):
            names.append(f"{side}{zone}:{kind}")
            if place < _NEAR and zone != "o":
                names.append(f"{side}{place}:{kind}")
        if place < _NEAR and zone != "o":
            names.append(f"{side}n={token}")
        if zone == "c":
            names.append(f"{side}w={token}")
    mark = tokens[sentence] if sentence < len(tokens) else ""
    return [*names, f"{side}mark={mark}"]


def _of_a_longer_name(goes_on: int, right: Sequence[str], kinds: tuple[str, str, str]) -> list[str]:
    """How the name goes on: with a trade it is a job's, with a town a branch's, with words of neither another's."""
    if goes_on == 0:
        return []
    others = sum(not kinds_of(token) for token in right[:goes_on])
    told = f"on={min(goes_on, _LONG)}"
    names = [told, f"on:{min(others, _LONG)}", f"{told}&r1={kinds[2]}", f"{told}&l1={kinds[1]}"]
    return [*names, f"{told}&l2l1={kinds[0]}_{kinds[1]}", *(f"onw={token}" for token in right[:goes_on])]


def _of_text(folded: str) -> list[str]:
    """What the whole text says, wherever the name stands: who is spoken of, its kinds and words, how it opens."""
    tokens = _TOKEN.findall(folded.replace("’", "'"))[:_WHOLE]
    kinds = {kind for token in tokens for kind in kinds_of(token) if kind.isalpha()}
    names = [f"who={'+'.join(who for who in _WHO if who in kinds)}"]
    names += [f"any:{kind}" for kind in kinds]
    names += [f"aw={token}" for token in tokens if token.isalpha()]
    names += [f"o{place}={token}" for place, token in enumerate(tokens[:2])]
    return [*names, f"o={'_'.join(_kind(tokens, place) for place in range(3))}"]


def _in_order(side: str, tokens: Sequence[str]) -> list[str]:
    """Kinds that follow each other in the sentence, at once or a few words on: "i ... used to work"."""
    kinds = [kinds_of(token) or ("w",) for token in tokens[:_LONGEST]]
    names = [f"{side}b:{a}_{b}" for here, there in pairwise(kinds) for a in here for b in there]
    told = [each[0] for each in kinds if each[0].isalpha() and each != ("w",)]
    for place, kind in enumerate(told):
        names += [f"{side}s:{kind}_{later}" for later in told[place + 1 : place + 1 + _APART]]
    return names


@lru_cache(maxsize=200_000)
def _hash(name: str) -> int:
    return bucket(name, _SALT, BUCKETS)
