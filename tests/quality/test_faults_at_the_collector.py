"""Faults as they happen: a platform breaks in one of twelve ways, and the name that comes out says which.

Real collector, landing, classifier and warehouse; only the platform and the clock are played. Six good weeks
come first, so that silence has something to be measured against.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from collectors.http import Http
from girafe import run as path
from girafe.data_dir import DataDir
from girafe.errors import GirafeError
from girafe.settings import parse_settings
from quality.silence import Hearing, hearings
from warehouse.connection import connect

BEGIN = datetime(2026, 9, 7, tzinfo=UTC)
"""A Monday."""
WEEK = timedelta(days=7)
RUNS = (timedelta(days=2, hours=12), timedelta(days=6, hours=22))
"""When in a week the collector runs."""
SEVENTH = BEGIN + 6 * WEEK
SETTINGS = parse_settings(
    '[company]\nname = "Ondine"\ntime_zone = "UTC"\n'
    '[[sources]]\nname = "mastodon"\n[sources.options]\ninstances = ["https://a.example"]\n'
    '[[sources]]\nname = "rss"\n[sources.options]\nfeeds = ["https://b.example/feed"]\n'
    "[governance]\nlegal_basis = 'x'\npurpose = 'x'\ndpia_reference = 'x'\n"
    "works_council_informed_on = 2026-01-15\nnotice_url = 'https://ondine.example'\ndpo_contact = 'x'\n"
)
Answer = Callable[[httpx.Request, datetime], httpx.Response]


class Clock:
    """A clock that moves only when it is set or somebody sleeps."""

    def __init__(self) -> None:
        self.now = BEGIN

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def statuses(
    until: datetime, *, every: timedelta = timedelta(hours=4), **changed: Any
) -> list[dict[str, Any]]:
    """What invented people wrote since BEGIN, newest first: 42 posts a week."""
    count = max(0, int((until - BEGIN) / every))
    return [status(BEGIN + number * every, number, **changed) for number in reversed(range(count))]


def status(at: datetime, number: int, **changed: Any) -> dict[str, Any]:
    name = f"lou{number % 30}"
    account = {
        "id": name, "username": name, "acct": name, "display_name": name, "url": f"https://a.example/@{name}",
        "uri": f"https://a.example/users/{name}", "note": "", "bot": False, "discoverable": True,
        "indexable": True, "noindex": False, "fields": [],
    }  # fmt: skip
    uri = f"https://a.example/users/{name}/statuses/{number}"
    whole = {
        "id": f"{number:06}", "uri": uri, "url": uri, "content": "<p>#ondine, un message</p>", "account": account,
        "created_at": at.isoformat(), "visibility": "public", "in_reply_to_id": None, "mentions": [],
        "replies_count": 0, "reblog": None,
    }  # fmt: skip
    account.update(changed.pop("account", {}))
    return {name: value for name, value in (whole | changed).items() if value != "missing"}


def instance(
    posts: Sequence[dict[str, Any]], request: httpx.Request, access: str = "public"
) -> httpx.Response:
    """A Mastodon server that holds `posts`."""
    where = request.url.path
    if where == "/api/v2/instance":
        feeds = {"hashtag_feeds": {"local": access, "remote": access}}
        return httpx.Response(200, json={"domain": "a.example", "configuration": {"timelines_access": feeds}})
    if where.startswith("/api/v1/timelines/tag/"):
        below = request.url.params.get("max_id")
        left = [post for post in posts if below is None or post["id"] < below][:40]
        more = f'<{request.url.copy_merge_params({"max_id": left[-1]["id"]})}>; rel="next"' if left else ""
        return httpx.Response(200, json=left, headers={"link": more} if more else {})
    if where.endswith("/context"):
        return httpx.Response(200, json={"ancestors": [], "descendants": []})
    return httpx.Response(404, json={"error": "Record not found"})


def feed(until: datetime) -> httpx.Response:
    """A news feed with one article about the company a week, every Monday."""
    days = [BEGIN + n * WEEK + timedelta(hours=8) for n in range(60) if BEGIN + n * WEEK < until]
    items = "".join(
        f"<item><guid>{day:%Y%m%d}</guid><title>Ondine, un article</title><link>https://b.example/{day:%j}</link>"
        f"<pubDate>{day:%a, %d %b %Y %H:%M:%S +0000}</pubDate></item>"
        for day in days
    )
    body = f"<rss version='2.0'><channel><title>Journal</title>{items}</channel></rss>"
    return httpx.Response(200, text=body, headers={"content-type": "application/rss+xml"})


def healthy(request: httpx.Request, now: datetime) -> httpx.Response:
    return instance(statuses(now), request)


def week_of_runs(data: DataDir, monday: datetime, answer: Answer, source: str = "mastodon") -> None:
    """Lets the collector run at its hours in the week of `monday`, each refusal noted as a scheduler would."""
    clock = Clock()

    def transport(request: httpx.Request) -> httpx.Response:
        return answer(request, clock.now)

    for offset in RUNS:
        clock.now = monday + offset
        http = Http(
            client=httpx.Client(transport=httpx.MockTransport(transport)),
            clock=lambda: clock.now,
            ticks=lambda: clock.now.timestamp(),
            sleep=clock.sleep,
            chance=random.Random(7).random,
            allowed_hosts=frozenset({"a.example", "b.example"}),
        )
        context = path.Context(data=data, settings=SETTINGS, now=clock.now)
        try:
            path.collect(context, source, "Ondine", http=http)
        except GirafeError:
            continue


def judged(data: DataDir, source: str = "mastodon") -> Hearing:
    """What the detector says of the seventh week, on the Monday after."""
    context = path.Context(data=data, settings=SETTINGS, now=SEVENTH + WEEK + timedelta(hours=6))
    path.classify(context)
    path.load(context)
    with connect(data.warehouse, read_only=True) as connection:
        found = hearings(connection, SETTINGS, context.now)
    return next(h for h in found if h.source == source and h.week == SEVENTH.date())


@pytest.fixture(scope="module")
def six_good_weeks(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    data = DataDir(tmp_path_factory.mktemp("six") / "data")
    for number in range(6):
        week_of_runs(data, BEGIN + number * WEEK, healthy)
    context = path.Context(data=data, settings=SETTINGS, now=SEVENTH)
    path.classify(context)
    return data


@pytest.fixture
def data(six_good_weeks: DataDir, tmp_path: Path) -> DataDir:
    shutil.copytree(six_good_weeks.root, tmp_path / "data")
    return DataDir(tmp_path / "data")


def refuses(code: int, **headers: str) -> Answer:
    return lambda request, now: httpx.Response(code, json={"error": "no"}, headers=headers)


def unreachable(request: httpx.Request, now: datetime) -> httpx.Response:
    raise httpx.ConnectError("no route to host", request=request)


def closed_to_strangers(request: httpx.Request, now: datetime) -> httpx.Response:
    return instance([], request, access="disabled")


def another_page(request: httpx.Request, now: datetime) -> httpx.Response:
    return httpx.Response(200, text="<html>maintenance</html>", headers={"content-type": "text/html"})


def shows(**changed: Any) -> Answer:
    return lambda request, now: instance(statuses(now, **changed), request)


def frozen(request: httpx.Request, now: datetime) -> httpx.Response:
    return instance(statuses(SEVENTH), request)


def nothing(request: httpx.Request, now: datetime) -> httpx.Response:
    return instance([], request)


def first_of_many(request: httpx.Request, now: datetime) -> httpx.Response:
    """Only one post a week comes through: the rest is on pages nobody gets to see."""
    return instance([post for post in statuses(now) if int(post["id"]) % 42 == 20], request)


FAULTS = [
    pytest.param(refuses(401), "refused", id="the key has expired"),
    pytest.param(refuses(403), "refused", id="the address is blocked"),
    pytest.param(refuses(429, **{"retry-after": "3600"}), "refused", id="rate limited all week"),
    pytest.param(refuses(503), "refused", id="the server is down"),
    pytest.param(unreachable, "refused", id="the network is gone"),
    pytest.param(closed_to_strangers, "refused", id="timelines are closed to strangers"),
    pytest.param(another_page, "refused", id="a maintenance page answers"),
    pytest.param(shows(content="missing"), "unreadable", id="the format changed"),
    pytest.param(shows(visibility="everyone"), "unreadable", id="a field got other values"),
    pytest.param(shows(account={"noindex": True}), "opt_outs_only", id="an opt-out flag is misread"),
    pytest.param(frozen, "stale", id="the platform serves an old page"),
    pytest.param(nothing, "implausible", id="an empty answer that means no"),
    pytest.param(first_of_many, "collapsed", id="paging ends after one post"),
]


@pytest.mark.parametrize(("answer", "name"), FAULTS)
def test_a_fault_gets_its_name_and_the_week_is_not_called_calm(
    data: DataDir, answer: Answer, name: str
) -> None:
    week_of_runs(data, SEVENTH, answer)
    found = judged(data)
    assert (found.state, found.reason) == ("blind", name), found
    assert found.note


def test_a_scheduler_that_stood_still_is_named(data: DataDir) -> None:
    assert (judged(data).state, judged(data).reason) == ("blind", "no_run")


def test_a_week_with_one_blind_run_says_that_it_is_counted_too_low(data: DataDir) -> None:
    def first_refuses(request: httpx.Request, now: datetime) -> httpx.Response:
        return refuses(503)(request, now) if now < SEVENTH + 4 * timedelta(days=1) else healthy(request, now)

    week_of_runs(data, SEVENTH, first_refuses)
    assert (judged(data).state, judged(data).reason) == ("heard", "partly")


def test_a_good_seventh_week_has_no_fault(data: DataDir) -> None:
    week_of_runs(data, SEVENTH, healthy)
    assert (judged(data).state, judged(data).reason) == ("heard", "")


def test_a_calm_week_of_a_source_that_says_little_stays_calm(data: DataDir) -> None:
    """One article a week may be missing: that is no proof of deafness while another source is heard."""
    for number in range(6):
        week_of_runs(data, BEGIN + number * WEEK, lambda request, now: feed(now), source="rss")
    week_of_runs(data, SEVENTH, healthy)
    week_of_runs(data, SEVENTH, lambda request, now: feed(SEVENTH), source="rss")
    found = judged(data, source="rss")
    assert found.state == "silent", found
