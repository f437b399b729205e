"""Traces: everything one account is recognised by, and how it is taken out of other people's payloads.

Names are looked for in what a reader sees: entities, percent signs, escapes and `xn--` resolved, invisible signs
and case gone; and once more without the tags that stand between the letters.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from girafe.records import Account

ERASED = "someone_"
"""Stands where a name stood in what others wrote: "erased", as before, was read as an English word of reproach."""
FORMERLY_ERASED = "erased"
_SHORTEST_WORD = 4
_SHORTEST_NAME = 5  # a display name as short as "Ann" would be cut out of other people's words
_WORDS = frozenset(
    ("text", "content", "body", "title", "selftext", "html", "description", "message", "summary",
     "spoiler_text", "alt", "caption", "note", "bio")
)  # fmt: skip

# Of small letters, and beginning with a set of signs: in this shape `re` is fast where there is none of them.
_ENTITY = r"(?<=&)(?:amp;)*(?:#0*\d{1,7}|#x0*[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});"
_PERCENT = r"(?<=%)(?:25)*[0-9a-f]{2}(?:%(?:25)*[0-9a-f]{2})*"
_ESCAPE = r"(?<=\\)(?<!\\\\)\\*(?:u[0-9a-f]{4}(?:\\+u[0-9a-f]{4})*|[nrt\"/])"
_PUNYCODE = r"(?<=x)n--[a-z0-9-]{1,59}"
_CODED = re.compile(rf"[&%\\x](?:{_ENTITY}|{_PERCENT}|{_ESCAPE}|{_PUNYCODE})")
_TAG = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
_SIGN = re.compile(rf"{_CODED.pattern}|\s+|.", re.IGNORECASE | re.DOTALL)
_SIGN_OR_TAG = re.compile(rf"{_TAG.pattern}|{_SIGN.pattern}", re.IGNORECASE | re.DOTALL)
_JOINING = re.compile(r"</?(?:span|wbr|b|i|em|strong|mark)\b|<a\b", re.IGNORECASE)
"""Tags on whose two sides a reader sees one word."""
_ACCENTS = re.compile("[\u0300-\u036f]+")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]+"
)
_BEGINS, _ENDS = r"(?<!\w)", "(?![\\w\u0300-\u036f])"
_FILE = r"(?:png|jpe?g|gif|webp|avif|html?|json|rss|xml)\b"
# Of an id or a handle more than of a name: `ada-lovelace`, `jean.ada` and `ada.example.org` are somebody else.
_ALONE_BEGINS = rf"{_BEGINS}(?:(?<!\w[.-])|(?<=www\.))"
_ALONE_ENDS = rf"{_ENDS}(?!-\w|\.(?!{_FILE})\w)"


@dataclass(slots=True)
class Traces:
    """What the payloads tell of one account: its ids, handles, addresses and names. Lives in memory only."""

    accounts: set[Account] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    """Ids, handles, addresses and names of one word, as `_plain` has them."""
    names: set[str] = field(default_factory=set)
    """Names of several words, too."""
    at_home: set[tuple[str, str]] = field(default_factory=set)
    """Names that stand alone on their own server, each with it."""
    _patterns: dict[bool, re.Pattern[str]] = field(default_factory=dict)

    def add(self, account: Account) -> None:
        """Adds what one payload shows of the account."""
        self.accounts.add(account)
        texts = (account.account_id, account.handle, account.url, *_addresses(account))
        self.texts.update(plain for text in texts if text and (plain := _plain(text)))
        name = account.display_name.strip()
        both = (name, _ACCENTS.sub("", unicodedata.normalize("NFKD", name)))
        for one in map(_plain, both if len(name) >= _SHORTEST_NAME else ()):
            (self.names if " " in one else self.texts).add(one)
        if (home := _at_home(account)) != ("", ""):
            self.at_home.add((_plain(home[0]), _plain(home[1])))
        self._patterns.clear()

    def has(self, account: Account) -> bool:
        """True if `account` is the one meant: the same id, handle (however it is written) or address."""
        return any(
            account.platform == known.platform
            and (
                (account.account_id is not None and account.account_id == known.account_id)
                or (account.handle is not None and _same_handle(account.handle, known.handle))
                or (account.url is not None and _same_address(account.url, known.account_id))
            )
            for known in self.accounts
        )

    def may_be_in(self, line: bytes) -> bool:
        """Whether any of it stands in this line, as a word: as it is, or as JSON, HTML or an address has it."""
        plain = _plain(line.decode("utf-8", "replace"))
        # A name without its server is theirs only where that server is spoken of.
        named = self.texts | self.names | {name for name, server in self.at_home if server in plain}
        return any(
            any(text in form for text in named) and self._pattern(strict=False).search(form)
            for form in _with_tags_and_without(plain)
        )

    def erase(self, value: Any) -> Any:
        """JSON without them: whole words in texts; short or numeric ids only as a whole text or after @.

        An object inside it that is theirs (a quoted post, a shared one) loses its words too.
        """
        if isinstance(value, str):
            return self._erase_text(value)
        if isinstance(value, dict):
            names = {name for name, _ in self.at_home} if self._is_theirs(value) else set()
            theirs = any(self._is_theirs(inner) for inner in value.values())
            return {
                key: ERASED
                if isinstance(inner, str) and inner.casefold() in names
                else self._erase_field(key, inner, theirs=theirs)
                for key, inner in value.items()
            }
        return [self.erase(inner) for inner in value] if isinstance(value, list) else value

    def _erase_field(self, key: str, value: Any, *, theirs: bool) -> Any:
        erased = self.erase(value)
        return _without_words(key, erased) if theirs else erased

    def _is_theirs(self, value: Any) -> bool:
        """Is this the author inside a post: an object that names them in one of its own fields?"""
        names = {text.casefold() for text in self._names()}
        return isinstance(value, dict) and any(
            isinstance(inner, str) and inner.casefold().removeprefix("@") in names for inner in value.values()
        )

    def _names(self) -> Iterable[str]:
        for account in self.accounts:
            yield from (name.removeprefix("@") for name in (account.account_id, account.handle) if name)
            yield from _addresses(account)

    def _erase_text(self, value: str) -> str:
        named = self.texts | self.names | {name for name, _ in self.at_home}
        if any(text in form for form in _with_tags_and_without(_plain(value)) for text in named):
            for signs in (_SIGN, _SIGN_OR_TAG) if "<" in value else (_SIGN,):
                value = self._cut(value, signs)
        return value

    def _cut(self, value: str, signs: re.Pattern[str]) -> str:
        plain, places = _seen(value, signs)
        kept, at = [], 0
        for found in self._pattern(strict=True).finditer(plain):
            (begin, _), (_, end) = places[found.start()], places[found.end() - 1]
            # A mention stays one: its name is no word of whoever wrote it.
            kept += [value[at:begin], f"@{ERASED}" if found[0].startswith("@") else ERASED]
            at = max(at, end)
        return "".join([*kept, value[at:]])

    def _pattern(self, *, strict: bool) -> re.Pattern[str]:
        """Any of it; where `strict`, short and numeric names only after @ or as a whole text."""
        if strict not in self._patterns:
            self._patterns[strict] = re.compile("|".join(self._expressions(strict=strict)))
        return self._patterns[strict]

    def _expressions(self, *, strict: bool) -> Iterable[str]:
        for name in sorted(self.names, key=len, reverse=True):
            yield f"{_BEGINS}@?{re.escape(name)}{_ENDS}"
        for text in sorted(self.texts, key=len, reverse=True):
            word = re.escape(text) + _ALONE_ENDS
            if strict and (text.isdecimal() or len(text) < _SHORTEST_WORD):
                yield rf"\A@?{re.escape(text)}\Z|{_ALONE_BEGINS}@{word}"
            else:
                yield f"{_ALONE_BEGINS}@?{word}"
        for name, server in self.at_home:
            # @ada@elsewhere and the @ada of another server's address are somebody else, too.
            word = rf"{re.escape(name)}{_ALONE_ENDS}(?!@)"
            yield rf"(?:https?://|(?<![\w.-])){re.escape(server)}(?:/[\w.~-]{{1,99}}){{0,3}}/@?{word}"
            yield rf"(?<![\w@/])@{word}"


def _at_home(account: Account) -> tuple[str, str]:
    """The name and the server of a handle that has both: on that server, and in HTML, the name stands alone."""
    name, at, server = (account.handle or "").removeprefix("@").partition("@")
    return (name, server) if at and "/" not in name else ("", "")


def _addresses(account: Account) -> tuple[str, ...]:
    """Where such an account is, for a payload of others may tell nothing else of it than that and its name."""
    name, server = _at_home(account)
    return (f"https://{server}/@{name}", f"https://{server}/users/{name}") if name else ()


def _without_words(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return ERASED if key.lower() in _WORDS or " " in value.strip() else value
    if isinstance(value, dict):
        return {name: _without_words(name, inner) for name, inner in value.items()}
    return [_without_words(key, inner) for inner in value] if isinstance(value, list) else value


def _plain(text: str) -> str:
    """`text` as a reader sees it, but with its tags, and without case."""
    return " ".join(_folded(_CODED.sub(_resolved, text.lower())).split())


def _with_tags_and_without(plain: str) -> tuple[str, ...]:
    return (plain, " ".join(_TAG.sub(_gap, plain).split())) if "<" in plain else (plain,)


def _gap(tag: re.Match[str]) -> str:
    return "" if _JOINING.match(tag[0]) else " "


def _seen(text: str, signs: re.Pattern[str]) -> tuple[str, list[tuple[int, int]]]:
    """`text` as `_plain` has it, and for each sign of that from where to where it stood."""
    plain: list[str] = []
    places: list[tuple[int, int]] = []
    for sign in signs.finditer(text):
        is_tag = len(sign[0]) > 1 and sign[0][0] == "<"
        shown = _gap(sign) if is_tag else _folded(_CODED.sub(_resolved, sign[0].lower()))
        for letter in shown:
            if not letter.isspace():
                plain.append(letter)
            elif plain and plain[-1] != " ":
                plain.append(" ")
            else:
                continue
            places.append(sign.span())
    return "".join(plain), places


def _resolved(coded: re.Match[str]) -> str:
    """The signs that stand behind an entity, percent signs, an escape or punycode."""
    text = coded[0]
    if text[0] in "&%":
        while (once := html.unescape(unquote(text))) != text:
            text = once
        return text
    if text[0] == "\\":
        return str(json.loads('"' + re.sub(r"\\+", r"\\", text) + '"'))
    try:
        return text[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return text


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    # Of apostrophes and hyphens people do not tell two apart.
    alike = _INVISIBLE.sub("", unicodedata.normalize("NFKD", text)).casefold()
    return alike.replace("’", "'").replace("ʼ", "'").replace("‐", "-")


def _same_handle(one: str, other: str | None) -> bool:
    return other is not None and _handle(one) == _handle(other)


def _handle(text: str) -> str:
    return unicodedata.normalize("NFC", text).removeprefix("@").casefold()


def _same_address(one: str, other: str | None) -> bool:
    return other is not None and _plain(one).rstrip("/") == _plain(other).rstrip("/")
