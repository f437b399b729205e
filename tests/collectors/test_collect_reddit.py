# ruff: noqa: E501 (payloads are wide)
"""Reddit: posts with all their comments."""

from __future__ import annotations

import httpx
import orjson
import pytest

from girafe.errors import AccessDenied, SourceUnavailable
from girafe.records import Deletion
from tests.collectors.collecting import NOW, posts
from tests.collectors.collecting import run as run
from tests.collectors.landed import landed


def test_reddit_posts_come_with_their_comments_and_what_is_deleted_is_named(run, data):
    def comment(name, body, author="bo", replies=""):
        return {"kind": "t1", "data": {"name": name, "id": name[3:], "body": body, "author": author, "replies": replies,
                                       "created_utc": NOW.timestamp() - 60, "parent_id": "t3_a", "link_id": "t3_a"}}  # fmt: skip

    post = {"kind": "t3", "data": {"name": "t3_a", "id": "a", "title": "Ondine?", "selftext": "", "author": "ada",
                                   "created_utc": NOW.timestamp() - 3600}}  # fmt: skip

    def reddit(request):
        if request.url.path.endswith("access_token"):
            return httpx.Response(200, json={"access_token": "k", "expires_in": 3600})
        assert request.headers["authorization"] == "Bearer k"
        if request.url.path.endswith("/search"):
            return httpx.Response(200, json={"data": {"children": [post], "after": None}})
        below = {"data": {"children": [comment("t1_c", "yes")]}}
        gone = comment("t1_d", "[deleted]", "[deleted]")
        thread = {"data": {"children": [comment("t1_b", "no", replies=below), gone]}}
        return httpx.Response(200, json=[{"data": {"children": [post]}}, thread])

    secrets = {"REDDIT_CLIENT_ID": "i", "REDDIT_CLIENT_SECRET": "s"}
    run("reddit", reddit, 'api = "https://api.example"', secrets)
    assert set(posts(data)) == {"t3_a", "t1_b", "t1_c"}
    assert [record.post_id for record in landed(data) if isinstance(record, Deletion)] == ["t1_d"]


def test_reddit_comments_behind_stubs_are_asked_for_and_a_stub_that_leads_to_itself_ends(run, data):
    def comment(name, parent):
        return {"kind": "t1", "data": {"name": name, "id": name[3:], "body": "hm", "author": "bo", "replies": "",
                                       "created_utc": NOW.timestamp() - 60, "parent_id": parent, "link_id": "t3_a"}}  # fmt: skip

    def stub(parent, *children):
        return {
            "kind": "more",
            "data": {"count": len(children), "children": list(children), "parent_id": parent},
        }

    post = {"kind": "t3", "data": {"name": "t3_a", "id": "a", "title": "Ondine?", "selftext": "", "author": "ada",
                                   "created_utc": NOW.timestamp() - 3600}}  # fmt: skip
    many, asked = [f"m{n}" for n in range(150)], []

    def reddit(request):
        path, params = request.url.path, request.url.params
        if path.endswith("access_token"):
            return httpx.Response(200, json={"access_token": "k", "expires_in": 3600})
        if path.endswith("/search"):
            return httpx.Response(200, json={"data": {"children": [post], "after": None}})
        asked.append(dict(params))
        if path == "/api/morechildren":
            assert params["link_id"] == "t3_a"
            names = params["children"].split(",")
            # Deeper branches hang on a stub without names; the first stub names itself again.
            things = [comment(f"t1_{n}", "t3_a") for n in names] + [stub("t3_a", "m0"), stub("t1_m7")]
            return httpx.Response(200, json={"json": {"data": {"things": things}}})
        if params.get("comment") == "m7":
            deep = [comment("t1_deep", "t1_m7"), stub("t1_m7")]
            return httpx.Response(200, json=[{"data": {"children": [post]}}, {"data": {"children": deep}}])
        children = [comment("t1_b", "t3_a"), stub("t3_a", *many)]
        return httpx.Response(200, json=[{"data": {"children": [post]}}, {"data": {"children": children}}])

    run(
        "reddit",
        reddit,
        'api = "https://api.example"',
        {"REDDIT_CLIENT_ID": "i", "REDDIT_CLIENT_SECRET": "s"},
    )
    assert set(posts(data)) == {"t3_a", "t1_b", "t1_deep", *(f"t1_{name}" for name in many)}
    assert len(asked) == 4
    assert all(len(each.get("children", "").split(",")) <= 100 for each in asked)


@pytest.mark.parametrize(
    "rest",
    [
        {"json": {"errors": [["RATELIMIT", "you are doing that too much", "ratelimit"]]}},
        {"json": {"errors": [], "data": {}}},
        {"message": "error"},
        [],
    ],
)
def test_comments_that_come_as_an_error_under_200_are_not_taken_for_none(run, rest):
    post = {"kind": "t3", "data": {"name": "t3_a", "id": "a", "title": "Ondine?", "selftext": "", "author": "ada",
                                   "created_utc": NOW.timestamp() - 3600}}  # fmt: skip
    stub = {"kind": "more", "data": {"children": ["b"], "parent_id": "t3_a"}}

    def reddit(request):
        path = request.url.path
        if path.endswith("access_token"):
            return httpx.Response(200, json={"access_token": "k"})
        if path.endswith("/search"):
            return httpx.Response(200, json={"data": {"children": [post]}})
        listings = [{"data": {"children": [post]}}, {"data": {"children": [stub]}}]
        return httpx.Response(200, json=rest if path == "/api/morechildren" else listings)

    with pytest.raises(SourceUnavailable, match="where comments were due"):
        run(
            "reddit",
            reddit,
            'api = "https://api.example"',
            {"REDDIT_CLIENT_ID": "i", "REDDIT_CLIENT_SECRET": "s"},
        )


SECRETS = {"REDDIT_CLIENT_ID": "i", "REDDIT_CLIENT_SECRET": "s"}


@pytest.mark.parametrize(("many", "closed"), [(5, 1), (1, 1), (5, 5)])
def test_a_community_that_closed_keeps_no_other_from_being_heard_and_all_are_a_lost_right(
    run, data, many, closed
):
    def reddit(request):
        path = request.url.path
        if path.endswith("access_token"):
            return httpx.Response(200, json={"access_token": "t"})
        post = {"title": "Ondine", "selftext": "", "author": "ada", "created_utc": NOW.timestamp() - 60}
        if path.endswith("/search"):
            shown = [{"kind": "t3", "data": {"name": f"t3_{n}", "id": str(n), **post}} for n in range(many)]
            return httpx.Response(200, json={"data": {"children": shown, "after": None}})
        number = int(path.rpartition("/")[2])
        if number < closed:
            return httpx.Response(403, json={"reason": "private", "message": "Forbidden", "error": 403})
        comment = {"name": f"t1_{number}", "body": "oui", "author": "bo", "created_utc": NOW.timestamp() - 30}
        return httpx.Response(200, json=[{"data": {"children": [{"kind": "t1", "data": comment}]}}])

    if many == closed == 5:
        with pytest.raises(AccessDenied, match="403"):
            run("reddit", reddit, 'api = "https://api.example"', SECRETS)
        return
    assert run("reddit", reddit, 'api = "https://api.example"', SECRETS).health == "heard"
    assert {name for name in posts(data) if name.startswith("t1")} == {f"t1_{n}" for n in range(closed, many)}
    [record] = [orjson.loads(path.read_bytes()) for path in data.runs.glob("*/*.json")]
    assert f"comments of {closed} of {many} posts were not shown" in record["limits"]
