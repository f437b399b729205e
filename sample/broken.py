"""Broken: payloads no parser may accept, one list per source, each with the reason it must be refused for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sample.platforms.showing import iso

Broken = tuple[str, dict[str, Any]]
_CHANGED = "payload_changed"


def payloads(source: str, now: datetime) -> list[Broken]:
    """(reason, payload) for a live source."""
    written = iso(now)
    account = {"uri": "https://rail.example/users/x", "acct": "x", "username": "x", "note": "", "fields": []}
    status = {"content": "<p>Sillon</p>", "account": account, "visibility": "public", "created_at": written}
    view = {
        "uri": "at://did:plc:x/app.bsky.feed.post/3x",
        "author": {"did": "did:plc:x", "handle": "x.example"},
    }
    match source:
        case "mastodon":
            return [
                (_CHANGED, {**status, "created_at": "hier"}),
                (_CHANGED, status),
                (_CHANGED, {"error": "This API requires an authenticated user"}),
                (_CHANGED, {**status, "uri": "https://rail.example/x", "account": {"display_name": "x"}}),
            ]
        case "bluesky":
            return [
                (_CHANGED, {**view, "record": {"createdAt": written}, "indexedAt": written}),
                (_CHANGED, {**view, "record": {"text": "Sillon"}}),
                (_CHANGED, {"error": "UpstreamFailure", "message": "Upstream Failure"}),
                (_CHANGED, {**view, "author": {}, "record": {"text": "Sillon"}, "indexedAt": written}),
            ]
        case "hackernews":
            return [
                (_CHANGED, {"objectID": "49000001", "author": None, "created_at_i": 1790000000}),
                (
                    _CHANGED,
                    {"id": 49000002, "type": "comment", "by": "x", "time": "1790000000", "text": "Sillon"},
                ),
                (_CHANGED, {"hits": [], "nbHits": 0}),
            ]
        case "rss":
            feed = {"url": "https://actus.example/rss", "title": "Actus", "link": "https://actus.example/"}
            nameless = {"id": "", "link": "", "title": "Sillon", "published": written}
            return [
                (_CHANGED, {"feed": feed, "entry": {}}),
                (_CHANGED, {"feed": feed, "entry": nameless}),
                (
                    _CHANGED,
                    {"feed": feed, "entry": {**nameless, "id": "https://a.example/1", "published": None}},
                ),
            ]
    raise ValueError(source)


def jsonl_lines(good: bytes) -> list[tuple[str, bytes]]:
    """(reason, line) for the forum's file; `good` is a line to be cut short."""
    author = b'"author":{"account_id":"u0"}'
    when = b'"created_at":"2026-10-01T10:00:00Z"'
    return [
        ("not_json", good[: len(good) // 2].decode(errors="ignore").encode()),
        ("not_utf8", '{"platform":"forum","post_id":"b0","text":"Sillon a été supprimé"}'.encode("latin-1")),
        ("not_json", b"<html>502 Bad Gateway</html>"),
        ("not_an_object", b'["forum","f1"]'),
        ("missing_field", b'{"platform":"forum","post_id":"b1","text":"Sillon",%s}' % author),
        ("missing_field", b'{"platform":"forum",%s,"text":"Sillon",%s}' % (when, author)),
        ("missing_field", b'{"platform":"forum","post_id":"b2",%s,"text":"Sillon","author":{}}' % when),
        (
            "bad_time",
            b'{"platform":"forum","post_id":"b3","created_at":"1er octobre","text":"Sillon",%s}' % author,
        ),
        (
            "time_out_of_range",
            b'{"platform":"forum","post_id":"b4","created_at":"1970-01-01T00:00:00Z","text":"",%s}' % author,
        ),
        ("bad_value", b'{"platform":"forum","post_id":"b5",%s,"text":42,%s}' % (when, author)),
        (
            "bad_value",
            b'{"platform":"forum","post_id":"b6",%s,"text":"Sillon","author":{"handle":"x","voice":"chef"}}'
            % when,
        ),
    ]
