"""Themes: what a post is about, several at once or none: by stems, and by what was learnt where no stem stands.

Words are asked, and the encoder too where it may be. Special categories are never among them.
"""

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
from nlp.word_scores import word_scores

_FILE = Path(__file__).parent / "patterns" / "themes.toml"
_CHARACTERS = 1000
LEAST, LEAST_OF_BOTH = 0.3, 0.4
"""The chance from which words alone, without a stem, make a theme, and words and the encoder together (0104)."""
_FLAT = 0.1
"""Below this chance by words of every theme the encoder is not asked: such a text is about something else."""


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

    A theme holds where one of its stems does, as surely as its stems are right, or where the words of the text make it
    likely. `encode`: the encoder's vectors of the texts at some places, asked for where words see a theme at all.
    """
    if not folded:
        return []
    share, names = _precision(), theme_names()
    chances, likely = judged(word_scores(folded, "themes"), languages, encode)
    found: list[list[tuple[str, float]]] = []
    for text, language, row, holds in zip(folded, languages, chances.round(2).tolist(), likely, strict=True):
        if language not in READ:
            found.append([])
            continue
        stems = set(pointed_at(text))
        found.append(
            [
                (theme, max(share[theme], chance) if theme in stems else chance)
                for theme, chance, learnt in zip(names, row, holds, strict=True)
                if learnt or theme in stems
            ]
        )
    return found


def judged(
    by_words: np.ndarray,
    languages: Sequence[str],
    encode: Callable[[Sequence[int]], np.ndarray] | None,
    by_vectors: Linear | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The chance of each theme of each text without its stems, and whether it is enough: two arrays, texts x themes.

    `by_words`: scores; `encode`: as in `themes`; `by_vectors`: the model on vectors, if not the committed one.
    """
    chances = sigmoid(by_words)
    likely: np.ndarray = chances >= LEAST
    if encode is not None:
        sees = (chances.max(axis=1) >= _FLAT).tolist()
        asked = [place for place, language in enumerate(languages) if sees[place] and language in READ]
        if asked:
            model = load("themes_vectors") if by_vectors is None else by_vectors
            chances[asked] = (chances[asked] + sigmoid(model.scores(encode(asked)))) / 2
            likely[asked] = chances[asked] >= LEAST_OF_BOTH
    return chances, likely
