"""Whatever fails, wherever it stops, however pages shift: each post arrives, and counts once."""

from __future__ import annotations

import random
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.collect import OVERCOME, collect
from collectors.http import Http, Manners
from girafe.data_dir import DataDir
from girafe.errors import GirafeError
from girafe.records import Post
from girafe.settings import parse_settings
from tests.collectors.conftest import GOVERNANCE
from tests.collectors.landed import landed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SETTINGS = parse_settings(
    """
[company]
name = "Ondine"
[[sources]]
name = "mastodon"
options = { instances = ["https://a.example", "https://b.example"] }
"""
    + GOVERNANCE
)
FAULTS = {
    "rate limit": lambda: httpx.Response(429, headers={"retry-after": "2"}),
    "long rate limit": lambda: httpx.Response(429, headers={"retry-after": "9999"}),
    "server error": lambda: httpx.Response(503),
    "truncated": lambda: httpx.Response(200, content=b'[{"id": "1", "acc'),
    "html": lambda: httpx.Response(200, html="<html>maintenance</html>"),
    "refused": lambda: httpx.Response(403, json={"error": "no"}),
    "object": lambda: httpx.Response(200, json={"error": "not a list"}),
    "timeout": lambda: httpx.ReadTimeout("slow"),
    "power cut": lambda: KeyboardInterrupt(),
}


def status(number, host):
    """Post `number` of everybody's timeline, a reply to the one before it in its group of three."""
    home = f"https://{'ab'[number % 2]}.example"
    parent = f"{host}{number - 1}" if number % 3 else None
    who = {"id": "1", "username": "ada", "acct": "ada@a.example", "url": "https://a.example/@ada", "note": ""}
    return {
        "id": f"{host}{number}", "uri": f"{home}/p/{number}", "url": f"{home}/p/{number}",
        "created_at": (NOW - timedelta(hours=1 + 14 * number)).isoformat(), "content": "<p>#ondine</p>",
        "in_reply_to_id": parent, "mentions": [], "replies_count": int(number % 3 < 2), "reblog": None,
        "account": who, "visibility": "public",
    }  # fmt: skip


class World:
    """Two instances with the same posts, a plan of faults, and posts that arrive while pages are turned."""

    def __init__(self, posts, faults, page):
        self.posts, self.faults, self.page, self.asked = posts, list(faults), page, 0
        self.now = NOW

    def __call__(self, request):
        self.asked += 1
        if self.faults and (fault := self.faults.pop(0)):
            made = FAULTS[fault]()
            if isinstance(made, BaseException):
                raise made
            return made
        host, path = request.url.host[0], request.url.path
        if "/timelines/tag/" in path:
            return self._timeline(request, host)
        if path.endswith("/context"):
            number = int(path.split("/")[-2][1:])
            group = range(number - number % 3, min(number - number % 3 + 3, self.posts))
            above = [status(n, host) for n in group if n < number]
            below = [status(n, host) for n in group if n > number]
            return httpx.Response(200, json={"ancestors": above, "descendants": below})
        return httpx.Response(200, json={"domain": request.url.host})

    def _timeline(self, request, host):
        first = int(request.url.params.get("max_id", f"{host}-1")[1:]) + 1
        shown = [status(n, host) for n in range(first, min(first + self.page, self.posts))]
        link = f'<https://x/?max_id={shown[-1]["id"]}>; rel="next"' if shown else ""
        return httpx.Response(200, json=shown, headers={"link": link} if link else {})

    def sleep(self, seconds):
        self.now += timedelta(seconds=seconds)


def run(world, data):
    http = Http(
        client=httpx.Client(transport=httpx.MockTransport(world)),
        clock=lambda: world.now, ticks=lambda: world.now.timestamp(), sleep=world.sleep,
        chance=random.Random(1).random, manners=Manners(attempts=3),
    )  # fmt: skip
    return collect("mastodon", "Ondine", settings=SETTINGS, data=data, http=http, secrets={})


def landed_posts(data):
    return [record for record in landed(data) if isinstance(record, Post)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    posts=st.integers(0, 14),
    page=st.integers(1, 5),
    faults=st.lists(st.sampled_from([None, *FAULTS]), max_size=25),
)
def test_any_plan_of_faults_and_restarts_ends_with_every_post_once(posts, page, faults):
    with tempfile.TemporaryDirectory() as folder:
        data, world = DataDir(Path(folder)), World(posts, faults, page)
        heard = None
        for _ in range(60):
            world.now += timedelta(minutes=1)
            try:
                report = run(world, data)
            except (GirafeError, KeyboardInterrupt):
                continue
            heard = report
            if not world.faults and (not report.health_detail or report.health_detail.startswith(OVERCOME)):
                break
        assert heard is not None
        assert heard.health == ("heard" if posts else "silent")
        found = landed_posts(data)
        # Once means: one id, and after the last whole run one known parent.
        latest = {post.post_id: post for post in sorted(found, key=lambda post: post.observed_at)}
        assert set(latest) == {status(n, "a")["uri"] for n in range(posts)}
        for number in range(posts):
            post = latest[status(number, "a")["uri"]]
            assert post.reply_to == (status(number - 1, "a")["uri"] if number % 3 else None)


@settings(max_examples=20, deadline=None)
@given(posts=st.integers(1, 14), page=st.integers(1, 5))
def test_the_same_window_twice_gives_the_same_rows(posts, page):
    with tempfile.TemporaryDirectory() as folder:
        data, world = DataDir(Path(folder)), World(posts, [], page)
        run(world, data)
        first = {(post.post_id, post.text, post.reply_to) for post in landed_posts(data)}
        world.now += timedelta(minutes=5)
        run(world, data)
        assert {(post.post_id, post.text, post.reply_to) for post in landed_posts(data)} == first


class Apart(World):
    """Two instances, each with posts of its own; one of them refuses as long as it is told to."""

    refuses = True

    def __call__(self, request):
        if self.refuses and request.url.host == "a.example":
            return httpx.Response(403, json={"error": "no"})
        return super().__call__(request)

    def _timeline(self, request, host):
        shown = [item for item in super()._timeline(request, host).json() if _home(item) == host]
        return httpx.Response(200, json=shown)


def _home(item):
    return "ab"[int(item["id"][1:]) // 3 % 2]


def test_the_same_day_run_again_under_a_clock_that_was_set_loses_nothing_of_the_first_time(tmp_path):
    """GIRAFE_NOW runs a past day as it was; one instance was deaf then, and what the other had said is read."""
    data, world = DataDir(tmp_path), Apart(12, [], 20)
    run(world, data)
    first = {post.post_id for post in landed_posts(data)}
    world.refuses, world.now = False, NOW
    run(world, data)
    assert len(first) == 6
    assert {post.post_id for post in landed_posts(data)} >= first
    assert len({post.post_id for post in landed_posts(data)}) == 12
