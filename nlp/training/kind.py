"""Train: person or organisation; a model of counts, one on vectors, one that adds how posts are written."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, train_test_split

from girafe.records import Account
from nlp.linear import Linear
from nlp.post_style import style
from nlp.profile_features import line, matrix
from nlp.training.convert import english_profiles, english_profiles_with_posts, french_people, lines
from nlp.training.invent_profiles import organisations, people
from nlp.training.vectors import vectors

_SEED = 20261101
_ORGANISATIONS, _PEOPLE, _PARLIAMENT = 900, 500, 450
STRENGTH, STRENGTH_OF_VECTORS, STRENGTH_OF_STYLE = 0.5, 5.0, 0.3
_FOLDS = 5
_LEFT, _SEED_OF_PARTS = 900, 20261115


def examples(data: Path) -> tuple[list[Account], np.ndarray]:
    """English people and organisations, French people, and invented French organisations and people."""
    chance = random.Random(_SEED)
    accounts, labels = english_profiles(data)
    french = french_people(data)
    french = chance.sample(french, min(len(french), _PARLIAMENT))
    invented = [*organisations(chance, _ORGANISATIONS), *people(chance, _PEOPLE)]
    is_organisation = [False] * len(french) + [True] * _ORGANISATIONS + [False] * _PEOPLE
    return [*accounts, *french, *invented], np.concatenate([labels, np.array(is_organisation)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """Accounts to learn from, whether each is an organisation, and by language those that measure: neither is the
    encoder tuned on them (0100) nor a model that is measured."""

    trained: list[Account]
    labels: np.ndarray
    tests: Mapping[str, tuple[list[Account], np.ndarray]]


def parted(data: Path | None) -> Parted:
    """English: a part drawn at random. French: other families of invented organisations, and other people."""
    chance = random.Random(_SEED_OF_PARTS)
    trained = [*organisations(chance, 900, kinds=range(0, 14, 2)), *people(chance, 500)]
    labels = np.array([True] * 900 + [False] * 500)
    invented = list(organisations(chance, 150, kinds=range(1, 14, 2)))
    if data is None:
        accounts = [*invented, *people(chance, 200)]
        return Parted(
            trained=trained, labels=labels, tests={"fr": (accounts, np.arange(len(accounts)) < len(invented))}
        )
    french = chance.sample(french_people(data), 650)
    english, is_organisation = english_profiles(data)
    kept, left = train_test_split(
        range(len(english)), test_size=_LEFT, random_state=_SEED_OF_PARTS, stratify=is_organisation
    )
    # CrowdFlower has some profiles twice: who has a twin among those learnt from measures nothing.
    known = {_shown_of(english[place]) for place in kept}
    left = [place for place in left if _shown_of(english[place]) not in known]
    humanizr = {str(row["id"]) for row in lines(data / "humanizr_train.jsonl")}
    own = [place for place in left if english[place].account_id in humanizr]
    accounts = [*invented, *french[400:]]
    tests = {"fr": (accounts, np.arange(len(accounts)) < len(invented))}
    for name, places in (("en", left), ("en  (Humanizr alone)", own)):
        tests[name] = ([english[place] for place in places], is_organisation[places])
    return Parted(
        trained=[*(english[place] for place in kept), *trained, *french[:400]],
        labels=np.concatenate([is_organisation[kept], labels, np.zeros(400, dtype=bool)]),
        tests=tests,
    )


def _shown_of(account: Account) -> tuple[str | None, str, str]:
    return account.handle, account.display_name, account.bio


def train(data: Path, cache: Path) -> None:
    """Fits the models and writes kind.npz, kind_vectors.npz and kind_posts.npz."""
    accounts, labels = examples(data)
    fit_fast(accounts, labels).save("kind")
    encoded = vectors([line(account) for account in accounts], cache)
    fit(encoded, labels, STRENGTH_OF_VECTORS, centred=True).save("kind_vectors")
    fit_style(data, cache).save("kind_posts")


def fit_fast(accounts: list[Account], labels: np.ndarray) -> Linear:
    """The model of counts, each profile seen with its link and without.

    Humanizr tells links and others do not: a model that met organisations with links only took every
    organisation without one for a person (macro-F1 0.928 with links fell to 0.883 without; now 0.921).
    """
    bare = [replace(account, url=None, links=()) for account in accounts]
    return fit(matrix([*accounts, *bare]), np.concatenate([labels, labels]), STRENGTH)


def fit_style(data: Path, cache: Path) -> Linear:
    """How much the way of writing adds to what the profile says, learnt on accounts that come with a post.

    The profile's score is that of models which have not seen the account, as at work.
    """
    accounts, labels, posts = english_profiles_with_posts(data)
    encoded = vectors([line(account) for account in accounts], cache)
    fast, both = np.zeros(len(labels)), np.zeros(len(labels))
    others, their_labels = english_profiles(data)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED).split(encoded, labels)
    for kept, left in folds:
        unseen = {accounts[place].account_id for place in left}
        known = [place for place, account in enumerate(others) if account.account_id not in unseen]
        fast[left] = fit_fast([others[place] for place in known], their_labels[known]).scores(
            matrix([accounts[place] for place in left])
        )[:, 0]
        slow = fit(encoded[kept], labels[kept], STRENGTH_OF_VECTORS, centred=True).scores(encoded[left])[:, 0]
        both[left] = (fast[left] + slow) / 2
    styles = np.array([style(each) for each in posts])
    rows = np.concatenate([np.column_stack([base, styles]) for base in (fast, both)])
    return fit(rows, np.concatenate([labels, labels]), STRENGTH_OF_STYLE)


def fit(features: object, labels: np.ndarray, strength: float, *, centred: bool = False) -> Linear:
    """A logistic regression that scores `organisation` against `person`."""
    mean = np.asarray(features).mean(axis=0) if centred else None
    model = LogisticRegression(C=strength, max_iter=2000)
    model.fit(features if mean is None else features - mean, labels)
    return Linear(classes=("organisation",), weights=model.coef_.T, bias=model.intercept_, mean=mean)
