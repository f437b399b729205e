"""Themes: what a post is about, several at once or none: by stems, and by words where no stem stands.

Special categories are never among them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import orjson

from nlp.language import READ
from nlp.linear import MODELS, sigmoid
from nlp.stems import Stems
from nlp.word_scores import word_scores

_FILE = Path(__file__).parent / "patterns" / "themes.toml"
_CHARACTERS = 1000
LEAST = 0.3
"""The chance from which words alone, without a stem, make a theme (0104)."""


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


def themes(folded: Sequence[str], languages: Sequence[str]) -> list[list[tuple[str, float]]]:
    """For each folded text its themes, each with its probability; none for languages we do not read.

    A theme holds where one of its stems does, as surely as its stems are right, or where the words of the text make it
    likely.
    """
    if not folded:
        return []
    share, names = _precision(), theme_names()
    chances = sigmoid(word_scores(folded, "themes"))
    found: list[list[tuple[str, float]]] = []
    for text, language, row, holds in zip(
        folded, languages, chances.round(2).tolist(), chances >= LEAST, strict=True
    ):
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
