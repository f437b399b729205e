"""Train: words; a small network that learns what readers labelled and, of unlabelled posts, what the encoder says.

The encoder is too slow for a run over a million posts. What it says of many posts teaches words more than the few
labels do (distillation: Hinton, Vinyals and Dean 2015, arXiv 1503.02531; decision 0104).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from nlp.fold import fold
from nlp.language import READ, likely_language
from nlp.linear import sigmoid, softmax
from nlp.themes import theme_names
from nlp.training import convert, sentiment, themes, tone
from nlp.training.invent_ties import COMPANIES, filled, turns
from nlp.training.invent_work import everyday_texts, work_texts
from nlp.training.vectors import vectors
from nlp.word_model import Network, WordModel, features, in_steps, tokens
from nlp.word_scores import MOODS, columns_of, save

_SEED = 20261128
_HIDDEN, _ROUNDS, _AT_ONCE, _STEP = 48, 8, 64, np.float32(4e-3)
_DROPPED_HIDDEN, _DROPPED_FEATURES = 0.3, 0.1
_RAREST = 3
"""A feature of fewer texts is left out: it would be learnt by heart, and the file would be half as large again."""
_OF_THEMES = 2.0
"""What an error about a theme counts beside one about the feeling."""
_READ, _INVENTED, _INVENTED_TO_TEACHERS = 3.0, 0.6, 0.3
"""What it counts in a real post that a reader labelled, and in an invented one; in one nobody labelled it counts one.
Invented posts have more themes than real ones (0111)."""
_PARTS = 3
_SHORTEST, _LONGEST = 15, 700
"""Characters of the unlabelled posts that teach."""
_MEAN, _SQUARE, _TINY, _DECAY = 0.9, 0.999, np.float32(1e-8), np.float32(0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """Texts, their features, and what is said of each."""

    texts: list[str]
    rows: csr_matrix
    labelled: int
    """Of so many, the first, the feeling was told by a reader or by whoever wrote them."""
    moods: np.ndarray
    """Texts x moods: the share of each times what it weighs."""
    themes: np.ndarray
    """Texts x themes: chances."""
    theme_weights: np.ndarray
    """Per text, what an error about its themes counts."""


def lessons(data: Path, cache: Path, *, left_out: Sequence[int] = ()) -> Lessons:
    """All there is to learn: labels where a text has some, else what its teachers say.

    The encoder teaches; of themes a regression on words too, each with the stems. `left_out`: places of the texts with
    themes a reader labelled, to measure on; no teacher knows them.
    """
    tweets, moods, languages = convert.sentiment(data, "train")
    everyday, work, (made_up, meant) = list(everyday_texts()), list(work_texts()), themes.invented()
    read, out = convert.themes(data), frozenset(left_out)
    known = [each for place, each in enumerate(read) if place not in out]
    felt = [*tweets, *(each.text for each in (*everyday, *work, *known))]
    labelled = [*felt, *made_up]
    taught = _unlabelled(data, labelled)
    texts = [*labelled, *taught]
    encoded, matrix = vectors(texts, cache), features([tokens(fold(text)) for text in texts])
    spoken = [
        *languages,
        *(each.language for each in (*everyday, *work, *known)),
        *map(likely_language, texts[len(felt) :]),
    ]
    told = np.array([*moods, *(each.sentiment for each in (*everyday, *work, *known))])[:, None] == np.array(
        MOODS
    )
    feeling = _moods(data, cache, encoded, np.array(spoken))
    feeling[: len(told)] = told
    answers = np.vstack([themes.table(each.themes for each in (*work, *known)), meant])
    first = len(tweets) + len(everyday)
    of_themes = slice(first, first + len(answers))
    is_read = np.repeat([False, True, False], [len(work), len(known), len(made_up)])
    seen = themes.teach(
        matrix,
        encoded,
        themes.said_of(texts),
        of_themes,
        answers,
        np.where(is_read, 1.0, _INVENTED_TO_TEACHERS),
    )
    seen[of_themes] = answers
    theme_weights = np.ones(len(texts))
    theme_weights[of_themes] = np.where(is_read, _READ, _INVENTED)
    return Lessons(
        texts=texts,
        rows=matrix,
        labelled=len(told),
        moods=feeling * (told.mean() / told.mean(axis=0)),
        themes=seen,
        theme_weights=theme_weights,
    )


def _moods(data: Path, cache: Path, encoded: np.ndarray, languages: np.ndarray) -> np.ndarray:
    """What the encoder's models of sentiment say, each of its language; of others what the English one says."""
    found = sentiment.told_to_encoder(data)
    shares = np.zeros((len(encoded), len(MOODS)))
    for language, own in (("fr", languages == "fr"), ("en", languages != "fr")):
        model = sentiment.thorough(found, language, cache)
        shares[own] = softmax(model.scores(encoded[own]))
    return shares


def _unlabelled(data: Path, labelled: Sequence[str]) -> list[str]:
    """Posts that teach: real ones, and turns of phrase about jobs; none that is labelled, none that measures."""
    measuring = [
        *convert.sentiment(data, "val")[0],
        *(
            each.text
            for each in (*convert.themes(data), *convert.read_texts(data, convert.READ_THEMES_APART))
        ),
    ]
    known = {text.strip() for text in [*labelled, *measuring]}
    said = [filled(turn, *COMPANIES[place % len(COMPANIES)]) for place, turn in enumerate(turns())]
    return [
        text
        for text in dict.fromkeys([*convert.unlabelled(data), *said])
        if text.strip() not in known and _SHORTEST < len(text) < _LONGEST and likely_language(text) in READ
    ]


def fit(found: Lessons, *, seed: int = _SEED) -> Network:
    """The network after some rounds over all texts, by Adam (Kingma and Ba 2015, arXiv 1412.6980)."""
    learner = _Learner(found, np.random.default_rng(seed))
    for _ in range(_ROUNDS):
        learner.round()
    return learner.network()


class _Learner:
    """The numbers that are learnt, and how far each has moved. Of the features only those in a batch move (as in
    lazy Adam): a text has some hundred of a hundred thousand."""

    def __init__(self, found: Lessons, chance: np.random.Generator) -> None:
        count = np.bincount(found.rows.indices, minlength=found.rows.shape[1])
        self.kept = np.flatnonzero(count >= _RAREST)
        self.width = found.rows.shape[1]
        self.rows = found.rows[:, self.kept].tocsr().astype(np.float32)
        self.moods, self.themes = found.moods.astype(np.float32), found.themes.astype(np.float32)
        self.theme_weights = found.theme_weights.astype(np.float32)
        self.chance = chance
        classes = self.moods.shape[1] + self.themes.shape[1]
        self.features = np.zeros((len(self.kept), _HIDDEN + classes), dtype=np.float32)
        self.features[:, :_HIDDEN] = chance.normal(0, 0.05, (len(self.kept), _HIDDEN))
        self.small = [
            np.zeros(_HIDDEN, dtype=np.float32),
            (chance.uniform(-1, 1, (_HIDDEN, classes)) / np.sqrt(_HIDDEN)).astype(np.float32),
            np.zeros(classes, dtype=np.float32),
        ]
        """Bias of the hidden sums, hidden sums x classes, bias of the classes."""
        self.moved = [(np.zeros_like(each), np.zeros_like(each)) for each in (self.features, *self.small)]
        self.steps = 0

    def round(self) -> None:
        """Every text once, in batches drawn at random."""
        order = self.chance.permutation(self.rows.shape[0])
        for start in range(0, len(order), _AT_ONCE):
            self._learn(order[start : start + _AT_ONCE])

    def _learn(self, places: np.ndarray) -> None:
        batch = self.rows[places]
        columns, inverse = np.unique(batch.indices, return_inverse=True)
        said = batch.data * self._kept(batch.data.shape, _DROPPED_FEATURES)
        batch = csr_matrix((said, inverse, batch.indptr), shape=(len(places), len(columns)))
        hidden_bias, hidden, bias = self.small
        sums = batch @ self.features[columns]
        before = sums[:, :_HIDDEN] + hidden_bias
        passed = (before > 0) * self._kept(before.shape, _DROPPED_HIDDEN)
        after = before * passed
        wrong = self._wrong(sums[:, _HIDDEN:] + after @ hidden + bias, places)
        back = np.hstack([(wrong @ hidden.T) * passed, wrong])
        self._move(columns, batch.T.tocsr() @ back, [back[:, :_HIDDEN].sum(0), after.T @ wrong, wrong.sum(0)])

    def _kept(self, shape: tuple[int, ...], dropped: float) -> np.ndarray:
        kept: np.ndarray = (self.chance.random(shape, dtype=np.float32) >= dropped) / np.float32(1 - dropped)
        return kept

    def _wrong(self, scores: np.ndarray, places: np.ndarray) -> np.ndarray:
        """How the loss of a batch falls with each score."""
        moods, count = self.moods[places], self.moods.shape[1]
        of_moods = softmax(scores[:, :count]) * moods.sum(axis=1, keepdims=True) - moods
        of_themes = (sigmoid(scores[:, count:]) - self.themes[places]) * self.theme_weights[places, None]
        wrong: np.ndarray = np.hstack([of_moods, _OF_THEMES * of_themes]) / np.float32(len(places))
        return wrong

    def _move(self, columns: np.ndarray, of_features: np.ndarray, of_small: list[np.ndarray]) -> None:
        all_steps = _ROUNDS * -(-self.rows.shape[0] // _AT_ONCE)
        pace = _STEP * np.float32(max(0.05, 1 - self.steps / all_steps))
        self.steps += 1
        step = pace * np.float32(np.sqrt(1 - _SQUARE**self.steps) / (1 - _MEAN**self.steps))
        mean, square = self.moved[0]
        mean[columns], square[columns] = _moments(mean[columns], square[columns], of_features)
        self.features[columns] -= step * mean[columns] / (np.sqrt(square[columns]) + _TINY)
        for values, (mean, square), slope in zip(self.small, self.moved[1:], of_small, strict=True):
            mean[:], square[:] = _moments(mean, square, slope)
            values -= step * mean / (np.sqrt(square) + _TINY) + _DECAY * pace * values

    def network(self) -> Network:
        """What was learnt, the features in whole steps."""
        features_ = np.zeros((self.width, self.features.shape[1]), dtype=np.int8)
        features_[self.kept], step = in_steps(self.features)
        hidden_bias, hidden, bias = self.small
        return Network(features=features_, step=step, hidden_bias=hidden_bias, hidden=hidden, bias=bias)


def _moments(mean: np.ndarray, square: np.ndarray, slope: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return (
        np.float32(_MEAN) * mean + np.float32(1 - _MEAN) * slope,
        np.float32(_SQUARE) * square + np.float32(1 - _SQUARE) * slope * slope,
    )


def left_out_scores(data: Path, cache: Path) -> np.ndarray:
    """All scores of the texts readers labelled, each by words that learnt nothing of it: texts x classes."""
    texts = [each.text for each in convert.themes(data)]
    part = np.random.default_rng(_SEED).permutation(len(texts)) % _PARTS
    scores = np.zeros((len(texts), 2 * len(MOODS) + len(theme_names())))
    for number in range(_PARTS):
        left = np.flatnonzero(part == number).tolist()
        model = WordModel(_fit_to(data, cache, left))
        scores[left] = model.scores([tokens(fold(texts[place])) for place in left])
    return scores


def train(data: Path, cache: Path) -> None:
    """Writes words.npz, and themes.json with it, whose weights are those of its scores."""
    save(_fit_to(data, cache))
    themes.train(data, columns_of(left_out_scores(data, cache), "themes"))


def _fit_to(data: Path, cache: Path, left_out: Sequence[int] = ()) -> Network:
    found = lessons(data, cache, left_out=left_out)
    tones = tone.answers(data, cache, found.texts, left_out=left_out)
    return tone.added_to(fit(found), found.rows, tones)
