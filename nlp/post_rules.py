"""Post rules: what a post says about its author's own job at a company by its turns of phrase, as an evidence code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from nlp.company import CompanyNames

_FILE = Path(__file__).parent / "patterns" / "statements.toml"
_FIRST_PERSON = re.compile(
    r"\b(?:i|i'm|im|my|we|our|us|me|je|j'|moi|mon|ma|mes|nous|notre|nos|on|as an?|en tant|etant|been|client"
    r"|started|joined|quit|left|first|last|premier|premiere|dernier|derniere|cliente|employee here|laid off"
    r"|licencie|licenciee|vire|viree|promoted|promue?|clocking|clocked|years|a year|ans|un an|shift|longer|plus|"
    r"celebrat\w+|anniversary"
    r"|got|proud|fier|fiere|contente?|used|worked|work for|ex|former|ancien|ancienne|here|ici|fired|"
    r"entree?|fin de|payday"
    r"|la paie|leaving|en pause|adieu)\b|\bj'"
)
"""Words of oneself."""

_OF_JOBS = ("post:works_at", "post:worked_at", "post:left", "post:joined", "post:as_colleague", "post:speaks")
_OF_WORK = re.compile(
    r"\b(?:work|job|boss|shift|team|colleague|coworker|manager|employ|hired|fired|quit|left|retire|"
    r"resign|laid|contract|career|"
    r"apprentic|intern|staff|payroll|years? (?:at|with)|months? (?:at|with)|joined|started|"
    r"travail|boss|boulot|taf|poste\b|equipe|"
    r"collegue|chef|salari|embauch|vire|licenci|demission|quitte|cdi\b|cdd\b|stage|stagiaire|"
    r"alternan|interim|carriere|retrait|rejoint|"
    r"commence|ans? (?:chez|a|de)|mois (?:chez|a|de)|engineer|ingenieur|driver|nurse|technic|ancien|former|ex[- ]|"
    r"recrut|hir|driv|conduis|livre|codes?\b|paie\b|wages?|salary|overtime|bonus|badge|canteen|cantine|depot|warehouse|"
    r"been at|been an?\b|premier jour|first day|last day|day one|jours? chez|dern(?:ier|iere)\b|"
    r"dem\b|summers?|etes? chez|"
    r"years? ago|used to|i was\b|j'etais|ete \w+ chez|suis chez|encore chez|entree? chez|"
    r"passage chez|came back|leaving|"
    r"en tant que|as someone|as an?\b|let me go|let go|got out|sack\b|mis dehors|kicked|hr\b|direction|paid|temps chez|"
    r"time at|days at|we at|here at|depuis que|officially|proud|fier|"
    r"chez nous|parti(?:e|es|s)? de|"
    r"handle|je gere|moderate|modere|who built|full time|part time|ma boite|my company|our store|magasin|i'm an? |"
    r"planning|conges?\b|sacked|redundan|notice|promoted|promue?\b|clock|anniversary|celebrat|uniform|rota\b|nights?\b)"
)
"""Words of a job: without one, only the rules that need none are looked for."""
OF_WORK_ALONE = frozenset(
    {"post:left", "post:worked_at", "post:joined", "post:works_at", "post:as_colleague"}
)
_SENTENCE = 300
_SENTENCE_END = re.compile(r"[.!?\n]")
_FIRST_WORDS = 5
"""How many letters of a statement the words of a veto may take in: "if" + "i work"."""
_SIGN = "\ua66e"
"""Stands for each letter of the company's name in a text: a letter that nobody writes."""
_NAMED = rf"{_SIGN}+(?!\w)"
_COMPANY = rf"(?:the |la |le |les |l')?[@#]?{_NAMED}"
_NOT_AFTER = re.compile(r"^(\(\?<![^()]*\))+\\b")


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class _Code:
    """The rules of one code; one of `any_of` holds where one of them does."""

    code: str
    any_of: tuple[re.Pattern[str], ...]
    rules: tuple[re.Pattern[str], ...]


@cache
def _codes() -> tuple[_Code, ...]:
    """The codes in order. Rules speak of `_SIGN`, so they are compiled once for all companies."""
    by_code = {
        code: [
            # Where a rule begins with the company, what may stand before the name is no part of it.
            rule.replace("{c}", _NAMED if rule.startswith("{c}") else _COMPANY)
            .replace("{{", "{")
            .replace("}}", "}")
            for rule in _rules()["rules"][code]
        ]
        for code in _rules()["order"]
    }
    return tuple(
        _Code(code, tuple(_any_of(rules)), tuple(map(re.compile, rules))) for code, rules in by_code.items()
    )


def _any_of(rules: Sequence[str]) -> Iterator[re.Pattern[str]]:
    """Patterns that hold where one of the rules does, by how they begin: each kind is looked for in its own way."""
    # "Not after" and "where a word begins" hold at the same place, in either order.
    turned = [_NOT_AFTER.sub(lambda found: rf"\b{found.group()[:-2]}", rule) for rule in rules]
    for begin in (r"\b", "^", _NAMED, ""):
        alike = [rule.removeprefix(begin) for rule in turned if rule.startswith(begin)]
        turned = [rule for rule in turned if not rule.startswith(begin)]
        if alike:
            yield re.compile(f"{begin}(?:{'|'.join(alike)})")


@lru_cache(maxsize=1024)
def _spelled(names: CompanyNames) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(spellings(names))})(?!\w)")


def _signed(folded: str, names: CompanyNames) -> str:
    """A folded text with the company's name, in any spelling, as signs, place for place."""
    return _spelled(names).sub(lambda found: _SIGN * len(found.group()), folded.replace(_SIGN, " "))


def spellings(names: CompanyNames) -> tuple[str, ...]:
    """Patterns of every way to write the company in running text, longest first."""
    handles = {re.escape(handle) for handle in names.official_handles}
    words = {r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", name))) for name in names.written}
    compact = {re.escape(name) for name in names.compact}
    return tuple(sorted(handles | words | compact, key=lambda name: (-len(name), name)))


def speaks_of_oneself(folded: str) -> bool:
    """Whether a folded text has a word of its author."""
    return _FIRST_PERSON.search(folded) is not None


def is_of_a_job(code: str) -> bool:
    """Whether a rule's code says that the author has a job at the company, or had one."""
    return code.startswith(_OF_JOBS)


def rule_statement(folded: str, names: CompanyNames) -> str | None:
    """The code of the first rule that holds anywhere in a folded text."""
    signed = _signed(folded, names)
    if _SIGN not in signed:
        return None
    works = _OF_WORK.search(folded) is not None
    for each in _codes():
        if not works and each.code in OF_WORK_ALONE:
            continue
        if not any(some.search(signed) for some in each.any_of):
            continue
        for rule in each.rules:
            found = rule.search(signed)
            if found is not None and is_meant(each.code, folded, found):
                return each.code
    return None


@cache
def _vetoes() -> dict[str, Any]:
    vetoes: dict[str, Any] = _rules()["vetoes"]
    return {
        name: re.compile(value) if isinstance(value, str) else frozenset(value)
        for name, value in vetoes.items()
    }


def is_meant(code: str, folded: str, found: re.Match[str]) -> bool:
    """Whether the words found are the author's own statement: no wish, question, quotation or customer's move."""
    vetoes = _vetoes()
    if code in vetoes["of_customers"] and vetoes["customer"].search(folded):
        return vetoes["work"].search(folded) is not None
    if not is_of_a_job(code):
        return True
    start = max(folded.rfind(mark, 0, found.start() + 1) for mark in ".!?\n") + 1
    # The match itself may begin at the end of the sentence before.
    said = folded[max(start, found.start() - _SENTENCE) : max(start, found.start())]
    if vetoes["before"].search(f"{said}{found.group()[:_FIRST_WORDS]}"):
        return False
    asked = _SENTENCE_END.search(folded, found.end())
    return not (asked is not None and asked.group() == "?" and vetoes["question"].search(folded[start:]))


def weights_of(code: str) -> dict[str, float]:
    """What a code counts for each voice, as a logarithm; voices of a job are left out where its chance decides."""
    found: dict[str, float] = _rules()["weights"][code]
    return found
