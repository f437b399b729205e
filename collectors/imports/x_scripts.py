"""The scripts of an X archive as what they hold: JSON behind an `=`, the owner, and posts too long for tweets.js."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from collectors.html import unescaped
from collectors.imports.archive import Archive, base_name
from collectors.imports.times import twitter_time
from collectors.read import text, tree
from girafe.errors import InputInvalid, PayloadChanged
from girafe.records import Payload

ASSIGNED = re.compile(r"\s*(?:window\.YTD\.\w+\.part\d+|Grailbird\.data\.\w+)\s*=")
_BEFORE_JSON = re.compile(r"=\s*(?=[\[{])")
_OWN = ("accountId", "username", "accountDisplayName", "bio", "website")
_OLDER = {"id": "accountId", "screen_name": "username", "full_name": "accountDisplayName", "bio": "bio"}
_SAME_WORDS = 20


def assigned(label: str, content: bytes) -> list[Any]:
    """The list behind the last assignment of a script; an object alone is a list of one."""
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    words = content.decode("utf-16" if utf16 else "utf-8-sig", "replace")
    error: object = "nothing is assigned"
    for found in _BEFORE_JSON.finditer(words[:2000]):
        try:
            tree_found = orjson.loads(words[found.end() :].strip().removesuffix(";"))
            return tree_found if isinstance(tree_found, list) else [tree_found]
        except orjson.JSONDecodeError as problem:
            error = problem
    raise InputInvalid(f"{label} does not hold JSON behind its `=` ({error}).")


def owner_of(archive: Archive) -> dict[str, Any]:
    """Who the archive belongs to, as far as it says; a damaged file about them costs no post."""
    found: dict[str, Any] = {}
    for name in archive.names():
        if base_name(name) in ("account.js", "profile.js", "user_details.js"):
            try:
                entries = assigned(base_name(name), archive.read(name))
            except InputInvalid:
                continue
            for entry in map(tree, entries):
                found |= tree(entry.get("account"))
                found |= tree(tree(entry.get("profile")).get("description"))
                found |= {ours: entry[theirs] for theirs, ours in _OLDER.items() if theirs in entry}
    return {name: found[name] for name in _OWN if isinstance(found.get(name), str)}


class LongPosts:
    """note-tweet.js: the whole words of posts that tweets.js cuts off, found by second and beginning."""

    def __init__(self, scripts: Iterable[bytes]) -> None:
        self._words: dict[tuple[datetime, str], list[str]] = {}
        for script in scripts:
            self._read(script)

    def _read(self, script: bytes) -> None:
        try:
            notes = [tree(tree(entry).get("noteTweet")) for entry in assigned("note-tweet.js", script)]
        except InputInvalid:
            return  # the posts are still there, only shorter
        for note in notes:
            parts = (tree(note.get(name)) for name in ("core", "noteTweetResults", "noteTweetContents"))
            words = next((said for part in parts if (said := text(part.get("text")))), "")
            try:
                written = twitter_time(note.get("createdAt"))
            except PayloadChanged:
                continue
            found = self._words.setdefault(
                (written.replace(microsecond=0), unescaped(words)[:_SAME_WORDS]), []
            )
            if not found or len(words) > len(found[-1]):  # no other is ever the first that is long enough
                found.append(words)

    def completed(self, tweet: Mapping[str, Any]) -> Payload:
        """The post with all of its words."""
        try:
            written = twitter_time(tweet.get("created_at")).replace(microsecond=0)
        except PayloadChanged:
            return dict(tweet)
        short = unescaped(text(tweet.get("full_text")))
        for words in self._words.get((written, short[:_SAME_WORDS]), ()):
            if len(words) > len(short) - 30:
                return {**tweet, "full_text": words}
        return dict(tweet)
