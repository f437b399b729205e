"""Homonyms: invented texts in which a name is the company or the word: homonyms.txt in several spellings, and
homonyms_as_said.tsv as it stands."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from nlp.sectors import best_known
from nlp.training.invent_relevance import Sentence, surround

_FILE = Path(__file__).with_suffix(".txt")
AS_SAID = _FILE.with_name("homonyms_as_said.tsv")
"""To learn from."""
APART = _FILE.with_name("homonyms_apart.tsv")
"""By another writer who read nothing of this project; never trained on, never looked at."""
KNOWN_APART = _FILE.with_name("homonyms_known_apart.tsv")
"""By a third writer, with names that are well known; kept apart likewise."""
FAIR_APART = _FILE.with_name("homonyms_fair_apart.tsv")
"""By another one, as a fair sample of what a search for well-known names brings; kept apart likewise."""
_NAMES_A_LINE, _COPIES = 4, 3


def homonyms(chance: random.Random) -> Iterator[Sentence]:
    """Every line of the file with names, capitals and surroundings drawn; a line's number is its turn."""
    for number, line in enumerate(_FILE.read_text(encoding="utf-8").splitlines()):
        if line.startswith(("+", "-")):
            about, text = line.split("\t", 1)
            sign, which = about[0], about[2:]
            filled = _filled(chance, text, which) if sign == "+" else [(which, text)] * _COPIES
            for name, said in filled:
                yield Sentence(
                    text=surround(chance, _cased(chance, said), sign == "+"),
                    name=name,
                    is_company=sign == "+",
                    others=0,
                    turn=number,
                )


def as_said(path: Path = AS_SAID) -> Iterator[Sentence]:
    """Every line of such a file; those of a name are one turn."""
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    turns: dict[str, int] = {}
    for row in rows:
        sign, name, _, _, text = row.split("\t")
        turn = turns.setdefault(name.lower(), len(turns))
        yield Sentence(text=text, name=name, is_company=sign == "+", others=0, turn=turn)


def _filled(chance: random.Random, text: str, trade: str) -> Iterator[tuple[str, str]]:
    names = best_known(trade)
    for name in chance.sample(names, min(_NAMES_A_LINE, len(names))):
        written = name.title()
        yield written, text.format(N=written, n=name)


def _cased(chance: random.Random, text: str) -> str:
    """Many people write without capitals, some with nothing else."""
    drawn = chance.random()
    return text.lower() if drawn < 0.4 else text.upper() if drawn > 0.97 else text
