"""Disguises: the ways in which platforms, browsers and people write a handle so that it is not the same bytes.

Each has a way to put it on (a canary wears it) and all of them are taken off by `undisguised` (the search looks then).
"""

from __future__ import annotations

import html
import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

_INVISIBLE = dict.fromkeys(n for n in range(sys.maxunicode) if unicodedata.category(chr(n)) == "Cf")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def _percent(mark: str) -> str:
    return "".join(f"%{byte:02X}" for byte in mark.encode())


def _entities(mark: str) -> str:
    return "".join(f"&#{ord(sign)};" if n % 2 else f"&#x{ord(sign):x};" for n, sign in enumerate(mark))


def _zero_width(mark: str) -> str:
    return "\u200b".join(mark[:4]) + "\u2060" + mark[4:]


def _split_by_tags(mark: str) -> str:
    return f"{mark[:3]}</span><span class='invisible'>{mark[3:6]}</span><b>{mark[6:]}"


DISGUISES: Mapping[str, Callable[[str], str]] = {
    "percent": _percent,
    "percent twice": lambda mark: _percent(mark).replace("%", "%25"),
    "entities": _entities,
    "zero width": _zero_width,
    "upper case": str.upper,
    "full width": lambda mark: mark.translate(_FULL_WIDTH),
    "split by tags": _split_by_tags,
    "escaped": lambda mark: "".join(f"\\u{ord(sign):04x}" for sign in mark),
}


def undisguised(text: str) -> str:
    """`text` without any of them; what stood between tags or invisible signs is joined."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found.group(1), 16)), text)
    text = html.unescape(html.unescape(unquote(unquote(text))))
    text = re.sub(r"<[^<>]{0,200}>", "", text)
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE).casefold()


BESIDE: Mapping[str, dict[str, Any]] = {
    "mastodon": {
        "spoiler_text": "Attention, longue histoire",
        "media_attachments": [
            {"type": "image", "url": "https://files.a.example/1.png", "description": "Moi chez Ondine"}
        ],
        "poll": {"id": "7", "options": [{"title": "Ondine, oui", "votes_count": 3}], "emojis": []},
        "card": {
            "url": "https://blog.example/ondine", "title": "Chez Ondine", "author_name": "Ada",
            "author_url": "https://blog.example/ada", "provider_name": "Blog", "html": "<p>Ondine</p>",
            "authors": [{"name": "Ada", "url": "https://blog.example/ada"}],
        },
        "emojis": [{"shortcode": "giraffe", "url": "https://a.example/e.png"}],
        "tags": [{"name": "ondine", "url": "https://a.example/tags/ondine"}],
        "application": {"name": "Tusky", "website": "https://tusky.example"},
        "quote": {
            "state": "accepted",
            "quoted_status": {
                "id": "99", "uri": "https://a.example/users/cy/statuses/99", "url": "https://a.example/@cy/99",
                "content": "<p>Ondine, dix ans déjà</p>", "created_at": "2026-11-19T08:00:00.000Z",
                "visibility": "public", "mentions": [],
                "account": {"id": "3", "username": "cy", "acct": "cy", "url": "https://a.example/@cy"},
            },
        },
    },
    "bluesky": {
        "embed": {
            "$type": "app.bsky.embed.recordWithMedia#view",
            "record": {
                "record": {
                    "uri": "at://did:plc:cy/app.bsky.feed.post/3",
                    "author": {"did": "did:plc:cy", "handle": "cy.example", "displayName": "Cy"},
                    "value": {"text": "Chez Ondine", "createdAt": "2026-11-19T08:00:00Z"},
                }
            },
            "media": {
                "images": [{"alt": "Une photo chez Ondine", "thumb": "https://cdn.example/1"}],
                "external": {"uri": "https://blog.example/ondine", "title": "Ondine", "description": "Par Ada"},
            },
        }
    },
    "x": {
        "attachments": {"media_keys": ["3_1"], "poll_ids": ["7"]},
        "includes": {
            "media": [{"media_key": "3_1", "alt_text": "Une photo chez Ondine"}],
            "polls": [{"id": "7", "options": [{"label": "Ondine, oui"}]}],
        },
        "context_annotations": [{"entity": {"name": "Ada Ondine"}}],
    },
}  # fmt: skip
"""What else a platform puts beside a post: alternative texts, polls, cards, emoji, quoted posts."""
