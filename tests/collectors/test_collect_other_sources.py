# ruff: noqa: E501 (payloads are wide)
"""Bluesky, feeds, forums and the rest: sessions that expire, feeds that did not change, pauses that are kept."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from collectors.collect import collect
from collectors.contract import Window
from collectors.registry import PARSERS
from collectors.sources.x_spending import Spending
from girafe.errors import AccessDenied, SettingsInvalid, SourceUnavailable
from girafe.records import Deletion, Post, Profile
from warehouse.landing import landing_files, read_envelopes

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = Window(start=NOW - timedelta(days=1), end=NOW)
BLUESKY = {"BLUESKY_HANDLE": "girafe.example", "BLUESKY_APP_PASSWORD": "xxxx"}


@pytest.fixture
def run(client_for, data, settings_with):
    def go(source, handler, options="", secrets=(), window=DAY):
        settings = settings_with(f'[[sources]]\nname = "{source}"\noptions = {{ {options} }}')
        http = client_for(handler, "pds.example", "feeds.example", "forum.example", "api.example", "t.me")
        return collect(
            source, "Ondine", settings=settings, data=data, http=http, secrets=dict(secrets), window=window
        )

    return go


def landed(data):
    return [
        record
        for path in landing_files(data.landing)
        for envelope in read_envelopes(path)
        for record in PARSERS[envelope.source](envelope)
    ]


def posts(data):
    return {record.post_id: record for record in landed(data) if isinstance(record, Post)}


# Bluesky


def view(key, who="ada", hours_ago=1, parent=None, root=None, **author):
    record = {"text": f"Ondine {key}", "createdAt": (NOW - timedelta(hours=hours_ago)).isoformat()}
    if parent:
        record["reply"] = {"parent": {"uri": uri(parent)}, "root": {"uri": uri(root or parent)}}
    return {
        "uri": uri(key), "author": {"did": f"did:plc:{who}", "handle": f"{who}.example", **author},
        "record": record, "indexedAt": record["createdAt"], "replyCount": 0,
    }  # fmt: skip


def uri(key):
    return f"at://did:plc:x/app.bsky.feed.post/{key}"


class Bluesky:
    """A personal data server: sessions, search, threads, profiles."""

    def __init__(self, found, threads=None, *, page=2):
        self.found, self.threads, self.page = found, threads or {}, page
        self.sessions, self.expired, self.calls = 0, False, []

    def __call__(self, request):
        name, params = request.url.path.rpartition("/")[2], request.url.params
        self.calls.append(name)
        if name == "com.atproto.server.createSession":
            self.sessions += 1
            self.expired = False
            return httpx.Response(200, json={"accessJwt": f"token{self.sessions}"})
        if request.headers.get("authorization") != f"Bearer token{self.sessions}" or self.expired:
            return httpx.Response(400, json={"error": "ExpiredToken", "message": "Token has expired"})
        if name == "app.bsky.feed.searchPosts":
            start = int(params.get("cursor", 0))
            shown = self.found[start : start + self.page]
            more = {"cursor": str(start + self.page)} if start + self.page < len(self.found) else {}
            return httpx.Response(200, json={"posts": shown, **more})
        if name == "app.bsky.feed.getPostThread":
            node = self.threads.get(params["uri"])
            if node is None:
                return httpx.Response(400, json={"error": "NotFound", "message": "Post not found"})
            return httpx.Response(200, json={"thread": node})
        actors = params.get_list("actors")
        shown = [{"did": did, "handle": "x.example", "description": "at Ondine"} for did in actors]
        return httpx.Response(200, json={"profiles": shown})


PDS = 'service = "https://pds.example"'


def test_one_session_serves_all_calls_and_an_expired_one_is_renewed(run, data):
    server = Bluesky([view(n, hours_ago=n + 1) for n in range(5)])
    run("bluesky", server, PDS, BLUESKY)
    assert server.sessions == 1
    assert len(posts(data)) == 5

    def expiring(request):
        if server.calls.count("app.bsky.feed.searchPosts") == 4:
            server.expired = True
        return server(request)

    assert run("bluesky", expiring, PDS, BLUESKY).health == "heard"
    assert server.sessions == 3  # one for the run, one after the token expired


def test_a_wrong_password_says_what_to_do(run):
    refusing = lambda request: httpx.Response(401, json={"error": "AuthenticationRequired"})  # noqa: E731
    with pytest.raises(AccessDenied, match="app password"):
        run("bluesky", refusing, PDS, BLUESKY)
    with pytest.raises(AccessDenied, match="BLUESKY_HANDLE"):
        run("bluesky", refusing, PDS)


def test_a_branch_below_a_deleted_post_is_not_lost(run, data):
    """The root leads nowhere near it, so the found post's own branch is read too."""
    found = view("leaf", parent="gone", root="root")
    gone = {"uri": uri("gone"), "notFound": True}
    threads = {
        uri("root"): {"post": view("root", "bo", 5), "replies": []},
        uri("leaf"): {"post": found, "parent": gone, "replies": [{"post": view("tip", "cy", parent="leaf")}]},
    }
    run("bluesky", Bluesky([found], threads), PDS, BLUESKY)
    assert set(posts(data)) == {uri("root"), uri("leaf"), uri("tip")}
    assert [record.post_id for record in landed(data) if isinstance(record, Deletion)] == [uri("gone")]
    bios = {record.account.bio for record in landed(data) if isinstance(record, Profile)}
    assert bios == {"at Ondine"}


def test_someone_who_hides_from_strangers_is_not_landed(run, data):
    label = {"src": "did:plc:shy", "val": "!no-unauthenticated", "cts": "2026-01-01T00:00:00Z"}
    taken_back = {**label, "src": "did:plc:ada", "neg": True}
    found = [view("1", "shy", labels=[label]), view("2", "ada", labels=[{**taken_back, "neg": False, "cts": ""},
                                                                       taken_back])]  # fmt: skip
    report = run("bluesky", Bluesky(found), PDS, BLUESKY)
    assert set(posts(data)) == {uri("2")}
    assert report.count_opted_out == 1


# Feeds

FEED = """<rss version="2.0"><channel><title>Presse</title><link>https://presse.example/</link>
<item><guid>https://presse.example/1</guid><title>Ondine recrute</title><link>https://presse.example/1</link>
<pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate></item>
<item><guid>https://presse.example/2</guid><title>La pluie</title><link>https://presse.example/2</link>
<pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate></item></channel></rss>"""
FEEDS = 'feeds = ["https://feeds.example/all.xml"]'


def test_of_a_general_feed_only_what_names_the_company_is_landed(run, data):
    run("rss", lambda request: httpx.Response(200, text=FEED), FEEDS)
    assert set(posts(data)) == {"https://presse.example/1"}
    assert posts(data)["https://presse.example/1"].author.is_organisation is True


def test_a_feed_that_did_not_change_is_not_sent_again(run, data):
    asked = []

    def feed(request):
        asked.append(request.headers.get("if-none-match"))
        if asked[-1] == '"v1"':
            return httpx.Response(304)
        return httpx.Response(200, text=FEED, headers={"etag": '"v1"'})

    assert run("rss", feed, FEEDS, window=None).health == "heard"
    assert run("rss", feed, FEEDS, window=None).health == "silent"
    assert asked == [None, '"v1"']


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>Not a feed</body></html>",
        "",
        "<Rss><Items/></Rss>",
        "{}",
        '<feed xmlns="http://a.example/\u00a0Atom\u00a02005"><title>A</title></feed>',  # feedparser itself fails
    ],
)
def test_what_is_no_feed_is_a_fault_and_not_silence(run, body):
    with pytest.raises(SourceUnavailable, match="not a feed"):
        run("rss", lambda request: httpx.Response(200, text=body), FEEDS)


def test_a_feed_may_not_lead_inside_the_company(run):
    moved = lambda request: httpx.Response(302, headers={"location": "http://10.0.0.1/"})  # noqa: E731
    with pytest.raises(AccessDenied):
        run("rss", moved, FEEDS)


# Forums and others


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


def test_comments_of_a_channel_come_with_the_video_they_answer(run, data):
    def comment(number, parent=None):
        snippet = {"videoId": "v1", "authorDisplayName": f"@u{number}", "textOriginal": f"Ondine {number}",
                   "authorChannelId": {"value": f"UC{number}"}, "publishedAt": "2026-11-23T08:00:00Z"}  # fmt: skip
        return {"id": str(number), "snippet": {**snippet, **({"parentId": parent} if parent else {})}}

    def youtube(request):
        assert request.headers["x-goog-api-key"] == "secret"
        assert "secret" not in str(request.url)
        kind = request.url.path.rpartition("/")[2]
        if kind == "commentThreads":
            found = {
                "id": "1",
                "snippet": {"videoId": "v1", "topLevelComment": comment(1), "totalReplyCount": 1},
            }
            return httpx.Response(200, json={"items": [found]})
        if kind == "comments":
            return httpx.Response(200, json={"items": [comment(2, "1")]})
        snippet = {"channelId": "UCo", "channelTitle": "Ondine", "title": "Métiers", "description": "",
                   "publishedAt": "2026-11-01T08:00:00Z"}  # fmt: skip
        return httpx.Response(200, json={"items": [{"id": "v1", "snippet": snippet}]})

    options = 'api = "https://api.example", channels = ["UCo"]'
    run("youtube", youtube, options, {"YOUTUBE_API_KEY": "secret"})
    assert {number: post.reply_to for number, post in posts(data).items()} == {
        "1": "video:v1", "2": "1", "video:v1": None,
    }  # fmt: skip


def telegram_page(*said, more=""):
    """A channel's preview as t.me sends it; `said` are numbers, hours ago and words."""
    messages = "".join(
        f'''<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="ondine_fr/{number}">
        <div class="tgme_widget_message_text js-message_text" dir="auto">{words}</div>
        <div class="tgme_widget_message_footer"><a class="tgme_widget_message_date"
        href="https://t.me/ondine_fr/{number}"><time datetime="{(NOW - timedelta(hours=ago)).isoformat()}">x</time></a>
        </div></div></div>'''
        for number, ago, words in said
    )
    link = (
        f'<a class="tme_messages_more" data-before="{more}" href="/s/ondine_fr?before={more}">'
        if more
        else ""
    )
    return f"<html><body><section>{link}{messages}</section></body></html>"


def test_a_telegram_channel_is_read_through_the_polite_client(run, data):
    asked = []

    def telegram(request):
        asked.append(str(request.url))
        if len(asked) == 1:
            return httpx.Response(503)
        if "before" in str(request.url):
            return httpx.Response(200, html=telegram_page((1, 20, "Ondine autrefois"), (2, 4, "ONDINE ✨")))
        return httpx.Response(
            200, html=telegram_page((3, 2, "autre chose"), (4, 1, "Ondine recrute"), more="3")
        )

    report = run("telegram", telegram, 'channels = ["@ondine_fr"]')
    assert set(posts(data)) == {f"https://t.me/ondine_fr/{n}" for n in (1, 2, 4)}
    assert asked[0] == asked[1] == "https://t.me/s/ondine_fr"
    assert [wait.reason for wait in report.waits] == ["status 503"]


def test_a_channel_without_preview_is_deafness_and_not_silence(run):
    def no_preview(request):
        if "/s/" in request.url.path:
            return httpx.Response(302, headers={"location": "https://t.me/ondine_fr"})
        return httpx.Response(200, html="<html><body>Telegram: Contact @ondine_fr</body></html>")

    with pytest.raises(AccessDenied, match="no public preview"):
        run("telegram", no_preview, 'channels = ["@ondine_fr"]')


def test_a_source_without_a_place_to_listen_says_so(run):
    with pytest.raises(SettingsInvalid, match="names no place"):
        run("discourse", lambda request: httpx.Response(500))


def test_run_records_name_what_could_not_be_heard(run, data):
    with pytest.raises(SourceUnavailable):
        run("rss", lambda request: httpx.Response(503), FEEDS)
    [path] = data.runs.glob("*/*.json")
    record = json.loads(path.read_bytes())
    assert (record["health"], record["count_payloads"]) == ("blind", 0)
    assert "status 503" in record["health_detail"]


# X and Reddit


class X:
    """A search that never ends; `refers` posts bring one they refer to, and some questions fail."""

    def __init__(self, *, faults=(), refers=False):
        self.asked, self.sold, self.refers, self.faults = [], [], refers, list(faults)

    def __call__(self, request):
        fault = self.faults.pop(0) if self.faults else None
        if fault:
            return fault
        size, token = int(request.url.params["max_results"]), request.url.params.get("next_token", "t0")
        self.asked.append((size, token))
        start = 1000 * int(token[1:])
        found = [self._post(start + n) for n in range(size)]
        parents = [self._post(5_000_000 + start + n) for n in range(size)] if self.refers else []
        self.sold += [post["id"] for post in [*found, *parents]]
        users = [{"id": "7", "username": "ada", "description": "at Ondine"}]
        page = {"data": found, "includes": {"users": users, "tweets": parents},
                "meta": {"next_token": f"t{int(token[1:]) + 1}"}}  # fmt: skip
        return httpx.Response(200, json=page)

    def _post(self, number):
        return {"id": str(number), "text": "Ondine", "author_id": "7", "created_at": "2026-11-23T08:00:00Z"}


X_OPTIONS = 'api = "https://api.example", monthly_posts = {}'
X_KEY = {"X_BEARER_TOKEN": "k"}


@pytest.mark.parametrize("refers", [False, True])
def test_the_budget_stops_a_run_before_money_is_spent_and_is_remembered(run, data, time, refers):
    x = X(refers=refers)
    with pytest.raises(AccessDenied, match="monthly budget of 125"):
        run("x", x, X_OPTIONS.format(125), X_KEY, window=None)
    assert 90 < len(set(x.sold)) <= 125
    assert set(posts(data)) == set(x.sold)  # what was paid for is landed
    assert posts(data)["0"].author.bio == "at Ondine"
    before = len(x.asked)
    with pytest.raises(AccessDenied, match="monthly budget"):
        run("x", x, X_OPTIONS.format(125), X_KEY, window=None)
    assert len(x.asked) == before  # not one more question in this month
    time.now += timedelta(days=10)
    with pytest.raises(AccessDenied):
        run("x", x, X_OPTIONS.format(125), X_KEY, window=None)
    assert len(x.asked) > before  # December has a budget of its own


def test_what_was_paid_for_is_not_bought_again_after_a_failure(run, data, time):
    x = X(faults=[None, None, *[httpx.Response(503)] * 9])
    with pytest.raises(SourceUnavailable):
        run("x", x, X_OPTIONS.format(100_000), X_KEY, window=None)
    first = list(x.sold)
    assert len(first) == 200
    time.now += timedelta(days=1)
    x.faults = [None, httpx.Response(401)]
    with pytest.raises(AccessDenied):
        run("x", x, X_OPTIONS.format(100_000), X_KEY, window=None)
    assert x.asked[2][1] == "t2"  # it goes on where it ended
    assert not set(first) & set(x.sold[200:])


def test_a_power_cut_between_question_and_answer_leaves_the_money_counted(run, data):
    def cut(request):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run("x", cut, X_OPTIONS.format(100), X_KEY, window=None)
    with pytest.raises(AccessDenied, match="monthly budget of 100"):
        run("x", X(), X_OPTIONS.format(100), X_KEY, window=None)


def test_a_post_read_twice_on_one_day_is_counted_once():
    ledger = {}
    spending = Spending(ledger, 100, NOW)
    for _ in range(3):
        spending.settle(spending.reserve(20), [str(n) for n in range(20)])
    assert spending.spent == 20
    tomorrow = Spending(ledger, 100, NOW + timedelta(days=1))
    tomorrow.settle(tomorrow.reserve(20), [str(n) for n in range(20)])
    assert tomorrow.spent == 40


def test_without_a_budget_x_is_not_asked_at_all(run):
    def nobody(request):
        raise AssertionError("a request left")

    with pytest.raises(AccessDenied, match="budget of 0"):
        run("x", nobody, 'api = "https://api.example"', {"X_BEARER_TOKEN": "k"})


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


def test_a_post_that_asks_to_be_hidden_and_one_quoted_from_who_asks_it_leave_no_words(run, data):
    hidden = {
        **view("shy"),
        "labels": [{"src": "did:plc:ada", "val": "!no-unauthenticated", "cts": "2026-11-01T00:00:00Z"}],
    }
    quoting = {**view("quote"), "embed": {"$type": "app.bsky.embed.record#view", "record": {
        "uri": uri("other"), "author": {"did": "did:plc:zoe"}, "value": {"text": "zoe's own words"}}}}  # fmt: skip
    quoting["record"]["embed"] = {
        "$type": "app.bsky.embed.record",
        "record": {"uri": uri("other"), "cid": "c"},
    }
    run("bluesky", Bluesky([hidden, quoting]), 'service = "https://pds.example"', BLUESKY)
    found = posts(data)
    assert set(found) == {uri("quote")}
    assert found[uri("quote")].quote_of == uri("other")
    kept = b"".join(gzip.decompress(path.read_bytes()) for path in landing_files(data.landing))
    assert b"Ondine shy" not in kept
    assert b"own words" not in kept


# The company's own pages


def test_comments_on_the_companys_linkedin_page_come_without_any_profile(run, data):
    now = int(NOW.timestamp() * 1000)

    def linkedin(request):
        assert request.headers["x-restli-protocol-version"] == "2.0.0"
        path = request.url.raw_path.decode()
        if path.startswith("/posts?q=author&author=urn%3Ali%3Aorganization%3A9&"):
            post = {
                "id": "urn:li:share:1",
                "author": "urn:li:organization:9",
                "commentary": "Ondine",
                "createdAt": now - 5000,
            }
            return httpx.Response(200, json={"elements": [post]})
        if path.startswith("/socialActions/urn%3Ali%3Ashare%3A1/comments?"):
            comment = {"commentUrn": "urn:li:comment:5", "actor": "urn:li:person:a", "object": "urn:li:share:1",
                       "message": {"text": "Bravo"}, "created": {"time": now - 1000}}  # fmt: skip
            return httpx.Response(200, json={"elements": [comment]})
        if path.startswith("/organizationalEntityNotifications?q=criteria&"):
            return httpx.Response(200, json={"elements": []})
        raise AssertionError(path)

    options = 'api = "https://api.example", organizations = ["9"]'
    run("linkedin", linkedin, options, {"LINKEDIN_ACCESS_TOKEN": "t"})
    found = posts(data)
    assert found["urn:li:comment:5"].reply_to == "urn:li:share:1"
    assert found["urn:li:share:1"].author.is_organisation is True
    assert not any(isinstance(record, Profile) for record in landed(data))


def linkedin_with_notifications(told):
    """A page with one old post, and what notifications say of it; None: they may not be read."""
    now = int(NOW.timestamp() * 1000)
    old = {"id": "urn:li:share:7", "author": "urn:li:organization:9", "commentary": "Ondine",
           "createdAt": now - 40 * 86_400_000}  # fmt: skip

    def linkedin(request):
        path = request.url.raw_path.decode()
        if path.startswith("/posts?q=author"):
            return httpx.Response(200, json={"elements": [old]})
        if path == "/posts/urn%3Ali%3Ashare%3A7":
            return httpx.Response(200, json=old)
        if path.startswith("/socialActions/urn%3Ali%3Ashare%3A7/comments?"):
            comment = {"$URN": "urn:li:comment:(urn:li:activity:70,5)", "actor": "urn:li:person:a",
                       "object": "urn:li:activity:70", "message": {"text": "Bravo"}, "created": {"time": now - 9000}}  # fmt: skip
            return httpx.Response(200, json={"elements": [comment]})
        if path.startswith("/organizationalEntityNotifications?"):
            assert "actions=List(COMMENT,SHARE_MENTION)&timeRange=(start:" in path
            start = int(path.partition("timeRange=(start:")[2].partition(",")[0])
            assert start % 86_400_000 == 0, "whole days"
            return httpx.Response(200, json={"elements": told}) if told is not None else httpx.Response(403)
        raise AssertionError(path)

    return linkedin


LINKEDIN = 'api = "https://api.example", organizations = ["9"], lookback_days = 2'


def test_who_mentions_the_linkedin_page_is_heard_and_counted_by_the_day(run, data):
    mention = {
        "notificationId": 4, "action": "SHARE_MENTION", "organizationalEntity": "urn:li:organization:9",
        "lastModifiedAt": int(NOW.timestamp() * 1000) - 5000, "generatedActivity": "urn:li:share:88",
        "decoratedGeneratedActivity": {
            "share": {"entity": "urn:li:share:88", "owner": "urn:li:person:b", "text": "Merci @Ondine"}
        },
    }  # fmt: skip
    report = run("linkedin", linkedin_with_notifications([mention]), LINKEDIN, {"LINKEDIN_ACCESS_TOKEN": "t"})
    assert report.health == "heard"
    said = posts(data)["urn:li:share:88"]
    assert said.mentions == ("urn:li:organization:9",)
    assert said.counted.unit == f"mentions of urn:li:organization:9 on {NOW:%Y-%m-%d}"


def test_an_old_linkedin_post_is_read_again_as_a_whole_when_somebody_comments_on_it(run, data):
    comment = {
        "notificationId": 5, "action": "COMMENT", "organizationalEntity": "urn:li:organization:9",
        "lastModifiedAt": int(NOW.timestamp() * 1000) - 5000, "sourcePost": "urn:li:activity:70",
        "decoratedSourcePost": {"entity": "urn:li:share:7", "owner": "urn:li:organization:9", "text": "Ondine"},
    }  # fmt: skip
    run("linkedin", linkedin_with_notifications([comment]), LINKEDIN, {"LINKEDIN_ACCESS_TOKEN": "t"})
    found = posts(data)
    assert set(found) == {"urn:li:share:7", "urn:li:comment:(urn:li:activity:70,5)"}
    # LinkedIn names the same post as an activity in its comments: the answer is to the post all the same.
    assert found["urn:li:comment:(urn:li:activity:70,5)"].reply_to == "urn:li:share:7"
    assert {post.counted.unit for post in found.values()} == {"thread urn:li:share:7"}


def test_linkedin_mentions_that_may_not_be_read_are_named_not_taken_for_silence(run, data):
    run(
        "linkedin",
        linkedin_with_notifications(None),
        LINKEDIN.replace("= 2", "= 60"),
        {"LINKEDIN_ACCESS_TOKEN": "t"},
    )
    [record] = [json.loads(path.read_text()) for path in data.runs.glob("*/*.json")]
    assert "mentions" in record["limits"]


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
