# ruff: noqa: E501 (payloads are wide)
"""What is gone from each platform by its own signs; a lost key, a page out of order or a site that moved deletes nothing."""

from __future__ import annotations

from datetime import timedelta

import httpx
import orjson
import pytest

from collectors.collect import collect
from collectors.contract import NOTES
from collectors.cursors import ledger_path
from collectors.registry import PARSERS
from girafe.errors import AccessDenied, GirafeError, SourceUnavailable
from girafe.records import Deletion
from tests.collectors.collecting import run as run
from tests.collectors.looking_up import NOW
from tests.collectors.looking_up import land as land
from tests.collectors.looking_up import look as look
from warehouse.landing import landing_files, read_envelopes


def limits(data):
    return " ".join(orjson.loads(path.read_bytes())["limits"] for path in data.runs.glob("*/*.json"))


# Facebook and Instagram

STAMP = "2026-11-23T08:00:00+0000"
META = 'api = "https://api.example", pages = ["facebook:9", "instagram:8"]'
LOST = {
    "error": {
        "message": "Unsupported get request. Object with ID 'x' does not exist",
        "type": "GraphMethodException",
        "code": 100,
        "error_subcode": 33,
    }
}
EXPIRED = {"error": {"message": "Error validating access token", "type": "OAuthException", "code": 190}}


class Graph:
    """Two pages; what is in `gone` does not exist, and one missing thing spoils a question for many."""

    def __init__(self, gone=(), refusal=None):
        self.gone, self.refusal, self.asked = set(gone), refusal, 0

    def __call__(self, request):
        self.asked += 1
        names = request.url.params.get("ids")
        if names is None:
            edge = request.url.path.rpartition("/")[2]
            posts = (
                [{"id": "p1", "message": "Ondine", "created_time": STAMP, "from": {"id": "9"}}]
                if edge == "posts"
                else [{"id": "i1", "caption": "Ondine", "timestamp": STAMP, "username": "ondine"}]
            )
            there = [post for post in posts if post["id"] not in self.gone]
            return httpx.Response(200, json={"data": there})
        if self.refusal:
            return httpx.Response(400, json=self.refusal)
        if self.gone & set(names.split(",")):
            return httpx.Response(400, json=LOST)
        return httpx.Response(200, json={name: {"id": name} for name in names.split(",")})


def said(number, network="facebook"):
    return {
        "id": f"{network[0]}{number}",
        "message": "Ondine",
        "created_time": STAMP,
        "from": {"id": "9"},
        NOTES: {"network": network, "root": f"{network[0]}{number}"},
    }


def test_a_page_and_its_instagram_land_each_where_an_erasure_looks_for_it(
    client_for, data, settings_with, look
):
    settings = settings_with(f'[[sources]]\nname = "meta"\noptions = {{ {META} }}')
    report = collect(
        "meta",
        "Ondine",
        settings=settings,
        data=data,
        http=client_for(Graph(), "api.example"),
        secrets={"META_PAGE_TOKEN": "t"},
    )
    assert report.count_posts == 2
    landed = {
        (path.parent.parent.name, envelope.platform, record.platform)
        for path in landing_files(data.landing)
        for envelope in read_envelopes(path)
        for record in PARSERS[envelope.source](envelope)
    }
    assert landed == {("facebook",) * 3, ("instagram",) * 3}
    assert look("meta", Graph(gone={"i1"}), META)[1] == ["i1"]
    [notice] = [
        (path.parent.parent.name, record.platform)
        for path in landing_files(data.landing)
        for envelope in read_envelopes(path)
        for record in PARSERS[envelope.source](envelope)
        if isinstance(record, Deletion)
    ]
    assert notice == ("instagram", "instagram")


def test_one_lost_comment_among_many_is_found_by_halves(land, look):
    land("meta", *(said(n) for n in range(60)))
    graph = Graph(gone={"f7", "f41"})
    assert sorted(look("meta", graph, META)[1]) == ["f41", "f7"]
    assert graph.asked < 40


@pytest.mark.parametrize("refusal", [EXPIRED, {"error": {"code": 10, "message": "permission denied"}}])
def test_a_lost_token_is_not_a_lost_post(land, look, refusal):
    land("meta", said(1))
    with pytest.raises(AccessDenied):
        look("meta", Graph(refusal=refusal), 'api = "https://api.example", pages = ["facebook:9"]')


def test_when_nothing_of_a_page_is_shown_nothing_is_deleted(land, look):
    land("meta", *(said(n) for n in range(8)))
    with pytest.raises(SourceUnavailable, match="lost right"):
        look(
            "meta",
            Graph(gone={f"f{n}" for n in range(8)}),
            'api = "https://api.example", pages = ["facebook:9"]',
        )


def test_a_page_that_cannot_be_listed_deletes_nothing(land, look):
    def unlisted(request):
        listing = "ids" not in request.url.params
        return httpx.Response(200, json={}) if listing else httpx.Response(400, json=LOST)

    land("meta", said(1))
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        look("meta", unlisted, 'api = "https://api.example", pages = ["facebook:9"]')


def test_only_the_posts_of_a_page_are_asked_of_it(land, look):
    land("meta", said(1), position="facebook:7")
    assert look("meta", Graph(gone={"f1"}), 'api = "https://api.example", pages = ["facebook:9"]')[1] == []


# X

X = 'api = "https://api.example", monthly_posts = {}, recheck = {}'


def tweet(number):
    return {"id": str(number), "text": "Ondine", "author_id": "7", "created_at": "2026-11-23T08:00:00Z"}


def x(gone=(), silent=()):
    def answer(request):
        names = request.url.params["ids"].split(",")
        shown = [tweet(name) for name in names if name not in gone and name not in silent]
        lost = [
            {
                "resource_id": name,
                "title": "Not Found Error",
                "type": "https://api.twitter.com/2/problems/resource-not-found",
            }
            for name in names
            if name in gone
        ]
        return httpx.Response(200, json={"data": shown, "errors": lost})

    return answer


def test_x_is_asked_only_where_money_is_granted_and_each_answer_is_counted(land, look, data):
    def nobody(request):
        raise AssertionError("a request left")

    land("x", *(tweet(n) for n in range(1, 151)))
    assert look("x", nobody, X.format(1000, "false"))[1] == []
    assert "`recheck = true`" in limits(data)
    report, found = look("x", x(gone={"7"}, silent={"9"}), X.format(1000, "true"))
    assert (report.gone, found) == (1, ["7"])  # what is left out without a word is not taken for deleted
    assert orjson.loads(ledger_path(data, "x").read_bytes())["month"] == "2026-11:148"


def test_the_newest_are_looked_up_first_and_the_rest_is_named_when_the_budget_ends(land, look, data):
    land("x", *(tweet(n) for n in range(1, 151)))
    assert look("x", x(gone={"7", "150"}), X.format(100, "true"))[1] == ["150"]
    assert "were not looked up" in limits(data)


def test_an_error_of_another_kind_is_no_deletion_and_a_refused_look_up_costs_nothing(land, look, data):
    def troubled(request):
        error = {
            "resource_id": "1",
            "title": "Usage capped",
            "type": "https://api.twitter.com/2/problems/usage-capped",
        }
        return httpx.Response(200, json={"errors": [error]})

    land("x", *(tweet(n) for n in range(1, 91)))
    for _ in range(3):
        with pytest.raises(AccessDenied, match="refuses"):
            look("x", lambda request: httpx.Response(403, json={}), X.format(100, "true"))
    assert look("x", troubled, X.format(100, "true"))[1] == []


# Telegram


def channel(*numbers):
    said = "".join(f'<div class="tgme_widget_message" data-post="ondine_fr/{n}"></div>' for n in numbers)
    return f"<html><body>{said}</body></html>"


def message(number):
    return {
        "channel": "ondine_fr",
        "url": f"https://t.me/ondine_fr/{number}",
        "date": NOW.isoformat(),
        "content": "Ondine",
        "outlinks": [],
    }


TELEGRAM = 'channels = ["@ondine_fr"]'


def test_a_number_missing_between_messages_is_a_deletion(land, look):
    there = set(range(1, 61)) - {17, 44}

    def telegram(request):
        before = int(request.url.params["before"])
        return httpx.Response(200, html=channel(*sorted(n for n in there if n < before)[-20:]))

    land("telegram", *(message(n) for n in (3, 17, 18, 44, 60)))
    assert sorted(look("telegram", telegram, TELEGRAM)[1]) == [
        "https://t.me/ondine_fr/17",
        "https://t.me/ondine_fr/44",
    ]


@pytest.mark.parametrize("page", [channel(), channel(90, 91), None])
def test_a_channel_that_shows_nothing_or_something_else_deletes_nothing(land, look, page):
    def telegram(request):
        if page is None:
            return (
                httpx.Response(302, headers={"location": "https://t.me/ondine_fr"})
                if "/s/" in request.url.path
                else httpx.Response(200, html="x")
            )
        return httpx.Response(200, html=page)

    land("telegram", message(3), message(17))
    with pytest.raises(GirafeError):
        look("telegram", telegram, TELEGRAM)


def test_a_preview_that_was_cut_short_deletes_nothing(land, look):
    def telegram(request):
        whole = channel(44, 60)
        return httpx.Response(200, html=whole[: whole.index("/60")])

    land("telegram", message(44), message(60))
    with pytest.raises(GirafeError, match="truncated"):
        look("telegram", telegram, TELEGRAM)


# Feeds

FEEDS = 'feeds = ["https://feeds.example/all.xml"]'


def entry(number, host="a.example"):
    return {"feed": {"url": "https://feeds.example/all.xml", "link": "https://feeds.example"},
            "entry": {"id": f"urn:{host}:{number}", "title": "Ondine", "link": f"https://{host}/{number}", "published": NOW.isoformat()}}  # fmt: skip


def web(missing, robots=""):
    def answer(request):
        if request.url.path == "/robots.txt":
            return httpx.Response(200, text=robots) if robots else httpx.Response(404)
        assert request.url.path != "/private", "robots.txt was not asked"
        if request.url.host == "b.example":
            return httpx.Response(503)
        return httpx.Response(410 if request.url.path in missing else 200, text="x")

    return answer


def test_a_page_that_is_gone_is_a_deletion_and_one_its_feed_no_longer_lists_is_not(land, look, data):
    land("rss", entry(1), entry(2), entry("private"), entry(3, "b.example"))
    assert look("rss", web({"/2"}, "User-agent: *\nDisallow: /private"), FEEDS)[1] == ["urn:a.example:2"]
    assert "robots.txt of a.example" in limits(data)
    assert "status 503" in limits(data)


def test_of_more_pages_than_a_round_looks_up_the_next_round_takes_the_rest(land, look, data):
    land("rss", *(entry(number) for number in range(450)))
    asked = []

    def site(request):
        asked.append(request.url.path)
        return httpx.Response(404 if request.url.path in ("/robots.txt", "/3") else 200, text="x")

    rounds = []
    for _ in range(4):
        asked.clear()
        look("rss", site, FEEDS)
        rounds.append({path for path in asked if path != "/robots.txt"})
    assert [len(pages) for pages in rounds] == [200] * 4
    assert set.union(*rounds[:3]) == {f"/{number}" for number in range(450)}
    assert "of a feed 200 were looked up; the next round goes on" in limits(data)
    assert [post for post in look("rss", site, FEEDS)[1] if post] == ["urn:a.example:3"]


def test_entries_of_a_search_are_looked_up_whatever_was_searched_for(land, look):
    found, other = entry(1), entry(2)
    found["feed"]["url"], other["feed"]["url"] = (
        "https://feeds.example/rss?q=Ondine&hl=fr",
        "https://feeds.example/rss?q=Ondine&hl=en",
    )
    land("rss", found, other)
    assert look("rss", web({"/1", "/2"}), 'feeds = ["https://feeds.example/rss?q={query}&hl=fr"]')[1] == [
        "urn:a.example:1"
    ]


def test_entries_of_a_feed_that_has_moved_are_looked_up_too(run, look):
    feed = """<rss version="2.0"><channel><title>A</title><item><guid>urn:a.example:2</guid><title>Ondine</title>
<link>https://a.example/2</link><pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>"""
    moved = httpx.Response(301, headers={"location": "https://feeds.example/new.xml"})
    run(
        "rss",
        lambda request: moved if request.url.path == "/all.xml" else httpx.Response(200, text=feed),
        FEEDS,
    )
    assert look("rss", web({"/2"}), FEEDS)[1] == ["urn:a.example:2"]


@pytest.mark.parametrize("odd", [f"{'a' * 64}.example", "a..example"])
def test_a_link_to_no_host_keeps_no_other_page_from_being_looked_up(land, look, data, odd):
    """What an alert links to, strangers write."""
    land("rss", entry(1, odd), entry(2))
    assert look("rss", web({"/2"}), FEEDS)[1] == ["urn:a.example:2"]
    assert "Not every page" in limits(data)


def test_a_robots_file_that_cannot_be_read_keeps_no_other_host_from_being_asked(land, look):
    def odd(request):
        is_odd = request.url.host == "feeds.example" and request.url.path == "/robots.txt"
        return (
            httpx.Response(200, text="User-agent: *\nCrawl-delay: ²\n")
            if is_odd
            else web({"/1", "/2"})(request)
        )

    land("rss", entry(1, "feeds.example"), entry(2))
    assert look("rss", odd, FEEDS)[1] == ["urn:a.example:2"]


def test_a_site_that_moved_deletes_nothing(land, look, data):
    land("rss", *(entry(n) for n in range(6)))
    assert look("rss", web({f"/{n}" for n in range(6)}), FEEDS)[1] == []
    assert "as after a move" in limits(data)


# LinkedIn

LINKEDIN = 'api = "https://api.example", organizations = ["9"]'
PAGE = "urn:li:organization:9"
COMMENT = "urn:li:comment:(urn:li:activity:1,5)"


def test_a_post_or_comment_linkedin_no_longer_has_is_gone(land, look):
    now = int(NOW.timestamp() * 1000)
    land("linkedin", {"commentUrn": COMMENT, "actor": "urn:li:person:a", "object": "urn:li:share:1", "message": {"text": "Bravo"},
                      "created": {"time": now}, NOTES: {"page": PAGE, "root": "urn:li:share:1", "above": "urn:li:share:1"}}, position="comments")  # fmt: skip

    asked = []

    def linkedin(request):
        asked.append(request)
        assert request.url.raw_path == b"/socialActions/urn%3Ali%3Ashare%3A1/comments/5"
        return httpx.Response(404, json={})

    assert look("linkedin", linkedin, LINKEDIN.replace('"9"', '"8", "9"'))[1] == [COMMENT]
    assert len(asked) == 1  # by the page it was read for, and by no other


def test_a_right_lost_at_linkedin_is_not_a_lost_post(land, look):
    post = {
        "id": "urn:li:share:1",
        "author": PAGE,
        "commentary": "Ondine",
        "createdAt": int((NOW - timedelta(hours=1)).timestamp() * 1000),
        NOTES: {"page": PAGE, "root": "urn:li:share:1"},
    }
    land("linkedin", post, position="posts")
    with pytest.raises(AccessDenied):
        look("linkedin", lambda request: httpx.Response(403, json={}), LINKEDIN)


# Hacker News, YouTube, Reddit, Stack Exchange, Discourse


def test_an_item_deleted_by_its_author_or_killed_by_moderators_is_gone(land, look):
    def firebase(request):
        name = request.url.path.rpartition("/")[2].removesuffix(".json")
        if name == "updates":
            return httpx.Response(200, json={"items": [2], "profiles": []})
        return httpx.Response(
            200, json={"id": int(name), **{"2": {"deleted": True}, "3": {"dead": True}}.get(name, {})}
        )

    land(
        "hackernews",
        *({"id": n, "type": "comment", "by": "ada", "text": "Ondine", "time": 1795420800} for n in (1, 2, 3)),
    )
    assert look("hackernews", firebase, 'firebase = "https://api.example"')[1] == ["2", "3"]


def test_a_comment_or_video_youtube_no_longer_lists_is_gone(land, look):
    def comment(number):
        snippet = {
            "videoId": "v1",
            "authorDisplayName": "@ada",
            "textOriginal": "Ondine",
            "publishedAt": "2026-11-23T08:00:00Z",
        }
        return {"id": number, "snippet": snippet | {"authorChannelId": {"value": "UC1"}}}

    def youtube(request):
        shown = [name for name in request.url.params["id"].split(",") if name != "c2"]
        return httpx.Response(200, json={"items": [{"id": name} for name in shown]})

    land("youtube", comment("c1"), comment("c2"), comment("c3"))
    assert look("youtube", youtube, 'api = "https://api.example", channels = ["UCo"]')[1] == ["c2"]


def test_what_reddit_shows_without_words_or_author_or_not_at_all_is_gone(land, look):
    def post(number, **more):
        return {
            "name": f"t3_{number}",
            "id": number,
            "title": "Ondine",
            "selftext": "",
            "author": "ada",
            "created_utc": 1795420800.0,
        } | more

    changed = {"b": {"author": "[deleted]"}, "c": {"selftext": "[removed]"}}

    def reddit(request):
        if request.url.path.endswith("access_token"):
            return httpx.Response(200, json={"access_token": "k"})
        shown = [name[3:] for name in request.url.params["id"].split(",") if name != "t3_d"]
        return httpx.Response(
            200,
            json={
                "data": {"children": [{"kind": "t3", "data": post(n, **changed.get(n, {}))} for n in shown]}
            },
        )

    land("reddit", *(post(n) for n in "abcd"))
    assert look("reddit", reddit, 'api = "https://api.example"')[1] == ["t3_b", "t3_c", "t3_d"]


def test_what_a_question_site_no_longer_has_is_gone_comments_too(land, look):
    def site(request):
        ids = [name for name in request.url.path.rpartition("/")[2].split(";") if name != "2"]
        field = "comment_id" if "/comments/" in request.url.path else "post_id"
        return httpx.Response(200, json={"items": [{field: int(name)} for name in ids], "has_more": False})

    owner = {
        "owner": {"user_id": 7, "display_name": "ada"},
        "creation_date": 1795420800,
        NOTES: {"site": "workplace"},
    }
    land("stackexchange", *({"question_id": n, "title": "Ondine?", "body": "<p>x</p>", **owner} for n in (1, 2)),
         *({"comment_id": n, "post_id": 1, "body": "x", **owner} for n in (2, 3)))  # fmt: skip
    assert look("stackexchange", site, 'api = "https://api.example", sites = ["workplace"]')[1] == [
        "workplace/2",
        "workplace/c2",
    ]


def test_a_post_its_forum_deletes_hides_or_no_longer_has_is_gone(land, look):
    def forum(request):
        name = request.url.path.rpartition("/")[2].removesuffix(".json")
        state = {"2": {"deleted_at": "2026-11-23T08:00:00Z"}, "3": {"hidden": True}}.get(name, {})
        return httpx.Response(404) if name == "4" else httpx.Response(200, json={"id": int(name), **state})

    land("discourse", *({"id": n, "topic_id": 7, "post_number": n, "username": "ada", "cooked": "<p>Ondine</p>",
                         "created_at": "2026-11-23T08:00:00Z", NOTES: {"forum": "https://a.example"}} for n in (1, 2, 3, 4)))  # fmt: skip
    found = look("discourse", forum, 'forums = ["https://a.example"]')[1]
    assert found == [f"https://a.example/p/{n}" for n in (2, 3, 4)]
