"""Full text on servers that search each in their own way: every post found once, whatever way leads on."""

from __future__ import annotations

from datetime import timedelta

import httpx
import orjson
import pytest

from girafe.records import Post
from tests.collectors.strict_mastodon import NOW, Server, landed
from tests.collectors.strict_mastodon import listen as listen

WAYS = {
    "Mastodon: by offset, words in quotes are a phrase": {"offset": "counts", "most": 40},
    "GoToSocial: nothing behind an offset; quotes are letters": {"offset": "ends", "quotes": True},
    "an offset is refused": {"offset": "refused", "most": 40},
    "an offset is passed over": {"offset": "ignored", "most": 40},
    "fewer a page than were asked for": {"offset": "counts", "most": 7},
    "neither way leads on": {"offset": "ignored", "most": 40, "by_id": False},
}  # fmt: skip
MANY = 95


class Searched(Server):
    """A GoToSocial by its other answers, with 95 posts that only a search finds."""

    def __init__(self, many=MANY, minutes=1, **way):
        super().__init__("gotosocial", "a.example")
        self.way = {"most": 40, "by_id": True, "quotes": False} | way
        self.hidden = [
            {**self._post(4, f"01S{many - n:04}"), "uri": f"https://home.example/found/{n}",
             "created_at": (NOW - timedelta(minutes=minutes * n + 1)).isoformat()}
            for n in range(many)
        ]  # fmt: skip

    def _search(self, params, token):
        if params["q"].startswith('"') and self.way["quotes"]:
            return httpx.Response(200, json={"statuses": []})
        first = int(params.get("offset", 0))
        if first and self.way["offset"] == "refused":
            return httpx.Response(422, json={"error": "unknown parameter"})
        if first and self.way["offset"] == "ends":
            return httpx.Response(200, json={"statuses": []})
        shown = self.hidden[first if self.way["offset"] == "counts" else 0 :]
        if "max_id" in params and self.way["by_id"]:
            shown = [post for post in shown if post["id"] < params["max_id"]]
        return httpx.Response(
            200, json={"statuses": shown[: min(int(params.get("limit", 20)), self.way["most"])]}
        )


@pytest.mark.parametrize("way", WAYS)
def test_a_search_is_read_to_its_end(listen, data, way):
    server = Searched(**WAYS[way])
    report = listen({"a.example": server})
    assert report.health == "heard", report.health_detail
    ids = [record.post_id for record in landed(data) if isinstance(record, Post)]
    found = [name for name in ids if "/found/" in name]
    assert len(found) == len(set(found)) == (40 if way == "neither way leads on" else MANY)
    assert sum("search" in url for url in server.asked) < 20
    assert ("what lies behind was not read" in limits(data)) == (way == "neither way leads on")


def limits(data):
    return " ".join(orjson.loads(path.read_bytes())["limits"] for path in data.runs.glob("*/*.json"))


@pytest.mark.parametrize(("minutes", "named"), [(1, True), (600, False)])
def test_more_than_a_search_is_read_for_is_named_unless_it_is_older_than_the_window(
    listen, data, minutes, named
):
    listen({"a.example": Searched(many=450, minutes=minutes, offset="counts")})
    assert ("up to its 400th post" in limits(data)) == named
