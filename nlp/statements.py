"""Statements: what a post says about its author's own job at a company, as one evidence code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
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

_NOT_AFTER = re.compile(r"^(\(\?<![^()]*\))\\b")


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class _Rule:
    """A sentence about a company; `gate` is what a text must hold for it, whichever the company is."""

    pattern: str
    gate: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Code:
    """The rules of one code; `gate` is what a text must hold for any of them."""

    code: str
    gate: re.Pattern[str]
    rules: tuple[_Rule, ...]


@cache
def _codes() -> tuple[re.Pattern[str], tuple[_Code, ...]]:
    """What a text must hold for any code, and the codes in order: most texts stop at the first."""
    by_code = {
        code: [rule.replace("(?:{c})", "{c}").replace("{{", "{").replace("}}", "}") for rule in rules]
        for code, rules in ((code, _rules()["rules"][code]) for code in _rules()["order"])
    }
    gates = {code: list(map(_without_company, rules)) for code, rules in by_code.items()}
    every = _any_of([gate for each in gates.values() for gate in each])
    return every, tuple(
        _Code(code, _any_of(gates[code]), tuple(_Rule(rule, re.compile(_without_company(rule))) for rule in rules))
        for code, rules in by_code.items()
    )  # fmt: skip


def _without_company(rule: str) -> str:
    """The longer of what stands before and behind the company: where a rule holds, so does each part of it."""
    before, after = rule.split("{c}")
    # A distance or a "not followed by" holds nearly everywhere.
    return after if len(after) > len(before) and not after.startswith(("[^", "(?!")) else before


def _any_of(rules: Sequence[str]) -> re.Pattern[str]:
    """One pattern for all rules; those that begin a word are tried only where a word begins."""
    # "Not after" and "where a word begins" hold at the same place, in either order.
    turned = [_NOT_AFTER.sub(r"\\b\1", rule) for rule in rules]
    begin = [rule.removeprefix(r"\b") for rule in turned if rule.startswith(r"\b")]
    others = [rule for rule in turned if not rule.startswith(r"\b")]
    return re.compile("|".join([*([rf"\b(?:{'|'.join(begin)})"] if begin else []), *others]))


# Dear to compile, so one by one, when a text holds all of a rule but the company.
@lru_cache(maxsize=16_384)
def _compiled(rule: str, names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rule.replace("{c}", rf"(?:the |la |le |les |l')?[@#]?(?:{'|'.join(names)})(?!\w)"))


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
    any_gate, codes = _codes()
    if any_gate.search(folded) is None:
        return None
    written = spellings(names)
    for each in codes:
        if each.gate.search(folded) and any(
            rule.gate.search(folded) and _compiled(rule.pattern, written).search(folded)
            for rule in each.rules
        ):
            return each.code
    return None


@cache
def weights(code: str) -> tuple[float, ...]:
    """Log-likelihood ratios of a code, in the order of JUDGED_VOICES."""
    row = _rules()["weights"][code]
    return tuple(float(row[voice.value]) for voice in JUDGED_VOICES)
