"""Evaluate: one table of what the classifiers can do, against baselines: `python -m nlp.training.evaluate`.

Reads ../shared/data if it is there; without it, invented data measure what they can. Everything measured here
is development data: the figures say what to expect, they are not a test on data kept apart.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from nlp.training.convert import SHARED
from nlp.training.measure_accounts import employment, kind
from nlp.training.measure_speed import speed
from nlp.training.measure_texts import relevance, sentiment, themes
from nlp.training.scores import table

Row = tuple[str, ...]
HEAD: Row = ("measure", "language", "system", "value [95 %]", "note")


def rows(data: Path | None) -> Iterator[Row]:
    """The rows of the table, part by part."""
    parts: list[Callable[[Path | None], Iterator[Row]]] = [
        kind,
        employment,
        relevance,
        sentiment,
        themes,
        speed,
    ]
    for part in parts:
        print(f"measuring {part.__name__} ...", file=sys.stderr)
        yield from part(data)


def main() -> None:
    """Prints the table."""
    data = SHARED if SHARED.exists() else None
    if data is None:
        print("../shared/data is not here: only what invented data can measure is shown.\n")
    print(table([HEAD, *rows(data)]))


if __name__ == "__main__":
    main()
