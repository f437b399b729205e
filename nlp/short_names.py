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

_FILE = Path(__file__).parent / "patterns" / "name_words.toml"
_SHORTEST = 4
"""Letters of a short name of one word."""
_ARTICLES = frozenset({"le", "la", "les", "l", "the"})
_JOINERS = frozenset({"&", "and", "et", "+"})
_SMALL = frozenset({"de", "du", "des", "d", "of"})
_ABBREVIATED = {"saint": "st", "sainte": "ste", "street": "st"}
_SIGNS = re.compile(r"[.,']")

ShortNames: TypeAlias = tuple[frozenset[str], frozenset[str]]
"""Folded names that mean the company wherever they stand, and words that mean it only as a name: with a capital."""


@cache
def _words() -> dict[str, frozenset[str]]:
    tree = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {kind: frozenset(words) for kind, words in tree.items()}


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
        for rest in _remainders(whole.split()):
            kind = _kind(rest) if rest != whole else "none"
            if kind == "name":
                plain.update((rest, *_spelt(rest)))
                if " " not in rest and rest[-1] != "s" and not tongues_of(f"{rest}s"):
                    plain.add(f"{rest}s")
            elif kind == "word":
                words.add(rest)
    return frozenset(plain - {fold(name).strip()}), frozenset(words)


def _spelt(name: str) -> Iterator[str]:
    """Other ways to write a name: without signs, "and" for "&", "St" for "Saint"."""
    yield name
    without = " ".join(_SIGNS.sub("", name).split())
    if len(without) >= _SHORTEST:
        yield without
    tokens = name.split()
    if _JOINERS & set(tokens[1:-1]):
        for joiner in (" and ", " et ", " + ", "+", " & ", "&", " "):
            yield joiner.join(" ".join(part) for part in _parted(tokens))
    shorter = [_ABBREVIATED.get(part, part) for part in re.split(r"[ -]", name)]
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
        _is_left_out(tokens[end - 1]) or (end - start > 2 and tokens[end - 1] in _words()["places"])
    ):
        end -= 1
        while end - start > 1 and tokens[end - 1] in _JOINERS | _SMALL:
            end -= 1
        yield from _bare(tokens[start:end])
    while end - start > 1 and _is_left_out(tokens[start]):
        start += 1
        of = tokens[start] in _SMALL
        while end - start > 1 and tokens[start] in _JOINERS | _SMALL:
            start += 1
        if of and end - start == 1:
            return  # "Compagnie des Alpes": the place it is at
        yield from _bare(tokens[start:end])
    yield from _bare(tokens[start:end])


def _bare(tokens: list[str]) -> Iterator[str]:
    has_article = len(tokens) > 1 and tokens[0] in _ARTICLES
    if not has_article or len(tokens) > 2:
        yield " ".join(tokens)
    if has_article:
        yield " ".join(tokens[1:])


def _is_left_out(token: str) -> bool:
    return _SIGNS.sub("", token) in _left_out()


def _kind(rest: str) -> Literal["name", "word", "none"]:
    """Whether a remainder can stand for the company: as a name, as a word with a capital, or not at all."""
    tokens, small = rest.split(), _ARTICLES | _SMALL
    if (
        rest in companies()
        or sector_of([rest])
        or all(_is_left_out(token) or token in small for token in tokens)
    ):
        return "none"
    if len(tokens) > 1:
        return "word" if _words()["places"] | small >= set(tokens) else "name"
    if len(rest) < _SHORTEST or rest in _words()["places"] or rest in first_names():
        return "none"
    return "word" if tongues_of(rest) else "name"
