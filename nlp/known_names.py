"""Known names: companies called like a word, a surname, a place: trade, whose word it is, what stands beside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "patterns" / "known_names.tsv"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """What is known of a name: the company's trade, the languages it is a word of, what stands beside the word.

    `with_others`: what is told with others of the same name (a film, a team, a town).
    """

    trade: str
    tongues: frozenset[str]
    beside: tuple[str, ...]
    with_others: tuple[str, ...]


@cache
def known_names() -> Mapping[str, KnownName]:
    """Every name of the file, folded."""
    rows = _FILE.read_text(encoding="utf-8").splitlines()
    return {name: known for name, known in map(_read, rows) if known is not None}


def _read(row: str) -> tuple[str, KnownName | None]:
    if row.startswith("#"):
        return "", None
    name, trade, tongue, beside, others = ("" if value == "-" else value for value in row.split("\t"))
    return name, KnownName(
        trade=trade,
        tongues=frozenset(tongue.split("+")) - {""},
        beside=tuple(beside.split(",")) if beside else (),
        with_others=tuple(others.split(",")) if others else (),
    )


@lru_cache(maxsize=1000)
def as_a_word(name: str) -> re.Pattern[str] | None:
    """Finds what stands beside a name when it is no company (`orange` beside `juice`), if we know."""
    known = known_names().get(name)
    return re.compile(rf"\b(?:{'|'.join(known.beside)})") if known is not None and known.beside else None


@dataclass(frozen=True, slots=True)
class Others:
    """What is told with others of a name."""

    pattern: re.Pattern[str]
    letters: tuple[str, ...]
    """What each entry holds of plain letters: one of them is in every text that has any."""

    def count_in(self, folded: str) -> int:
        """How many different entries a text has."""
        if not any(letters in folded for letters in self.letters):
            return 0
        return len(set(self.pattern.findall(folded)))


@lru_cache(maxsize=1000)
def as_anothers(name: str) -> Others | None:
    """Finds what is told with others of the same name (`picard` with `star trek`), if we know."""
    known = known_names().get(name)
    words = known.with_others if known is not None else ()
    if not words:
        return None
    letters = tuple(word.replace("\\b", "").replace("\\", "") for word in words)
    return Others(re.compile(rf"\b(?:{'|'.join(words)})"), letters)
