"""The client waits when asked, tries again when it helps, and says plainly when a person must act."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from collectors.guard import check_url
from girafe.errors import AccessDenied, RateLimited, SourceUnavailable

URL = "https://api.example/posts"
OK = httpx.Response(200, json={"posts": []})


def answers(*responses):
    """A platform that gives these answers in turn, then the last one for ever; it counts the questions."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        response = responses[min(len(seen), len(responses)) - 1]
        if isinstance(response, Exception):
            raise response
        return response

    handler.seen = seen
    return handler


def test_a_429_waits_as_long_as_retry_after_says(client_for, time):
    http = client_for(answers(httpx.Response(429, headers={"retry-after": "30"}), OK), "api.example")
    assert http.json(URL) == {"posts": []}
    assert 30 <= sum(time.slept) < 33
    assert [wait.reason for wait in http.waits] == ["status 429"]


def test_a_reset_written_as_iso_8601_is_understood(client_for, time):
    limited = httpx.Response(
        429, headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-11-23T12:01:00.123456Z"}
    )
    http = client_for(answers(limited, OK), "api.example")
    http.json(URL)
    assert 60 <= sum(time.slept) < 63


@pytest.mark.parametrize(
    "reset",
    [
        lambda now: str(int(now.timestamp()) + 45),
        lambda now: str((int(now.timestamp()) + 45) * 1000),
        lambda now: "45",
        lambda now: format_datetime(now + timedelta(seconds=45), usegmt=True),
    ],
    ids=["epoch", "milliseconds", "seconds", "a date"],
)
def test_a_spent_budget_is_waited_for_before_the_next_question(client_for, time, reset):
    renewed = reset(time.now)
    spent = httpx.Response(200, json={}, headers={"ratelimit-remaining": "0", "ratelimit-reset": renewed})
    http = client_for(answers(spent, OK), "api.example")
    http.json(URL)
    assert sum(time.slept) == 0
    http.json(URL)
    assert 44 <= sum(time.slept) <= 46


@pytest.mark.parametrize("skew", [timedelta(hours=-3), timedelta(hours=3)])
def test_a_moment_to_come_back_at_is_counted_by_the_clock_of_the_host(client_for, time, skew):
    there = time.now + skew
    date, back = (format_datetime(moment, usegmt=True) for moment in (there, there + timedelta(seconds=40)))
    limited = httpx.Response(429, headers={"date": date, "retry-after": back})
    renewed = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": (there + timedelta(seconds=50)).isoformat()}
    spent = httpx.Response(200, json={}, headers={"date": date, **renewed})
    client_for(answers(limited, OK), "api.example").json(URL)
    assert 40 <= sum(time.slept) <= 42
    http = client_for(answers(spent, OK), "api.example")
    http.json(URL)
    http.json(URL)
    assert 88 <= sum(time.slept) <= 94


def test_a_wait_longer_than_its_patience_is_left_to_the_scheduler(client_for):
    http = client_for(answers(httpx.Response(429, headers={"retry-after": "7200"})), "api.example")
    with pytest.raises(RateLimited) as limited:
        http.json(URL)
    assert limited.value.wait_seconds == 7200


@pytest.mark.parametrize(
    "fault",
    [
        httpx.Response(500),
        httpx.Response(502, html="<h1>Bad gateway</h1>"),
        httpx.Response(507),
        httpx.Response(530, json={"error": "origin DNS error"}),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("refused"),
        httpx.RemoteProtocolError("closed early"),
        httpx.Response(200, content=b'{"posts": [', headers={"content-type": "application/json"}),
        httpx.Response(200, html="<html>Please log in</html>"),
    ],
    ids=[
        "500",
        "502 page",
        "507",
        "530",
        "timeout",
        "connection",
        "closed early",
        "truncated json",
        "html page",
    ],
)
def test_a_passing_fault_is_tried_again_and_a_lasting_one_is_named(client_for, fault):
    passing = answers(fault, fault, OK)
    assert client_for(passing, "api.example").json(URL) == {"posts": []}
    assert len(passing.seen) == 3
    lasting = answers(fault)
    with pytest.raises(SourceUnavailable, match=r"api\.example"):
        client_for(lasting, "api.example", attempts=4).json(URL)
    assert len(lasting.seen) == 4


def test_retries_come_later_each_time_and_not_in_step(client_for, time):
    http = client_for(answers(httpx.Response(503)), "api.example", pace=0.0)
    with pytest.raises(SourceUnavailable):
        http.json(URL)
    assert len(time.slept) == 4
    assert time.slept == sorted(time.slept)
    assert len({wait % 1 for wait in time.slept}) == 4


def test_a_403_that_says_when_to_come_back_is_no_refusal(client_for, time):
    assert client_for(answers(httpx.Response(403, headers={"retry-after": "20"}), OK), "api.example").json(
        URL
    )
    assert 20 <= sum(time.slept) <= 22


@pytest.mark.parametrize(("status", "words"), [(401, "token"), (403, "forbidden"), (422, "bad tag")])
def test_a_refusal_is_not_tried_again_and_repeats_what_the_platform_said(client_for, status, words):
    refusing = answers(httpx.Response(status, json={"error": words}))
    with pytest.raises(AccessDenied, match=words):
        client_for(refusing, "api.example").json(URL)
    assert len(refusing.seen) == 1


def test_a_refusal_by_html_is_told_from_one_by_the_api(client_for):
    with pytest.raises(AccessDenied, match="edge"):
        client_for(answers(httpx.Response(403, html="<html>blocked</html>")), "api.example").json(URL)


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_missing_is_none(client_for, status):
    assert client_for(answers(httpx.Response(status)), "api.example").json(URL) is None


def test_requests_to_one_host_keep_their_distance(client_for, time):
    http = client_for(answers(OK), "api.example", pace=2.0)
    for _ in range(4):
        http.json(URL)
    assert sum(time.slept) == pytest.approx(6.0)


def test_a_body_without_end_is_cut_off(client_for):
    http = client_for(answers(httpx.Response(200, content=b"x" * 5000)), "api.example", largest_body=1000)
    with pytest.raises(SourceUnavailable, match="cut off"):
        http.get(URL)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example/posts",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.1.2.3/",
        "https://localhost/",
        "file:///etc/passwd",
        "https:///nothing",
    ],
)
def test_only_https_to_public_addresses_leaves(url):
    with pytest.raises(AccessDenied):
        check_url(url, frozenset(), look_up=lambda host: ("127.0.0.1",))


def test_a_public_name_that_points_inside_is_refused():
    with pytest.raises(AccessDenied, match="private"):
        check_url("https://rebind.example/", frozenset(), look_up=lambda host: ("8.8.8.8", "192.168.0.4"))
    check_url("https://fine.example/", frozenset(), look_up=lambda host: ("8.8.8.8",))


def test_a_redirect_is_checked_like_the_first_request(client_for):
    moved = httpx.Response(302, headers={"location": "https://169.254.169.254/secret"})
    http = client_for(answers(moved, OK), "api.example")
    with pytest.raises(AccessDenied, match="private"):
        http.get(URL)


def test_a_redirect_loop_ends(client_for):
    http = client_for(answers(httpx.Response(302, headers={"location": URL})), "api.example")
    with pytest.raises(SourceUnavailable, match="redirects"):
        http.get(URL)


def test_a_machine_with_a_wrong_clock_is_noticed(client_for):
    late = httpx.Response(200, json={}, headers={"date": "Mon, 23 Nov 2026 11:30:00 GMT"})
    http = client_for(answers(late), "api.example")
    http.json(URL)
    assert http.skew("api.example") == 1800
