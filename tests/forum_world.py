"""A Hacker News of sixteen days on loopback, to be listened to day by day or after the fact.

Invented people talk about Ondine, and every comment names it; what is younger than `clock` is not there yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.collectors.conftest import GOVERNANCE
from tests.loopback import serving

FIRST = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAYS = 16
LAST = FIRST + timedelta(days=DAYS)


def items() -> dict[int, dict[str, Any]]:
    """A story every second day; two people and, in every other thread, the brand answer within hours."""
    made: dict[int, dict[str, Any]] = {}
    for story in range(DAYS // 2):
        begun, number = FIRST + timedelta(days=2 * story, hours=1), 10 * story + 1
        speakers = [f"u{story % 3}", f"u{3 + story % 4}", "ondine" if story % 2 else "u9"]
        for turn, speaker in enumerate(speakers):
            made[number + turn] = {
                "id": number + turn, "by": speaker, "type": "comment" if turn else "story",
                "time": int((begun + timedelta(hours=5 * turn)).timestamp()),
                "text": f"Ondine, turn {turn}: I have worked there, and you?",
                **({"parent": number} if turn else {"title": "What is Ondine like?"}),
            }  # fmt: skip
        made[number]["kids"] = [number + 1, number + 2]
    return made


@dataclass
class ForumWorld:
    """The running server, and what time it is there."""

    url: str = ""
    clock: datetime = LAST
    items: dict[int, dict[str, Any]] = field(default_factory=items)

    @property
    def company(self) -> str:
        """A company.toml that listens to it."""
        options = f'{{ algolia = "{self.url}/search", firebase = "{self.url}/v0" }}'
        return (
            '[company]\nname = "Ondine"\nofficial_accounts = ["hackernews:ondine"]\n'
            f'[[sources]]\nname = "hackernews"\nqueries = ["Ondine"]\noptions = {options}\n{GOVERNANCE}'
        )

    def answer(self, path: str, asked: dict[str, str]) -> Any:
        """What Algolia or Firebase would say."""
        there = {n: item for n, item in self.items.items() if item["time"] < self.clock.timestamp()}
        if path.endswith("/search_by_date"):
            low, high = (int(re.findall(r"\d+", part)[-1]) for part in asked["numericFilters"].split(","))
            hits = [_hit(item) for item in there.values() if low <= item["time"] < high]
            return {"hits": hits, "nbHits": len(hits), "nbPages": 1}
        name = path.rpartition("/")[2].removesuffix(".json")
        if "/user/" in path:
            return {"id": name, "karma": 1, "created": 1, "about": "I travel"}
        if name == "updates":
            return {"items": [], "profiles": []}
        found = there.get(int(name))
        return found and {**found, "kids": [kid for kid in found.get("kids", ()) if kid in there]}


def _hit(item: dict[str, Any]) -> dict[str, Any]:
    about = {"title": item["title"]} if "title" in item else {"comment_text": item["text"]}
    story = item.get("parent", item["id"])
    return {
        "objectID": str(item["id"]),
        "created_at_i": item["time"],
        "author": item["by"],
        "story_id": story,
        **about,
    }


@contextmanager
def forum_world() -> Iterator[ForumWorld]:
    """The server, while the block runs."""
    world = ForumWorld()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = json.dumps(world.answer(parts.path, dict(parse_qsl(parts.query)))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keeps quiet."""

    with serving(Handler) as world.url:
        yield world
