"""Short names: what people make of a company's name: `Pulsar` of Pulsar Cinemas, `Pommier` of Ets Pommier."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

from nlp.dictionary import companies, tongues_of
from nlp.fold import fold
from nlp.links import first_names
from nlp.sectors import sector_of

_PATTERNS = Path(__file__).parent / "patterns"
_SHORTEST, _DISTINCT, _LETTERS = 4, 5, 3
"""Letters of a short name of one word; of one taken from a name of which we do not know what the rest says; of an
abbreviation."""
_ARTICLES = frozenset({"le", "la", "les", "l", "the"})
_JOINERS = frozenset({"&", "and", "et", "+"})
_SMALL = frozenset({"de", "du", "des", "d", "of"})
_ABBREVIATED = {"saint": "st", "sainte": "ste", "street": "st"}
_SIGNS = re.compile(r"[.,']")
_BREAK = re.compile(r"[ -]")
_GLUED = re.compile(r"^[dl]'")
_SHOPS = re.compile(r"\w{3,}eries?")
"""`brûlerie`, `serrurerie`: French makes such words of every trade, more than dictionaries hold."""
_INITIALS = 2
"""`M&S`: what stands on both sides of "and"."""

ShortNames: TypeAlias = tuple[frozenset[str], frozenset[str]]
"""Folded names that mean the company wherever they stand, and words that mean it only as a name: with a capital."""


@cache
def _words() -> dict[str, frozenset[str]]:
    tree = tomllib.loads((_PATTERNS / "name_words.toml").read_text(encoding="utf-8"))
    return {kind: frozenset(words) for kind, words in tree.items()}


@cache
def _towns() -> frozenset[str]:
    lines = (_PATTERNS / "towns.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _is_place(rest: str) -> bool:
    return rest in _words()["places"] or rest in _towns()


@cache
def _left_out() -> frozenset[str]:
    return _words()["general"] | _words()["trades"]


@lru_cache(maxsize=10_000)
def short_names(name: str) -> ShortNames:
    """The short forms of one name, folded; none of a name that is well known or itself one word.

    A remainder that is a place, a given name or another well-known company is none: "Lyon" is not Transports Lyon.
    """
    whole = " ".join(fold(name.replace("œ", "oe").replace("Œ", "Oe")).split())
    plain, words = set(_spelt(whole)), set[str]()
    if not sector_of([whole]) and whole not in companies():
        tokens = whole.split()
        if len(tokens) > 1 and _is_letters(name.split()[0]):
            plain.add(tokens[0])
        for rest in (*_remainders(tokens), *_ends(tokens)):
            kind = _kind(rest) if rest != whole else "none"
            if kind == "name":
                plain.update((rest, *_spelt(rest)))
                if rest.isalpha() and rest[-1] != "s" and not tongues_of(f"{rest}s"):
                    plain.add(f"{rest}s")
            elif kind == "word":
                words.add(rest)
    return frozenset(plain - {fold(name).strip()}), frozenset(words)


def _spelt(name: str) -> Iterator[str]:
    """Other ways to write a name: without signs or small words, "and" for "&", its two initials, "St" for "Saint"."""
    yield name
    for instead in ("", " ") if "'" in name else ("",):
        without = " ".join(_SIGNS.sub(instead, name).split())
        if len(without) >= _SHORTEST:
            yield without
    tokens = name.split()
    large = [_GLUED.sub("", token) for token in tokens if token not in _SMALL]
    if len(large) > 1:
        yield " ".join(large)
    if _JOINERS & set(tokens[1:-1]):
        parts = _parted(tokens)
        for joiner in (" and ", " et ", " + ", "+", " & ", "&", " n ", " "):
            yield joiner.join(" ".join(part) for part in parts)
        if len(parts) == _INITIALS:
            yield from (joiner.join(part[0][0] for part in parts) for joiner in ("&", " & "))
    shorter = [_ABBREVIATED.get(part, part) for part in _BREAK.split(name)]
    if len(shorter) > 1:
        yield " ".join(shorter)


def _parted(tokens: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token in _JOINERS:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _remainders(tokens: list[str]) -> Iterator[str]:
    """What is left when words that say only what a company does are left out in front and behind, step by step."""
    start, end = 0, len(tokens)
    while end - start > 1 and (
        _is_left_out(tokens[end - 1]) or (end - start > 2 and _is_place(tokens[end - 1]))
    ):
        end -= 1
        while end - start > 1 and tokens[end - 1] in _JOINERS | _SMALL:
            end -= 1
        yield from _bare(tokens[start:end])
    while end - start > 1 and _is_left_out(tokens[start]):
        start += 1
        of = tokens[start] in _SMALL or _GLUED.match(tokens[start]) is not None
        while end - start > 1 and tokens[start] in _JOINERS | _SMALL:
            start += 1
        if of and end - start == 1 and "-" not in tokens[start]:
            return  # "Compagnie des Alpes": the place it is at
        yield from _bare(tokens[start:end])
    yield from _bare(tokens[start:end])


def _ends(tokens: list[str]) -> Iterator[str]:
    """The beginning of a name, or its last word, where no dictionary has it: whatever the rest says, people leave it
    out ("Wattlebird" of Wattlebird Mining, "Jourdin" of Sablières Jourdin)."""
    first, *rest = tokens[1:] if tokens[0] in _ARTICLES else tokens
    if rest and _is_distinct(first):
        yield first
        yield from (
            " ".join((first, *rest[:count]))
            for count in range(1, len(rest))
            if rest[count - 1] not in _SMALL | _JOINERS
        )
    *before, last = tokens
    surname = _BREAK.split(last)[-1]
    if before and before[-1] not in _SMALL | _JOINERS and _is_distinct(surname):
        if all(tongues_of(token) and token not in first_names() for token in before):
            yield last
        if last != surname and last.split("-")[0] in first_names():
            yield surname


def _is_letters(word: str) -> bool:
    """Whether a name begins with letters that stand for words ("JTC Roofing"): people say only these."""
    folded = fold(word)
    return (
        len(word) >= _LETTERS
        and word.isalpha()
        and word.isupper()
        and not (tongues_of(folded) or _is_place(folded) or _is_left_out(folded) or sector_of([folded]))
    )


def _is_distinct(token: str) -> bool:
    """Whether a word can be nothing but a name, and no town's or person's given name."""
    bare = token.removesuffix("'s")
    return (
        len(bare) >= _DISTINCT
        and bare.isalpha()
        and not (tongues_of(bare) or _is_place(bare) or bare in first_names() or _is_left_out(bare))
    )


def _bare(tokens: list[str]) -> Iterator[str]:
    tokens = [_GLUED.sub("", tokens[0]), *tokens[1:]]
    has_article = len(tokens) > 1 and tokens[0] in _ARTICLES
    if not has_article or len(tokens) > 2:
        yield " ".join(tokens)
    if has_article:
        yield " ".join(tokens[1:])


def _is_left_out(token: str) -> bool:
    return _SIGNS.sub("", token) in _left_out() or _SHOPS.fullmatch(token) is not None


def _kind(rest: str) -> Literal["name", "word", "none"]:
    """Whether a remainder can stand for the company: as a name, as a word with a capital, or not at all."""
    tokens, small = rest.split(), _ARTICLES | _SMALL
    if (
        rest in companies()
        or sector_of([rest])
        or all(_is_left_out(token) or token in small for token in tokens)
    ):
        return "none"
    if _BREAK.sub(" ", rest) in _towns():
        return "none"
    if len(tokens) > 1:
        return "word" if all(token in small or _is_place(token) for token in tokens) else "name"
    if len(rest) < _SHORTEST or _is_place(rest) or rest in first_names():
        return "none"
    return "word" if tongues_of(rest) else "name"
