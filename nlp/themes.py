"""Themes: what a post is about, several at once or none. Special categories are never among them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import orjson

from nlp.language import READ
from nlp.linear import MODELS
from nlp.stems import Stems

_FILE = Path(__file__).parent / "patterns" / "themes.toml"
_CHARACTERS = 1000


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

    A theme holds where one of its stems does, as surely as its stems are right. The encoder is not asked: its
    vectors beside the stems did no better (decision 0056).
    """
    share = _precision()
    return [
        [(theme, share[theme]) for theme in pointed_at(text)] if language in READ else []
        for text, language in zip(folded, languages, strict=True)
    ]
