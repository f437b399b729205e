"""Vectors: encoder output, kept on disk between training runs because the encoder is slow."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from nlp import encoder, encoder_graph, pieces
from nlp.encoder import TUNED, TUNED_TO_MOODS, encode

CACHE = Path(".cache") / "vectors"
"""Where the training runs of this checkout keep them."""
_BATCH = 128
_MADE_BY = (TUNED, TUNED_TO_MOODS, *map(Path, (encoder.__file__, encoder_graph.__file__, pieces.__file__)))


def vectors(
    texts: Sequence[str], cache: Path, encode: Callable[[Sequence[str]], np.ndarray] = encode
) -> np.ndarray:
    """One vector per text; what the cache holds is not computed again."""
    cache.mkdir(parents=True, exist_ok=True)
    store = cache / f"{encode.__name__}-{_made_by():08x}.npz"
    known: dict[str, np.ndarray] = {}
    if store.exists():
        with np.load(store) as arrays:
            known = dict(zip(arrays["keys"].tolist(), arrays["values"], strict=True))
    keys = [hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24] for text in texts]
    # A text that comes twice is encoded once.
    missing = list({key: place for place, key in enumerate(keys) if key not in known}.values())
    for start in range(0, len(missing), _BATCH):
        part = missing[start : start + _BATCH]
        found = encode([texts[place] for place in part])
        known.update(zip((keys[place] for place in part), found, strict=True))
    if missing:
        np.savez(store, keys=np.array(list(known)), values=np.array(list(known.values()), dtype=np.float32))
    return np.array([known[key] for key in keys], dtype=np.float32)


def _made_by() -> int:
    """Another tuning, graph or library makes other vectors."""
    content = b"".join(path.read_bytes() for path in _MADE_BY)
    return zlib.crc32(content + version("onnxruntime").encode())
