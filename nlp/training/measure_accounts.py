"""Measure accounts: person or organisation, and employees of a named company."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from girafe.records import JUDGED_VOICES, Voice
from nlp import encoder
from nlp.calibration import THRESHOLDS
from nlp.company import CompanyNames
from nlp.employment import READ_ALONE, rule_code
from nlp.fold import fold
from nlp.kind import UNSURE
from nlp.linear import sigmoid
from nlp.profile_features import line, matrix
from nlp.speakers import speakers_lines
from nlp.statements import heard, is_of_a_job, rule_statement
from nlp.ties import Tie, tense_of
from nlp.training import kind as training
from nlp.training import ties as tie_training
from nlp.training.convert import lines
from nlp.training.invent_bios import TiedProfile, tied_profiles
from nlp.training.invent_ties import (
    ACCOUNTS_APART,
    COMPANIES,
    FRESH,
    KEPT_APART,
    ORDINARY_APART,
    THIRD_APART,
    Turn,
    filled,
    turned_profiles,
    turns,
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

    Turns left out of training are judged by mention, as a person's; the rest goes the whole way.
    """
    systems = ["girafe, fast"] if quick or not encoder.available() else ["girafe, fast", "girafe, cascade"]
    yield from _left_out(data, systems)
    sets = {
        "invented, plain": _asked(tied_profiles(random.Random(_SEED), 1200)),
        "invented, fresh": _asked(turned_profiles(FRESH)),
        "invented, kept apart": _asked(whole_accounts(KEPT_APART)),
        "invented, ordinary, kept apart": _asked(whole_accounts(ORDINARY_APART)),
        "invented, another writer's, kept apart": _asked(whole_accounts(ACCOUNTS_APART)),
        "invented, a third writer's, kept apart": _asked(whole_accounts(THIRD_APART)),
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


def _left_out(data: Path | None, systems: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Turns the rules were not written with in view, by family six times left out of training; pairs apart."""
    found = tie_training.examples(data)
    first = np.unique(found.turns, return_index=True)[1]
    asked = first[[found.is_unseen[place] and found.turns[place].startswith("turn") for place in first]]
    truth, told = np.array(_TIES)[found.ties[asked]], turns()
    for system in systems:
        encoded = tie_training.encoded_lines(found, CACHE) if system == "girafe, cascade" else None
        chances = tie_training.cross_validated(found, encoded)[asked]
        of_turns = [told[int(found.turns[place].split()[1])] for place in asked]
        voices = np.array([_voice_of(turn, row) for turn, row in zip(of_turns, chances, strict=True)])
        in_pairs = np.array([turn.weight < 1 for turn in of_turns])
        for name, own in (("left out of training", ~in_pairs), ("in pairs, left out of training", in_pairs)):
            name = f"invented, {name}"
            yield from _rows_of_a_set(name, system, truth[own], found.languages[asked][own], voices[own])
            yield _error_row(name, system, (truth == voices)[own], chances.max(axis=1)[own], voices[own])


def _voice_of(turn: Turn, chances: np.ndarray) -> str:
    """What is said at work of a person who wrote a turn, by these chances of its first mention."""
    company, other = COMPANIES[0]
    names = CompanyNames(company_id="any", names=(company,))
    text = filled(turn, company, other)
    folded, best = fold(text), _TIES[int(chances.argmax())]
    least = float(THRESHOLDS[JUDGED_VOICES.index(Voice.EMPLOYEE)])
    if turn.is_post:
        code = rule_statement(folded, names)
        read = heard(Tie(code=best, current=float(chances[0]), former=float(chances[1])), folded)
        if (code is not None and not is_of_a_job(code)) or read is None:
            return "other"
        best = _TIES[int(np.argmax([read.current, read.former, 1 - read.current - read.former]))]
        return "unknown" if best == "employee" and read.current < least else best
    if "current" not in {tense_of(rule_code(folded, mention)) for mention in names.mentions(text, folded)}:
        least = max(least, READ_ALONE)
    return "unknown" if best == "employee" and chances[0] < least else best


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
