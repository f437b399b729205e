"""Sentiment: negative, neutral or positive, with a probability."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.fold import fold
from nlp.language import READ

_GOOD = re.compile(
    r"\b(?:merci|super|top|genial|bravo|excellent|love|great|awesome|thanks|thank you|happy|best|fier|proud|parfait|adore)\b"
)
_BAD = re.compile(
    r"\b(?:nul|honte|panne|pire|arnaque|marre|hate|worst|bad|terrible|awful|fuck\w*|shit|scam|broken|jamais|inadmissible|merde)\b"
)


def sentiments(texts: Sequence[str], languages: Sequence[str]) -> list[tuple[str, float] | None]:
    """For each text its sentiment and the probability; None for languages we do not read."""
    return [
        _read(fold(text)) if language in READ else None
        for text, language in zip(texts, languages, strict=True)
    ]


def _read(folded: str) -> tuple[str, float]:
    balance = len(_GOOD.findall(folded)) - len(_BAD.findall(folded))
    if balance == 0:
        return "neutral", 0.5
    return ("positive" if balance > 0 else "negative"), min(0.9, 0.55 + 0.1 * abs(balance))
