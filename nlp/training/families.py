"""Families: turns that resemble each other, so that none is judged by a model that has seen its twin."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

_WORD = re.compile(r"\w+|\{\w\}")
_ALIKE, _ALIKE_BESIDE, _BESIDE = 0.5, 0.2, 4
"""The share of words that two turns of a family have in common; of turns a few lines apart, often written as pairs
that differ in what decides, less."""
_COMMON = 400
"""A word of more turns than this finds no twins."""


def families(texts: Sequence[str]) -> list[int]:
    """The family of each text: the place of one of its members."""
    words = [frozenset(_WORD.findall(text.lower())) for text in texts]
    count = Counter(word for each in words for word in each)
    parents, places = list(range(len(texts))), defaultdict[str, list[int]](list)
    for place, own in enumerate(words):
        rare = [word for word in own if count[word] < _COMMON]
        seen = {other for word in rare for other in places[word]}
        alike = {other for other in seen if _shared(own, words[other]) >= _ALIKE}
        beside = range(max(0, place - _BESIDE), place)
        alike |= {other for other in beside if _shared(own, words[other]) >= _ALIKE_BESIDE}
        for other in alike:
            parents[_oldest(parents, place)] = _oldest(parents, other)
        for word in rare:
            places[word].append(place)
    return [_oldest(parents, place) for place in range(len(texts))]


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def _oldest(parents: list[int], place: int) -> int:
    while parents[place] != place:
        parents[place] = place = parents[parents[place]]
    return place
