"""Terms: which words of a closed vocabulary a post uses; no word outside it can ever leave classify."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

from nlp.fold import fold
from nlp.language import READ

_FILE = Path(__file__).parent / "patterns" / "terms.toml"
_WORD = re.compile(r"[a-z]+")
_CHARACTERS = 2000

Forms: TypeAlias = Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
"""Under the first word of each form: the whole form and the term it stands for."""


@cache
def vocabulary() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Each term with its forms by language, as the file has them."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def _forms(language: str) -> Forms:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for term, written in vocabulary().items():
        for tongue, forms in written.items():
            if language in (tongue, "und"):
                for form in forms:
                    words = _words(form)
                    found.setdefault(words[0], []).append((words, term))
    return found


def _words(text: str) -> tuple[str, ...]:
    """Folded words without a plural `s`, on both sides of the comparison."""
    return tuple(w[:-1] if len(w) > 3 and w.endswith("s") else w for w in _WORD.findall(fold(text)))


def terms_in(words: Sequence[str], language: str) -> list[str]:
    """The terms that a text (as its words, without links and handles) uses, each once, in order of name.

    Nothing in languages other than French, English and `und`.
    """
    if language not in READ:
        return []
    forms, text = _forms(language), _words(" ".join(words)[:_CHARACTERS])
    return sorted(
        {
            term
            for place, word in enumerate(text)
            for form, term in forms.get(word, ())
            if text[place : place + len(form)] == form
        }
    )
