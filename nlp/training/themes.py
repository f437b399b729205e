"""Train: themes; how often each theme's stems are right, and what an encoder would add to them.

Learnt on the texts a reader labelled. A regression on words that learned the stems' labels on unlabelled posts only
gave the stems back and was left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import orjson
from sklearn.linear_model import LogisticRegression

from nlp.fold import fold
from nlp.linear import MODELS, Linear
from nlp.themes import pointed_at, theme_names
from nlp.training.convert import themes
from nlp.training.invent_work import themes_of, work_texts
from nlp.word_model import features, tokens

_INVENTED = Path(__file__).parent / "theme_texts.txt"
_STRENGTH_OF_WORDS = 16.0
_STRENGTH, _OF_MEANING, _OF_STEMS, _ENOUGH = 0.1, 8.0, 3.0, 2


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


def learn(texts: Sequence[str], read: np.ndarray) -> Linear:
    """A regression on words for each theme, where no stem stands (0098)."""
    rows = features([tokens(fold(text)) for text in texts])
    models = [
        LogisticRegression(C=_STRENGTH_OF_WORDS, max_iter=2000, solver="liblinear").fit(rows, read[:, theme])
        for theme in range(read.shape[1])
    ]
    return Linear(
        classes=theme_names(),
        weights=np.column_stack([model.coef_[0] for model in models]),
        bias=np.array([float(model.intercept_[0]) for model in models]),
    )


def train(data: Path) -> None:
    """Writes themes.json: of the texts a stem of a theme points to, how many are of it; and themes.npz, by words."""
    read, said = read_and_said(data)
    (made_up, meant), (posts, told) = invented(), work()
    read_too, said_too = np.vstack([read, told]), np.vstack([said, said_of(posts)])
    right, all_ = (read_too & said_too).sum(axis=0), said_too.sum(axis=0)
    shares = {
        theme: round(float(r + 1) / float(n + 2), 2)
        for theme, r, n in zip(theme_names(), right, all_, strict=True)
    }
    (MODELS / "themes.json").write_bytes(orjson.dumps(shares, option=orjson.OPT_INDENT_2))
    texts = [row["text"] for row in themes(data)]
    learn([*texts, *made_up, *posts], np.vstack([read, meant, told])).save("themes")


def fit(encoded: np.ndarray, said: np.ndarray, read: np.ndarray) -> Linear:
    """What the encoder would add, to measure it: one regression per theme on the meaning of a text and its own stems.

    The last row of the weights is what a theme's own stem counts.
    """
    mean, columns, bias = encoded.mean(axis=0), [], []
    scale = np.array([_OF_MEANING] * encoded.shape[1] + [_OF_STEMS])
    for theme in range(read.shape[1]):
        if read[:, theme].sum() < _ENOUGH:
            # Too few to learn from: the stems alone decide.
            columns.append(np.array([0.0] * encoded.shape[1] + [4.0]))
            bias.append(-2.0)
            continue
        rows = np.column_stack([encoded - mean, said[:, theme]]) * scale
        model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=1000)
        model.fit(rows, read[:, theme])
        columns.append(model.coef_[0] * scale)
        bias.append(float(model.intercept_[0]))
    weights = np.array(columns).T
    return Linear(classes=theme_names(), weights=weights, bias=np.array(bias), mean=np.append(mean, 0.0))


def scores(encoded: np.ndarray, said: np.ndarray, model: Linear) -> np.ndarray:
    """Log-odds of each theme by `fit`."""
    meaning = model.scores(np.column_stack([encoded, np.zeros(len(encoded))]))
    weighed: np.ndarray = meaning + said * model.weights[-1]
    return weighed
