"""Invented posts with the feeling of their author: about work, with their themes, and of everyday talk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlp.themes import theme_names
from nlp.training.invent_ties import COMPANIES

WORK_TEXTS = Path(__file__).parent / "work_texts.tsv"
"""To learn from."""
WORK_APART = Path(__file__).parent / "work_apart.tsv"
"""By a writer who read nothing of this project; never trained on, never looked at."""
POSTS_APART = Path(__file__).parent / "posts_apart.tsv"
"""The same by another writer."""
_EVERYDAY = Path(__file__).parent / "everyday_texts.tsv"
_INITIALS = "RPWMTVJLCQBN"
"""In the order of the themes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkText:
    """A post, the feeling of its author, and the names of its themes."""

    text: str
    sentiment: str
    themes: frozenset[str]
    language: str


def work_texts(path: Path = WORK_TEXTS) -> Iterator[WorkText]:
    """The posts of a file, in its order."""
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    for number, row in enumerate(rows):
        sentiment, themes, language, text = row.split("\t")
        yield WorkText(
            text=text.replace("{C}", COMPANIES[number % len(COMPANIES)][0]),
            sentiment=sentiment,
            themes=themes_of(themes),
            language=language,
        )


def everyday_texts() -> Iterator[WorkText]:
    """Posts of everyday talk and news, whatever their themes."""
    for line in _EVERYDAY.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            sentiment, language, text = line.split("\t")
            yield WorkText(text=text, sentiment=sentiment, themes=frozenset(), language=language)


def themes_of(initials: str) -> frozenset[str]:
    """The themes that initials stand for; any other sign stands for none."""
    return frozenset(
        theme for initial, theme in zip(_INITIALS, theme_names(), strict=True) if initial in initials
    )
