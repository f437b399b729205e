"""Traces: everything one account is recognised by, and how it is taken out of other people's payloads."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from girafe.records import Account

ERASED = "erased"
_SHORTEST_WORD = 4
_SHORTEST_NAME = 5  # a display name as short as "Ann" would be cut out of other people's words
_WORDS = frozenset(
    ("text", "content", "body", "title", "selftext", "html", "description", "message", "summary",
     "spoiler_text", "alt", "caption", "note", "bio")
)  # fmt: skip


@dataclass(slots=True)
class Traces:
    """What the payloads tell of one account: its ids, handles, addresses and names. Lives in memory only."""

    accounts: set[Account] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    def add(self, account: Account) -> None:
        """Adds what one payload shows of the account."""
        self.accounts.add(account)
        named = (account.account_id, account.handle, account.url, *_addresses(account))
        self.texts.update(text for text in named if text)
        if len(account.display_name.strip()) >= _SHORTEST_NAME:
            self.texts.add(account.display_name.strip())

    def has(self, account: Account) -> bool:
        """True if `account` is the one meant: the same id, or the same handle however it is written."""
        return any(
            account.platform == known.platform
            and (
                (account.account_id is not None and account.account_id == known.account_id)
                or (account.handle is not None and _same_handle(account.handle, known.handle))
            )
            for known in self.accounts
        )

    def may_be_in(self, line: bytes) -> bool:
        """A quick look: could any of it stand in this line, as it is or as JSON, HTML or an address has it?"""
        lowered = line.decode("utf-8", "replace").casefold()
        return any(form in lowered for text in self.texts for form in _forms(text))

    def erase(self, value: Any) -> Any:
        """JSON without them: whole words in texts; short or numeric ids only as a whole text or after @.

        An object inside it that is theirs (a quoted post, a shared one) loses its words too.
        """
        if isinstance(value, str):
            return self._erase_text(value)
        if isinstance(value, dict):
            theirs = any(self._is_theirs(inner) for inner in value.values())
            return {key: self._erase_field(key, inner, theirs=theirs) for key, inner in value.items()}
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
        for text in sorted(self.texts, key=len, reverse=True):
            if value.casefold() == text.casefold():
                return ERASED
            at = "@" if text.isdecimal() or len(text) < _SHORTEST_WORD else "@?"
            for form in _spellings(text):
                value = re.sub(rf"(?<!\w){at}{re.escape(form)}(?!\w)", ERASED, value, flags=re.IGNORECASE)
        for name in {_at_home(account)[0] for account in self.accounts} - {""}:
            if value.casefold() == name.casefold():
                return ERASED
            # Tags stand between: @<span>ada</span>; @ada@elsewhere is somebody else.
            at_home = rf"(?<!\w)@((?:<[^<>]*>)*){re.escape(name)}(?![\w@]|[.-]\w)"
            value = re.sub(at_home, rf"\1{ERASED}", value, flags=re.IGNORECASE)
        return value


def _at_home(account: Account) -> tuple[str, str]:
    """The name and the server of a handle that has both: on that server, and in HTML, the name stands alone."""
    name, at, server = (account.handle or "").removeprefix("@").partition("@")
    return (name, server) if at else ("", "")


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


@lru_cache(maxsize=4096)
def _forms(text: str) -> set[str]:
    return {
        form.casefold()
        for spelt in _spellings(text)
        for form in (spelt, json.dumps(spelt)[1:-1], json.dumps(spelt, ensure_ascii=False)[1:-1])
    }


def _spellings(text: str) -> set[str]:
    """As it may stand in a text: composed or not, as HTML (whose apostrophe has two numbers), in an address."""
    escaped = html.escape(text)
    return {
        text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text),
        escaped, escaped.replace("&#x27;", "&#39;"), quote(text),
    }  # fmt: skip


def _same_handle(one: str, other: str | None) -> bool:
    return other is not None and one.removeprefix("@").casefold() == other.removeprefix("@").casefold()
