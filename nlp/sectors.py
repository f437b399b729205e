"""Sectors: what trade a company is in, and how much a text speaks of that trade.

A word that is also a company's name is told from it by what is spoken of around it: "orange" beside a telephone line,
"shell" beside a tank of petrol. The words of each trade and its best-known companies are nlp/patterns/sectors.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from nlp.known_names import known_names

_FILE = Path(__file__).parent / "patterns" / "sectors.toml"


@cache
def _tree() -> dict[str, dict[str, list[str]]]:
    tree: dict[str, dict[str, list[str]]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tree


@cache
def sector_names() -> tuple[str, ...]:
    """The trades there are words for."""
    return tuple(_tree())


def best_known(sector: str) -> tuple[str, ...]:
    """Well-known companies of a trade, folded."""
    return tuple(_tree()[sector]["names"])


@cache
def _known() -> dict[str, str]:
    """The first trade a name is listed under counts."""
    pairs = [(name, sector) for sector in reversed(sector_names()) for name in best_known(sector)]
    return dict(pairs)


def sector_of(folded_names: Sequence[str]) -> str:
    """The trade of a well-known company, by any of its folded names; empty if it is not one."""
    for name in folded_names:
        if name in _known():
            return _known()[name]
        if (known := known_names().get(name)) is not None and known.trade:
            return known.trade
    return ""


@cache
def _pattern(sector: str) -> re.Pattern[str]:
    # Filed under their first letters: trying every word wherever one begins costs twice as much.
    filed: dict[str, list[str]] = {}
    for word in _tree()[sector]["words"]:
        first = word[0] if word[0].isalpha() else ""
        filed.setdefault(first, []).append(word.removeprefix(first))
    rests = [f"{first}(?:{'|'.join(rest)})" for first, rest in filed.items()]
    return re.compile(rf"\b(?:{'|'.join(rests)})")


def words_in_trade(sector: str, folded: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Where a part of a folded text uses words of a trade, and which; nothing for a trade we have no words for."""
    if sector in _tree():
        yield from ((match.start(), match.group()) for match in _pattern(sector).finditer(folded, start, end))


def words_of(sector: str, folded: str) -> set[str]:
    """The different words of a trade that a folded text uses."""
    return {word for _, word in words_in_trade(sector, folded, 0, len(folded))}
