"""History: how an account's evidence adds up over time; the latest statement about a job wins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from girafe.records import JUDGED_VOICES, Voice

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


def fold_history(rows: Sequence[Row]) -> Iterator[State]:
    """The state after each row; `rows` are in order of time.

    The current profile counts, and each code that posts gave counts once. Of statements about the job
    only those that agree with the latest one count; what came later plays no part in a state.
    """
    profile: Row | None = None
    said: dict[tuple[str, ...], Row] = {}
    for row in rows:
        stance = stance_of(row.codes)
        if stance is not None:
            said = {codes: old for codes, old in said.items() if stance_of(codes) in (None, stance)}
        if row.origin == "profile":
            profile = row
        else:
            said.setdefault(row.codes, row)
        total = (profile.scores if profile is not None else _NOTHING) + sum(
            (old.scores for old in said.values()), np.zeros(len(JUDGED_VOICES))
        )
        codes = sorted({*(profile.codes if profile else ()), *(code for key in said for code in key)})
        yield State(scores=total, codes=tuple(codes))


def stance_of(codes: Sequence[str]) -> Stance | None:
    """What these codes say about the job, if anything; a past job beside a present one is present."""
    stances = {_STANCES[code] for code in codes if code in _STANCES}
    for stance in ("current", "former", "not"):
        if stance in stances:
            return stance
    return None
