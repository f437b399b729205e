"""Forums: whole topics, and pauses that are kept."""

from __future__ import annotations

import json

import httpx
import pytest

from collectors.cursors import cursor_path, read_cursors
from girafe.errors import RateLimited, SettingsInvalid, SourceUnavailable
from girafe.records import Profile
from tests.collectors.collecting import NOW, posts
from tests.collectors.collecting import run as run
from tests.collectors.landed import landed


def test_a_forum_topic_is_read_whole_with_its_parents(run, data):
    def member(number, parent=None):
        return {"id": 100 + number, "post_number": number, "reply_to_post_number": parent, "post_type": 1,
                "topic_id": 7, "username": f"u{number}", "created_at": "2026-11-23T08:00:00Z",
                "cooked": f"<p>post {number}</p>"}  # fmt: skip

    def forum(request):
        path = request.url.path
        if path == "/search.json":
            hit = {"id": 102, "topic_id": 7, "created_at": "2026-11-23T08:00:00Z", "blurb": "cut"}
            return httpx.Response(200, json={"posts": [hit], "grouped_search_result": {}})
        if path == "/t/7.json":
            stream = {"posts": [member(1), member(2)], "stream": [101, 102, 103]}
            return httpx.Response(200, json={"title": "Ondine", "post_stream": stream})
        if path == "/t/7/posts.json":
            assert request.url.params.get_list("post_ids[]") == ["103"]
            return httpx.Response(200, json={"post_stream": {"posts": [member(3, 2)]}})
        return httpx.Response(404)

    run("discourse", forum, 'forums = ["https://forum.example"]')
    found = {key.rpartition("/")[2]: post for key, post in posts(data).items()}
    assert found["101"].text == "Ondine\n\npost 1"
    assert [found[n].reply_to and found[n].reply_to[-3:] for n in ("101", "102", "103")] == [
        None,
        "101",
        "102",
    ]


def test_a_pause_asked_for_in_the_answer_is_kept(run, time, data):
    def site(request):
        if "search" in request.url.path:
            item = {"question_id": 1, "title": "Ondine", "body": "<p>?</p>", "creation_date": int(NOW.timestamp()) - 60,
                    "owner": {"user_id": 5}}  # fmt: skip
            return httpx.Response(200, json={"items": [item], "has_more": False, "backoff": 25})
        return httpx.Response(200, json={"items": [], "has_more": False})

    report = run("stackexchange", site, 'api = "https://api.example", sites = ["workplace"]')
    assert [wait.seconds for wait in report.waits] == [25.0]
    assert set(posts(data)) == {"workplace/1"}


def test_a_pause_too_long_to_be_made_here_costs_nothing_that_came_with_it(run, data):
    def site(request):
        page = int(request.url.params["page"])
        item = {"question_id": page, "title": "Ondine", "body": "<p>?</p>", "creation_date": int(NOW.timestamp()) - 60,
                "owner": {"user_id": 5}}  # fmt: skip
        told = {"backoff": 4000} if page == 2 else {}
        return httpx.Response(200, json={"items": [item], "has_more": True, **told})

    with pytest.raises(RateLimited, match="asks to wait 4000 s"):
        run("stackexchange", site, 'api = "https://api.example", sites = ["workplace"]', window=None)
    assert set(posts(data)) == {"workplace/1", "workplace/2"}
    assert not read_cursors(cursor_path(data, "stackexchange", "Ondine"))


def test_a_misspelt_option_is_named_before_anything_is_asked(run):
    with pytest.raises(SettingsInvalid, match="knows no forum; it may hold forums, lookback_days"):
        run("discourse", lambda request: pytest.fail("asked"), 'forum = ["https://forum.example"]')


def test_a_source_without_a_place_to_listen_says_so(run):
    with pytest.raises(SettingsInvalid, match="names no place"):
        run("discourse", lambda request: httpx.Response(500))


def forum_with(more, *, stream=(7, 8)):
    """A forum of one topic; `more` is what it answers where the rest of the topic is asked for."""

    def answer(request):
        host, path = request.url.host, request.url.path
        post = {"id": 7, "post_number": 1, "topic_id": 1, "username": "ada", "cooked": f"<p>{host}</p>",
                "created_at": "2026-11-23T08:00:00Z"}  # fmt: skip
        if path == "/search.json":
            hit = {"id": 7, "topic_id": 1, "created_at": "2026-11-23T08:00:00Z"}
            return httpx.Response(200, json={"posts": [hit], "grouped_search_result": {}})
        if path == "/t/1.json":
            topic = {"title": "Ondine", "post_stream": {"posts": [post], "stream": list(stream)}}
            return httpx.Response(200, json=topic)
        if path == "/t/1/posts.json":
            return httpx.Response(200, json=more)
        return httpx.Response(200, json={"user": {"id": 1, "username": "ada", "title": host}})

    return answer


def test_two_forums_that_number_their_posts_alike_are_both_heard(run, data):
    two = 'forums = ["https://forum.example", "https://api.example"]'
    run("discourse", forum_with(None, stream=[7]), two)
    assert set(posts(data)) == {"https://forum.example/p/7", "https://api.example/p/7"}
    people = {record.account.url for record in landed(data) if isinstance(record, Profile)}
    assert people == {"https://forum.example/u/ada", "https://api.example/u/ada"}


def test_a_forum_that_hides_its_members_is_heard_and_says_so(run, data):
    forum = forum_with(None, stream=[7])

    def hiding(request):
        refused = httpx.Response(403, json={"error_type": "invalid_access"})
        return refused if request.url.path.startswith("/u/") else forum(request)

    report = run("discourse", hiding, 'forums = ["https://forum.example"]')
    [record] = [json.loads(path.read_text()) for path in data.runs.glob("*/*.json")]
    assert (report.health, set(posts(data))) == ("heard", {"https://forum.example/p/7"})
    assert "Not every profile was shown" in record["limits"]


@pytest.mark.parametrize("is_there", [False, True])
def test_a_topic_deleted_while_its_rest_is_asked_for_costs_no_other(run, data, is_there):
    asked, forum = [], forum_with(None)

    def losing(request):
        asked.append(request.url.path)
        if request.url.path == "/t/1/posts.json" or (asked.count("/t/1.json") > 1 and not is_there):
            return httpx.Response(404)
        return forum(request)

    if is_there:
        with pytest.raises(SourceUnavailable, match="post_stream"):
            run("discourse", losing, 'forums = ["https://forum.example"]')
        return
    report = run("discourse", losing, 'forums = ["https://forum.example"]')
    assert (set(posts(data)), report.health_detail) == ({"https://forum.example/p/7"}, "")


@pytest.mark.parametrize("more", [{"errors": ["slow down"], "error_type": "rate_limit"}, {}, [], "x"])
def test_the_rest_of_a_topic_that_comes_as_an_error_is_not_taken_for_its_end(run, more):
    with pytest.raises(SourceUnavailable, match="post_stream"):
        run("discourse", forum_with(more), 'forums = ["https://forum.example"]')
