"""Word scores: what the words of texts say of sentiment, of themes and of tone, worked out in one go.

nlp/models/words.npz holds the network of all three (decisions 0104, 0112).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from nlp.linear import MODELS
from nlp.word_model import Network, WordModel, feature_count, tokens

Part: TypeAlias = Literal["sentiment", "themes", "tone"]
MOODS = ("negative", "neutral", "positive")
"""The classes of sentiment, in the order of their scores; then come those of themes, in the order of theme_names, and
those of tone, the feeling towards the company, which are the moods again."""
_COLUMNS = {"sentiment": slice(3), "themes": slice(3, -3), "tone": slice(-3, None)}
_FILE = MODELS / "words.npz"


def word_scores(folded: Sequence[str], part: Part) -> np.ndarray:
    """The score of each folded text for each class of sentiment or of tone, or for each theme: texts x classes."""
    return columns_of(_scores(tuple(folded)), part)


def columns_of(scores: np.ndarray, part: Part) -> np.ndarray:
    """Of all the network's scores those of a part."""
    found: np.ndarray = scores[:, _COLUMNS[part]]
    return found


def save(network: Network, path: Path = _FILE) -> None:
    """Writes a network; of its features those that say anything."""
    says = network.features.any(axis=1)
    arrays = {field.name: getattr(network, field.name) for field in fields(Network)}
    np.savez_compressed(path, says=np.packbits(says), **{**arrays, "features": network.features[says]})


def load(path: Path = _FILE) -> Network:
    """The network in a file."""
    with np.load(path, allow_pickle=False) as arrays:
        says = np.unpackbits(arrays["says"], count=feature_count()).astype(bool)
        features = np.zeros((feature_count(), arrays["features"].shape[1]), dtype=np.int8)
        features[says] = arrays["features"]
        return Network(
            features=features,
            **{field.name: arrays[field.name] for field in fields(Network) if field.name != "features"},
        )


@cache
def _model() -> WordModel:
    return WordModel(load())


# All are asked about the same texts, one right after the other.
@lru_cache(maxsize=1)
def _scores(folded: tuple[str, ...]) -> np.ndarray:
    found = _model().scores([tokens(text) for text in folded])
    found.flags.writeable = False
    return found
