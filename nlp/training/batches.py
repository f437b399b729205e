"""Batches: texts of like length are learnt together, because a batch costs as much as its longest."""

from __future__ import annotations

import random
from collections.abc import Sequence

AT_ONCE, _SORTED = 32, 16
"""Texts of a batch, which are of like length out of so many batches' worth drawn at random."""


def of_like_length(lengths: Sequence[int], chance: random.Random) -> list[list[int]]:
    """The places of all texts, each once, in batches."""
    order, found = chance.sample(range(len(lengths)), len(lengths)), []
    for start in range(0, len(order), AT_ONCE * _SORTED):
        near = sorted(order[start : start + AT_ONCE * _SORTED], key=lengths.__getitem__)
        found += [near[place : place + AT_ONCE] for place in range(0, len(near), AT_ONCE)]
    return found
