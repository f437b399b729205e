"""Scores: precision, recall, F1 with bootstrap intervals, and how far probabilities are from what happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import f1_score

_DRAWS, _SEED = 500, 20261112


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """As the table shows it."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap(measure: Callable[[np.ndarray], float], count: int) -> Score:
    """`measure` of all `count` rows, and of as many drawn with replacement, again and again."""
    chance = np.random.default_rng(_SEED)
    every = np.arange(count)
    drawn = [measure(chance.integers(0, count, count)) for _ in range(_DRAWS)]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Score(value=measure(every), low=float(low), high=float(high))


def macro_f1(truth: np.ndarray, said: np.ndarray) -> Score:
    """Macro-F1; rows are examples, or examples x labels."""
    return bootstrap(
        lambda rows: float(f1_score(truth[rows], said[rows], average="macro", zero_division=0)), len(truth)
    )


def micro_f1(truth: np.ndarray, said: np.ndarray) -> Score:
    """F1 over all labels of all examples at once; rows are examples x labels."""
    return bootstrap(
        lambda rows: float(f1_score(truth[rows], said[rows], average="micro", zero_division=0)), len(truth)
    )


def accuracy(truth: np.ndarray, said: np.ndarray) -> Score:
    """How many get the right label."""
    return bootstrap(lambda at: float((truth[at] == said[at]).mean()), len(truth))


def precision(truth: np.ndarray, said: np.ndarray) -> Score:
    """Of those said to be it, how many are."""
    return bootstrap(lambda rows: _share(truth[rows], said[rows]), len(truth))


def recall(truth: np.ndarray, said: np.ndarray) -> Score:
    """Of those that are it, how many were said to be."""
    return bootstrap(lambda rows: _share(said[rows], truth[rows]), len(truth))


def f1(truth: np.ndarray, said: np.ndarray) -> Score:
    """The harmonic mean of the two."""
    return bootstrap(lambda rows: float(f1_score(truth[rows], said[rows], zero_division=0)), len(truth))


def _share(of: np.ndarray, among: np.ndarray) -> float:
    return float(of[among].mean()) if among.any() else float("nan")


def calibration_error(right: np.ndarray, probability: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: how far probabilities are from the share that is right."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [
        (place == each).mean() * abs(right[place == each].mean() - probability[place == each].mean())
        for each in range(bins)
        if (place == each).any()
    ]
    return float(sum(gaps))


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as a text table; the first row is the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    shown = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join([shown[0], "  ".join("-" * width for width in widths), *shown[1:]])
