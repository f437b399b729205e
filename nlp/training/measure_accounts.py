"""Measure accounts: person or organisation, and employees of a named company."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from girafe.records import JUDGED_VOICES, Voice
from nlp import encoder
from nlp.calibration import THRESHOLDS
from nlp.kind import UNSURE
from nlp.linear import sigmoid
from nlp.profile_features import line, matrix
from nlp.speakers import speakers_lines
from nlp.training import accounts as account_training
from nlp.training import kind as training
from nlp.training.convert import lines
from nlp.training.invent_bios import TiedProfile, tied_profiles
from nlp.training.invent_ties import (
    ACCOUNTS_APART,
    FOURTH_APART,
    FRESH,
    KEPT_APART,
    ORDINARY_APART,
    THIRD_APART,
    turned_profiles,
    whole_accounts,
)
from nlp.training.scores import calibration_error, f1, macro_f1, precision, recall
from nlp.training.vectors import CACHE, vectors

_SEED = 20261115
_TIES = ("employee", "former_employee", "other")


def kind(data: Path | None, *, quick: bool = False) -> Iterator[tuple[str, ...]]:
    """English: a part kept out of training. French: other families of invented organisations, real people."""
    yield from _kind_rows(training.parted(data), quick=quick)


def _kind_rows(parted: training.Parted, *, quick: bool) -> Iterator[tuple[str, ...]]:
    trained, labels = parted.trained, parted.labels
    fast = training.fit_fast(trained, labels)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    baseline = LogisticRegression(max_iter=1000).fit(words.fit_transform(map(line, trained)), labels)
    thorough = None
    if encoder.available() and not quick:
        encoded = vectors(list(map(line, trained)), CACHE)
        thorough = training.fit(encoded, labels, training.STRENGTH_OF_VECTORS, centred=True)
    for asked, (accounts, truth) in parted.tests.items():
        language, _, source = asked.partition(" ")
        name = f"person / organisation, macro-F1{source}"
        scores = fast.scores(matrix(accounts))[:, 0]
        yield name, language, "majority", str(macro_f1(truth, np.zeros_like(truth))), ""
        told = baseline.predict(words.transform(map(line, accounts))).astype(bool)
        yield name, language, "TF-IDF + regression", str(macro_f1(truth, told)), ""
        yield name, language, "girafe, fast", str(macro_f1(truth, scores > 0)), _ece(truth, scores)
        if thorough is not None:
            second = thorough.scores(vectors(list(map(line, accounts)), CACHE))[:, 0]
            both = np.where(np.abs(scores) < UNSURE, (scores + second) / 2, scores)
            share = f"encoder asked for {np.mean(np.abs(scores) < UNSURE):.0%}"
            yield (
                name,
                language,
                "girafe, cascade",
                str(macro_f1(truth, both > 0)),
                f"{_ece(truth, both)}; {share}",
            )


def _ece(truth: np.ndarray, scores: np.ndarray) -> str:
    chance = sigmoid(scores)
    said = chance > 0.5
    return f"ECE {calibration_error(truth == said, np.maximum(chance, 1 - chance)):.3f}"


def employment(data: Path | None, *, quick: bool = False) -> Iterator[tuple[str, ...]]:
    """Employees of a named company, in texts a reader labelled and in invented ones.

    Accounts of a writer left out of training are read whole; the rest goes the whole way.
    """
    systems = ["girafe, fast"] if quick or not encoder.available() else ["girafe, fast", "girafe, cascade"]
    yield from _left_out_writers(data)
    sets = {
        "invented, plain": _asked(tied_profiles(random.Random(_SEED), 1200)),
        "invented, fresh": _asked(turned_profiles(FRESH)),
        "invented, kept apart": _asked(whole_accounts(KEPT_APART)),
        "invented, ordinary, kept apart": _asked(whole_accounts(ORDINARY_APART)),
        "invented, another writer's, kept apart": _asked(whole_accounts(ACCOUNTS_APART)),
        "invented, a third writer's, kept apart": _asked(whole_accounts(THIRD_APART)),
        "invented, a fourth writer's, kept apart": _asked(whole_accounts(FOURTH_APART)),
    }
    if data is not None:
        sets["read"] = _read(data)
    for name, (items, truth, languages) in sets.items():
        # The plain ones are known by heart: the encoder has nothing to add there.
        for system in systems[:1] if name == "invented, plain" else systems:
            fast = system == "girafe, fast"
            told = [orjson.loads(each) for each in speakers_lines(map(_dumped, items), None, fast=fast)]
            voices = np.array([each["voice"] for each in told])
            probability = np.array([_of_the_answer(each) for each in told])
            right = _agree(np.array(truth), voices)
            yield from _rows_of_a_set(name, system, np.array(truth), np.array(languages), voices)
            yield _error_row(name, system, right, probability, voices)


def _rows_of_a_set(
    name: str, system: str, truth: np.ndarray, languages: np.ndarray, voices: np.ndarray
) -> Iterator[tuple[str, ...]]:
    for language in ("fr", "en"):
        own = languages == language
        yield from _voice_rows(name, language, system, truth[own], voices[own])


def _error_row(
    name: str, system: str, right: np.ndarray, probability: np.ndarray, voices: np.ndarray
) -> tuple[str, ...]:
    known = voices != "unknown"
    error = calibration_error(right[known], probability[known])
    return (
        f"voice, calibration error ({name})",
        "fr+en",
        system,
        f"{error:.3f}",
        f"coverage {known.mean():.1%}",
    )


def _left_out_writers(data: Path | None) -> Iterator[tuple[str, ...]]:
    """Whole accounts that name the company, read by a model that has seen nothing by their writer."""
    found, name, system = account_training.examples(data), "invented, whole, writer left out", "girafe, fast"
    own = found.is_whole
    chances = account_training.cross_validated(found)[own]
    classes = np.array([*_TIES, "organisation"])
    truth, voices = classes[found.ties[own]], classes[chances.argmax(axis=1)]
    doubted = (voices == "employee") & (chances[:, 0] < THRESHOLDS[JUDGED_VOICES.index(Voice.EMPLOYEE)])
    voices = np.where(doubted, "unknown", voices)
    yield from _rows_of_a_set(name, system, truth, found.languages[own], voices)
    yield _error_row(name, system, truth == voices, chances.max(axis=1), voices)


def _of_the_answer(told: dict[str, Any]) -> float:
    """The probability of the answer as `_agree` counts it: a person and an organisation are one there."""
    shares: dict[str, float] = told["probabilities"]
    if told["voice"] in ("person", "organisation"):
        return shares["person"] + shares["organisation"]
    return float(told["probability"])


def _voice_rows(
    name: str, language: str, system: str, truth: np.ndarray, voices: np.ndarray
) -> Iterator[tuple[str, ...]]:
    is_it, said = truth == "employee", voices == "employee"
    rows = f"{is_it.sum()} of {len(truth)}"
    for label, score in (("precision", precision), ("recall", recall), ("F1", f1)):
        yield f"employee, {label} ({name})", language, system, str(score(is_it, said)), rows
    for who, what in (
        ("former_employee", "former called current"),
        ("organisation", "organisation called employee"),
    ):
        own = truth == who
        if own.any():
            share = (voices[own] == "employee").mean()
            yield f"{what} ({name})", language, system, f"{share:.3f}", f"{own.sum()} {who.partition('_')[0]}"


def _agree(truth: np.ndarray, voices: np.ndarray) -> np.ndarray:
    # Texts without a named tie may be a person's or an organisation's: both are right there.
    loose = (truth == "other") & ~np.isin(voices, ["employee", "former_employee", "brand"])
    agree: np.ndarray = (truth == voices) | loose
    return agree


def _dumped(item: dict[str, object]) -> str:
    return orjson.dumps(item).decode()


_Set = tuple[list[dict[str, object]], list[str], list[str]]


def _read(data: Path) -> _Set:
    items: list[dict[str, object]] = []
    truth: list[str] = []
    languages: list[str] = []
    for row in lines(data / "employer_dev.jsonl"):
        named = [(row["employer"], "employee")] if row["employer"] else []
        named += [(former, "former_employee") for former in row["former_employers"]]
        for company, label in named or [("Zorvath", "other")]:
            said = row["bio"] or ""
            text: dict[str, object] = {"posts": [said]} if row["kind"] == "post" else {"bio": said}
            items.append(
                {
                    "account_id": str(len(items)),
                    "handle": row["handle"],
                    "display_name": row["name"],
                    "company": {"name": company},
                    **text,
                }
            )
            truth.append(label)
            languages.append(row["lang"][:2])
    return items, truth, languages


def _asked(profiles: Iterable[TiedProfile]) -> _Set:
    items: list[dict[str, object]] = []
    truth: list[str] = []
    languages: list[str] = []
    for number, profile in enumerate(profiles):
        items.append(
            {
                "account_id": str(number),
                "handle": profile.handle,
                "display_name": profile.name,
                "bio": profile.bio,
                "posts": list(profile.posts),
                "company": {"name": profile.company},
            }
        )
        truth.append(profile.truth)
        languages.append(profile.language)
    return items, truth, languages
