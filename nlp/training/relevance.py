"""Train: company or common word, from invented sentences and from how real posts use names and words."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression

from nlp.company import CompanyNames
from nlp.fold import fold
from nlp.linear import Linear
from nlp.relevance_features import KEY_WEIGHT, KEYS, context_keys, mention_features, text_features
from nlp.training.invent_relevance import Sentence, sentences
from nlp.training.natural_mentions import usages

_SEED, _COUNT = 20261104, 6000
_STRENGTH, _OF_COMPANIES = 0.3, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Mentions as rows of features, whether each is the company, and what tests keep apart (`group`)."""

    rows: csr_matrix
    labels: np.ndarray
    groups: np.ndarray
    languages: np.ndarray


def invented(sentences_: list[Sentence]) -> Examples:
    """Invented sentences; groups are turns of phrase."""
    counted, keys, labels, turns = [], [], [], []
    for sentence in sentences_:
        names = CompanyNames(company_id="x", names=(sentence.name,))
        folded = fold(sentence.text)
        mentions = names.mentions(sentence.text, folded)
        counted += text_features(sentence.text, folded, mentions, others=sentence.others)
        keys += [context_keys(sentence.text, folded, mention) for mention in mentions]
        labels += [sentence.is_company] * len(mentions)
        turns += [str(sentence.turn)] * len(mentions)
    return Examples(
        rows=_matrix(counted, keys),
        labels=np.array(labels),
        groups=np.array(turns),
        languages=np.array(["fr+en"] * len(labels)),
    )


def natural(data: Path) -> Examples:
    """Mentions in real posts; groups are names."""
    found = list(usages(data))
    return Examples(
        rows=_matrix(
            [mention_features(u.text, u.folded, u.mention, mentions=1, others=0) for u in found],
            [context_keys(u.text, u.folded, u.mention) for u in found],
        ),
        labels=np.array([u.is_company for u in found]),
        groups=np.array([u.name for u in found]),
        languages=np.array([u.language for u in found]),
    )


def _matrix(counted: list[list[float]], keys: list[list[int]]) -> csr_matrix:
    ends = np.cumsum([0, *map(len, keys)])
    hashed = csr_matrix((np.full(ends[-1], KEY_WEIGHT), np.concatenate(keys), ends), shape=(len(keys), KEYS))
    hashed.sum_duplicates()
    return hstack([csr_matrix(np.array(counted)), hashed]).tocsr()


def fit(made_up: Examples, seen: Examples | None) -> Linear:
    """A logistic regression that scores `company` against the word.

    Companies are rarer than words in real posts and count more, so that both sides weigh about the same.
    """
    rows, labels, weight = made_up.rows, made_up.labels, np.ones(len(made_up.labels))
    if seen is not None:
        rows, labels = vstack([rows, seen.rows]), np.concatenate([labels, seen.labels])
        weight = np.concatenate([weight, np.where(seen.labels, _OF_COMPANIES, 1.0)])
    model = LogisticRegression(C=_STRENGTH, max_iter=3000)
    model.fit(rows, labels, sample_weight=weight)
    return Linear(classes=("company",), weights=model.coef_.T, bias=model.intercept_)


def part(examples: Examples, chosen: np.ndarray) -> Examples:
    """Some of the examples."""
    return Examples(
        rows=examples.rows[chosen],
        labels=examples.labels[chosen],
        groups=examples.groups[chosen],
        languages=examples.languages[chosen],
    )


def train(data: Path) -> None:
    """Fits the model and writes relevance.npz."""
    made_up = invented(list(sentences(random.Random(_SEED), _COUNT)))
    fit(made_up, natural(data)).save("relevance")
