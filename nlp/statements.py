"""Statements: what a post says about its author's own job at a company, as one evidence code."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from girafe.records import JUDGED_VOICES
from nlp.company import CompanyNames
from nlp.fold import fold

_FILE = Path(__file__).parent / "patterns" / "statements.toml"
_FIRST_PERSON = re.compile(
    r"\b(?:i|i'm|im|my|we|our|us|me|je|j'|moi|mon|ma|mes|nous|notre|nos|on|as an?|en tant|etant|been|client"
    r"|started|joined|quit|left|first|last|premier|premiere|dernier|derniere|cliente|employee here|laid off"
    r"|licencie|licenciee|vire|viree|promoted|promue?|clocking|clocked|years|ans|shift|longer|plus|celebrat\w+|anniversary)\b|\bj'"
)
"""Without one of these nobody speaks of themselves: most posts stop here."""


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=4096)
def _compiled(names: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    company = rf"(?:the |la |le |les |l')?[@#]?(?:{'|'.join(names)})(?!\w)"
    rules = _rules()
    return tuple(
        (code, re.compile("|".join(rule.replace("{c}", company).replace("{{", "{").replace("}}", "}")
                                   for rule in rules["rules"][code])))
        for code in rules["order"]
    )  # fmt: skip


def spellings(names: CompanyNames) -> tuple[str, ...]:
    """Patterns of every way to write the company in running text, longest first."""
    handles = {re.escape(handle) for handle in names.official_handles}
    words = {r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", name))) for name in names.folded}
    compact = {re.escape(name) for name in names.compact}
    return tuple(sorted(handles | words | compact, key=lambda name: (-len(name), name)))


def statement(text: str, names: CompanyNames, *, folded: str | None = None) -> str | None:
    """The code of what the author says about their job at the company, if anything."""
    folded = fold(text) if folded is None else folded
    if _FIRST_PERSON.search(folded) is None:
        return None
    for code, pattern in _compiled(spellings(names)):
        if pattern.search(folded):
            return code
    return None


@cache
def weights(code: str) -> tuple[float, ...]:
    """Log-likelihood ratios of a code, in the order of JUDGED_VOICES."""
    row = _rules()["weights"][code]
    return tuple(float(row[voice.value]) for voice in JUDGED_VOICES)
