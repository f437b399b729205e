"""Text features: a post as numbers, the same in training and at work."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer

from nlp.fold import URL, fold

_POLARITY = Path(__file__).parent / "patterns" / "polarity.toml"
_BUCKETS = 2**17
_HANDLE = re.compile(r"@\w+")


@cache
def _polarity() -> tuple[re.Pattern[str], ...]:
    words = tomllib.loads(_POLARITY.read_text(encoding="utf-8"))
    return tuple(re.compile("|".join(stems)) for stems in words.values())


@cache
def _hashers() -> tuple[HashingVectorizer, HashingVectorizer]:
    words = HashingVectorizer(
        n_features=_BUCKETS, alternate_sign=False, lowercase=False, ngram_range=(1, 2), dtype=np.float32,
        token_pattern=r"#?\w+|[^\w\s]",  # noqa: S106  (not a password)
    )  # fmt: skip
    letters = HashingVectorizer(
        n_features=_BUCKETS, alternate_sign=False, lowercase=False, ngram_range=(3, 4), dtype=np.float32,
        analyzer="char_wb",
    )  # fmt: skip
    return words, letters


def cleaned(text: str) -> str:
    """Folded, with links and handles reduced to signs that they were there."""
    return _HANDLE.sub("@user", URL.sub(" http ", fold(text[:1000])))


def matrix(texts: Sequence[str]) -> csr_matrix:
    """All features of some texts, one row each: words, letters and words of feeling."""
    clean = [cleaned(text) for text in texts]
    folded = [fold(text[:1000]) for text in texts]
    counted = np.array([_counts(text) for text in folded], dtype=np.float32)
    words, letters = _hashers()
    return hstack([csr_matrix(counted), words.transform(clean), letters.transform(clean)]).tocsr()


def _counts(folded: str) -> list[float]:
    feelings = [min(len(pattern.findall(folded)), 3) / 2 for pattern in _polarity()]
    marks = [min(folded.count(mark), 3) / 3 for mark in ("!", "?", "...", "http", "@", "#")]
    return [*feelings, *marks]
