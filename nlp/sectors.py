"""Sectors: what trade a company is in, and how much a text speaks of that trade.

A word that is also a company's name is told from it by what is spoken of around it: "orange" beside a telephone line,
"shell" beside a tank of petrol. The words of each trade and its well-known companies are nlp/patterns/sectors.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "patterns" / "sectors.toml"


@cache
def _tree() -> dict[str, dict[str, list[str]]]:
    tree: dict[str, dict[str, list[str]]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tree


@cache
def sector_names() -> tuple[str, ...]:
    """The trades there are words for."""
    return tuple(_tree())


def known_names(sector: str) -> tuple[str, ...]:
    """Well-known companies of a trade, folded."""
    return tuple(_tree()[sector]["names"])


@cache
def _known() -> dict[str, str]:
    """The first trade a name is listed under counts."""
    pairs = [(name, sector) for sector in reversed(sector_names()) for name in known_names(sector)]
    return dict(pairs)


def sector_of(folded_names: Sequence[str]) -> str:
    """The trade of a well-known company, by any of its folded names; empty if it is not one."""
    return next((_known()[name] for name in folded_names if name in _known()), "")


@cache
def pattern(sector: str) -> re.Pattern[str]:
    """Finds the words of a trade in folded text."""
    return re.compile(rf"\b(?:{'|'.join(_tree()[sector]['words'])})")


def words_of(sector: str, folded: str) -> set[str]:
    """The different words of a trade that a folded text uses; none for a trade we have no words for."""
    return set(pattern(sector).findall(folded)) if sector in _tree() else set()
