"""Sentiment: negative, neutral or positive, by a fast model, and by an encoder where that one is unsure.

Of a text as a whole; or, where a company is asked about, towards it: its tone. They are two questions (0112).
"""

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
    towards_company: Sequence[bool] | None = None,
    folded: Sequence[str] | None = None,
    encode: Callable[[Sequence[int]], np.ndarray] | None = None,
) -> list[Sentiment | None]:
    """For each text its sentiment; None for languages we do not read.

    `towards_company`: of which texts it is the tone (none, if not given); `folded`: the texts folded, where the caller
    has them; `encode`: the encoder's vectors of the texts at some places, asked for where the fast model is unsure.
    """
    if not texts:
        return []
    folded = list(map(fold, texts)) if folded is None else folded
    is_tone = np.array(towards_company or [False] * len(texts))
    of_text, of_tone = word_scores(folded, "sentiment"), word_scores(folded, "tone")
    shares = softmax(np.where(is_tone[:, None], of_tone, of_text))
    if encode is not None:
        _ask_the_encoder(shares, languages, is_tone, encode)
    best, rounded = shares.argmax(axis=1).tolist(), shares.round(3).tolist()
    return [
        Sentiment(label=MOODS[place], probability=row[place], shares=dict(zip(MOODS, row, strict=True)))
        if language in READ
        else None
        for place, row, language in zip(best, rounded, languages, strict=True)
    ]


def _ask_the_encoder(
    shares: np.ndarray,
    languages: Sequence[str],
    is_tone: np.ndarray,
    encode: Callable[[Sequence[int]], np.ndarray],
) -> None:
    ordered = np.sort(shares, axis=1)
    unsure = np.flatnonzero(ordered[:, -1] - ordered[:, -2] < _UNSURE).tolist()
    asked = [place for place in unsure if languages[place] in READ]
    if asked:
        encoded = encode(asked)
        of_text, of_tone = load("mood").scores(encoded), load("tone").scores(encoded)
        shares[asked] = softmax(np.where(is_tone[asked, None], of_tone, of_text))
