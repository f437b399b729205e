"""Platforms: the one name girafe has for a network, however a file or a person spells it."""

from __future__ import annotations

_SPELT = {
    "twitter": "x", "twitter.com": "x", "x.com": "x", "bsky": "bluesky", "bsky.app": "bluesky",
    "linkedin.com": "linkedin", "facebook.com": "facebook", "instagram.com": "instagram", "reddit.com": "reddit",
    "threads.com": "threads", "threads.net": "threads", "tiktok.com": "tiktok", "youtube.com": "youtube",
    "t.me": "telegram", "news.ycombinator.com": "hackernews",
}  # fmt: skip


def one_name(written: str) -> str:
    """`Twitter` and `www.x.com` are `x`: else one network had two times to live, and its people two pseudonyms.

    In lower case; a name girafe knows no other for stays as it is.
    """
    name = written.strip().lower()
    return _SPELT.get(name.removeprefix("www."), name)
