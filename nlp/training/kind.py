"""Train: person or organisation, from profiles alone; one model of counts, one on the encoder's vectors."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from girafe.records import Account
from nlp.linear import Linear
from nlp.profile_features import line, matrix
from nlp.training.convert import english_profiles, french_people
from nlp.training.invent_profiles import organisations, people
from nlp.training.vectors import vectors

_SEED = 20261101
_ORGANISATIONS, _PEOPLE, _PARLIAMENT = 450, 250, 450
STRENGTH, STRENGTH_OF_VECTORS = 1.0, 30.0


def examples(data: Path) -> tuple[list[Account], np.ndarray]:
    """English people and organisations, French people, and invented French organisations and people."""
    chance = random.Random(_SEED)
    accounts, labels = english_profiles(data)
    french = french_people(data)
    french = chance.sample(french, min(len(french), _PARLIAMENT))
    invented = [*organisations(chance, _ORGANISATIONS), *people(chance, _PEOPLE)]
    is_organisation = [False] * len(french) + [True] * _ORGANISATIONS + [False] * _PEOPLE
    return [*accounts, *french, *invented], np.concatenate([labels, np.array(is_organisation)])


def train(data: Path, cache: Path) -> None:
    """Fits both models and writes kind.npz and kind_vectors.npz."""
    accounts, labels = examples(data)
    fit(matrix(accounts), labels, STRENGTH).save("kind")
    encoded = vectors([line(account) for account in accounts], cache)
    fit(encoded, labels, STRENGTH_OF_VECTORS, centred=True).save("kind_vectors")


def fit(features: object, labels: np.ndarray, strength: float, *, centred: bool = False) -> Linear:
    """A logistic regression that scores `organisation` against `person`."""
    mean = np.asarray(features).mean(axis=0) if centred else None
    model = LogisticRegression(C=strength, max_iter=2000)
    model.fit(features if mean is None else features - mean, labels)
    return Linear(classes=("organisation",), weights=model.coef_.T, bias=model.intercept_, mean=mean)
