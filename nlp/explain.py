"""Explain: evidence codes in words a person can read, in French and in English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "patterns" / "codes.toml"


@cache
def codes_in_words() -> Mapping[str, Mapping[str, str]]:
    """Every code with its French and English sentence."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def explained(codes: Sequence[str]) -> dict[str, list[str]]:
    """The sentences of some codes, by language; a code without a sentence stands for itself."""
    words = codes_in_words()
    return {
        language: [words.get(code, {}).get(language, code) for code in codes] for language in ("fr", "en")
    }
