"""Train: themes; what stems and words weigh in each, and the teachers of words (words.py).

Learnt on the texts readers labelled, and a little on invented ones (docs/decisions/0111).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import orjson
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from nlp.fold import fold
from nlp.linear import MODELS
from nlp.themes import Weights, stems_in, theme_names
from nlp.training.convert import themes
from nlp.training.invent_work import themes_of, work_texts

_INVENTED = Path(__file__).parent / "theme_texts.txt"
_STRENGTH_OF_WORDS, _STRENGTH_OF_VECTORS, _STRENGTH_OF_WEIGHTS = 16.0, 5.0, 3.0
_OF_STEMS_TO_WORDS, _OF_STEMS_TO_VECTORS = 2.0, 3.0
_APART = 0.5
"""How readily a theme weighs otherwise than all."""


def read_and_said(data: Path) -> tuple[np.ndarray, np.ndarray]:
    """What a reader and what the stems say of the same texts: texts x themes."""
    rows = themes(data)
    return table(row.themes for row in rows), said_of([row.text for row in rows])


def said_of(texts: Sequence[str]) -> np.ndarray:
    """What the stems say of texts: texts x themes."""
    return stems_in(map(fold, texts))


def invented() -> tuple[list[str], np.ndarray]:
    """The texts of theme_texts.txt and their themes: texts x themes."""
    rows = [line for line in _INVENTED.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    initials, texts = zip(*(row.split("\t") for row in rows), strict=True)
    return list(texts), table(map(themes_of, initials))


def work() -> tuple[list[str], np.ndarray]:
    """The posts about work and their themes: texts x themes."""
    told = list(work_texts())
    return [each.text for each in told], table(each.themes for each in told)


def table(found: Iterable[frozenset[str]]) -> np.ndarray:
    """Themes as texts x themes."""
    return np.array([[theme in each for theme in theme_names()] for each in found])


def teach(rows: csr_matrix, encoded: np.ndarray, said: np.ndarray, told: slice, read: np.ndarray,
          weights: np.ndarray) -> np.ndarray:  # fmt: skip
    """What teaches words: the mean of a regression on words and one on the encoder's vectors, stems beside either.

    `read` are the themes of the texts at `told`, each of which weighs as `weights` has it. Returns texts x themes.
    """
    vectors = np.hstack([encoded - encoded[told].mean(axis=0), _OF_STEMS_TO_VECTORS * said])
    words = hstack([rows, csr_matrix(_OF_STEMS_TO_WORDS * said)]).tocsr()
    found = np.zeros(said.shape)
    for given, strength in ((vectors, _STRENGTH_OF_VECTORS), (words, _STRENGTH_OF_WORDS)):
        for theme in range(said.shape[1]):
            model = LogisticRegression(C=strength, max_iter=2000, solver="liblinear")
            model.fit(given[told], read[:, theme], sample_weight=weights)
            found[:, theme] += model.predict_proba(given)[:, 1] / 2
    return found


def weigh(scores: np.ndarray, said: np.ndarray, read: np.ndarray) -> Weights:
    """What the score of words and a stem weigh in each theme: one regression over all themes, in which each may
    differ a little from the others. `scores` by words that learnt nothing of these texts; all are texts x themes."""
    count = read.shape[1]
    rows = np.vstack([_row(scores[:, theme], said[:, theme], theme, count) for theme in range(count)])
    model = LogisticRegression(C=_STRENGTH_OF_WEIGHTS, max_iter=2000).fit(rows, read.T.ravel())
    of_score, of_stem, *own = model.coef_[0]
    biases, stems = np.array(own[:count]), np.array(own[count:])
    return Weights(
        score=float(of_score),
        stem=dict(zip(theme_names(), (of_stem + _APART * stems).tolist(), strict=True)),
        bias=dict(zip(theme_names(), (model.intercept_[0] + _APART * biases).tolist(), strict=True)),
    )


def _row(scores: np.ndarray, said: np.ndarray, theme: int, count: int) -> np.ndarray:
    own = np.zeros((len(scores), count))
    own[:, theme] = _APART
    return np.column_stack([scores, said, own, own * said[:, None]])


def train(data: Path, scores: np.ndarray) -> None:
    """Writes themes.json: what words, whose `scores` of the read texts are left out, and stems weigh."""
    read, said = read_and_said(data)
    (MODELS / "themes.json").write_bytes(orjson.dumps(weigh(scores, said, read), option=orjson.OPT_INDENT_2))
