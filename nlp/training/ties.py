"""Train: ties; what the words around a company's name say about a job there, and what the codes of posts are worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from nlp.company import CompanyNames, Mention
from nlp.employment import rule_code
from nlp.fold import fold
from nlp.linear import Linear, softmax
from nlp.statements import rule_statement
from nlp.tie_features import BUCKETS, tie_features
from nlp.ties import TIES, WEIGHT
from nlp.training.convert import lines
from nlp.training.invent_ties import COMPANIES, filled, turns

_READ = Path(__file__).parent / "read_mentions.tsv"
_STRENGTH, _FOLDS, _SEED = 2.0, 6, 20261127
_IN_VIEW, _UNSEEN = 0.25, 0.8
"""How much of an example is shown with the rules' code. Where the rules were written with the text in
view their code is nearly always right, which would teach the model to ask nothing else."""
_TENSE = {"employee": 0, "former_employee": 1, "other": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Mentions: features with the rules' code and without, the tie, the turn each is from, language, weight."""

    coded: list[list[int]]
    bare: list[list[int]]
    ties: np.ndarray
    turns: np.ndarray
    languages: np.ndarray
    weights: np.ndarray
    is_unseen: np.ndarray


def examples(data: Path | None) -> Examples:
    """Invented turns about several companies each, texts labelled for employers, mentions read in real profiles."""
    rows = [*_invented(), *(_read_texts(data) if data else ()), *(_read_mentions(data) if data else ())]
    return Examples(
        coded=[row[0] for row in rows],
        bare=[row[1] for row in rows],
        ties=np.array([_TENSE[row[2]] for row in rows]),
        turns=np.array([row[3] for row in rows]),
        languages=np.array([row[4] for row in rows]),
        weights=np.array([row[5] for row in rows]),
        is_unseen=np.array([row[6] for row in rows]),
    )


_Row = tuple[list[int], list[int], str, str, str, float, bool]


def _invented() -> Iterable[_Row]:
    for number, turn in enumerate(turns()):
        for company, other in COMPANIES:
            text = filled(turn, company, other)
            for coded, bare in mentions_of(text, company, is_post=turn.is_post):
                yield (
                    coded,
                    bare,
                    turn.truth,
                    f"turn {number}",
                    turn.language,
                    1 / len(COMPANIES),
                    not turn.in_view,
                )


def _read_texts(data: Path) -> Iterable[_Row]:
    for number, row in enumerate(lines(data / "employer_dev.jsonl")):
        named = [(row["employer"], "employee")] if row["employer"] else []
        named += [(former, "former_employee") for former in row["former_employers"]]
        for company, tie in named:
            for coded, bare in mentions_of(row["bio"] or "", company, is_post=row["kind"] == "post"):
                yield coded, bare, tie, f"text {number}", row["lang"][:2], 1.0, False


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
        mention = Mention(kind=kind, start=begin, end=int(end))  # type: ignore[arg-type]
        coded, bare = _both(folded, mention, is_post=False, code=rule_code(folded, mention))
        yield coded, bare, tie, f"mention {number}", "fr" if file == "fr_bios" else "en", 1.0, True


def mentions_of(text: str, company: str, *, is_post: bool) -> list[tuple[list[int], list[int]]]:
    """The features of up to two mentions, with the rules' code and without."""
    names, folded = CompanyNames(company_id="x", names=(company,)), fold(text)
    found = names.mentions(text, folded)[:2]
    said = rule_statement(folded, names) if is_post else None
    return [
        _both(folded, each, is_post=is_post, code=said if is_post else rule_code(folded, each))
        for each in found
    ]


def _both(folded: str, mention: Mention, *, is_post: bool, code: str | None) -> tuple[list[int], list[int]]:
    coded = tie_features(folded, mention, is_post=is_post, codes=(code,) if code else ())
    return coded, tie_features(folded, mention, is_post=is_post)


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


def cross_validated(found: Examples) -> np.ndarray:
    """The chances of each example by a model that has not seen its turn."""
    chances, coded = np.zeros((len(found.ties), len(TIES))), _matrix(found.coded)
    folds = GroupKFold(_FOLDS, shuffle=True, random_state=_SEED)
    for kept, left in folds.split(coded, found.ties, found.turns):
        model = fit(found, kept)
        chances[left] = softmax(np.asarray(coded[left] @ model.weights) + model.bias)
    return chances


def train(data: Path) -> None:
    """Fits the model and writes ties.npz."""
    found = examples(data)
    fit(found, np.arange(len(found.ties))).save("ties")
