"""What is deleted while pages are turned moves the rest up, onto a page read already: it is heard all the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from girafe.errors import GirafeError
from tests.collectors.collecting import BLUESKY, NOW, posts
from tests.collectors.collecting import run as run

API = 'api = "https://api.example"'
MANY = 260
SECOND = 40
"""Seconds between two things said, newest first."""


class Shelf:
    """What a platform shows, by number, newest first; `losses` says before which question it loses which places."""

    def __init__(self, losses: Mapping[int, list[int]]) -> None:
        self.there, self.losses, self.asked = list(range(1, MANY + 1)), losses, 0
        self.lost: set[int] = set()

    def shown(self, start: int, count: int, at: Callable[[int], bool] = lambda second: True) -> list[int]:
        """The answer to a question: `count` things from place `start` on, of those said at the right time."""
        self.asked += 1
        for place in self.losses.get(self.asked, ()):
            self.lost.add(self.there.pop(place))
        return [number for number in self.there if at(said_at(number))][start : start + count]

    def how_many(self, at: Callable[[int], bool]) -> int:
        return sum(at(said_at(number)) for number in self.there)


def said_at(number: int) -> int:
    return int(NOW.timestamp()) - 60 - number // 2 * SECOND  # two in each second


def moment_of(number: int) -> str:
    return datetime.fromtimestamp(said_at(number), UTC).isoformat()


def hackernews(shelf: Shelf, path: str, params: httpx.QueryParams) -> Any:
    if not path.endswith("/search_by_date"):
        return {"id": "ada", "karma": 1, "about": ""} if "/user/" in path else None
    low, high = (int(re.findall(r"\d+", part)[-1]) for part in params["numericFilters"].split(","))
    size = int(params["hitsPerPage"])
    numbers = shelf.shown(int(params["page"]) * size, size, lambda second: low <= second < high)
    total = shelf.how_many(lambda second: low <= second < high)
    hits = [
        {"objectID": f"{n}", "author": "ada", "comment_text": "Ondine", "created_at_i": said_at(n), "parent_id": 1}
        for n in numbers
    ]  # fmt: skip
    return {"hits": hits, "nbHits": total, "nbPages": -(-total // size)}


def stackexchange(shelf: Shelf, path: str, params: httpx.QueryParams) -> Any:
    if "search" not in path:
        return {"items": [], "has_more": False}
    return _page_of(shelf, params, lambda number: {"question_id": number, "title": "Ondine?"})


def answers(shelf: Shelf, path: str, params: httpx.QueryParams) -> Any:
    if "search" in path:
        said = {
            "question_id": 9999,
            "title": "Ondine?",
            "creation_date": said_at(MANY),
            "owner": {"user_id": 7},
        }
        return {"items": [said], "has_more": False}
    if path != "/questions/9999/answers":
        return {"items": [], "has_more": False}
    assert params["sort"] == "creation", "an edit moves what is sorted by activity"
    return _page_of(shelf, params, lambda number: {"answer_id": number, "question_id": 9999})


def _page_of(shelf: Shelf, params: httpx.QueryParams, thing: Callable[[int], dict[str, Any]]) -> Any:
    page, size, until = int(params["page"]), int(params["pagesize"]), int(params.get("todate", 10**10))
    numbers = shelf.shown((page - 1) * size, size, lambda second: second <= until)
    said = {"body": "<p>Ondine</p>", "owner": {"user_id": 7}}
    items = [{**thing(n), **said, "creation_date": said_at(n)} for n in numbers]
    return {"items": items, "has_more": page * size < shelf.how_many(lambda second: second <= until)}


def discourse(shelf: Shelf, path: str, params: httpx.QueryParams) -> Any:
    if path == "/search.json":
        page, size = int(params["page"]), 50
        numbers = shelf.shown((page - 1) * size, size)
        hits = [{"id": n, "topic_id": n, "created_at": moment_of(n)} for n in numbers]
        return {
            "posts": hits,
            "grouped_search_result": {"more_full_page_results": page * size < len(shelf.there)},
        }
    if path.startswith("/u/"):
        return {}
    topic = int(path.rpartition("/")[2].removesuffix(".json"))
    post = {"id": topic, "topic_id": topic, "post_number": 1, "username": "ada", "cooked": "<p>Ondine</p>",
            "created_at": moment_of(topic)}  # fmt: skip
    return (
        {"title": "Ondine", "post_stream": {"posts": [post], "stream": [topic]}}
        if topic in shelf.there
        else None
    )


def linkedin(shelf: Shelf, path: str, params: httpx.QueryParams) -> Any:
    if "Notifications" in path:
        return {"elements": []}
    if "/comments" not in path:
        said = {"id": "urn:li:share:0", "author": "urn:li:organization:9", "commentary": "Ondine"}
        return {"elements": [said | {"createdAt": said_at(0) * 1000}]}
    numbers = shelf.shown(int(params["start"]), int(params["count"]))
    said = {"actor": "urn:li:person:a", "object": "urn:li:share:0", "message": {"text": "Bravo"}}
    return {
        "elements": [{"commentUrn": f"c{n}", **said, "created": {"time": said_at(n) * 1000}} for n in numbers]
    }


def bluesky(shelf: Shelf, path: str, params: httpx.QueryParams) -> Any:
    if path.endswith("createSession"):
        return {"accessJwt": "t"}
    if not path.endswith("searchPosts"):
        return {"profiles": []}
    start, size = int(params.get("cursor", 0)), int(params["limit"])
    numbers = shelf.shown(start, size)
    said = {"author": {"did": "did:plc:a", "handle": "a.example"}}
    found = [
        {"uri": f"at://{n}", **said, "indexedAt": moment_of(n), "record": {"text": "Ondine", "createdAt": moment_of(n)}}
        for n in numbers
    ]  # fmt: skip
    more = {"cursor": str(start + size)} if start + size < len(shelf.there) else {}
    return {"posts": found, "hitsTotal": len(shelf.there), **more}


def mastodon_search(shelf: Shelf, path: str, params: httpx.QueryParams) -> Any:
    if "/timelines/" in path:
        return []
    if not path.endswith("/search"):
        return {"domain": "api.example"}
    who = {"id": "1", "acct": "ada", "url": "https://api.example/@ada", "discoverable": True}
    numbers = shelf.shown(int(params.get("offset", 0)), int(params["limit"]))
    found = [
        {"id": f"{9999 - n}", "uri": f"https://api.example/{n}", "content": "<p>Ondine</p>", "visibility": "public",
         "created_at": moment_of(n), "account": who, "replies_count": 0}
        for n in numbers
    ]  # fmt: skip
    return {"statuses": found if "max_id" not in params else []}


Play = Callable[[Shelf, str, httpx.QueryParams], Any]
PLATFORMS: Mapping[str, tuple[str, Play, str, Mapping[str, str], str]] = {
    "Hacker News": (
        "hackernews", hackernews, 'algolia = "https://api.example", firebase = "https://api.example"', {}, "{}",
    ),
    "Stack Exchange, questions": ("stackexchange", stackexchange, f'{API}, sites = ["workplace"]', {}, "workplace/{}"),
    "Stack Exchange, answers": ("stackexchange", answers, f'{API}, sites = ["workplace"]', {}, "workplace/{}"),
    "Discourse": ("discourse", discourse, 'forums = ["https://forum.example"]', {}, "https://forum.example/p/{}"),
    "LinkedIn": (
        "linkedin", linkedin, f'{API}, organizations = ["9"]', {"LINKEDIN_ACCESS_TOKEN": "t"}, "c{}",
    ),
    "Bluesky": ("bluesky", bluesky, 'service = "https://api.example"', BLUESKY, "at://{}"),
    "Mastodon, full text": (
        "mastodon", mastodon_search, 'instances = ["https://api.example"]', {"MASTODON_TOKENS": "api.example=t"},
        "https://api.example/{}",
    ),
}  # fmt: skip


def losses() -> Iterator[Mapping[int, list[int]]]:
    yield {2: [0]}
    yield {2: [5, 50], 3: [0]}
    yield {3: [0, 0, 0]}
    yield {2: [0], 3: [0], 4: [0]}


@pytest.mark.parametrize("lost", losses(), ids=str)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_is_deleted_between_two_pages_costs_no_other(run, data, platform, lost):
    source, play, options, secrets, name = PLATFORMS[platform]
    shelf = Shelf(lost)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=json.dumps(play(shelf, request.url.path, request.url.params)))

    report = run(source, answer, options, secrets)
    stayed = {name.format(number) for number in set(range(1, MANY + 1)) - shelf.lost}
    assert shelf.lost
    assert stayed <= set(posts(data))
    assert report.health_detail == ""


@pytest.mark.parametrize("at", [2, 3])
@pytest.mark.parametrize(
    "platform", sorted({*PLATFORMS} - {"Mastodon, full text"})
)  # some know no offset and say so
def test_an_empty_page_where_more_is_due_is_not_the_end(run, data, platform, at):
    source, play, options, secrets, name = PLATFORMS[platform]
    shelf = Shelf({})

    def emptied(request: httpx.Request) -> httpx.Response:
        answer, empty = play(shelf, request.url.path, request.url.params), Shelf({})
        if shelf.asked == at:
            empty.there, shelf.asked = [], shelf.asked + 1
            answer = play(empty, request.url.path, request.url.params)
        return httpx.Response(200, content=json.dumps(answer))

    told = ""
    try:
        run(source, emptied, options, secrets)
    except GirafeError as error:
        told = str(error)
    [record] = [json.loads(path.read_text()) for path in data.runs.glob("*/*.json")]
    everything = {name.format(number) for number in range(1, MANY + 1)}
    assert told or record["limits"] or everything <= set(posts(data))
