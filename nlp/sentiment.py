"""Sentiment: negative, neutral or positive, by a fast model, and by an encoder where that one is unsure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from nlp.fold import fold
from nlp.language import READ
from nlp.linear import load, softmax
from nlp.word_model import WordModel, tokens

_UNSURE = {"en": 0.6, "fr": 0.07}
"""Below this distance between the two likeliest the encoder is asked: in French about a fifth of the texts (0057)."""
_WEIGHT = 2.0
"""How much more the encoder's word counts than the fast model's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    """The sentiment of a text: the likeliest, and the probability of each."""

    label: str
    probability: float
    shares: Mapping[str, float]


@cache
def _fast() -> WordModel:
    return WordModel(load("sentiment"))


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
    words = [tokens(text) for text in (map(fold, texts) if folded is None else folded)]
    classes = _fast().linear.classes
    shares = softmax(_fast().scores(words))
    if encode is not None:
        _ask_the_encoder(shares, languages, encode)
    best, rounded = shares.argmax(axis=1).tolist(), shares.round(3).tolist()
    return [
        Sentiment(label=classes[place], probability=row[place], shares=dict(zip(classes, row, strict=True)))
        if language in READ
        else None
        for place, row, language in zip(best, rounded, languages, strict=True)
    ]


def _ask_the_encoder(
    shares: np.ndarray, languages: Sequence[str], encode: Callable[[Sequence[int]], np.ndarray]
) -> None:
    ordered = np.sort(shares, axis=1)
    lead = ordered[:, -1] - ordered[:, -2]
    for model, spoken in (("en", ("en", "und")), ("fr", ("fr",))):
        unsure = np.flatnonzero(lead < _UNSURE[model]).tolist()
        asked = [place for place in unsure if languages[place] in spoken]
        if asked:
            told = softmax(load(f"sentiment_vectors_{model}").scores(encode(asked)))
            shares[asked] = (shares[asked] + _WEIGHT * told) / (1 + _WEIGHT)
