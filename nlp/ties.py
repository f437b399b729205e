"""Ties: how likely whoever names a company works there, or did, and what each evidence code says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

Origin: TypeAlias = Literal["bio", "post"]
Tense: TypeAlias = Literal["current", "former", "other"]
TIES: tuple[Tense, ...] = ("current", "former", "other")
CURRENT = frozenset(
    {
        "bio:works_at", "bio:role_at", "bio:leads", "bio:title_at", "bio:team_tag", "bio:listed_with_role",
        "bio:own_views", "bio:acts_for", "post:works_at", "post:as_colleague", "post:speaks_for_team", "post:joined",
    }
)  # fmt: skip
FORMER = frozenset({"bio:former", "post:worked_at", "post:left"})
PARODY = "bio:parody"
"""Said of the whole account: whoever makes fun of a company speaks as its staff do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What a profile or a post says of a company: an evidence code, the chances of a present and a past job there."""

    code: str | None
    current: float
    former: float


def tense_of(code: str | None) -> Tense:
    """What a code alone says."""
    return "current" if code in CURRENT else "former" if code in FORMER else "other"


def coded(chances: np.ndarray, codes: Sequence[str], *, origin: Origin) -> Tie:
    """A tie by its chances (TIES), with the first code of the rules that does not contradict them, or its own."""
    likeliest = TIES[int(chances.argmax())]
    code = next((code for code in codes if tense_of(code) == likeliest), None)
    if code is None and likeliest != "other":
        code = f"{origin}:reads_{likeliest}"
    return Tie(code=code, current=round(float(chances[0]), 4), former=round(float(chances[1]), 4))
