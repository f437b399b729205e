"""Themes: what a post is about, several at once or none. Special categories are never among them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from nlp.fold import fold
from nlp.language import READ

_FILE = Path(__file__).parent / "patterns" / "themes.toml"
_KEPT = 0.7


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple((theme, re.compile(rf"\b(?:{'|'.join(stems)})")) for theme, stems in words.items())


def themes(texts: Sequence[str], languages: Sequence[str]) -> list[list[tuple[str, float]]]:
    """For each text its themes with their probabilities; none for languages we do not read."""
    return [
        [(theme, _KEPT) for theme, pattern in _patterns() if pattern.search(folded)]
        if language in READ
        else []
        for folded, language in zip(map(fold, texts), languages, strict=True)
    ]
