"""Folding: text without case and accents, character for character, so that spans still fit the original."""

from __future__ import annotations

import re
import unicodedata

_QUOTES = {
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "–": "-",
    "—": "-",
    "\xa0": " ",
}


class _FoldTable(dict[int, str]):
    """Answers `str.translate` for any character and remembers the answer."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = _QUOTES.get(character)
        if plain is None:
            # The first letter of the decomposition: é -> e, 𝓙 -> j; always exactly one character.
            plain = unicodedata.normalize("NFKD", character)[:1].lower()[:1] or character
            if unicodedata.combining(plain):
                plain = character
        self[code] = plain
        return plain


_TABLE = _FoldTable()


def fold(text: str) -> str:
    """`text` lower-cased and without accents, of the same length."""
    return text.lower() if text.isascii() else text.translate(_TABLE)


URL = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
# Bounded, as mail addresses are: unbounded, a text of "a.a.a." would cost the square of its length.
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]+")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_DOTTED = r"@([A-Za-z0-9_][\w.-]*(?:@[\w-]+(?:\.[\w-]+)+)?)"
_HANDLE = re.compile(rf"(?<![\w.@/+-]){_DOTTED}")
_PLAIN_HANDLE = re.compile(r"(?<![\w.@/+-])@([A-Za-z0-9_]{1,50})(?![\w@])")
_PLAIN_PLATFORMS = frozenset({"twitter", "x", "telegram", "reddit"})
"""Platforms whose handles hold no dot, so `@acme.Thanks` mentions `acme`."""
_COPIED = re.compile(r"RT\s+@[\w.-]+(?:@[\w.-]+)?\s*:", re.IGNORECASE)


def handles_in(text: str, platform: str) -> tuple[str, ...]:
    """The @handles of a text, each once, in order; e-mail addresses and links are none."""
    if "@" not in text:
        return ()
    pattern = _PLAIN_HANDLE if platform in _PLAIN_PLATFORMS else _HANDLE
    found = (match.group(1).rstrip(".-") for match in pattern.finditer(URL.sub(" ", text)))
    return tuple(dict.fromkeys(handle for handle in found if handle))


def is_copy(text: str) -> bool:
    """Nothing of one's own: no text at all, or only an old-style `RT @handle: ...`."""
    bare = text.strip()
    return not bare or _COPIED.match(bare) is not None


def words_in(text: str) -> list[str]:
    """The words of a text, without links, e-mail addresses and handles."""
    if "@" in text:
        text = _HANDLE.sub(" ", _EMAIL.sub(" ", URL.sub(" ", text)))
    elif "http" in text or "www." in text:
        text = URL.sub(" ", text)
    return _WORD.findall(text)


def asks(text: str) -> bool:
    """The text asks something: a question mark outside a link."""
    return "?" in text and "?" in URL.sub(" ", text)
