"""Vectors: encoder output, kept on disk between training runs because the encoder is slow."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlp.encoder import TUNED, encode

CACHE = Path(".cache") / "vectors"
"""Where the training runs of this checkout keep them."""
_BATCH = 128


def vectors(texts: Sequence[str], cache: Path) -> np.ndarray:
    """One vector per text; what the cache holds is not computed again."""
    cache.mkdir(parents=True, exist_ok=True)
    # Another tuning makes other vectors.
    store = cache / f"tuned-{zlib.crc32(TUNED.read_bytes()):08x}.npz"
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
