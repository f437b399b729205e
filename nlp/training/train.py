"""Train: all weights from the data, the same each time: `python -m nlp.training.train [part ...]`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from threadpoolctl import threadpool_limits

from nlp.training import accounts, kind, relevance, tone, words
from nlp.training.convert import SHARED
from nlp.training.vectors import CACHE

PARTS: Mapping[str, Callable[[], None]] = {
    "kind": lambda: kind.train(SHARED, CACHE),
    "tone": lambda: tone.train(SHARED, CACHE),
    "words": lambda: words.train(SHARED, CACHE),
    "accounts": lambda: accounts.train(SHARED),
    "relevance": lambda: relevance.train(SHARED, CACHE),
}


def main(parts: list[str]) -> None:
    """Trains the parts named, or all of them."""
    for part in parts or list(PARTS):
        print(f"training {part}")
        # Sums over several threads come in any order, and the last digits with them.
        with threadpool_limits(1):
            PARTS[part]()


if __name__ == "__main__":
    main(sys.argv[1:])
