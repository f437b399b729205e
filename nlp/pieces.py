"""Pieces: cuts texts into the encoder's pieces of words, as its package's engine does.

The most likely cut by a unigram model (Kudo 2018, arXiv 1804.10959). No piece crosses a space, so each word is cut by
itself, and remembered.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from math import inf

import numpy as np

from nlp.packed_encoder import Layout, layout

_ASKED = "query: "
"""What multilingual-e5 wants to read before a text."""
_SPACES, _SPACE = re.compile(" {2,}"), "▁"
_UNKNOWN_COSTS = 10.0
"""How much less likely than the rarest piece a character is that no piece spells."""
_REMEMBERED, _LONGEST_REMEMBERED = 100_000, 32
"""Words, some 300 bytes each, and their letters: a text without spaces is one long word that never comes again."""
_SIGNS = frozenset({"<s>", "</s>", "<pad>", "<unk>", "<mask>"})
"""Pieces that stand for no letters; a text that holds these letters is cut as letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutter:
    """Cuts words; `spelled`: how characters are spelled in the vocabulary; what opens and closes a text."""

    cut: Callable[[str], tuple[int, ...]]
    spelled: Mapping[int, str]
    first: int
    last: int
    most: int
    """How many pieces the encoder reads of a text."""

    def pieces(self, text: str) -> list[int]:
        """The numbers of a text's pieces."""
        plain = _SPACES.sub(" ", f"{_ASKED}{text}".translate(self.spelled))
        found = [piece for word in plain.split(" ") for piece in self.cut(_SPACE + word)]
        return [self.first, *found[: self.most - 2], self.last]


def cutter(packed: bytes) -> Cutter:
    """Reads the vocabulary of a packed encoder."""
    found = layout(packed)
    vocabulary = _vocabulary(packed, found)
    longest: dict[str, int] = {}
    for piece in vocabulary:
        longest[piece[:2]] = max(longest.get(piece[:2], 0), len(piece))
    unlikely = min(score for _, score in vocabulary.values()) - _UNKNOWN_COSTS
    anew = partial(_cut, vocabulary, longest, (found.unknown, unlikely))
    remembered = lru_cache(maxsize=_REMEMBERED)(anew)
    return Cutter(
        cut=lambda word: remembered(word) if len(word) <= _LONGEST_REMEMBERED else anew(word),
        spelled=_spelled(packed, found.spelling),
        first=found.first,
        last=found.last,
        most=found.positions,
    )


def _cut(
    vocabulary: Mapping[str, tuple[int, float]],
    longest: Mapping[str, int],
    unknown: tuple[int, float],
    word: str,
) -> tuple[int, ...]:
    """The likeliest pieces of a word."""
    best, came = [0.0] + [-inf] * len(word), [(0, -1)] * (len(word) + 1)
    for start in range(len(word)):
        reach = max(1, longest.get(word[start : start + 2], 1))
        for end in range(start + 1, min(start + reach, len(word)) + 1):
            piece, score = vocabulary.get(word[start:end], unknown if end == start + 1 else (-1, -inf))
            if best[start] + score > best[end]:
                best[end], came[end] = best[start] + score, (start, piece)
    found, end = [], len(word)
    while end > 0:
        end, piece = came[end]
        found.append(piece)
    return tuple(reversed(found))


def _vocabulary(packed: bytes, found: Layout) -> dict[str, tuple[int, float]]:
    ends = np.frombuffer(packed, "<u4", found.pieces + 1, found.vocabulary)
    place = found.vocabulary + ends.nbytes
    scores = np.frombuffer(packed, "<f4", found.pieces, place)
    place += scores.nbytes
    letters = packed[place : place + int(ends[-1])]
    bounds = zip(ends[:-1].tolist(), ends[1:].tolist(), scores.tolist(), strict=True)
    spelled = (
        (letters[start:end].decode("utf-8", "replace"), (piece, score))
        for piece, (start, end, score) in enumerate(bounds)
    )
    return {word: numbered for word, numbered in spelled if word not in _SIGNS}


def _spelled(packed: bytes, place: int) -> dict[int, str]:
    (count,) = struct.unpack_from("<i", packed, place)
    place += 8  # and its size in bytes
    found = {}
    for _ in range(count):
        character, letters = struct.unpack_from("<IB", packed, place)
        found[character] = "".join(map(chr, struct.unpack_from(f"<{letters}I", packed, place + 5)))
        place += 5 + 4 * letters
    return found
