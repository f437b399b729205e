"""Train: sentiment; a fast model of words, and one on the encoder's vectors for the cascade."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from nlp.fold import fold
from nlp.linear import Linear
from nlp.training.convert import sentiment
from nlp.training.vectors import vectors
from nlp.word_model import features, tokens

_STRENGTH, _STRENGTH_OF_VECTORS = 0.6, 10.0


def train(data: Path, cache: Path) -> None:
    """Fits on the training part only and writes sentiment.npz and sentiment_vectors_<language>.npz."""
    texts, labels, languages = sentiment(data, "train")
    fit(features([tokens(fold(text)) for text in texts]), labels, _STRENGTH).save("sentiment")
    encoded = vectors(texts, cache)
    for language in ("en", "fr"):
        own = languages == language
        fit(encoded[own], labels[own], _STRENGTH_OF_VECTORS, centred=True).save(
            f"sentiment_vectors_{language}"
        )


def fit(features: object, labels: np.ndarray, strength: float, *, centred: bool = False) -> Linear:
    """A logistic regression over negative, neutral and positive."""
    mean = np.asarray(features).mean(axis=0) if centred else None
    model = LogisticRegression(C=strength, max_iter=3000, class_weight="balanced")
    model.fit(features if mean is None else features - mean, labels)
    return Linear(
        classes=tuple(model.classes_.tolist()), weights=model.coef_.T, bias=model.intercept_, mean=mean
    )
