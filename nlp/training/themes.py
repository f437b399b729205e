"""Train: themes; how often each theme's stems are right, and what the meaning of a text adds to them.

Both are learnt on the texts a reader labelled. A regression on words that learned the stems' labels on unlabelled posts
only gave the stems back and was left out.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
from sklearn.linear_model import LogisticRegression

from nlp.fold import fold
from nlp.linear import MODELS, Linear
from nlp.themes import pointed_at, theme_names
from nlp.training.convert import themes
from nlp.training.vectors import vectors

_STRENGTH, _OF_MEANING, _OF_STEMS, _ENOUGH = 0.1, 8.0, 3.0, 2


def read_and_said(data: Path) -> tuple[np.ndarray, np.ndarray]:
    """What a reader and what the stems say of the same texts: texts x themes."""
    rows = themes(data)
    read = np.array([[theme in row["themes"] for theme in theme_names()] for row in rows])
    found = [pointed_at(fold(row["text"])) for row in rows]
    said = np.array([[theme in themes_ for theme in theme_names()] for themes_ in found])
    return read, said


def train(data: Path, cache: Path) -> None:
    """Writes themes.json and themes_vectors.npz."""
    read, said = read_and_said(data)
    right, all_ = (read & said).sum(axis=0), said.sum(axis=0)
    shares = {
        theme: round(float(r + 1) / float(n + 2), 2)
        for theme, r, n in zip(theme_names(), right, all_, strict=True)
    }
    (MODELS / "themes.json").write_bytes(orjson.dumps(shares, option=orjson.OPT_INDENT_2))
    fit(vectors([row["text"] for row in themes(data)], cache), said, read).save("themes_vectors")


def fit(encoded: np.ndarray, said: np.ndarray, read: np.ndarray) -> Linear:
    """One regression per theme, on the meaning of a text and on whether a stem of that theme is in it."""
    mean, columns, bias = encoded.mean(axis=0), [], []
    for theme in range(read.shape[1]):
        rows = np.column_stack([(encoded - mean) * _OF_MEANING, said[:, theme] * _OF_STEMS])
        if read[:, theme].sum() < _ENOUGH:
            # Too few to learn from: the stems alone decide.
            columns.append(np.array([0.0] * encoded.shape[1] + [4.0]))
            bias.append(-2.0)
            continue
        model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=1000)
        model.fit(rows, read[:, theme])
        scale = np.array([_OF_MEANING] * encoded.shape[1] + [_OF_STEMS])
        columns.append(model.coef_[0] * scale)
        bias.append(float(model.intercept_[0]))
    return Linear(
        classes=theme_names(),
        weights=np.array(columns).T,
        bias=np.array(bias),
        mean=np.append(mean, 0.0),
    )
