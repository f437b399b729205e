"""Themes: what a post is about, several at once or none. Special categories are never among them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import orjson

from nlp.fold import fold
from nlp.language import READ
from nlp.linear import MODELS

_FILE = Path(__file__).parent / "patterns" / "themes.toml"
_CHARACTERS = 1000


@cache
def theme_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The stems that point to each theme, in the order in which themes are answered."""
    words = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple((theme, re.compile(rf"(?<!\w)(?:{'|'.join(stems)})")) for theme, stems in words.items())


@cache
def _precision() -> Mapping[str, float]:
    found: Mapping[str, float] = orjson.loads((MODELS / "themes.json").read_bytes())
    return found


def pointed_at(text: str) -> list[str]:
    """The themes a text's words point to."""
    folded = fold(text[:_CHARACTERS])
    return [theme for theme, pattern in theme_patterns() if pattern.search(folded)]


def themes(texts: Sequence[str], languages: Sequence[str]) -> list[list[tuple[str, float]]]:
    """For each text its themes, each with how often its stems are right; none for other languages."""
    share = _precision()
    return [
        [(theme, share[theme]) for theme in pointed_at(text)] if language in READ else []
        for text, language in zip(texts, languages, strict=True)
    ]
