"""Calibration: from scores to probabilities that mean what they say, and when to say nothing."""

from __future__ import annotations

import numpy as np

from girafe.records import JUDGED_VOICES, Voice

VOICES: tuple[Voice, ...] = (*JUDGED_VOICES, Voice.UNKNOWN)
UNKNOWN = VOICES.index(Voice.UNKNOWN)
TEMPERATURE = 1.0
THRESHOLDS = np.array(
    [
        {
            Voice.BRAND: 0.9,
            Voice.EMPLOYEE: 0.8,
            Voice.FORMER_EMPLOYEE: 0.5,
            Voice.PERSON: 0.5,
            Voice.ORGANISATION: 0.6,
            Voice.BOT: 0.6,
        }[voice]
        for voice in JUDGED_VOICES
    ]
)
"""`employee`: the lowest, in steps of 0.05, with a lower bound of precision above 0.90 on left-out turns (0078).
`person`: the doubt is most often whether they work there, and both are people (0089)."""


def calibrate(scores: np.ndarray) -> np.ndarray:
    """Softmax over the voices, one row each."""
    shifted = scores / TEMPERATURE
    shifted = shifted - shifted.max(axis=1, keepdims=True, initial=-1e9)
    exponents = np.exp(shifted)
    total: np.ndarray = exponents / exponents.sum(axis=1, keepdims=True)
    return total


def choose(probabilities: np.ndarray) -> np.ndarray:
    """The place in VOICES of each row's likeliest voice, or of `unknown` below its threshold."""
    best = probabilities.argmax(axis=1)
    sure = probabilities[np.arange(len(best)), best] >= THRESHOLDS[best]
    return np.where(sure, best, UNKNOWN)
