"""Train: themes; how often each theme's stems are right, and the teachers of words (words.py).

Learnt on the texts a reader labelled and on invented ones. A regression on words that learned the stems' labels on
unlabelled posts only gave the stems back and was left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import orjson
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from nlp.fold import fold
from nlp.linear import MODELS, Linear
from nlp.themes import pointed_at, theme_names
from nlp.training.convert import themes
from nlp.training.invent_work import themes_of, work_texts

_INVENTED = Path(__file__).parent / "theme_texts.txt"
_STRENGTH_OF_WORDS, _STRENGTH_OF_VECTORS = 16.0, 5.0


def read_and_said(data: Path) -> tuple[np.ndarray, np.ndarray]:
    """What a reader and what the stems say of the same texts: texts x themes."""
    rows = themes(data)
    read = np.array([[theme in row["themes"] for theme in theme_names()] for row in rows])
    return read, said_of([row["text"] for row in rows])


def said_of(texts: Sequence[str]) -> np.ndarray:
    """What the stems say of texts: texts x themes."""
    found = [pointed_at(fold(text)) for text in texts]
    return np.array([[theme in themes_ for theme in theme_names()] for themes_ in found])


def invented() -> tuple[list[str], np.ndarray]:
    """The texts of theme_texts.txt and their themes: texts x themes."""
    rows = [line for line in _INVENTED.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    initials, texts = zip(*(row.split("\t") for row in rows), strict=True)
    return list(texts), _table(map(themes_of, initials))


def work() -> tuple[list[str], np.ndarray]:
    """The posts about work and their themes: texts x themes."""
    told = list(work_texts())
    return [each.text for each in told], _table(each.themes for each in told)


def _table(found: Iterable[frozenset[str]]) -> np.ndarray:
    return np.array([[theme in each for theme in theme_names()] for each in found])


def learn(rows: csr_matrix, read: np.ndarray) -> Linear:
    """A regression on words for each theme: with the encoder it teaches words (words.py)."""
    return _fit(rows, read, _STRENGTH_OF_WORDS)


def learn_vectors(encoded: np.ndarray, read: np.ndarray) -> Linear:
    """The same on the encoder's vectors (0100)."""
    mean = encoded.mean(axis=0)
    return _fit(encoded - mean, read, _STRENGTH_OF_VECTORS, mean=mean)


def _fit(rows: object, read: np.ndarray, strength: float, *, mean: np.ndarray | None = None) -> Linear:
    models = [
        LogisticRegression(C=strength, max_iter=2000, solver="liblinear").fit(rows, read[:, theme])
        for theme in range(read.shape[1])
    ]
    return Linear(
        classes=theme_names(),
        weights=np.column_stack([model.coef_[0] for model in models]),
        bias=np.array([float(model.intercept_[0]) for model in models]),
        mean=mean,
    )


def train(data: Path) -> None:
    """Writes themes.json: of the texts a stem of a theme points to, how many are of it."""
    read, said = read_and_said(data)
    posts, told = work()
    read_too, said_too = np.vstack([read, told]), np.vstack([said, said_of(posts)])
    right, all_ = (read_too & said_too).sum(axis=0), said_too.sum(axis=0)
    shares = {
        theme: round(float(r + 1) / float(n + 2), 2)
        for theme, r, n in zip(theme_names(), right, all_, strict=True)
    }
    (MODELS / "themes.json").write_bytes(orjson.dumps(shares, option=orjson.OPT_INDENT_2))
