"""Sentiment: negative, neutral or positive, by a fast model, and by an encoder where that one is unsure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from nlp import encoder
from nlp.language import READ
from nlp.linear import load, softmax

_UNSURE = 0.35
"""Below this distance between the two likeliest the encoder is asked: about half of all posts."""
_WEIGHT = 1.5
"""How much more the encoder's word counts than the fast model's."""


def sentiments(
    texts: Sequence[str], features: csr_matrix, languages: Sequence[str], *, thorough: bool = False
) -> list[tuple[str, float] | None]:
    """For each text its sentiment and the probability; None for languages we do not read."""
    model = load("sentiment")
    shares = softmax(model.scores(features))
    if thorough and encoder.available():
        _ask_the_encoder(shares, texts, languages)
    best = shares.argmax(axis=1)
    return [
        (model.classes[place], round(float(row[place]), 3)) if language in READ else None
        for place, row, language in zip(best, shares, languages, strict=True)
    ]


def _ask_the_encoder(shares: np.ndarray, texts: Sequence[str], languages: Sequence[str]) -> None:
    ordered = np.sort(shares, axis=1)
    unsure = ordered[:, -1] - ordered[:, -2] < _UNSURE
    for model, spoken in (("en", ("en", "und")), ("fr", ("fr",))):
        asked = [place for place in np.flatnonzero(unsure).tolist() if languages[place] in spoken]
        if asked:
            vectors = encoder.encode([texts[place] for place in asked])
            told = softmax(load(f"sentiment_vectors_{model}").scores(vectors))
            shares[asked] = (shares[asked] + _WEIGHT * told) / (1 + _WEIGHT)
