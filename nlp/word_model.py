"""Word model: a small network of texts whose first layer is a sum over words, so that each word is worked out once.

A text's features are its words, its pairs of neighbours, the letters of its words (three and four at a time), all
hashed, and words of feeling, counted. All but the pairs depend on one word alone: what a word adds to each
sum is kept, and a text costs one look-up per word. Some of the sums are scores of classes; the others go through a
hidden layer first (decision 0104).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from nlp.buckets import bucket

_POLARITY = Path(__file__).parent / "patterns" / "polarity.toml"
BUCKETS = 2**17
_CHARACTERS = 1000
_TOKEN = re.compile(r"https?://\S+|www\.\S+|@\w+|\w+n't\b|#?\w+|[:;]-?[)(/dp](?!\w)|<3|[^\w\s]")
_PAIRED = np.uint32(0x9E3779B1)
_KEPT_WORDS, _MET_AT_ONCE, _SUMMED_AT_ONCE = 100_000, 4096, 128
_MOST_FEELINGS = 3.0
_MOST_STEPS, _SMALLEST_STEP = 127, np.float32(1e-8)


@cache
def _feelings() -> tuple[re.Pattern[str], ...]:
    words = tomllib.loads(_POLARITY.read_text(encoding="utf-8"))
    return tuple(re.compile("|".join(stems)) for stems in words.values())


@cache
def _any_feeling() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern.pattern})" for pattern in _feelings()))


def tokens(folded: str) -> list[str]:
    """The words and signs of a folded text; links and handles are told apart no further."""
    return _TOKEN.findall(folded[:_CHARACTERS])


@dataclass(frozen=True, slots=True)
class Word:
    """A word as features."""

    bucket: int
    letters: np.ndarray
    feelings: tuple[float, ...]


def word(written: str) -> Word:
    """The features of one word."""
    text = _sign_of(written)
    letters = [bucket(piece, 1, BUCKETS) for piece in _letters(text)]
    return Word(bucket(text, 0, BUCKETS), np.array(letters, dtype=np.int64), _feelings_of(text))


def _letters(text: str) -> list[str]:
    """A word's letters, three and four at a time; a single letter has none but itself."""
    if len(text) < 2:
        return []
    framed = f" {text} "
    return [framed[at : at + n] for n in (3, 4) for at in range(len(framed) - n + 1)]


def _feelings_of(text: str) -> tuple[float, ...]:
    every, single = _any_feeling(), _feelings()
    # Most words are of none.
    if every.search(text) is None:
        return (0.0,) * len(single)
    return tuple(float(pattern.search(text) is not None) for pattern in single)


def _sign_of(written: str) -> str:
    """The word, or a sign that a link or a handle stood there."""
    if written.startswith(("http", "www.")):
        return "http"
    return "@user" if written[0] == "@" and len(written) > 1 else written


def features(texts: Sequence[Sequence[str]]) -> csr_matrix:
    """Texts (as tokens) as rows of numbers, for training; `WordModel.scores` adds up the same ones."""
    known = {token: word(token) for text in texts for token in text}
    rows = []
    for text in texts:
        found = [known[token] for token in text]
        rows.append(_row(found))
    indices = np.concatenate([columns for columns, _ in rows]) if rows else np.zeros(0, dtype=np.int64)
    values = np.concatenate([numbers for _, numbers in rows]) if rows else np.zeros(0)
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    matrix = csr_matrix((values.astype(np.float32), indices, ends), shape=(len(rows), feature_count()))
    matrix.sum_duplicates()
    return matrix


def _row(found: Sequence[Word]) -> tuple[np.ndarray, np.ndarray]:
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    buckets = np.array([each.bucket for each in found])
    letters = np.concatenate([each.letters for each in found])
    feelings = np.minimum(np.sum([each.feelings for each in found], axis=0), _MOST_FEELINGS) / 2
    whole = np.concatenate([buckets, pairs(buckets)])
    columns = [whole, letters + BUCKETS, 2 * BUCKETS + np.arange(len(feelings))]
    values = [
        np.full(len(whole), 1 / np.sqrt(2 * len(found))),
        np.full(len(letters), 1 / np.sqrt(max(len(letters), 1))),
        feelings,
    ]
    return np.concatenate(columns), np.concatenate(values)


def pairs(buckets: np.ndarray) -> np.ndarray:
    """The bucket of each word with the one after it."""
    left, right = buckets[:-1].astype(np.uint32), buckets[1:].astype(np.uint32)
    mixed = (left * _PAIRED) ^ (right + (left << np.uint32(7)))
    return ((mixed ^ (mixed >> np.uint32(15))) % np.uint32(BUCKETS)).astype(np.int64)


def feature_count() -> int:
    """How many features a text can have."""
    return 2 * BUCKETS + len(_feelings())


def in_steps(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights of features, one column a sum, in whole steps (int8), and what a step is in each column."""
    step = np.maximum(np.abs(features).max(axis=0) / _MOST_STEPS, _SMALLEST_STEP)
    return np.round(features / step).astype(np.int8), step


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The weights of a word model. A text's sums are its features times `features` times `step`."""

    features: np.ndarray
    """Features x sums, in whole steps (int8): first the sums that are hidden, then one for each class."""
    step: np.ndarray
    """Per sum, what a step is."""
    hidden_bias: np.ndarray
    hidden: np.ndarray
    """Hidden sums x classes."""
    bias: np.ndarray
    """Per class."""

    def layers(self, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of the sums of texts in steps what goes through the hidden layer, and what does not: texts x each."""
        found, count = sums * self.step, len(self.hidden_bias)
        return np.maximum(found[:, :count] + self.hidden_bias, 0), found[:, count:]

    def scores(self, sums: np.ndarray) -> np.ndarray:
        """The score of each text for each class, from its sums in steps: texts x classes."""
        hidden, direct = self.layers(sums)
        scores: np.ndarray = direct + hidden @ self.hidden + self.bias
        return scores


@dataclass(slots=True)
class WordModel:
    """A network with what each word it has met adds to each sum."""

    network: Network
    places: dict[str, int] = field(default_factory=dict)
    buckets: np.ndarray = field(default_factory=lambda: np.zeros(1024, dtype=np.int64))
    table: np.ndarray = field(init=False)
    """Per word met: what it adds to each sum, what its letters add, how many they are, its feelings."""

    def __post_init__(self) -> None:
        """Makes room for the first words."""
        width = self.network.features.shape[1]
        self.table = np.zeros((1024, 2 * width + 1 + len(_feelings())), dtype=np.float32)

    def scores(self, texts: Sequence[Sequence[str]]) -> np.ndarray:
        """The score of each text (as tokens) for each class."""
        if len(self.places) > _KEPT_WORDS:
            self.places.clear()
        ids = self._ids(texts)
        ends = np.cumsum([0, *map(len, texts)])
        sums = np.zeros((len(texts), self.network.features.shape[1]), dtype=np.float32)
        # Few at once: what is looked up stays near the processor.
        for first in range(0, len(texts), _SUMMED_AT_ONCE):
            part = ends[first : first + _SUMMED_AT_ONCE + 1]
            sums[first : first + _SUMMED_AT_ONCE] = self._sums(ids[part[0] : part[-1]], part - part[0])
        return self.network.scores(sums)

    def _sums(self, ids: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """The sums of texts in steps, from the places of their words, one text after the other."""
        weights, counts = self.network.features, np.diff(ends)
        width = weights.shape[1]
        spoken = np.flatnonzero(counts)
        found = np.zeros((len(counts), width), dtype=np.float32)
        if len(spoken) == 0:
            return found
        starts, counts = ends[spoken], counts[spoken]
        sums = np.add.reduceat(self.table[ids], starts, axis=0)
        buckets = self.buckets[ids]
        joined = np.zeros((len(ids), width), dtype=np.float32)
        joined[:-1] = weights[pairs(buckets)]
        joined[starts + counts - 1] = 0  # the last word of a text has nothing after it
        whole = (sums[:, :width] + np.add.reduceat(joined, starts, axis=0)) / np.sqrt(2 * counts)[:, None]
        letters = sums[:, width : 2 * width] / np.sqrt(np.maximum(sums[:, 2 * width], 1))[:, None]
        feelings = np.minimum(sums[:, 2 * width + 1 :], _MOST_FEELINGS) / 2
        found[spoken] = whole + letters + feelings @ weights[2 * BUCKETS :].astype(np.float32)
        return found

    def _ids(self, texts: Sequence[Sequence[str]]) -> np.ndarray:
        places = self.places
        said = list(chain.from_iterable(texts))
        new = [token for token in dict.fromkeys(said) if token not in places]
        for start in range(0, len(new), _MET_AT_ONCE):
            self._meet(new[start : start + _MET_AT_ONCE])
        return np.fromiter(map(places.__getitem__, said), dtype=np.int64, count=len(said))

    def _meet(self, words: Sequence[str]) -> None:
        """Works out what words never met before add; many at once, because each look at the weights is dear."""
        first = len(self.places)
        self.places.update((each, first + place) for place, each in enumerate(words))
        while len(self.places) > len(self.table):
            self.table = np.concatenate([self.table, np.zeros_like(self.table)])
            self.buckets = np.concatenate([self.buckets, np.zeros_like(self.buckets)])
        texts, weights = list(map(_sign_of, words)), self.network.features
        width, rows = weights.shape[1], self.table[first : first + len(words)]
        buckets = self.buckets[first : first + len(words)]
        buckets[:] = [bucket(text, 0, BUCKETS) for text in texts]
        rows[:, :width] = weights[buckets]
        # The letters of words come back in other words: each is hashed and looked up once.
        letters = list(map(_letters, texts))
        pieces = list(chain.from_iterable(letters))
        places = {piece: place for place, piece in enumerate(dict.fromkeys(pieces))}
        counts = list(map(len, letters))
        holds = csr_matrix(
            (
                np.ones(len(pieces), dtype=np.float32),
                [places[piece] for piece in pieces],
                np.cumsum([0, *counts]),
            ),
            shape=(len(words), len(places)),
        )
        looked_up = weights[[BUCKETS + bucket(piece, 1, BUCKETS) for piece in places]]
        rows[:, width : 2 * width] = holds @ looked_up.astype(np.float32)
        rows[:, 2 * width] = counts
        rows[:, 2 * width + 1 :] = list(map(_feelings_of, texts))
