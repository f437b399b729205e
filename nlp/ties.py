"""Ties: how likely whoever names a company works there, or did: the rules' code weighed with the words around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from nlp import encoder
from nlp.linear import load, softmax
from nlp.tie_features import Lines

Origin: TypeAlias = Literal["bio", "post"]
Tense: TypeAlias = Literal["current", "former", "other"]
TIES: tuple[Tense, ...] = ("current", "former", "other")
WEIGHT = 0.5
"""What one feature counts."""
NO_JOB = 0.97
"""From this chance of no job on the encoder is not asked, where it is allowed. Of a job it always is: such mentions are
few, and words alone are too sure of them (0081)."""
STATED = 0.8
"""A post in which a rule reads a present job and which words believe as much is not asked about: the encoder takes
"je travaille chez Acme" for less than it is (0099)."""
OF_BOTH: Mapping[Origin, tuple[float, float]] = {"bio": (0.8, 0.5), "post": (0.65, 0.65)}
"""What the logarithms of the chances by words and by vectors count, chosen on turns left out of training (0076)."""

CURRENT = frozenset(
    {
        "bio:works_at", "bio:role_at", "bio:leads", "bio:title_at", "bio:team_tag", "bio:listed_with_role",
        "bio:own_views", "bio:acts_for", "post:works_at", "post:as_colleague", "post:speaks_for_team", "post:joined",
    }
)  # fmt: skip
FORMER = frozenset({"bio:former", "post:worked_at", "post:left"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """One mention of a company: its evidence code, and the chances of a present and of a past job there."""

    code: str | None
    current: float
    former: float


def tense_of(code: str | None) -> Tense:
    """What a code alone says."""
    return "current" if code in CURRENT else "former" if code in FORMER else "other"


def weigh(features: Sequence[int], code: str | None, *, origin: Origin, lines: Lines | None = None) -> Tie:
    """The chances of one mention, and a code that does not contradict them.

    `lines`: what stands around the mention, where the encoder may be asked about it.
    """
    linear = load("ties")
    chances = softmax((linear.weights[list(features)].sum(axis=0) * WEIGHT + linear.bias)[None, :])
    is_stated = np.array([origin == "post" and code in CURRENT])
    if lines is not None and is_asked(chances, is_stated)[0] and encoder.available():
        # Tuned for ties too, it knew its own turns by heart and read others no better (0100).
        vectors = encoder.encode(list(dict.fromkeys(lines)), is_tuned=False)
        second = load(f"ties_{origin}_vectors").scores(np.hstack([vectors[0], vectors[-1]])[None, :])
        chances = together(chances, softmax(second), origin)
    current, former, _ = (float(share) for share in chances[0])
    likeliest: Tense = TIES[int(chances.argmax())]
    if likeliest != tense_of(code):
        code = f"{origin}:reads_{likeliest}" if likeliest != "other" else None
    return Tie(code=code, current=round(current, 4), former=round(former, 4))


def is_asked(chances: np.ndarray, is_stated: np.ndarray) -> np.ndarray:
    """Which mentions the encoder is asked about, by their chances.

    `is_stated`: a rule reads a present job in a post.
    """
    asked: np.ndarray = (chances[:, -1] < NO_JOB) & ~(is_stated & (chances[:, 0] >= STATED))
    return asked


def together(of_words: np.ndarray, of_vectors: np.ndarray, origin: Origin) -> np.ndarray:
    """The chances by both models, one row a mention."""
    tiny = 1e-6
    words, vectors = OF_BOTH[origin]
    return softmax(words * np.log(of_words + tiny) + vectors * np.log(of_vectors + tiny))
