"""Facebook and Instagram: the company's own pages, whole, each under its own network, and what is gone from them."""

from __future__ import annotations

import httpx
import pytest

from girafe.errors import QuestionRefused, RateLimited, SourceUnavailable
from tests.collectors.collecting import posts
from tests.collectors.collecting import run as run


def test_a_page_is_read_with_all_comments_and_their_answers(run, data):
    stamp = "2026-11-23T08:00:00+0000"

    def graph(request):
        assert request.headers["authorization"] == "Bearer t"
        path = request.url.path
        if path == "/9/posts":
            answer = {"id": "c2", "message": "oui", "created_time": stamp, "from": {"id": "9"}}
            first = {"id": "c1", "message": "?", "created_time": stamp, "comments": {"data": [answer]}}
            below = {"data": [first], "paging": {"next": "https://api.example/more"}}
            post = {
                "id": "p1",
                "message": "Ondine",
                "created_time": stamp,
                "from": {"id": "9"},
                "comments": below,
            }
            return httpx.Response(200, json={"data": [post]})
        if path == "/p1/comments":
            more = [{"id": f"c{n}", "message": "!", "created_time": stamp} for n in (1, 3)]
            return httpx.Response(200, json={"data": more})
        raise AssertionError(path)

    run("meta", graph, 'api = "https://api.example", pages = ["facebook:9"]', {"META_PAGE_TOKEN": "t"})
    found = posts(data)
    assert found["c3"].reply_to == "p1"
    assert {post.platform for post in found.values()} == {"facebook"}
    assert found["c1"].author != found["c3"].author


def test_what_is_older_than_a_month_before_the_window_ends_the_reading(run, data):
    asked = []

    def graph(request):
        asked.append(str(request.url))
        old = {
            "id": "p2",
            "message": "Ondine",
            "created_time": "2026-09-01T08:00:00+0000",
            "from": {"id": "9"},
        }
        new = old | {"id": "p1", "created_time": "2026-11-23T08:00:00+0000"}
        paging = {"cursors": {"after": str(len(asked))}, "next": "https://api.example/more"}
        page = [new, old] if len(asked) == 1 else [old | {"id": "p3"}, old | {"id": "p4"}]
        return httpx.Response(200, json={"data": page, "paging": paging})

    run("meta", graph, 'api = "https://api.example", pages = ["facebook:9"]', {"META_PAGE_TOKEN": "t"})
    assert (set(posts(data)), len(asked)) == ({"p1"}, 2)


META = ('api = "https://api.example", pages = ["{}:9"]', {"META_PAGE_TOKEN": "t"})
STAMP = "2026-11-23T08:00:00+0000"


@pytest.mark.parametrize(("network", "said", "when", "edge"), [
    ("facebook", "message", "created_time", "comments"),
    ("instagram", "text", "timestamp", "replies"),
])  # fmt: skip
def test_answers_to_comments_are_heard_however_many_comments_there_are(run, data, network, said, when, edge):
    def thing(name, **more):
        return {"id": name, said: "Ondine", when: STAMP, **more}

    def graph(request):
        path, fields = request.url.path, request.url.params["fields"]
        if path in ("/9/posts", "/9/media"):
            below = {"data": [thing("c1")], "paging": {"next": "https://api.example/more"}}
            return httpx.Response(200, json={"data": [thing("p1", comments=below)]})
        if path == "/p1/comments":  # Graph shows what is asked for, and no more
            below = {edge: {"data": [thing("r1")]}} if f"{edge}." in fields else {}
            return httpx.Response(200, json={"data": [thing("c1", **below), thing("c2")]})
        raise AssertionError(path)

    options, secrets = META
    run("meta", graph, options.format(network), secrets)
    assert {name: post.reply_to for name, post in posts(data).items()} == {
        "p1": None, "c1": "p1", "c2": "p1", "r1": "c1",
    }  # fmt: skip


def test_a_page_with_more_behind_it_and_no_way_there_is_not_the_last(run):
    def graph(request):
        paging = {"next": "https://api.example/9/posts?until=1"}
        post = {"id": "p1", "message": "Ondine", "created_time": STAMP}
        return httpx.Response(200, json={"data": [post], "paging": paging})

    options, secrets = META
    with pytest.raises(SourceUnavailable, match="does not say where"):
        run("meta", graph, options.format("facebook"), secrets)


@pytest.mark.parametrize("is_there", [False, True])
def test_a_post_deleted_while_its_comments_are_asked_for_costs_no_other(run, data, is_there):
    def thing(name, **more):
        return {"id": name, "message": "Ondine", "created_time": STAMP, **more}

    def graph(request):
        path = request.url.path
        if path == "/9/posts":
            more = {"data": [thing("c1")], "paging": {"next": "https://api.example/more"}}
            return httpx.Response(200, json={"data": [thing("p1", comments=more), thing("p2")]})
        if path == "/p1/comments" and "after" not in request.url.params:
            paging = {"next": "https://api.example/more", "cursors": {"after": "x"}}
            return httpx.Response(200, json={"data": [thing("c1"), thing("c2")], "paging": paging})
        if path == "/p1" and is_there:
            return httpx.Response(200, json={"id": "p1"})
        error = {"code": 100, "error_subcode": 33, "message": "Object does not exist."}
        return httpx.Response(400, json={"error": error})

    options, secrets = META
    if is_there:  # then it is a right that was lost, and what is under the post is not heard
        with pytest.raises(QuestionRefused):
            run("meta", graph, options.format("facebook"), secrets)
        return
    report = run("meta", graph, options.format("facebook"), secrets)
    assert (set(posts(data)), report.health_detail) == ({"p1", "p2", "c1", "c2"}, "")


@pytest.mark.parametrize(("code", "words"), [
    (4, "Application request limit reached"), (17, "User request limit reached"),
    (32, "Page request limit reached"), (613, "Calls to this api have exceeded the rate limit."),
    (80001, "There have been too many calls to this Page account. Wait a bit and try again."),
])  # fmt: skip
def test_every_limit_of_meta_says_later_and_not_never(run, code, words):
    def graph(request):
        error = {"message": f"(#{code}) {words}", "type": "OAuthException", "code": code}
        return httpx.Response(400, json={"error": error})

    options, secrets = META
    with pytest.raises(RateLimited):
        run("meta", graph, options.format("facebook"), secrets)
