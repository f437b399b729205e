"""Noise: how people really type - slips, missing accents, short forms, shouting - never in a name."""

from __future__ import annotations

import re
import unicodedata
from random import Random

_SHORT = {
    "fr": {
        "c'est": "c", "quelqu'un": "qqn", "beaucoup": "bcp", "parce que": "pcq", "je suis": "jsuis",
        "j'ai": "jai", "toujours": "tjrs", "pourquoi": "pk", "est-ce que": "esk", "s'il vous plaît": "svp",
    },
    "en": {
        "you": "u", "because": "bc", "really": "rly", "honestly": "tbh", "thanks": "thx",
        "people": "ppl", "does not": "doesnt", "they're": "theyre", "I'm": "im",
    },
}  # fmt: skip
_PLAIN_WORD = re.compile(r"(?<![@#\w/.\[:])[A-Za-zÀ-ÿ]{6,}(?![\w@/.:\]])")
_NAMES = ("sillon", "quintarel")


def noisy(rng: Random, text: str, lang: str) -> str:
    """`text` as a hurried person would type it; company names, mentions and links stay readable."""
    if rng.random() < 0.12:
        for long, short in _SHORT[lang].items():
            text = re.sub(rf"\b{re.escape(long)}\b", short, text)
    if rng.random() < 0.16:
        text = _slip(rng, text)
    if lang == "fr" and rng.random() < 0.10:
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    if rng.random() < 0.12 and "@" not in text:
        text = text.lower()
    if rng.random() < 0.06:
        text = re.sub(r"([!?])(?=\s|$)", lambda match: match.group(1) * rng.randint(2, 4), text)
    return unicodedata.normalize("NFC", text)


def _slip(rng: Random, text: str) -> str:
    """Swaps, drops or doubles one letter of one longer word."""
    words = [m for m in _PLAIN_WORD.finditer(text) if not m.group().lower().startswith(_NAMES)]
    if not words:
        return text
    match = rng.choice(words)
    word, at = match.group(), rng.randint(1, len(match.group()) - 3)
    kind = rng.randrange(3)
    if kind == 0:
        word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    elif kind == 1:
        word = word[:at] + word[at + 1 :]
    else:
        word = word[:at] + word[at] + word[at:]
    return text[: match.start()] + word + text[match.end() :]
