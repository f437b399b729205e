"""Texts: language, company, themes and sentiment, for texts handed in as JSON lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from girafe.settings import Settings
from nlp.lines import Line, answer_lines, company_of, text_of
from nlp.pipeline import Question, Reading, read

_UNASKED = ("girafe_statement",)
"""No answer says anything about its author's job: looking for it took a quarter of the time."""


def texts_lines(lines: Iterable[str], settings: Settings | None, *, fast: bool = False) -> Iterator[str]:
    """Answers each text, in the order of the input; `about_company` is null where no company is asked about.

    `fast` leaves the encoder out.
    """

    def answer(items: Sequence[Line]) -> list[Line]:
        return _answers(items, settings, fast=fast)

    def check(item: Line) -> None:
        company_of(item, settings)
        text_of(item, "text")
        text_of(item, "lang")

    return answer_lines(lines, answer, key="id", check=check, fast=fast)


def _answers(items: Sequence[Line], settings: Settings | None, *, fast: bool) -> list[Line]:
    asked = [company_of(item, settings) for item in items]
    questions = [
        Question(
            text=text_of(item, "text"),
            companies=(names,) if names is not None else (),
            # A language stated on the line is the caller's own reading, not a platform's guess.
            language=text_of(item, "lang") or None,
            # A line with its company is a text somebody collected for it.
            is_collected=True,
        )
        for item, names in zip(items, asked, strict=True)
    ]
    readings = read(questions, thorough=not fast, unasked=_UNASKED)
    return [_answer(item, reading) for item, reading in zip(items, readings, strict=True)]


def _answer(item: Line, reading: Reading) -> Line:
    about = reading.about[0] if reading.about else None
    mood = reading.sentiment
    return {
        "id": item["id"],
        "lang": reading.language,
        "about_company": about.is_about if about else None,
        "themes": [theme for theme, _ in reading.themes],
        "sentiment": mood.label if mood else None,
        "probabilities": {
            "about_company": about.probability if about else None,
            "themes": dict(reading.themes),
            "sentiment": mood.shares if mood else {},
        },
    }
