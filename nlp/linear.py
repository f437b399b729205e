"""Linear: a logistic regression as two arrays in one file; nothing in it can run code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

MODELS = Path(__file__).parent / "models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """Scores per class for rows of features."""

    classes: tuple[str, ...]
    weights: np.ndarray
    """Features x classes."""
    bias: np.ndarray
    mean: np.ndarray | None = None
    """Subtracted first, where features have one (embeddings)."""

    def scores(self, features: Any) -> np.ndarray:
        """The linear score of each row for each class."""
        if self.mean is not None:
            features = features - self.mean
        scores: np.ndarray = np.asarray(features @ self.weights) + self.bias
        return scores

    def save(self, name: str) -> None:
        """Writes nlp/models/<name>.npz, in half precision: the scores change in the third decimal."""
        arrays: dict[str, Any] = {
            "classes": np.array(self.classes),
            "weights": self.weights.astype(np.float16),
            "bias": self.bias.astype(np.float32),
        }
        if self.mean is not None:
            arrays["mean"] = self.mean.astype(np.float16)
        np.savez_compressed(MODELS / f"{name}.npz", **arrays)


@cache
def load(name: str) -> Linear:
    """The committed weights nlp/models/<name>.npz."""
    with np.load(MODELS / f"{name}.npz", allow_pickle=False) as arrays:
        return Linear(
            classes=tuple(arrays["classes"].tolist()),
            weights=arrays["weights"].astype(np.float32),
            bias=arrays["bias"],
            mean=arrays["mean"].astype(np.float32) if "mean" in arrays else None,
        )


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities of classes of which exactly one holds."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-1e9))
    total: np.ndarray = shifted / shifted.sum(axis=1, keepdims=True)
    return total


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """Probabilities of classes that hold or not, each by itself."""
    chances: np.ndarray = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    return chances
