"""Word kinds: what sort of word a token is (a role, a word of customers ...), and where a clause ends."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

_PATTERNS = Path(__file__).parent / "patterns"
TOKEN = re.compile(r"\bex(?=-)|[ldjnmsc]'(?=\w)|qu'(?=\w)|\w+(?:['-]\w+)*|->|=>|>>|[^\w\s]")
_CLAUSE = frozenset(',()-/·:→➡&>"«»') | {"but", "and", "mais", "et", "who", "qui", "where", "ou", "->"}
_ENDINGS = ("ed", "ing", "ais", "ait", "aient", "erai", "erais")
"""What tells a tense: English past and progressive, French imperfect, future and conditional."""
_NO_VERB = frozenset(
    [
        "jamais",
        "francais",
        "anglais",
        "parfait",
        "palais",
        "marais",
        "based",
        "need",
        "speed",
        "wedding",
        "evening",
    ]
)


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = tomllib.loads((_PATTERNS / "words.toml").read_text(encoding="utf-8"))
    bio = tomllib.loads((_PATTERNS / "bio.toml").read_text(encoding="utf-8"))["macros"]
    words |= {"role": bio["role"], "title": bio["title"], "dept": bio["dept"]}
    return tuple((kind, re.compile(rf"(?:{pattern})s?" if kind in ("role", "title") else pattern))
                 for kind, pattern in words.items())  # fmt: skip


@cache
def _any_kind() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern.pattern})" for _, pattern in _kinds()))


# Words come back: each is looked up once.
@lru_cache(maxsize=50_000)
def kinds_of(token: str) -> tuple[str, ...]:
    """The kinds of a word; a sign or a word of no kind is its own, and an ending may tell a tense."""
    # Most words are of none.
    tried = _kinds() if _any_kind().fullmatch(token) else ()
    found = [kind for kind, pattern in tried if pattern.fullmatch(token)]
    if token.isalpha() and len(token) > 4 and token not in _NO_VERB:
        found += [f"-{ending}" for ending in _ENDINGS if token.endswith(ending)]
    if not found and not token[0].isalnum():
        found = [token]
    return tuple(found)


def clause(tokens: Sequence[str]) -> int:
    """How many words of one side of a name, nearest first, stand in its clause."""
    return next((n for n, token in enumerate(tokens) if token in _CLAUSE and n > 0), len(tokens))
