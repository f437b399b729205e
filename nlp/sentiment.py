"""Sentiment: negative, neutral or positive, by a fast model, and by an encoder where that one is unsure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.fold import fold
from nlp.language import READ
from nlp.linear import load, softmax
from nlp.word_scores import MOODS, word_scores

_UNSURE = 0.5
"""Below this distance between the two likeliest the encoder is asked, and its word counts (0108)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    """The sentiment of a text: the likeliest, and the probability of each."""

    label: str
    probability: float
    shares: Mapping[str, float]


def sentiments(
    texts: Sequence[str],
    languages: Sequence[str],
    *,
    folded: Sequence[str] | None = None,
    encode: Callable[[Sequence[int]], np.ndarray] | None = None,
) -> list[Sentiment | None]:
    """For each text its sentiment; None for languages we do not read.

    `folded`: the texts folded, where the caller has them; `encode`: the encoder's vectors of the texts at some
    places, asked for where the fast model is unsure.
    """
    if not texts:
        return []
    shares = softmax(word_scores(list(map(fold, texts)) if folded is None else folded, "sentiment"))
    if encode is not None:
        _ask_the_encoder(shares, languages, encode)
    best, rounded = shares.argmax(axis=1).tolist(), shares.round(3).tolist()
    return [
        Sentiment(label=MOODS[place], probability=row[place], shares=dict(zip(MOODS, row, strict=True)))
        if language in READ
        else None
        for place, row, language in zip(best, rounded, languages, strict=True)
    ]


def _ask_the_encoder(
    shares: np.ndarray, languages: Sequence[str], encode: Callable[[Sequence[int]], np.ndarray]
) -> None:
    ordered = np.sort(shares, axis=1)
    unsure = np.flatnonzero(ordered[:, -1] - ordered[:, -2] < _UNSURE).tolist()
    asked = [place for place in unsure if languages[place] in READ]
    if asked:
        shares[asked] = softmax(load("mood").scores(encode(asked)))
