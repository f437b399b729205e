"""Post style: how an account writes, as numbers that mean the same in any language and about any subject."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from nlp.fold import URL, fold

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:i|i'm|im|i've|i'll|i'd|my|me|mine|myself|je|j'|moi|mon|ma|mes)\b",
        r"\b(?:we|we're|we've|we'll|our|ours|us|nous|notre|nos)\b",
        r"\b(?:you|your|yours|vous|votre|vos)\b",
        r"#\w+",
        r"(?<!\w)@\w+",
        r"!",
        r"\?",
        r"\b(?:lol|lmao|omg|wtf|haha\w*|mdr|ptdr|xd|shit\w*|fuck\w*|damn|merde|putain|gonna|wanna|ur|u|idk|tbh|jsp|jpp)\b",
        r"\b(?:check out|join us|visit|click|read more|learn more|sign up|register|book now|shop|follow us|download|available|now open|"
        r"rejoignez|decouvrez|retrouvez|inscri\w+|reservez|telecharg\w+|abonnez|cliquez|participez|disponible|en savoir plus)\b",
        r"\b(?:today|tonight|tomorrow|this week|ce soir|demain|aujourd'hui|cette semaine)\b",
        r"\d{1,2}(?::|h)\d{0,2}|\d+ ?%|[$€£] ?\d|\d ?€",
        r"\bvia\b|\|| - ",
        "[\U0001f300-\U0001faff\u2600-\u27bf]",
    )
)
_FEW = 3


def style(posts: Sequence[str]) -> np.ndarray:
    """The mean over the posts of an account."""
    means: np.ndarray = np.mean([_of(post) for post in posts], axis=0)
    return means


def _of(post: str) -> list[float]:
    links = len(URL.findall(post))
    bare = URL.sub(" ", post).strip()
    folded = fold(bare)
    counts = [min(len(pattern.findall(folded)), _FEW) / _FEW for pattern in _PATTERNS]
    words = bare.split()
    capitals = sum(word[:1].isupper() for word in words) / max(len(words), 1)
    return [
        *counts,
        min(links, 2) / 2,
        float(post.startswith("@")),
        float(post.startswith("RT ")),
        float(bool(re.search(r"https?://\S+\s*$", post))),
        capitals,
        min(len(bare), 280) / 140,
        float(bare[:1].isupper()),
        float(bare.endswith((".", "!", "…"))),
        float(bare.islower()),
    ]
