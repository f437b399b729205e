"""Pipeline: what reads a post, as one spaCy pipeline; `classify` and `girafe texts` both go through it."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import load_config, load_model_from_config

from nlp.company import CompanyNames

# Registered here as well, so that the pipeline can be built from a source tree that was never installed.
from nlp.components import (  # noqa: F401
    company_relevance,
    job_statement,
    language_found,
    sentiment_label,
    theme_labels,
)
from nlp.documents import TEXT, set_in, value_in
from nlp.relevance import Relevance
from nlp.sentiment import Sentiment
from nlp.ties import Tie

_CONFIG = Path(__file__).parent / "pipeline.cfg"
_BATCH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A text and what is asked of it."""

    text: str
    companies: Sequence[CompanyNames] = ()
    addressed: Sequence[str] = ()
    """Handles the platform says the text mentions."""
    language: str | None = None
    """Where the caller knows it."""
    is_speech: bool = True
    """False: nobody speaks here (a bare repost); only language and companies are looked for."""
    is_collected: bool = False
    """True: somebody collected this text for the companies, which it need not name to be about one (0055)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was learnt from a text."""

    language: str
    about: tuple[Relevance, ...]
    """One for each company asked about."""
    statements: tuple[Tie | None, ...]
    """What the author says of their own job, as a code with its chance, for each company; empty where nobody speaks."""
    themes: Sequence[tuple[str, float]]
    sentiment: Sentiment | None


@cache
def build(*, thorough: bool = False) -> Language:
    """The pipeline of nlp/pipeline.cfg; `thorough` asks the encoder where the fast models are unsure."""
    asking = ("girafe_relevance", "girafe_sentiment")
    config = load_config(_CONFIG, overrides={f"components.{name}.thorough": thorough for name in asking})
    pipeline = load_model_from_config(config, auto_fill=True)
    # It stays as long as the process, libraries and all: looking it through for garbage time and again cost a
    # fifth of the reading.
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # else libraries say, as the process ends, that this leaked
    return pipeline


def read(
    questions: Iterable[Question], *, thorough: bool = False, unasked: Sequence[str] = ()
) -> Iterator[Reading]:
    """Answers each question, in order; the documents and their words are forgotten batch by batch.

    `unasked`: components whose answers the caller has no use for; what they assign stays empty.
    """
    pipeline, waiting = build(thorough=thorough), iter(questions)
    while batch := list(islice(waiting, _BATCH)):
        with pipeline.memory_zone():
            docs = [_asked(pipeline, question) for question in batch]
            # Read whole before anything leaves the zone, in which alone documents live.
            readings = [
                _reading(doc) for doc in pipeline.pipe(docs, batch_size=_BATCH, disable=list(unasked))
            ]
        yield from readings


def _asked(pipeline: Language, question: Question) -> Doc:
    # No words: the components read the text itself, and cutting it up would cost as much as all of them.
    doc = Doc(pipeline.vocab, user_data={TEXT: question.text})
    set_in(doc, "companies", question.companies)
    if question.addressed:
        set_in(doc, "addressed", question.addressed)
    if question.language:
        set_in(doc, "stated_language", question.language)
    if question.is_collected:
        set_in(doc, "is_collected", True)
    if not question.is_speech:
        set_in(doc, "is_speech", False)
    return doc


def _reading(doc: Doc) -> Reading:
    return Reading(
        language=value_in(doc, "language"),
        about=value_in(doc, "about"),
        statements=value_in(doc, "job_statements"),
        themes=value_in(doc, "themes"),
        sentiment=value_in(doc, "sentiment_label"),
    )
