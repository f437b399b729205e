# ruff: noqa: E501 (payloads are wide)
"""What a platform does not show to its end is named in the run record, and nothing else is lost for it."""

from __future__ import annotations

from datetime import timedelta

import httpx
import orjson
import pytest

from collectors.contract import Window
from girafe.errors import AccessDenied
from tests.collectors.collecting import DAY, NOW, posts
from tests.collectors.collecting import run as run

API = 'api = "https://api.example"'
STAMP = "2026-11-23T08:00:00Z"


@pytest.fixture
def limits(data):
    return lambda: " ".join(orjson.loads(path.read_bytes())["limits"] for path in data.runs.glob("*/*.json"))


def test_a_story_of_more_items_than_are_read(run, data, limits):
    def hackernews(request):
        if "search" in request.url.path:
            hit = {
                "objectID": "1",
                "author": "ada",
                "title": "Ondine",
                "created_at_i": int(NOW.timestamp()) - 60,
            }
            return httpx.Response(200, json={"hits": [hit], "nbHits": 1, "nbPages": 1})
        kind, name = request.url.path.removesuffix(".json").split("/")[-2:]
        if kind == "user":
            return httpx.Response(200, json={"id": name, "karma": 1, "about": ""})
        item = {
            "id": int(name),
            "type": "comment",
            "by": "ada",
            "text": "x",
            "time": int(NOW.timestamp()) - 60,
        }
        return httpx.Response(
            200, json=item | ({"kids": list(range(2, 1102))} if name == "1" else {"parent": 1})
        )

    run("hackernews", hackernews, 'algolia = "https://api.example", firebase = "https://api.example"')
    assert len(posts(data)) == 1000
    assert "more than 1,000 items" in limits()


REDDIT = {"REDDIT_CLIENT_ID": "i", "REDDIT_CLIENT_SECRET": "s"}


def reddit(posts_shown, comments=()):
    def answer(request):
        path, params = request.url.path, request.url.params
        if path.endswith("access_token"):
            return httpx.Response(200, json={"access_token": "k"})
        if path.endswith("/search"):
            start = int(params.get("after") or 0)
            shown = [{"kind": "t3", "data": {"name": f"t3_{n}", "id": str(n), "title": "Ondine", "selftext": "", "author": "ada",
                                             "created_utc": NOW.timestamp() - 60 - n}} for n in range(start, min(start + 100, posts_shown))]  # fmt: skip
            return httpx.Response(
                200,
                json={
                    "data": {
                        "children": shown,
                        "after": str(start + 100) if start + 100 < posts_shown else None,
                    }
                },
            )
        if path.endswith("morechildren"):
            number = int(params["children"].split(",")[0])
            things = [{"kind": "more", "data": {"children": [str(number + 1)], "parent_id": "t3_0"}}]
            return httpx.Response(200, json={"json": {"data": {"things": things}}})
        return httpx.Response(200, json=[{"data": {"children": []}}, {"data": {"children": list(comments)}}])

    return answer


def test_a_listing_of_reddit_that_ends_at_its_thousand(run, data, limits):
    run("reddit", reddit(950), API, REDDIT)
    assert len(posts(data)) == 950
    assert "a listing ends at 1,000" in limits()


def test_a_listing_of_reddit_that_ends_before(run, data, limits):
    run("reddit", reddit(250), API, REDDIT)
    assert (len(posts(data)), limits()) == (250, "")


def test_comments_behind_more_stubs_than_are_asked_for(run, limits):
    run(
        "reddit", reddit(1, [{"kind": "more", "data": {"children": ["1"], "parent_id": "t3_0"}}]), API, REDDIT
    )
    assert "t3_0: 1 or more comments were not read" in limits()


def forum(said, pages=10, knows_before=True, odd=None):
    """A forum that shows ten pages of fifty of any search; `said` are days of November and how many posts each has.

    `odd`: what its eighth hit says otherwise.
    """
    hits = [
        {"topic_id": day, "created_at": f"2026-11-{day:02d}T08:00:00Z"}
        for day, count in said
        for _ in range(count)
    ]

    def answer(request):
        if request.url.path == "/search.json":
            before = request.url.params["q"].partition("before:")[2][:10]
            found = [hit for hit in hits if hit["created_at"] < before or not knows_before]
            if odd:
                found[7] = {**found[7], **odd}
            start = (int(request.url.params["page"]) - 1) * 50
            more = {"more_full_page_results": start + 50 < len(found)}
            return httpx.Response(
                200, json={"posts": found[start : start + 50], "grouped_search_result": more}
            )
        if request.url.path.startswith("/u/"):
            return httpx.Response(404, json={})
        day = int(request.url.path.rpartition("/")[2].removesuffix(".json"))
        post = {"id": day, "topic_id": day, "post_number": 1, "username": "ada", "cooked": "<p>Ondine</p>",
                "created_at": f"2026-11-{day:02d}T08:00:00Z"}  # fmt: skip
        whole = {
            "title": "Ondine",
            "post_stream": {"posts": [post], "stream": [day]},
            "user": {"username": "ada"},
        }
        return httpx.Response(200, json=whole)

    return answer


FORUM = 'forums = ["https://forum.example"]'
WEEK = Window(start=NOW - timedelta(days=7), end=NOW)


def test_a_search_of_a_forum_goes_on_where_its_pages_end(run, data, limits):
    run("discourse", forum([(23, 300), (22, 300), (21, 300), (20, 1), (18, 1)]), FORUM, window=WEEK)
    assert (len(posts(data)), limits()) == (5, "")


@pytest.mark.parametrize(
    "odd", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", None]
)
def test_a_hit_of_an_absurd_date_is_not_where_the_search_of_a_forum_ends(run, data, odd):
    said = [(day, 100) for day in range(23, 17, -1)]
    run("discourse", forum(said, odd={"created_at": odd}), FORUM, window=WEEK)
    assert set(posts(data)) == {f"https://forum.example/p/{day}" for day in range(18, 24)}


def test_a_forum_with_more_in_a_day_than_its_search_shows(run, data, limits):
    run("discourse", forum([(23, 10), (22, 600), (20, 1)]), FORUM, window=WEEK)
    assert len(posts(data)) == 3
    assert "the search shows 10 pages; the rest of 2026-11-22 was not read" in limits()


def test_a_forum_that_knows_no_before_is_asked_no_more_than_twice_over(run, data, limits):
    run("discourse", forum([(23, 300), (22, 300), (20, 1)], knows_before=False), FORUM, window=WEEK)
    assert (len(posts(data)), "was not read" in limits()) == (2, True)


def test_x_further_back_than_it_shows(run, limits):
    def x(request):
        return httpx.Response(200, json={"data": [], "meta": {"result_count": 0}})

    run(
        "x",
        x,
        f"{API}, monthly_posts = 1000",
        {"X_BEARER_TOKEN": "k"},
        window=Window(start=NOW - timedelta(days=20), end=NOW),
    )
    assert "X shows seven days" in limits()


def test_a_refused_question_to_x_costs_nothing(run, data):
    asked = []

    def x(request):
        asked.append(1)
        return (
            httpx.Response(403, json={})
            if len(asked) < 9
            else httpx.Response(200, json={"data": [], "meta": {}})
        )

    for _ in range(8):
        with pytest.raises(AccessDenied, match="refuses"):  # and not: the budget is used up
            run("x", x, f"{API}, monthly_posts = 700", {"X_BEARER_TOKEN": "k"}, window=DAY)
    run("x", x, f"{API}, monthly_posts = 700", {"X_BEARER_TOKEN": "k"}, window=DAY)
    assert len(asked) == 9


def test_comments_under_answers_are_heard_too(run, data):
    owner = {"owner": {"user_id": 7, "display_name": "ada"}, "creation_date": int(NOW.timestamp()) - 60}

    def site(request):
        path = request.url.path
        items = []
        if "search" in path:
            items = [{"question_id": 1, "title": "Ondine?", "body": "<p>?</p>", **owner}]
        elif path.endswith("questions/1/answers"):
            items = [{"answer_id": 2, "question_id": 1, "body": "<p>!</p>", **owner}]
        elif path.endswith("answers/2/comments"):
            items = [{"comment_id": 3, "post_id": 2, "body": "oui", **owner}]
        return httpx.Response(200, json={"items": items, "has_more": False})

    run("stackexchange", site, f'{API}, sites = ["workplace"]')
    assert set(posts(data)) == {"workplace/1", "workplace/2", "workplace/c3"}


def test_an_answer_of_today_under_a_comment_of_last_week_is_heard_on_youtube(run, data):
    def comment(number, day, parent=None):
        snippet = {
            "videoId": "v1",
            "authorDisplayName": "@ada",
            "textOriginal": "Ondine",
            "publishedAt": f"2026-11-{day:02d}T08:00:00Z",
            "authorChannelId": {"value": "UC1"},
        }
        return {"id": number, "snippet": snippet | ({"parentId": parent} if parent else {})}

    def youtube(request):
        if not request.url.path.endswith("commentThreads"):
            return httpx.Response(200, json={"items": []})
        old = {
            "id": "a",
            "snippet": {"videoId": "v1", "topLevelComment": comment("a", 16), "totalReplyCount": 1},
            "replies": {"comments": [comment("b", 23, "a")]},
        }
        older = {
            "id": "c",
            "snippet": {"videoId": "v1", "topLevelComment": comment("c", 1), "totalReplyCount": 0},
        }
        return httpx.Response(200, json={"items": [old, older]})

    run("youtube", youtube, f'{API}, channels = ["UCo"]', {"YOUTUBE_API_KEY": "k"})
    assert set(posts(data)) == {"a", "b"}


def test_a_window_with_more_questions_than_pages_may_be_read_is_read_to_its_start(run, data):
    """2,500 questions are as many as one search shows; two share each second, also where the pages end."""
    asked = [(number, int(NOW.timestamp()) - 60 - number // 2 * 9) for number in range(2702)]

    def site(request):
        if "search" not in request.url.path:
            return httpx.Response(200, json={"items": [], "has_more": False})
        page, todate = int(request.url.params["page"]), int(request.url.params["todate"])
        assert page <= 25, "refused without a key"
        there = [one for one in asked if one[1] <= todate]
        items = [
            {"question_id": number, "title": "Ondine?", "body": "<p>?</p>", "creation_date": second,
             "owner": {"user_id": 7, "display_name": "ada"}}
            for number, second in there[page * 100 - 100 : page * 100]
        ]  # fmt: skip
        return httpx.Response(200, json={"items": items, "has_more": page * 100 < len(there)})

    run("stackexchange", site, f'{API}, sites = ["workplace"]')
    assert len(posts(data)) == 2702
