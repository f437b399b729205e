"""Themes: what a post is about, several at once or none: by its words, and by stems that stand in it.

Special categories are never among them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import orjson

from nlp.language import READ
from nlp.linear import MODELS, sigmoid
from nlp.stems import Stems
from nlp.word_scores import word_scores

_FILE = Path(__file__).parent / "patterns" / "themes.toml"
_CHARACTERS = 1000
LEAST = 0.2
"""The chance from which a text is of a theme (0111)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What speaks for a theme, added up as log-odds."""

    score: float
    """What words say is multiplied by this."""
    stem: Mapping[str, float]
    """By theme: what one of its stems adds."""
    bias: Mapping[str, float]


@cache
def theme_names() -> tuple[str, ...]:
    """The themes, in the order in which they are answered."""
    return tuple(_words())


def _words() -> Mapping[str, Sequence[str]]:
    words: Mapping[str, Sequence[str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return words


@cache
def _stems() -> Stems:
    return Stems(_words())


@cache
def _weights() -> Weights:
    return Weights(**orjson.loads((MODELS / "themes.json").read_bytes()))


def stems_in(folded: Iterable[str]) -> np.ndarray:
    """Whether a stem of each theme stands in each folded text: texts x themes."""
    found, names = [_stems().found(text[:_CHARACTERS]) for text in folded], theme_names()
    return np.array([[name in each for name in names] for each in found])


def themes(folded: Sequence[str], languages: Sequence[str]) -> list[list[tuple[str, float]]]:
    """For each folded text its themes, each with its probability; none for languages we do not read.

    A theme holds where its stems and the words of the text together make it likely.
    """
    if not folded:
        return []
    said = stems_in(
        text if language in READ else "" for text, language in zip(folded, languages, strict=True)
    )
    chances = theme_chances(word_scores(folded, "themes"), said)
    names, rows = theme_names(), chances.round(2).tolist()
    found: list[list[tuple[str, float]]] = [[] for _ in folded]
    for text, theme in np.argwhere(chances >= LEAST).tolist():
        if languages[text] in READ:
            found[text].append((names[theme], rows[text][theme]))
    return found


def theme_chances(scores: np.ndarray, said: np.ndarray) -> np.ndarray:
    """The chance of each theme from the scores of words and from where a stem of it stands: texts x themes."""
    weights, names = _weights(), theme_names()
    stems, bias = (np.array([by_theme[name] for name in names]) for by_theme in (weights.stem, weights.bias))
    return sigmoid(weights.score * scores + said * stems + bias)
