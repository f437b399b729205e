"""Pieces: cuts texts into the encoder's pieces of words, as its engine does, to tune it."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.packed_encoder import Layout, layout

_ASKED = "query: "
_SPACES, _SPACE = re.compile(" {2,}"), "▁"
_MOST = 160
"""Pieces of a text that tuning looks at: few texts have more, and a batch costs as much as its longest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutter:
    """A vocabulary (tokenizers.Tokenizer), how characters are spelled in it, and what opens and closes a text."""

    vocabulary: Any
    spelled: Mapping[int, str]
    first: int
    last: int

    def pieces(self, text: str) -> list[int]:
        """The numbers of a text's pieces."""
        plain = _SPACES.sub(" ", f"{_ASKED}{text}".translate(self.spelled))
        found = self.vocabulary.encode(_SPACE + plain.replace(" ", _SPACE), add_special_tokens=False).ids
        return [self.first, *found[:_MOST], self.last]


def cutter(packed: bytes) -> Cutter:
    """Reads the vocabulary of a packed encoder."""
    from tokenizers import Tokenizer
    from tokenizers.models import Unigram

    found = layout(packed)
    vocabulary = Unigram(_vocabulary(packed, found), found.unknown, byte_fallback=False)
    return Cutter(
        vocabulary=Tokenizer(vocabulary),
        spelled=_spelled(packed, found.spelling),
        first=found.first,
        last=found.last,
    )


def _vocabulary(packed: bytes, found: Layout) -> list[tuple[str, float]]:
    ends = np.frombuffer(packed, "<u4", found.pieces + 1, found.vocabulary)
    place = found.vocabulary + ends.nbytes
    scores = np.frombuffer(packed, "<f4", found.pieces, place)
    letters = packed[place + scores.nbytes :][: int(ends[-1])]
    return [
        (letters[start:end].decode("utf-8", "replace"), score)
        for start, end, score in zip(ends[:-1].tolist(), ends[1:].tolist(), scores.tolist(), strict=True)
    ]


def _spelled(packed: bytes, place: int) -> dict[int, str]:
    (count,) = struct.unpack_from("<i", packed, place)
    place += 8  # and its size in bytes
    found = {}
    for _ in range(count):
        character, letters = struct.unpack_from("<IB", packed, place)
        found[character] = "".join(map(chr, struct.unpack_from(f"<{letters}I", packed, place + 5)))
        place += 5 + 4 * letters
    return found
