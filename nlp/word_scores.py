"""Word scores: what the words of texts say of sentiment and of themes, worked out in one go."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Literal, TypeAlias

import numpy as np

from nlp.linear import Linear, load
from nlp.word_model import WordModel, tokens

Part: TypeAlias = Literal["sentiment", "themes"]
_PARTS: tuple[Part, ...] = ("sentiment", "themes")


def word_scores(folded: Sequence[str], part: Part) -> np.ndarray:
    """The score of each folded text for each class of a model of words: texts x classes."""
    before = sum(len(classes(each)) for each in _PARTS[: _PARTS.index(part)])
    return _scores(tuple(folded))[:, before : before + len(classes(part))]


def classes(part: Part) -> tuple[str, ...]:
    """The classes of a model, in the order of its scores."""
    return load(part).classes


@cache
def _model() -> WordModel:
    models = [load(part) for part in _PARTS]
    return WordModel(
        Linear(
            classes=tuple(name for model in models for name in model.classes),
            weights=np.hstack([model.weights for model in models]),
            bias=np.concatenate([model.bias for model in models]),
        )
    )


# Both are asked about the same texts, one right after the other, and a class more costs next to nothing.
@lru_cache(maxsize=1)
def _scores(folded: tuple[str, ...]) -> np.ndarray:
    found = _model().scores([tokens(text) for text in folded])
    found.flags.writeable = False
    return found
