"""Themes: what a post is about, several at once or none. Special categories are never among them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import orjson

from nlp.language import READ
from nlp.linear import MODELS, Linear, load, sigmoid
from nlp.stems import Stems

_FILE = Path(__file__).parent / "patterns" / "themes.toml"
_CHARACTERS = 1000
_KEPT = 0.5


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
def _precision() -> Mapping[str, float]:
    found: Mapping[str, float] = orjson.loads((MODELS / "themes.json").read_bytes())
    return found


def pointed_at(folded: str) -> list[str]:
    """The themes the words of a folded text point to."""
    return _stems().found(folded[:_CHARACTERS])


def themes(
    folded: Sequence[str],
    languages: Sequence[str],
    *,
    encode: Callable[[Sequence[int]], np.ndarray] | None = None,
) -> list[list[tuple[str, float]]]:
    """For each folded text its themes, each with its probability; none for languages we do not read.

    Without `encode` a theme holds where one of its stems does, as surely as its stems are right. With it (the
    encoder's vectors of the texts at some places) stems and meaning are weighed together.
    """
    found = [
        pointed_at(text) if language in READ else [] for text, language in zip(folded, languages, strict=True)
    ]
    share = _precision()
    told = [[(theme, share[theme]) for theme in each] for each in found]
    read = [place for place, language in enumerate(languages) if language in READ and folded[place].strip()]
    if encode is not None and read:
        said = np.array([[theme in found[place] for theme in theme_names()] for place in read])
        chances = sigmoid(scores(encode(read), said, load("themes_vectors"))).round(3)
        for place, row in zip(read, chances.tolist(), strict=True):
            told[place] = [(t, p) for t, p in zip(theme_names(), row, strict=True) if p >= _KEPT]
    return told


def scores(vectors: np.ndarray, said: np.ndarray, model: Linear) -> np.ndarray:
    """Log-odds of each theme: the meaning of a text, and whether a stem of that theme is in it.

    The last row of the weights is what a theme's own stem counts.
    """
    meaning = model.scores(np.column_stack([vectors, np.zeros(len(vectors))]))
    weighed: np.ndarray = meaning + said * model.weights[-1]
    return weighed
