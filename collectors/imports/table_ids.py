"""Ids in tables: numbers as spreadsheets leave them, and the platform's own id where an address holds it.

Exports of two tools, a live source and the parents named by address then speak of one post by one name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from girafe.errors import PayloadRejected

_PROFILES = (
    re.compile(
        r"(?:https?://)?(?:www\.|m\.|mobile\.)?(?:twitter|x|instagram|tiktok|threads)\.(?:com|net)/@?([\w.]+)/?(?:[?#]|\Z)"
    ),
    re.compile(r"(?:https?://)?bsky\.app/profile/([\w.:%-]+)/?\Z"),
    re.compile(r"(?:(?:https?://)?(?:www\.|old\.)?reddit\.com)?/?(?:u|user)/([\w-]+)/?\Z"),
    re.compile(r"[^@]*\(@([\w.-]+)\)\Z"),
)
"""How exports write who speaks: an address of the profile, `u/bob`, `Ada M. (@ada)`."""
_WHOLE = re.compile(r"(\d+)\.0+\Z")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+?\d+\Z", re.IGNORECASE)
_EXACT_DIGITS = 15
_EXACT_BELOW: int = 10**_EXACT_DIGITS
_NATIVE: Mapping[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "x": ((re.compile(r"/status(?:es)?/(\d+)"), r"\1"),),
    "linkedin": (
        (re.compile(r"urn:li:(?:activity|ugcPost|share):(\d+)"), r"\1"),
        (re.compile(r"-(?:activity|ugcPost|share)-(\d{10,})"), r"\1"),
    ),
    "bluesky": ((re.compile(r"/profile/(did:[\w:.%-]+)/post/(\w+)"), r"at://\1/app.bsky.feed.post/\2"),),
    "reddit": (
        (re.compile(r"/comments/\w+/[^/?#]*/(\w+)"), r"t1_\1"),
        (re.compile(r"/comments/(\w+)"), r"t3_\1"),
    ),
    "youtube": ((re.compile(r"[?&]lc=([\w.-]+)"), r"\1"),),
    "hackernews": ((re.compile(r"/item\?id=(\d+)"), r"\1"),),
}


def cell_words(value: Any) -> str:
    """A cell as text: spreadsheets hold 17 as 17.0."""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value).strip()


def is_rounded(value: Any) -> bool:
    """Numbers of more than 15 digits do not survive being one in a spreadsheet, and then collide."""
    if isinstance(value, float):
        return abs(value) >= _EXACT_BELOW
    if not isinstance(value, str):
        return False
    words = value.strip()
    whole = _WHOLE.match(words)
    return (whole is not None and len(whole[1]) > _EXACT_DIGITS) or _SCIENTIFIC.match(words) is not None


def refused() -> PayloadRejected:
    """The refusal of a rounded id. It is not shown: of an account's, what was not rounded away tells who."""
    return PayloadRejected(
        "A spreadsheet has rounded this id; export it again with ids as text.", reason="id_rounded"
    )


def native_id(platform: str, address: str | None) -> str | None:
    """The id a post has on its platform, if `address` holds it."""
    words = unquote(address or "")
    for pattern, name in _NATIVE.get(platform, ()):
        if found := pattern.search(words):
            return found.expand(name)
    return None


def post_id_of(platform: str, value: str | None) -> str | None:
    """An id as the platform writes it."""
    if value is None:
        return None
    whole = _WHOLE.match(value)
    return native_id(platform, value) or (whole[1] if whole else value)


def account_name(value: str) -> str:
    """A handle or an account id without what exports put around it."""
    for pattern in _PROFILES:
        if found := pattern.match(value):
            return found[1]
    whole = _WHOLE.match(value)
    return whole[1] if whole else value.removeprefix("@")


def reddit_ids(post_id: str | None, thread: str | None) -> tuple[str | None, str | None]:
    """A post and its thread as Reddit names them: tools leave out whether it is a post or a comment."""
    if not thread:
        return post_id, thread
    bare = thread.removeprefix("t3_")
    if post_id and "_" not in post_id and "/" not in post_id:
        post_id = f"t3_{post_id}" if post_id == bare else f"t1_{post_id}"
    return post_id, f"t3_{bare}"


def bluesky_root(other: str | None, thread: str | None) -> str | None:
    """A post named by the handle of its author, where that is the first of the thread, which is named by DID."""
    is_root = other and thread and other.rpartition("/")[2] == thread.rpartition("/")[2]
    return thread if is_root else other


def within(place: str | None, post_id: str | None) -> str | None:
    """A bare number that counts within a chat, as `chat-17`: another chat has a 17, too."""
    return f"{place}-{post_id}" if place and post_id and post_id.isdecimal() else post_id


def neighbour(post_id: str | None, other: str | None) -> str | None:
    """A bare number beside ids such as `chat-17`, completed: it counts within the same chat."""
    chat, mark, number = (post_id or "").rpartition("-")
    return f"{chat}-{other}" if other and other.isdecimal() and mark and number.isdecimal() else other
