"""Texts: language, company, themes and sentiment, for texts handed in as JSON lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from girafe.settings import Settings
from nlp import text_features
from nlp.language import detect
from nlp.lines import Line, answer_lines, company_of, text_of
from nlp.relevance import relevance
from nlp.sentiment import sentiments
from nlp.themes import themes


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

    return answer_lines(lines, answer, key="id", check=check)


def _answers(items: Sequence[Line], settings: Settings | None, *, fast: bool) -> list[Line]:
    written = [text_of(item, "text") for item in items]
    detected = detect(written)
    # A language stated on the line is the caller's own reading, not a platform's guess.
    languages = [text_of(item, "lang") or found for item, found in zip(items, detected, strict=True)]
    features = text_features.matrix(written)
    moods = sentiments(written, features, languages, thorough=not fast)
    answers = []
    for item, language, found, mood in zip(items, languages, themes(written, languages), moods, strict=True):
        names = company_of(item, settings)
        about = relevance(text_of(item, "text"), names) if names is not None else None
        answers.append(
            {
                "id": item["id"],
                "lang": language,
                "about_company": about.is_about if about else None,
                "themes": [theme for theme, _ in found],
                "sentiment": mood[0] if mood else None,
                "probabilities": {
                    "about_company": about.probability if about else None,
                    "themes": dict(found),
                    "sentiment": {mood[0]: mood[1]} if mood else {},
                },
            }
        )
    return answers
