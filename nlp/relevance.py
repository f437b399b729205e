"""Relevance: is this text about the company, or does it only hold the same word?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import exp
from pathlib import Path

import numpy as np

from nlp.company import CompanyNames, Mention
from nlp.dictionary import companies, tongues_of
from nlp.fold import URL, fold
from nlp.known_names import as_a_word
from nlp.language import READ, likely_language
from nlp.linear import load
from nlp.links import first_names
from nlp.provider import speaks_to_provider, writes_to_service
from nlp.relevance_features import (
    KEY_WEIGHT,
    KNOWLEDGE,
    context_keys,
    mention_lines,
    text_features,
)

_COMMON = Path(__file__).parent / "patterns" / "common_words.txt"
_CERTAIN, _NAMED, _NOT = 0.99, 0.96, 0.01
_SURE_EVIDENCE = frozenset({"about:official_handle", "about:domain"})
_TO_PROVIDER, _IN_ADDRESS, _FARTHEST = 0.6, 0.3, 30.0
SURE = 4.0
"""A score of words from which the encoder is not asked."""
OF_VECTORS = 0.6
"""What the encoder's score counts beside that of words: both are taught by the same texts."""
_KEPT, _KEPT_BY_ENCODER = {"fr": 0.6, "": 0.5}, {"fr": 0.7, "": 0.5}
"""From here on a common word counts as the company, in French and in any other language: on left-out mentions of real
posts this gives a precision of 0.95 and a recall of 0.90 in each, by words and with the encoder (0109, 0110)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """Whether a text is about a company, how surely, and why."""

    is_about: bool
    probability: float
    evidence: tuple[str, ...]


def kept_from(language: str, *, by_encoder: bool) -> float:
    """The chance from which a common word in a text of this language counts as the company."""
    cuts = _KEPT_BY_ENCODER if by_encoder else _KEPT
    return cuts.get(language, cuts[""])


NOT_NAMED = Relevance(is_about=False, probability=_NOT, evidence=())


@cache
def _common_words() -> frozenset[str]:
    lines = _COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(word.strip() for line in lines if not line.startswith("#") for word in line.split(","))


def is_common_word(names: CompanyNames) -> bool:
    """The name is also a word: company.toml says so, it is a well-known case, or it is in the dictionary.

    Whoever states `common_word = false` is believed against the dictionary, not against the well-known cases.
    """
    if names.common_word or any(name in _common_words() for name in names.folded):
        return True
    return names.common_word is None and any(map(_is_word, names.names))


@lru_cache(maxsize=10_000)
def _is_word(name: str) -> bool:
    """Whether a name is a word or a given name (`Hinge`, `Oscar`), unless it is known for nothing but a company."""
    folded = fold(name).strip()
    if folded in _common_words():
        return True
    if folded in companies():
        return False
    # A surname or a place is in no dictionary.
    return as_a_word(folded) is not None or folded in first_names() or bool(tongues_of(name))


def relevance(
    text: str,
    names: CompanyNames,
    *,
    addressed: Sequence[str] = (),
    folded: str | None = None,
    mentions: Sequence[Mention] | None = None,
    others: int = 0,
    language: str = "",
    collected: bool = False,
    encode: Callable[[Sequence[str]], np.ndarray] | None = None,
) -> Relevance:
    """Judges one text.

    `addressed`: handles the platform says it mentions; `others`: how many other companies it names; `language`:
    the text's, where it is known; `collected`: somebody collected this text for this company; `encode`: the encoder's
    vectors, asked for where words are not sure.
    """
    folded = fold(text) if folded is None else folded
    mentions = names.mentions(text, folded) if mentions is None else mentions
    evidence = {f"about:{'official_handle' if mention.official else mention.kind}" for mention in mentions}
    if any(fold(handle).removeprefix("@") in names.official_handles for handle in addressed):
        evidence.add("about:official_handle")
    if collected and not evidence & _SURE_EVIDENCE and writes_to_service(folded, names):
        return Relevance(is_about=True, probability=_NAMED, evidence=("about:service_handle",))
    if not evidence:
        if collected and speaks_to_provider(folded, names.trade):
            return Relevance(is_about=True, probability=_TO_PROVIDER, evidence=("about:to_provider",))
        return NOT_NAMED
    is_about = True
    if evidence & _SURE_EVIDENCE:
        probability = _CERTAIN
    elif _is_in_doubt(names, mentions, folded):
        spoken = language if language in READ else likely_language(text)
        probability = _in_context(text, folded, mentions, others, names.trade, spoken, encode)
        is_about = probability >= kept_from(spoken, by_encoder=encode is not None)
        evidence.add("about:context" if is_about else "about:no_context")
    else:
        probability = _NAMED
    return Relevance(is_about=is_about, probability=probability, evidence=tuple(sorted(evidence)))


def given(about: Sequence[str], names: CompanyNames) -> Relevance:
    """What an annotator said a post is about, taken as certain."""
    told = {fold(name).strip() for name in about}
    is_about = not told.isdisjoint(names.folded)
    return Relevance(is_about=is_about, probability=float(is_about), evidence=("about:given",))


def _is_in_doubt(names: CompanyNames, mentions: Sequence[Mention], folded: str) -> bool:
    """Whether every mention may be something else: a common word, or one word that is left of a name."""
    if is_common_word(names):
        return not _has_plain_name(names, mentions, folded)
    return all(mention.is_short for mention in mentions)


def _has_plain_name(names: CompanyNames, mentions: Sequence[Mention], folded: str) -> bool:
    """One of the mentions is a name that is no common word (`Orange Bank` or `TotalEnergies` beside `Total`).

    Of a company that is said to be called like a common word any single word may be that one.
    """
    for mention in mentions:
        name = re.sub(r"[\s-]+", " ", folded[mention.start : mention.end])
        is_plain = not names.common_word or (mention.exact and " " in name)
        if mention.kind == "name" and is_plain and not mention.is_short and not _is_word(name):
            return True
    return False


def is_known(counted: np.ndarray) -> np.ndarray:
    """For each row of counted features, whether anything is known of the name but how it is used here."""
    known: np.ndarray = np.any(counted[:, -KNOWLEDGE:], axis=1)
    return known


def _in_context(
    text: str,
    folded: str,
    mentions: Sequence[Mention],
    others: int,
    trade: str,
    language: str,
    encode: Callable[[Sequence[str]], np.ndarray] | None,
) -> float:
    if "http" in folded or "www." in folded:
        # A name within an address says nothing of what the text is about.
        links = [match.span() for match in URL.finditer(text)]
        mentions = [m for m in mentions if not any(start <= m.start < end for start, end in links)]
        if not mentions:
            return _IN_ADDRESS
    model = load("relevance")
    rows = np.array(text_features(text, folded, mentions, others=others, trade=trade, language=language))
    counted = rows.shape[1]
    best = -_FARTHEST
    for row, mention, is_met in zip(rows, mentions, is_known(rows), strict=True):
        weights, bias = model.weights[:, int(not is_met)], model.bias[int(not is_met)]
        keys = [counted + key for key in context_keys(text, folded, mention)]
        score = float(row @ weights[:counted] + KEY_WEIGHT * weights[keys].sum() + bias)
        if encode is not None and abs(score) < SURE:
            vectors = encode(mention_lines(text, mention)).reshape(1, -1)
            thorough = load("relevance_vectors")
            score += OF_VECTORS * thorough.scores(vectors)[0, thorough.classes.index(trade)].item()
        best = max(best, score)
    return round(1 / (1 + exp(-min(max(best, -_FARTHEST), _FARTHEST))), 3)
