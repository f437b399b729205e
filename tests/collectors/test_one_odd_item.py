"""One odd item on a page costs nobody else: the others are heard, the pages behind are read, the run goes on."""

from __future__ import annotations

import httpx
import pytest

from collectors.cursors import cursor_path, read_cursors
from collectors.registry import PARSERS
from girafe.errors import AccessDenied, PayloadRejected, SourceUnavailable
from girafe.records import Post
from tests.collectors.collecting import BLUESKY, NOW, posts
from tests.collectors.collecting import run as run
from warehouse.landing import landing_files, read_envelopes

API = 'api = "https://api.example"'
STAMP = "2026-11-23T08:00:00Z"
SECOND = int(NOW.timestamp()) - 3600
REDDIT = {"REDDIT_CLIENT_ID": "i", "REDDIT_CLIENT_SECRET": "s"}


def test_one_odd_date_on_reddit_does_not_end_the_reading(run, data):
    def reddit(request):
        if request.url.path.endswith("access_token"):
            return httpx.Response(200, json={"access_token": "k"})
        if not request.url.path.endswith("/search"):
            return httpx.Response(200, json=[])
        start = int(request.url.params.get("after") or 0)
        shown = [
            {"kind": "t3", "data": {"name": f"t3_{n}", "id": str(n), "title": "Ondine", "selftext": "", "author": "ada",
                                    "created_utc": 0 if n == 1 else SECOND - n}}
            for n in (start, start + 1)
        ]  # fmt: skip
        return httpx.Response(
            200, json={"data": {"children": shown, "after": str(start + 2) if start < 4 else None}}
        )

    run("reddit", reddit, API, REDDIT)
    assert set(posts(data)) == {"t3_0", "t3_2", "t3_3", "t3_4", "t3_5"}


def test_one_backdated_post_of_a_page_does_not_end_the_reading(run, data):
    def graph(request):
        start = int(request.url.params.get("after") or 0)
        shown = [
            {"id": f"p{n}", "message": "Ondine", "created_time": "1998-01-01T00:00:00Z" if n == 1 else STAMP}
            for n in (start, start + 1)
        ]
        paging = {"cursors": {"after": str(start + 2)}, "next": "https://api.example"} if start < 4 else {}
        return httpx.Response(200, json={"data": shown, "paging": paging})

    run("meta", graph, f'{API}, pages = ["facebook:9"]', {"META_PAGE_TOKEN": "t"})
    assert set(posts(data)) == {"p0", "p2", "p3", "p4", "p5"}


def test_a_place_to_go_on_that_x_takes_no_longer_is_given_up(run, data):
    """Kept, it would be refused in every later run, and X never be heard again."""
    options, key = f"{API}, monthly_posts = 100000", {"X_BEARER_TOKEN": "k"}
    tokens = []

    def x(request):
        tokens.append(token := request.url.params.get("next_token", ""))
        if token == "t1" and len(tokens) == 2:
            return httpx.Response(401, json={})
        if token == "t1" and len(tokens) == 3:
            return httpx.Response(400, json={"title": "Invalid Request"})
        number = "2" if token else "1"
        post = {"id": number, "text": "Ondine", "author_id": "7", "created_at": STAMP}
        return httpx.Response(200, json={"data": [post], "meta": {} if token else {"next_token": "t1"}})

    with pytest.raises(AccessDenied):
        run("x", x, options, key, window=None)
    run("x", x, options, key, window=None)
    assert tokens[:5] == ["", "t1", "t1", "", "t1"]
    assert set(posts(data)) == {"1", "2"}
    [cursor] = read_cursors(cursor_path(data, "x", "Ondine")).values()
    assert (cursor.until >= NOW, cursor.memory) == (True, {})


def test_a_question_that_x_refuses_from_the_start_is_not_asked_twice(run, data):
    asked = []

    def x(request):
        asked.append(1)
        return httpx.Response(400, json={})

    with pytest.raises(AccessDenied):
        run("x", x, f"{API}, monthly_posts = 100000", {"X_BEARER_TOKEN": "k"}, window=None)
    assert len(asked) == 1


@pytest.mark.parametrize("odd", [None, "", {}, "1;x"])
def test_a_question_without_a_number_keeps_no_answers_from_being_read(run, data, odd):
    said = {"owner": {"user_id": 7, "display_name": "ada"}, "creation_date": SECOND, "body": "<p>?</p>"}

    def site(request):
        path = request.url.path
        if "search" in path:
            found = [
                {"question_id": odd, "title": "Ondine?", **said},
                {"question_id": 1, "title": "Ondine?", **said},
            ]
        elif not path.split("/")[-2].replace(";", "").isdecimal():
            return httpx.Response(400, json={"error_name": "bad_parameter"})
        else:
            found = [{"answer_id": 2, "question_id": 1, **said}] if path == "/questions/1/answers" else []
        return httpx.Response(200, json={"items": found, "has_more": False})

    run("stackexchange", site, f'{API}, sites = ["workplace"]')
    assert {"workplace/1", "workplace/2"} <= set(posts_read(data))


@pytest.mark.parametrize("odd", [None, 0, 5, 9_999_999_999, -62_135_596_800, "x"])
@pytest.mark.parametrize("place", [50, 99])
def test_a_question_of_an_absurd_date_is_not_where_the_search_goes_on(run, data, odd, place):
    asked = [
        {"question_id": n + 1, "title": "Ondine?", "body": "<p>?</p>", "owner": {"user_id": 7},
         "creation_date": SECOND - n}
        for n in range(250)
    ]  # fmt: skip

    def site(request):
        if "search" not in request.url.path:
            return httpx.Response(200, json={"items": [], "has_more": False})
        page, until = int(request.url.params["page"]), int(request.url.params["todate"])
        there = [one for one in asked if one["creation_date"] <= until]
        shown = [
            {**one, "creation_date": odd} if one is asked[place] else one
            for one in there[page * 100 - 100 : page * 100]
        ]
        return httpx.Response(200, json={"items": shown, "has_more": page * 100 < len(there)})

    run("stackexchange", site, f'{API}, sites = ["workplace"]')
    assert {f"workplace/{n + 1}" for n in range(250) if n != place} <= set(posts_read(data))


@pytest.mark.parametrize("kids", [True, 7])
def test_a_story_whose_answers_are_no_list_is_heard_with_all_others(run, data, kids):
    def hackernews(request):
        if "search" in request.url.path:
            hits = [
                {"objectID": str(n), "author": "ada", "title": "Ondine", "created_at_i": SECOND}
                for n in (1, 2)
            ]
            return httpx.Response(200, json={"hits": hits, "nbHits": 2, "nbPages": 1})
        kind, name = request.url.path.removesuffix(".json").split("/")[-2:]
        if kind == "user":
            return httpx.Response(200, json={"id": name, "karma": 1, "about": ""})
        item = {"id": int(name), "type": "story", "by": "ada", "title": "Ondine", "time": SECOND}
        return httpx.Response(200, json=item | ({"kids": kids} if name == "1" else {}))

    report = run(
        "hackernews", hackernews, 'algolia = "https://api.example", firebase = "https://api.example"'
    )
    assert (set(posts(data)), report.health_detail) == ({"1", "2"}, "")


def test_ids_that_bluesky_would_refuse_are_not_asked_for(run, data):
    def bluesky(request):
        path = request.url.path
        if path.endswith("createSession"):
            return httpx.Response(200, json={"accessJwt": "t"})
        if path.endswith("searchPosts"):
            shown = [
                {"uri": uri, "author": {"did": did, "handle": "a.example"}, "indexedAt": STAMP, "replyCount": 1,
                 "record": {"text": "Ondine", "createdAt": STAMP}}
                for uri, did in (("at://did:plc:a/app.bsky.feed.post/1", "did:plc:a"), ("", "did:plc:a"), ("x", "x"))
            ]  # fmt: skip
            return httpx.Response(200, json={"posts": shown})
        values = [*request.url.params.get_list("uri"), *request.url.params.get_list("actors")]
        if not all(value.startswith(("at://", "did:")) for value in values):
            return httpx.Response(400, json={"error": "InvalidRequest"})
        return httpx.Response(200, json={"thread": {}, "profiles": []})

    report = run("bluesky", bluesky, 'service = "https://pds.example"', BLUESKY)
    assert "at://did:plc:a/app.bsky.feed.post/1" in posts_read(data)
    assert (report.health_detail, report.count_quarantined) == ("", 1)


def posts_read(data):
    """The posts that landed, where some payloads are for quarantine."""
    found = {}
    for path in landing_files(data.landing):
        for envelope in read_envelopes(path):
            try:
                found |= {
                    post.post_id: post
                    for post in PARSERS[envelope.source](envelope)
                    if isinstance(post, Post)
                }
            except PayloadRejected:
                continue
    return found


def instance(*statuses):
    def answer(request):
        if "/timelines/" in request.url.path:
            return httpx.Response(200, json=list(statuses))
        if "/context" in request.url.path:
            return httpx.Response(200, json={"ancestors": [], "descendants": []})
        return httpx.Response(200, json={"domain": "api.example"})

    return answer


def toot(number, **fields):
    who = {"id": "1", "acct": "ada", "url": "https://api.example/@ada", "discoverable": True}
    return {"id": str(number), "uri": f"https://api.example/{number}", "content": "<p>#ondine</p>", "created_at": STAMP,
            "visibility": "public", "account": who} | fields  # fmt: skip


def test_a_status_without_an_id_of_its_server_keeps_no_other_from_being_heard(run, data):
    odd = {name: value for name, value in toot(1).items() if name != "id"}
    report = run("mastodon", instance(odd, toot(2)), 'instances = ["https://api.example"]')
    assert set(posts(data)) == {"https://api.example/1", "https://api.example/2"}
    assert report.health_detail == ""


def test_a_server_that_renames_its_visibilities_is_blind_and_not_silent(run):
    said = [toot(number, visibility="everyone") for number in (1, 2)]
    report = run("mastodon", instance(*said), 'instances = ["https://api.example"]')
    assert (report.health, report.count_quarantined) == ("blind", 2)


@pytest.mark.parametrize("field", ["post_number", "reply_to_post_number", "cooked"])
def test_an_odd_post_of_a_topic_keeps_no_other_from_being_heard(run, data, field):
    def forum(request):
        if request.url.path == "/search.json":
            return httpx.Response(200, json={"posts": [{"topic_id": 1, "created_at": STAMP}]})
        if request.url.path.startswith("/u/"):
            return httpx.Response(404, json={})
        said = [
            {
                "id": n,
                "topic_id": 1,
                "post_number": n,
                "username": "ada",
                "cooked": "<p>Ondine</p>",
                "created_at": STAMP,
            }
            for n in (1, 2, 3)
        ]
        said[1][field] = ["x"]
        if field == "cooked":
            del said[1][field]
        return httpx.Response(
            200, json={"title": "Ondine", "post_stream": {"posts": said, "stream": [1, 2, 3]}}
        )

    report = run("discourse", forum, 'forums = ["https://forum.example"]')
    assert {f"https://forum.example/p/{n}" for n in (1, 3)} <= set(posts_read(data))
    assert report.count_posts + report.count_quarantined == 3


def test_a_hit_without_a_topic_is_set_aside_and_not_dropped(run):
    def forum(request):
        hit = {"id": 7, "post_number": 1, "created_at": STAMP, "blurb": "Ondine", "username": "ada"}
        return httpx.Response(200, json={"posts": [hit]} if request.url.path == "/search.json" else {})

    report = run("discourse", forum, 'forums = ["https://forum.example"]')
    assert (report.health, report.count_quarantined) == ("blind", 1)


def youtube(top_status):
    def comment(number):
        said = {"videoId": "v", "authorDisplayName": "@ada", "textOriginal": "Ondine", "publishedAt": STAMP}
        return {"id": number, "snippet": said | {"authorChannelId": {"value": "UC1"}}}

    def answer(request):
        if request.url.path.endswith("commentThreads"):
            threads = [
                {
                    "id": name,
                    "snippet": {"videoId": "v", "topLevelComment": comment(name), "totalReplyCount": more},
                }
                for name, more in (("a", 3), ("b", 0))
            ]
            return httpx.Response(top_status, json={"items": threads})
        if request.url.path.endswith("/comments"):
            return httpx.Response(404, json={"error": {"errors": [{"reason": "commentNotFound"}]}})
        return httpx.Response(200, json={"items": []})

    return answer


def test_a_comment_deleted_while_its_answers_are_asked_for_costs_no_other(run, data):
    report = run("youtube", youtube(200), f'{API}, channels = ["UCo"]', {"YOUTUBE_API_KEY": "k"})
    assert ({"a", "b"} <= set(posts(data)), report.health_detail) == (True, "")


def test_a_channel_that_is_missing_is_still_named(run):
    with pytest.raises(SourceUnavailable, match="without `items`"):
        run("youtube", youtube(404), f'{API}, channels = ["UCo"]', {"YOUTUBE_API_KEY": "k"})


def test_posts_without_an_id_are_set_aside_each_and_none_takes_the_place_of_another(run, data):
    def x(request):
        shown = [{"text": f"Ondine {n}", "author_id": "7", "created_at": STAMP} for n in range(3)]
        return httpx.Response(200, json={"data": [*shown, {**shown[0], "id": "1"}], "meta": {}})

    report = run("x", x, f"{API}, monthly_posts = 100000", {"X_BEARER_TOKEN": "k"})
    assert (report.count_payloads, report.count_posts, report.count_quarantined) == (4, 1, 3)
