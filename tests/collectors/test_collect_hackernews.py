"""Hacker News: more hits than can be reached are read in turns; threads and speakers come whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from collectors.collect import collect
from collectors.contract import Window
from girafe.errors import SourceUnavailable, UserMustAct
from girafe.records import Deletion, Post, Profile
from tests.collectors.landed import landed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = Window(start=NOW - timedelta(days=1), end=NOW)
SOURCE = (
    '[[sources]]\nname = "hackernews"\n'
    'options = { algolia = "https://algolia.example/api/v1", firebase = "https://firebase.example/v0" }'
)


def story(number, seconds_ago):
    return {
        "objectID": str(number), "created_at_i": int(NOW.timestamp()) - seconds_ago,
        "author": f"u{number % 7}", "title": f"Ondine {number}", "comment_text": None,
    }  # fmt: skip


class HackerNews:
    """Algolia, which shows at most 1,000 hits of a query, and Firebase."""

    def __init__(self, hits, items=(), most=1000):
        self.hits, self.most = sorted(hits, key=lambda hit: -hit["created_at_i"]), most
        self.items = {str(item["id"]): item for item in items}
        self.searches = 0

    def __call__(self, request):
        if request.url.path.endswith("/search_by_date"):
            return self._search(request.url.params)
        kind, name = request.url.path.removesuffix(".json").split("/")[-2:]
        if kind == "item":
            return httpx.Response(200, content=json.dumps(self.items.get(name)))  # null: not there
        return httpx.Response(200, json={"id": name, "karma": 1, "created": 1, "about": "I work at Ondine"})

    def _search(self, params):
        self.searches += 1
        low, high = (int(part[part.index("=") + 1 :] if ">=" in part else part.split("<")[1])
                     for part in params["numericFilters"].split(","))  # fmt: skip
        found = [hit for hit in self.hits if low <= hit["created_at_i"] < high]
        page, size = int(params["page"]), int(params["hitsPerPage"])
        shown = found[: self.most][page * size : (page + 1) * size]
        pages = -(-min(len(found), self.most) // size)
        return httpx.Response(200, json={"hits": shown, "nbHits": len(found), "nbPages": pages})


@pytest.fixture
def run(client_for, data, settings_with):
    def go(handler, window=DAY):
        http = client_for(handler, "algolia.example", "firebase.example")
        return collect(
            "hackernews",
            "Ondine",
            settings=settings_with(SOURCE),
            data=data,
            http=http,
            secrets={},
            window=window,
        )  # fmt: skip

    return go


def test_a_window_with_more_hits_than_can_be_reached_loses_none(run, data):
    hits = [story(n, n * 17 % 86_000 + 1) for n in range(3500)]
    server = HackerNews(hits)
    run(server)
    found = [record.post_id for record in landed(data) if isinstance(record, Post)]
    assert sorted(found) == sorted(hit["objectID"] for hit in hits)
    assert server.searches < 100


def spoken_by(time, story_at):
    """Hacker News, which shows what has been said by now."""

    def answer(request):
        said = [hit for hit in story_at if hit["created_at_i"] <= time.now.timestamp()]
        return HackerNews(said)(request)

    return answer


def test_a_span_that_ends_in_the_future_does_not_hide_what_is_said_until_then(run, time, data):
    hits = [story(n, -3600 * n) for n in range(-9, 24 * 7)]
    server = spoken_by(time, hits)
    run(server, window=Window(start=NOW - timedelta(days=1), end=NOW + timedelta(days=5)))
    time.now = NOW + timedelta(days=6)
    run(server, window=None)
    found = {record.post_id for record in landed(data) if isinstance(record, Post)}
    assert found == {str(n) for n in range(-9, 24 * 6)}


def test_a_span_still_to_come_is_refused_and_asks_nobody(run):
    server = HackerNews([])
    with pytest.raises(UserMustAct, match="Nothing has been said yet"):
        run(server, window=Window(start=NOW + timedelta(days=1), end=NOW + timedelta(days=2)))
    assert not server.searches


def test_after_a_clock_that_ran_ahead_nothing_said_since_is_missed(run, time, data):
    hits = [story(n, -3600 * n) for n in range(-9, 24 * 20)]
    server = spoken_by(time, hits)
    run(server, window=None)
    true, time.now = time.now, time.now + timedelta(days=300)
    server_then = spoken_by(type(time)(true), hits)
    run(server_then, window=None)
    for day in (8, 16):  # put right again
        time.now = NOW + timedelta(days=day)
        run(server, window=None)
        found = {record.post_id for record in landed(data) if isinstance(record, Post)}
        assert found == {str(n) for n in range(-9, 24 * day)}


def test_a_clock_set_back_moves_no_cursor_that_begins_after_it(run, time, data):
    run(HackerNews([story(1, 60)]), window=None)
    before = {path: path.read_bytes() for path in data.cursors.rglob("*.json")}
    time.now = NOW - timedelta(days=3000)
    run(HackerNews([story(2, 3000 * 86_400 + 60)]), window=None)
    assert {path: path.read_bytes() for path in data.cursors.rglob("*.json")} == before


def test_more_than_can_be_reached_in_one_second_costs_none_before_or_after_it(run):
    around = [story(2000, 59), *(story(3000 + n, 61 + n) for n in range(150))]
    report = run(HackerNews([*(story(n, 60) for n in range(1200)), *around]))
    assert report.count_posts == 1000 + len(around)


def test_a_search_that_counts_the_same_in_every_span_is_read_once_and_said_to_be_cut(run, data):
    """Asking for what is older would never end: the count is not of the window."""
    server = HackerNews([story(n, 60 + n) for n in range(30)])

    def boasting(request):
        answer = server(request)
        told = answer.json()
        if "nbHits" not in (told or {}):
            return answer
        return httpx.Response(200, json=told | {"nbHits": 5000})

    report = run(boasting)
    assert (report.count_posts, server.searches) == (30, 2)
    [record] = [json.loads(path.read_text()) for path in data.runs.glob("*/*.json")]
    assert "no shorter span divides" in record["limits"]


def test_the_edges_of_a_window_are_half_open(run, data):
    start = NOW - timedelta(hours=2)
    run(HackerNews([story(1, 7200), story(2, 3600), story(3, 0)]), Window(start=start, end=NOW))
    assert {record.post_id for record in landed(data) if isinstance(record, Post)} == {"1", "2"}


def test_a_found_comment_brings_its_whole_tree_and_its_speakers(run, data):
    hit = {"objectID": "3", "created_at_i": int(NOW.timestamp()) - 60, "author": "bo",
           "comment_text": "Ondine!", "story_id": 1, "parent_id": 2}  # fmt: skip
    base = {"type": "comment", "time": int(NOW.timestamp()) - 90}
    items = [
        {**base, "id": 1, "type": "story", "by": "ada", "title": "Trains", "kids": [2, 4]},
        {**base, "id": 2, "by": "cy", "text": "Which?", "parent": 1, "kids": [3]},
        {**base, "id": 3, "by": "bo", "text": "Ondine!", "parent": 2},
        {**base, "id": 4, "deleted": True, "parent": 1},
    ]
    run(HackerNews([hit], items))
    records = landed(data)
    posts = {record.post_id: record for record in records if isinstance(record, Post)}
    assert {number: post.reply_to for number, post in posts.items()} == {"1": None, "2": "1", "3": "2"}
    assert {post.conversation_id for post in posts.values()} == {"1"}
    assert [record.post_id for record in records if isinstance(record, Deletion)] == ["4"]
    assert {record.account.handle for record in records if isinstance(record, Profile)} == {"ada", "bo", "cy"}


def test_an_answer_without_hits_is_a_named_fault(run):
    with pytest.raises(SourceUnavailable, match="without `hits`"):
        run(lambda request: httpx.Response(200, json={"message": "moved"}))
