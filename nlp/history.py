"""History: how an account's evidence adds up over time; the latest statement about a job wins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from girafe.records import JUDGED_VOICES, Voice
from nlp.ties import PARODY

Stance: TypeAlias = Literal["current", "former", "not"]

_STANCES: dict[str, Stance] = {
    "post:works_at": "current",
    "post:as_colleague": "current",
    "post:speaks_for_team": "current",
    "post:joined": "current",
    "bio:works_at": "current",
    "bio:role_at": "current",
    "bio:leads": "current",
    "bio:title_at": "current",
    "bio:acts_for": "current",
    "bio:reads_current": "current",
    "post:reads_current": "current",
    "bio:reads_former": "former",
    "post:reads_former": "former",
    "post:worked_at": "former",
    "post:left": "former",
    "bio:former": "former",
    "post:not_employee": "not",
    "post:aspiring": "not",
    "bio:aspiring": "not",
}
"""What a code says about the job; two different stances contradict each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of evidence: of a profile version or of a post."""

    origin: str
    at: int
    codes: tuple[str, ...]
    scores: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known after a row."""

    scores: np.ndarray
    codes: tuple[str, ...]


_PRIOR = {
    Voice.BRAND: 0.002,
    Voice.EMPLOYEE: 0.02,
    Voice.FORMER_EMPLOYEE: 0.008,
    Voice.PERSON: 0.82,
    Voice.ORGANISATION: 0.14,
    Voice.BOT: 0.01,
}
_NOTHING = np.log([_PRIOR[voice] for voice in JUDGED_VOICES])
"""What is thought of an account whose profile has not been seen."""

_EMPLOYEE, _FORMER, _PERSON = map(JUDGED_VOICES.index, (Voice.EMPLOYEE, Voice.FORMER_EMPLOYEE, Voice.PERSON))
_PEOPLE = [_EMPLOYEE, _FORMER, _PERSON]
_OPEN, _NAMED = 0.0, -1.0
"""How unlikely a profile can make a job once a post speaks of one, as the logarithm of its share to that of a person
without one: where the profile does not name the company, and where it does."""
_AGAIN = 0.5
"""What each further kind of statement about the job counts: one person's posts resemble each other."""


def fold_history(rows: Sequence[Row]) -> Iterator[State]:
    """The state after each row; `rows` are in order of time.

    The current profile counts, and of the posts with one code the one that says it most clearly. Of statements
    about the job only those that agree with the latest one count; what came later plays no part in a state.
    """
    profile: Row | None = None
    said: dict[tuple[str, ...], Row] = {}
    for row in rows:
        stance = stance_of(row.codes)
        if stance is not None:
            said = {codes: old for codes, old in said.items() if stance_of(codes) in (None, stance)}
        if row.origin == "profile":
            profile = row
        elif row.codes not in said or _clearness(row) > _clearness(said[row.codes]):
            said[row.codes] = row
        shown, names = (_NOTHING, False) if profile is None else (profile.scores, _names(profile.codes))
        heard = () if profile is not None and PARODY in profile.codes else tuple(said.values())
        total = _with_posts(shown, heard, is_named=names)
        codes = sorted({*(profile.codes if profile else ()), *(code for key in said for code in key)})
        yield State(scores=total, codes=tuple(codes))


def _with_posts(shown: np.ndarray, said: Sequence[Row], *, is_named: bool) -> np.ndarray:
    """What a profile and posts make of each voice; `is_named`: the profile names the company."""
    total = shown.astype(float)
    of_a_job = sorted(filter(_is_of_a_job, said), key=lambda row: (-_clearness(row), row.codes))
    if of_a_job:
        people = np.logaddexp.reduce(total[_PEOPLE])
        least = total[_PERSON] + (_NAMED if is_named else _OPEN)
        total[[_EMPLOYEE, _FORMER]] = np.maximum(total[[_EMPLOYEE, _FORMER]], least)
        for place, row in enumerate(of_a_job):
            total = total + row.scores * (_AGAIN if place else 1.0)
        # A job is told apart from none among people; it makes no person of an organisation.
        total[_PEOPLE] += people - np.logaddexp.reduce(total[_PEOPLE])
    for row in said:
        if not _is_of_a_job(row):
            total = total + row.scores
    return total


def _is_of_a_job(row: Row) -> bool:
    return any(
        code == "post:may_work_at" or _STANCES.get(code) in ("current", "former") for code in row.codes
    )


def _names(codes: Sequence[str]) -> bool:
    """Whether a profile says anything of the company."""
    return any(code.startswith(("bio:", "link:")) for code in codes)


def _clearness(row: Row) -> float:
    return float(max(row.scores[_EMPLOYEE], row.scores[_FORMER]))


def stance_of(codes: Sequence[str]) -> Stance | None:
    """What these codes say about the job, if anything; a past job beside a present one is present."""
    stances = {_STANCES[code] for code in codes if code in _STANCES}
    for stance in ("current", "former", "not"):
        if stance in stances:
            return stance
    return None
