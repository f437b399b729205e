"""Train: company or common word, from invented sentences, with the turns of phrase split for calibration."""

from __future__ import annotations

import random

import numpy as np
from sklearn.linear_model import LogisticRegression

from nlp.company import CompanyNames
from nlp.fold import fold
from nlp.linear import Linear
from nlp.relevance_features import text_features
from nlp.training.invent_relevance import Sentence, sentences

_SEED, _COUNT = 20261104, 6000


def features(invented: list[Sentence]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of features, labels, and the turn of phrase of each."""
    rows, labels, turns = [], [], []
    for sentence in invented:
        names = CompanyNames(company_id="x", names=(sentence.name,))
        folded = fold(sentence.text)
        for row in text_features(
            sentence.text, folded, names.mentions(sentence.text, folded), others=sentence.others
        ):
            rows.append(row)
            labels.append(sentence.is_company)
            turns.append(sentence.turn)
    return np.array(rows), np.array(labels), np.array(turns)


def fit(rows: np.ndarray, labels: np.ndarray) -> Linear:
    """A logistic regression that scores `company` against the word."""
    model = LogisticRegression(C=0.3, max_iter=3000)
    model.fit(rows, labels)
    return Linear(classes=("company",), weights=model.coef_.T, bias=model.intercept_)


def train() -> None:
    """Fits the model and writes relevance.npz."""
    invented = list(sentences(random.Random(_SEED), _COUNT))
    rows, labels, _ = features(invented)
    fit(rows, labels).save("relevance")
