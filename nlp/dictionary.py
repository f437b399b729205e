"""Dictionary: in which languages a company's name is an ordinary word (`Hinge`, `Camaïeu`), and which are none."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import combinations, product
from pathlib import Path

from simplemma import is_known

from nlp.fold import fold

_FILE = Path(__file__).parent / "patterns" / "relevance.toml"
_TONGUES = ("en", "fr")
_ARTICLE = re.compile(r"^(?:(?:le|la|les|the) |l['’])")
_ACCENTS = {"a": "àâ", "c": "ç", "e": "éèê", "i": "îï", "o": "ô", "u": "ùûü"}
_MOST_ACCENTS, _SHORTEST, _LONGEST = 2, 2, 30
"""The longest word of either language has 27 letters; the accents tried grow with the cube of the letters."""


@cache
def companies() -> frozenset[str]:
    """Names that mean nothing but a company, or as good as, folded."""
    return frozenset(tomllib.loads(_FILE.read_text(encoding="utf-8"))["companies"]["names"])


@lru_cache(maxsize=10_000)
def tongues_of(name: str) -> frozenset[str]:
    """The languages (`en`, `fr`) in which a name is a word; none for names of several words but an article.

    A name is looked for as written and, in French, with the accents that names in capitals leave out.
    """
    word = _ARTICLE.sub("", " ".join(name.lower().split()))
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha():
        return frozenset()
    found = {tongue for tongue in _TONGUES if is_known(word, lang=tongue)}
    if "fr" not in found and (
        any(is_known(each, lang="fr") for each in _accented(word))
        # Words with one form for one and many (`oasis`, `virus`) are not in the French list.
        or ("en" in found and word[-1] in "sxz")
    ):
        found.add("fr")
    return frozenset(found)


def _accented(word: str) -> Iterator[str]:
    """The word with one or two of its letters accented, if it has no accents itself."""
    if word != fold(word):
        return
    places = [place for place, letter in enumerate(word) if letter in _ACCENTS]
    for count in range(1, _MOST_ACCENTS + 1):
        for chosen in combinations(places, count):
            for marks in product(*(_ACCENTS[word[place]] for place in chosen)):
                letters = list(word)
                for place, mark in zip(chosen, marks, strict=True):
                    letters[place] = mark
                yield "".join(letters)
