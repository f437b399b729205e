"""Train: accounts; what all words of a profile and its posts say together of a job (nlp/account_reader.py)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from nlp.account_reader import BUCKETS, READ_AS, account_features, weight_of
from nlp.company import CompanyNames
from nlp.linear import Linear, softmax
from nlp.training.invent_ties import (
    ACCOUNTS,
    COMPANIES,
    TURNS,
    filled,
    is_telling,
    plain_turns,
    turns,
    unmarked,
    whole_accounts,
)
from nlp.training.real_ties import customers, labelled, mentions_read

_STRENGTH, _SEED, _FOLDS = 10.0, 20261128, 4
_OF_ONE_TEXT, _OF_A_TURN, _OF_A_PLAIN_TURN = 0.7, 0.5, 0.16
"""What a text that tells by itself counts beside a whole account, and a turn of phrase that stands alone."""
_OF_A_MENTION, _OF_A_CUSTOMER = 0.5, 0.6
_CLASS = {"employee": 0, "former_employee": 1, "organisation": 3}
_ALONE = tuple(path for path in TURNS if path not in ACCOUNTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Accounts: features, tie, what each counts, its writer (empty: none of the writers of accounts), whether whole."""

    rows: csr_matrix
    ties: np.ndarray
    weights: np.ndarray
    writers: np.ndarray
    is_whole: np.ndarray
    languages: np.ndarray


_Example = tuple[list[int] | None, str, float, str, bool, str]


def examples(data: Path | None) -> Read:
    """Whole accounts, their telling texts alone, turns of phrase, customers and mentions in real profiles."""
    found = [row for row in (*_accounts(), *_turns(), *_real(data)) if row[0] is not None]
    return Read(
        rows=matrix([row[0] for row in found if row[0] is not None]),
        ties=np.array([_CLASS.get(row[1], 2) for row in found]),
        weights=np.array([row[2] for row in found]),
        writers=np.array([row[3] for row in found]),
        is_whole=np.array([row[4] for row in found]),
        languages=np.array([row[5] for row in found]),
    )


def _accounts() -> Iterator[_Example]:
    for path in ACCOUNTS:
        for profile in whole_accounts(path):
            names, truth = _names(profile.company), profile.truth
            told = path.stem, True, profile.language
            bio, *posts = map(unmarked, (profile.bio, *profile.posts))
            yield account_features(bio, posts, names), truth, 1.0, *told
            told = path.stem, False, profile.language
            for place, text in enumerate((profile.bio, *profile.posts)):
                if is_telling(text, truth):
                    yield _alone(unmarked(text), names, is_post=place > 0), truth, _OF_ONE_TEXT, *told


def _turns() -> Iterator[_Example]:
    (company, other), chance = COMPANIES[0], random.Random(_SEED)
    names = _names(company)
    for turn in turns(_ALONE):
        features = _alone(filled(turn, company, other), names, is_post=turn.is_post)
        yield features, turn.truth, _OF_A_TURN * turn.weight, "", False, turn.language
    for _, turn in plain_turns(chance):
        company, other = chance.choice(COMPANIES)
        features = _alone(filled(turn, company, other), _names(company), is_post=turn.is_post)
        yield features, turn.truth, _OF_A_PLAIN_TURN, "", False, turn.language


def _real(data: Path | None) -> Iterator[_Example]:
    if data is None:
        return
    for text in labelled(data):
        features = _alone(text.text, _names(text.company), is_post=text.is_post)
        yield features, text.tie, 1.0, "", False, text.language
    for mention in mentions_read(data):
        names = _names(mention.bio[mention.start : mention.end])
        yield (
            account_features(mention.bio, (), names),
            mention.tie,
            _OF_A_MENTION,
            "",
            False,
            mention.language,
        )
    for post in customers(data):
        features = _alone(post.text, _names(post.company), is_post=True)
        yield features, "other", _OF_A_CUSTOMER, "", False, post.language


def _names(company: str) -> CompanyNames:
    return CompanyNames(company_id="any", names=(company,))


def _alone(text: str, names: CompanyNames, *, is_post: bool) -> list[int] | None:
    return account_features("" if is_post else text, (text,) if is_post else (), names)


def matrix(rows: Sequence[Sequence[int]]) -> csr_matrix:
    """Rows of features, each of the same length, however many there are."""
    ends = np.cumsum([0, *map(len, rows)])
    values = np.concatenate([np.full(len(row), weight_of(row)) for row in rows])
    return csr_matrix((values, np.concatenate(rows), ends), shape=(len(rows), BUCKETS))


def fit(found: Read, chosen: np.ndarray) -> Linear:
    """A regression over the chosen examples."""
    model = LogisticRegression(C=_STRENGTH, max_iter=1000)
    model.fit(found.rows[chosen], found.ties[chosen], sample_weight=found.weights[chosen])
    return Linear(classes=READ_AS, weights=model.coef_.T, bias=model.intercept_)


def cross_validated(found: Read) -> np.ndarray:
    """The chances of whole accounts, each by a model that has seen nothing by its writer; zeros for the rest."""
    chances = np.zeros((len(found.ties), len(READ_AS)))
    writers = sorted(set(found.writers) - {""})
    for first in range(_FOLDS):
        left = np.isin(found.writers, writers[first::_FOLDS])
        model = fit(found, np.flatnonzero(~left))
        own = left & found.is_whole
        chances[own] = softmax(model.scores(found.rows[own]))
    return chances


def train(data: Path) -> None:
    """Writes accounts.npz."""
    found = examples(data)
    fit(found, np.arange(len(found.ties))).save("accounts")
