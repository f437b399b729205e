"""Train: themes; how often each theme's stems are right, counted on the texts a reader labelled.

A regression that learned the stems' labels on unlabelled posts and a reader's labels beside them only
gave the stems back (macro-F1 0.661 with them as features, 0.486 and below without): it was left out.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson

from nlp.fold import fold
from nlp.linear import MODELS
from nlp.themes import pointed_at, theme_names
from nlp.training.convert import themes


def read_and_said(data: Path) -> tuple[np.ndarray, np.ndarray]:
    """What a reader and what the stems say of the same texts: texts x themes."""
    rows = themes(data)
    read = np.array([[theme in row["themes"] for theme in theme_names()] for row in rows])
    found = [pointed_at(fold(row["text"])) for row in rows]
    said = np.array([[theme in themes_ for theme in theme_names()] for themes_ in found])
    return read, said


def train(data: Path) -> None:
    """Writes themes.json: per theme the share of texts with its stems that are about it (Laplace)."""
    read, said = read_and_said(data)
    right, all_ = (read & said).sum(axis=0), said.sum(axis=0)
    shares = {
        theme: round(float(r + 1) / float(n + 2), 2)
        for theme, r, n in zip(theme_names(), right, all_, strict=True)
    }
    (MODELS / "themes.json").write_bytes(orjson.dumps(shares, option=orjson.OPT_INDENT_2))
