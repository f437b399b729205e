"""HTML to plain text: what a reader would see, tags gone, entities resolved. Linear in its input."""

from __future__ import annotations

import re
from html import unescape

_UNSEEN = re.compile(r"<!--|<(script|style)\b[^<>]*>", re.IGNORECASE)
_UNSEEN_ENDS = {
    None: re.compile("-->"),
    "script": re.compile(r"</script\s*>", re.IGNORECASE),
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
}
_LINE_BREAK = re.compile(r"<br\b[^<>]*>", re.IGNORECASE)
_BLOCK_END = re.compile(r"</(?:p|div|li|blockquote|pre|h[1-6]|tr)\s*>|<p\b[^<>]*>", re.IGNORECASE)
# A tag starts with a letter, so "a < b" survives; span and a leave no space: `#<span>nobot</span>`.
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_LINK = re.compile(r"""<a\b[^<>]*?\bhref\s*=\s*["']([^"'<>]+)["']""", re.IGNORECASE)
_MANY_BREAKS = re.compile(r"\n{3,}")
_LONGEST = 1_000_000
_LONG_NUMBER = re.compile("&#([0-9]{8,})")


def plain_text(markup: str) -> str:
    """`markup` as plain text; paragraphs are separated by an empty line."""
    if "<" not in markup:
        return unescaped(markup).strip()
    text = markup[:_LONGEST]
    if "<!--" in text or re.search("<s(?:cript|tyle)", text, re.IGNORECASE):
        text = _seen(text)
    text = _LINE_BREAK.sub("\n", text)
    text = _BLOCK_END.sub("\n\n", text)
    text = unescaped(_TAG.sub("", text)).replace("\xa0", " ")
    return _MANY_BREAKS.sub("\n\n", text).strip()


def unescaped(text: str) -> str:
    """`text` with its entities resolved; a number of thousands of digits is no character, and no fault either."""
    if "&#" in text:  # the standard library gives such a number to int(), which refuses it
        text = _LONG_NUMBER.sub(lambda found: "&#" + (found[1].lstrip("0")[:8] or "0"), text)
    return unescape(text)


def _seen(markup: str) -> str:
    """Without comments, scripts and styles; one that never ends hides the rest, as in a browser."""
    kept, at = [], 0
    while begin := _UNSEEN.search(markup, at):
        kept.append(markup[at : begin.start()])
        kind = begin[1]
        end = _UNSEEN_ENDS[kind and kind.lower()].search(markup, begin.end())
        if end is None:
            return "".join(kept)
        at = end.end()
    return "".join([*kept, markup[at:]])


def links_in(markup: str) -> tuple[str, ...]:
    """The targets of the links in `markup`, each once, in order."""
    return tuple(dict.fromkeys(unescaped(link) for link in _LINK.findall(markup)))
