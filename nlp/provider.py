"""Provider: does a text that names no company speak to the one it was collected for, as a customer does?

"Ma box est en panne, que faites-vous ?" below a company's post is about that company and names none. A text by itself
says so only in trades that bind their customers by contract, and only to whoever knows where it was collected (0055).
A handle of the company's name and a word of service (`@SpotifyCares`), declared nowhere, says so in any trade.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from nlp.company import CompanyNames
from nlp.sectors import best_known, words_of

PROVIDERS = frozenset({"telecom", "energy", "post", "finance"})
"""Trades whose customers say "my line", "your technician" and mean one company."""
_TO_SOMEBODY = re.compile(
    r"\b(?:vous|votre|vos|bonjour|bonsoir|bjr|hello|hi|svp|stp|merci|salut|coucou|please|you|your|guys)\b"
)
_OF_ONESELF = re.compile(r"\b(?:je|j'|me|mon|ma|mes|moi|on|nous|notre|i|i'm|my|we|our|pareil)\b|\bj'")
_LONGEST = 600
"""A longer text tells of many things."""
_OF_SERVICE = (
    "support|helps?|cares?|services?|assistance|sav|conseil|relationclient|clients?|hq|official|officiel|"
    "uk|us|usa|fr|france|india|canada|eu|europe|belgique|suisse"
)
_SHORT = 2
"""Names up to here are parts of too many handles."""


def speaks_to_provider(folded: str, trade: str) -> bool:
    """Whether a folded text that names no company speaks of the trade, to a provider or as its customer.

    A text that addresses somebody by a handle, or names another company of the trade, speaks to those.
    """
    if trade not in PROVIDERS or len(folded) > _LONGEST or "@" in folded:
        return False
    spoken = len(words_of(trade, folded))
    if spoken == 0:
        return False
    # Without a word to somebody it takes two of the trade, and one of oneself.
    if _TO_SOMEBODY.search(folded) is None and (spoken == 1 or _OF_ONESELF.search(folded) is None):
        return False
    return _companies(trade).search(folded) is None


@cache
def _companies(trade: str) -> re.Pattern[str]:
    names = "|".join(map(re.escape, best_known(trade)))
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)")


def writes_to_service(folded: str, names: CompanyNames) -> bool:
    """Whether a folded text addresses a handle of the company's name and a word of service or a country.

    `@SpotifyCares` and `@zoom_us` are declared nowhere and no mention of the name; any other ending may be a person's.
    """
    if "@" not in folded:
        return False
    written = "|".join(re.escape(name) for name in names.compact if len(name) > _SHORT)
    return bool(written) and _service_handle(written).search(folded) is not None


@lru_cache(maxsize=1000)
def _service_handle(written: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@])@(?:ask_?(?:{written})|(?:{written})_?(?:{_OF_SERVICE}))(?!\w)")
