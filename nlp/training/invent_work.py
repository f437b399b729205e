"""Invented posts about work, with the feeling of their author and their themes: work_texts.tsv, filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlp.training.invent_ties import COMPANIES

WORK_TEXTS = Path(__file__).parent / "work_texts.tsv"
"""To learn from."""
WORK_APART = Path(__file__).parent / "work_apart.tsv"
"""By a writer who read nothing of this project; never trained on, never looked at."""
_BLOCK = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkText:
    """A post: `themes` by initial in work_texts.tsv and by name in work_apart.tsv.

    `block`: neighbours, which may tell the same scene; left out of training together.
    """

    text: str
    sentiment: str
    themes: frozenset[str]
    language: str
    block: int


def work_texts(path: Path = WORK_TEXTS) -> Iterator[WorkText]:
    """The posts of a file, in its order."""
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    for number, row in enumerate(rows):
        sentiment, themes, language, text = row.split("\t")
        named = themes.split(",") if path == WORK_APART else list(themes)
        yield WorkText(
            text=text.replace("{C}", COMPANIES[number % len(COMPANIES)][0]),
            sentiment=sentiment,
            themes=frozenset(named) - {"none", "-"},
            language=language,
            block=number // _BLOCK,
        )
