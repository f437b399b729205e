"""Train: ties; what the words around a company's name say about a job there, and what the codes of posts are worth."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from nlp.company import CompanyNames, Mention, capitalised_after
from nlp.employment import rule_code
from nlp.fold import fold
from nlp.linear import Linear, softmax
from nlp.statements import rule_statement
from nlp.tie_features import BUCKETS, Lines, feature_of, tie_features, tie_lines
from nlp.ties import CURRENT, TIES, WEIGHT, Origin, is_asked, together
from nlp.training.convert import lines
from nlp.training.families import families
from nlp.training.invent_ties import COMPANIES, filled, plain_turns, turns
from nlp.training.vectors import vectors

_READ = Path(__file__).parent / "read_mentions.tsv"
_OF_THE_ENCODER = 384
_STRENGTH, _FOLDS, _SEED = 2.0, 6, 20261127
_STRENGTH_OF_VECTORS: Mapping[Origin, float] = {"bio": 20.0, "post": 40.0}
_NOT_ENCODED = ("", "")
_IN_VIEW, _UNSEEN = 0.25, 0.8
"""How much of an example is shown with the rules' code. Where the rules were written with the text in
view their code is nearly always right, which would teach the model to ask nothing else."""
_OF_A_READ_MENTION = 0.5
"""Places of real profiles weigh less: many are towns, tools and bands that nobody would ask about."""
_OF_A_PLAIN_TURN = 0.16
_ENCODED_OF_PLAIN = 3
"""Of plain turns and of customers every third is shown to the encoder, which is slow; a plain one stands for three."""
_OF_A_CUSTOMER, _MOST_OF_CARE, _ENCODED_OF_CARE = 0.6, 600, 3
_CARE = {"free_fr_posts": "fr", "engie_fr_posts": "fr", "twcs_threads": "en", "ibm_care_threads": "en"}
_OF_CARE = (
    "Free", "Engie", "Amazon", "Apple", "Spotify", "Uber", "Delta", "Tesco", "Sprint", "TMobile", "Comcast", "Xbox",
    "PlayStation", "Adobe", "Google", "Rockstar", "SpotifyCares", "AmazonHelp", "AppleSupport", "Uber_Support",
    "VirginTrains", "AmericanAir", "SouthwestAir", "British_Airways", "sainsburys", "comcastcares", "sprintcare",
    "TMobileHelp", "AskPlayStation", "XboxSupport", "O2", "hulu_support", "Ask_Spectrum", "ChipotleTweets",
)  # fmt: skip
"""Names that customers wrote to in those threads."""
_STATED = frozenset(feature_of(code, is_post=True) for code in CURRENT if code.startswith("post:"))
"""Features of posts in which a rule reads a present job."""
_TENSE = {"employee": 0, "former_employee": 1, "other": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Mentions: features with the code of the rules and without, lines for the encoder, tie, turn, language.

    `families`: what is left out of training together.
    """

    coded: list[list[int]]
    bare: list[list[int]]
    lines: list[Lines]
    ties: np.ndarray
    turns: np.ndarray
    families: np.ndarray
    languages: np.ndarray
    weights: np.ndarray
    is_unseen: np.ndarray
    is_post: np.ndarray


def examples(data: Path | None) -> Examples:
    """Invented turns about several companies each, texts labelled for employers, mentions read in real profiles."""
    rows = [
        *_invented(),
        *_plain(),
        *(_customers(data) if data else ()),
        *(_read_texts(data) if data else ()),
        *(_read_mentions(data) if data else ()),
    ]
    named = np.array([row[4] for row in rows])
    of_turns = families([turn.text for turn in turns()])
    return Examples(
        coded=[row[0] for row in rows],
        bare=[row[1] for row in rows],
        lines=[row[2] for row in rows],
        ties=np.array([_TENSE[row[3]] for row in rows]),
        turns=named,
        families=np.array([_family(name, of_turns) for name in named]),
        languages=np.array([row[5] for row in rows]),
        weights=np.array([row[6] for row in rows]),
        is_unseen=np.array([row[7] for row in rows]),
        is_post=np.array([row[8] for row in rows]),
    )


def _family(name: str, of_turns: Sequence[int]) -> str:
    kind, _, number = name.partition(" ")
    return f"turn {of_turns[int(number)]}" if kind == "turn" else name


_Row = tuple[list[int], list[int], Lines, str, str, str, float, bool, bool]
_Features = tuple[list[int], list[int], Lines]


def _invented() -> Iterable[_Row]:
    for number, turn in enumerate(turns()):
        asked = [
            mentions_of(filled(turn, company, other), company, is_post=turn.is_post)
            for company, other in COMPANIES
        ]
        for found in asked:
            # The line of the first company serves all: the encoder is slow, and the name plays no part.
            told = asked[0] if len(asked[0]) == len(found) else found
            for (coded, bare, _), (*_, line) in zip(found, told, strict=True):
                name, weight = f"turn {number}", turn.weight / len(COMPANIES)
                yield (
                    coded,
                    bare,
                    line,
                    turn.truth,
                    name,
                    turn.language,
                    weight,
                    not turn.in_view,
                    turn.is_post,
                )


def _plain() -> Iterable[_Row]:
    chance = random.Random(_SEED)
    for place, (pattern, turn) in enumerate(plain_turns(chance)):
        company, other = chance.choice(COMPANIES)
        for coded, bare, line in mentions_of(filled(turn, company, other), company, is_post=turn.is_post):
            encoded = line if place % _ENCODED_OF_PLAIN == 0 else _NOT_ENCODED
            told = turn.truth, pattern, turn.language, _OF_A_PLAIN_TURN
            yield coded, bare, encoded, *told, False, turn.is_post


def _customers(data: Path) -> Iterable[_Row]:
    """Posts to and about companies in threads of customer care: whoever is not the brand is a customer."""
    names = CompanyNames(company_id="any", names=_OF_CARE)
    for file, language in _CARE.items():
        told = [row for row in lines(data / "threads" / f"{file}.jsonl") if not row["is_brand_account"]]
        found = [row for row in told if row["text"] and names.mentions(row["text"])]
        for place, row in enumerate(found[:_MOST_OF_CARE]):
            for company in {fold(row["text"])[m.start : m.end] for m in names.mentions(row["text"])}:
                for coded, bare, line in mentions_of(row["text"], company.lstrip("@#"), is_post=True)[:1]:
                    encoded = line if place % _ENCODED_OF_CARE == 0 else _NOT_ENCODED
                    customer = "other", f"care {row['id']}", language, _OF_A_CUSTOMER
                    yield coded, bare, encoded, *customer, False, True


def _read_texts(data: Path) -> Iterable[_Row]:
    for number, row in enumerate(lines(data / "employer_dev.jsonl")):
        named = [(row["employer"], "employee")] if row["employer"] else []
        named += [(former, "former_employee") for former in row["former_employers"]]
        for company, tie in named:
            is_post = row["kind"] == "post"
            for features in mentions_of(row["bio"] or "", company, is_post=is_post):
                yield *features, tie, f"text {number}", row["lang"][:2], 1.0, False, is_post


def _read_mentions(data: Path) -> Iterable[_Row]:
    files = {name: lines(data / f"{name}.jsonl") for name in ("fr_bios", "humanizr_train", "crowdflower_dev")}
    for number, told in enumerate(_READ.read_text(encoding="utf-8").splitlines()):
        if told.startswith("#"):
            continue
        file, line, start, end, tie = told.split("\t")
        bio = files[file][int(line)]["bio"]
        folded = fold(bio)
        kind = "handle" if folded[: int(start)].endswith("@") else "name"
        begin = int(start) - (kind == "handle")
        more = capitalised_after(bio, int(end)) if kind == "name" else 0
        mention = Mention(kind=kind, start=begin, end=int(end), goes_on=more)  # type: ignore[arg-type]
        features = _both(bio, folded, mention, is_post=False, code=rule_code(folded, mention))
        yield (
            *features,
            tie,
            f"mention {number}",
            "fr" if file == "fr_bios" else "en",
            _OF_A_READ_MENTION,
            True,
            False,
        )


def mentions_of(text: str, company: str, *, is_post: bool) -> list[_Features]:
    """The features of up to two mentions, with the rules' code and without, and their lines."""
    names, folded = CompanyNames(company_id="x", names=(company,)), fold(text)
    found = names.mentions(text, folded)[:2]
    said = rule_statement(folded, names) if is_post else None
    return [
        _both(text, folded, each, is_post=is_post, code=said if is_post else rule_code(folded, each))
        for each in found
    ]


def _both(text: str, folded: str, mention: Mention, *, is_post: bool, code: str | None) -> _Features:
    coded = tie_features(folded, mention, is_post=is_post, codes=(code,) if code else ())
    return coded, tie_features(folded, mention, is_post=is_post), tie_lines(text, mention)


def fit(found: Examples, chosen: np.ndarray) -> Linear:
    """A regression over the chosen examples, each shown with the rules' code and without."""
    coded, bare = (_matrix([rows[place] for place in chosen]) for rows in (found.coded, found.bare))
    share = np.where(found.is_unseen[chosen], _UNSEEN, _IN_VIEW) * found.weights[chosen]
    model = LogisticRegression(C=_STRENGTH, max_iter=3000)
    model.fit(
        vstack([coded, bare]),
        np.concatenate([found.ties[chosen]] * 2),
        sample_weight=np.concatenate([share, found.weights[chosen] - share]),
    )
    return Linear(classes=tuple(TIES), weights=model.coef_.T, bias=model.intercept_)


def _matrix(rows: list[list[int]]) -> csr_matrix:
    ends = np.cumsum([0, *map(len, rows)])
    return csr_matrix((np.full(ends[-1], WEIGHT), np.concatenate(rows), ends), shape=(len(rows), BUCKETS))


def fit_vectors(found: Examples, chosen: np.ndarray, encoded: np.ndarray, origin: Origin) -> Linear:
    """A regression over the encoder's vectors of the chosen bios or posts (`encoded`: one row for each of all)."""
    told = np.array([found.lines[place] != _NOT_ENCODED for place in chosen])
    chosen, weights = _told_once(found, chosen[told & (found.is_post[chosen] == (origin == "post"))])
    # Dense sums differ in their last digits from run to run: solved to the end, the saved weights do not.
    model = LogisticRegression(C=_STRENGTH_OF_VECTORS[origin], solver="newton-cholesky", tol=1e-9)
    mean = encoded[chosen].mean(axis=0, dtype=np.float64)
    model.fit(encoded[chosen].astype(np.float64) - mean, found.ties[chosen], sample_weight=weights)
    return Linear(classes=tuple(TIES), weights=model.coef_.T, bias=model.intercept_, mean=mean)


def _told_once(found: Examples, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of mentions with the same turn and lines the first, and what they count together."""
    keys = [(found.turns[place], *found.lines[place]) for place in chosen]
    first = {key: place for place, key in reversed(list(enumerate(keys)))}
    order = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    is_plain = np.char.startswith(found.turns[chosen].astype(str), "plain")
    counts = np.bincount(
        [order[key] for key in keys], np.where(is_plain, _ENCODED_OF_PLAIN, 1) * found.weights[chosen]
    )
    return chosen[[first[key] for key in order]], counts


def encoded_lines(found: Examples, cache: Path) -> np.ndarray:
    """The vectors of each example's lines side by side, zeros where it has none."""
    told = np.flatnonzero([each != _NOT_ENCODED for each in found.lines])
    encoded = np.zeros((len(found.lines), 2 * _OF_THE_ENCODER), dtype=np.float32)
    lines = [line for place in told for line in found.lines[place]]
    encoded[told] = vectors(lines, cache, is_tuned=False).reshape(len(told), -1)
    return encoded


def cross_validated(found: Examples, encoded: np.ndarray | None = None) -> np.ndarray:
    """The chances of each example by models that have not seen its family; with the encoder if `encoded`."""
    chances, coded = np.zeros((len(found.ties), len(TIES))), _matrix(found.coded)
    is_stated = np.array([not _STATED.isdisjoint(row) for row in found.coded])
    folds = GroupKFold(_FOLDS, shuffle=True, random_state=_SEED)
    for kept, left in folds.split(coded, found.ties, found.families):
        model = fit(found, kept)
        chances[left] = softmax(np.asarray(coded[left] @ model.weights) + model.bias)
        if encoded is not None:
            for origin in get_args(Origin):
                own = left[
                    is_asked(chances[left], is_stated[left]) & (found.is_post[left] == (origin == "post"))
                ]
                second = softmax(fit_vectors(found, kept, encoded, origin).scores(encoded[own]))
                chances[own] = together(chances[own], second, origin)
    return chances


def train(data: Path, cache: Path) -> None:
    """Fits the models and writes ties.npz, ties_bio_vectors.npz and ties_post_vectors.npz."""
    found = examples(data)
    everything = np.arange(len(found.ties))
    fit(found, everything).save("ties")
    encoded = encoded_lines(found, cache)
    for origin in get_args(Origin):
        fit_vectors(found, everything, encoded, origin).save(f"ties_{origin}_vectors")
