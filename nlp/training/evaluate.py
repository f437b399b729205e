"""Evaluate: one table of what the classifiers can do, against baselines: `python -m nlp.training.evaluate`.

Reads ../shared/data if it is there; without it, invented data measure what they can. Everything measured here
is development data: the figures say what to expect, they are not a test on data kept apart.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from nlp.training.card import write_figures
from nlp.training.convert import SHARED
from nlp.training.measure_accounts import employment, kind
from nlp.training.measure_speed import speed
from nlp.training.measure_texts import about_work, homonyms_apart, read_posts, relevance, sentiment
from nlp.training.scores import table

Row = tuple[str, ...]
HEAD: Row = ("measure", "language", "system", "value [95 %]", "note")
PARTS: Mapping[str, Callable[..., Iterator[Row]]] = {
    "kind": kind,
    "employment": employment,
    "relevance": relevance,
    "sentiment": sentiment,
    "read posts": read_posts,
    "about work": about_work,
    "homonyms apart": homonyms_apart,
    "speed": speed,
}


def rows(data: Path | None, parts: list[str], *, quick: bool) -> Iterator[Row]:
    """The rows of the table, part by part; `quick` leaves the encoder out, which takes most of the time."""
    for name in parts or list(PARTS):
        started = time.monotonic()
        print(f"measuring {name} ...", file=sys.stderr, end=" ", flush=True)
        yield from PARTS[name](data, quick=quick)
        print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)


def main() -> None:
    """Prints the table."""
    asked = argparse.ArgumentParser(prog="make evaluate", description="Measures the classifiers.")
    asked.add_argument("parts", nargs="*", choices=[[], *PARTS], help="Default: all of them.")
    asked.add_argument("--quick", action="store_true", help="Without the encoder: a minute or two.")
    asked.add_argument("--card", action="store_true", help="Write the table into nlp/models/README.md too.")
    options = asked.parse_args()
    data = SHARED if SHARED.exists() else None
    if data is None:
        print("../shared/data is not here: only what invented data can measure is shown.\n")
    found = list(rows(data, options.parts, quick=options.quick))
    print(table([HEAD, *found]))
    if options.card:
        write_figures([HEAD, *found])


if __name__ == "__main__":
    main()
