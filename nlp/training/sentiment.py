"""Train: sentiment, on the encoder's vectors; words and the encoder's first layers learn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from nlp.linear import Linear
from nlp.training.convert import sentiment
from nlp.training.invent_work import WorkText, work_texts
from nlp.training.vectors import vectors

_STRENGTH = 2.0
_OF_WORK, _OF_WORK_IN_VECTORS = 1.0, 0.5
"""What an invented post about work counts beside a real tweet (0098)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Texts with their labels, languages and weights."""

    texts: list[str]
    labels: np.ndarray
    languages: np.ndarray
    weights: np.ndarray

    def of(self, chosen: np.ndarray) -> Told:
        """The chosen ones (a mask)."""
        return Told(
            texts=[text for text, own in zip(self.texts, chosen, strict=True) if own],
            labels=self.labels[chosen],
            languages=self.languages[chosen],
            weights=self.weights[chosen],
        )


def told(data: Path, work: Sequence[WorkText], weight: float = _OF_WORK) -> Told:
    """The training part of the tweets, and posts about work, each of which counts `weight`."""
    texts, labels, languages = sentiment(data, "train")
    return Told(
        texts=[*texts, *(each.text for each in work)],
        labels=np.concatenate([labels, [each.sentiment for each in work]]),
        languages=np.concatenate([languages, [each.language for each in work]]),
        weights=np.concatenate([np.ones(len(texts)), np.full(len(work), weight)]),
    )


def told_to_encoder(data: Path) -> Told:
    """What its models learn from: posts about work count half."""
    return told(data, list(work_texts()), _OF_WORK_IN_VECTORS)


def thorough(found: Told, language: str, cache: Path) -> Linear:
    """The model of one language on the encoder's vectors."""
    own = found.of(found.languages == language)
    return _fit(vectors(own.texts, cache), own)


def _fit(encoded: np.ndarray, found: Told) -> Linear:
    """A logistic regression over negative, neutral and positive."""
    mean = encoded.mean(axis=0)
    model = LogisticRegression(C=_STRENGTH, max_iter=3000, class_weight="balanced")
    model.fit(encoded - mean, found.labels, sample_weight=found.weights)
    return Linear(
        classes=tuple(model.classes_.tolist()), weights=model.coef_.T, bias=model.intercept_, mean=mean
    )
