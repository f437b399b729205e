"""Servers that speak the Mastodon API in their own way: strict, forgetful, shy; each is heard, or named as deaf."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
import yaml

from collectors.collect import collect
from collectors.contract import NOTES
from collectors.registry import PARSERS
from girafe.errors import AccessDenied, GirafeError, PayloadRejected, SourceUnavailable
from girafe.records import Envelope, Post, Profile
from tests.collectors.strict_mastodon import DIALECTS, HTML, NOW, Server, landed
from tests.collectors.strict_mastodon import listen as listen

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_strict_server_is_heard_whole_page_by_page(listen, data, dialect):
    server = Server(dialect, "strict.example")
    report = listen({"strict.example": server})
    assert report.health == "heard", report.health_detail
    posts = {record.post_id for record in landed(data) if isinstance(record, Post)}
    assert {name for name in posts if "/posts/" in name} == {
        f"https://home.example/posts/{n}" for n in range(6)
    }
    assert len(server.asked) < 40
    # Whoever is only addressed is looked up one by one where a server does not answer for several.
    assert any(isinstance(r, Profile) and r.account.handle.startswith("zoe@") for r in landed(data))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_unknown_tag_is_silence_and_not_a_fault(listen, dialect):
    assert listen({"strict.example": Server(dialect, "strict.example")}, query="personne").health == "silent"


def test_a_server_that_shows_strangers_nothing_is_named(listen, data):
    with pytest.raises(AccessDenied, match=r"strict\.example refuses \(401\).*token not"):
        listen({"strict.example": Server("gotosocial", "strict.example")}, token=False)


def test_a_token_that_has_expired_is_named(client_for, data, settings_with):
    server = Server("takahe", "strict.example")
    with pytest.raises(AccessDenied, match=r"Invalid .* token"):
        collect(
            "mastodon", "Ondine", data=data, secrets={"MASTODON_TOKENS": "strict.example=old"},
            settings=settings_with('[[sources]]\nname = "mastodon"\noptions = { instances = ["strict.example"] }'),
            http=client_for(server, "strict.example", attempts=2),
        )  # fmt: skip


def test_replies_are_asked_for_where_a_server_does_not_count_them(listen, data):
    server = Server("snac", "strict.example")
    answer = {**server.posts[0], "id": "r1", "uri": "https://home.example/r/1", "content": "<p>merci</p>",
              "in_reply_to_id": server.posts[2]["id"]}  # fmt: skip

    def with_thread(request):
        if request.url.path == f"/api/v1/statuses/{server.posts[2]['id']}/context":
            return httpx.Response(200, json={"ancestors": [], "descendants": [answer]})
        return server(request)

    listen({"strict.example": with_thread})
    found = {record.post_id: record for record in landed(data) if isinstance(record, Post)}
    assert found["https://home.example/r/1"].reply_to == "https://home.example/posts/2"


def test_a_server_that_keeps_threads_to_itself_is_heard_and_says_so_once(listen, data):
    server = Server("mitra", "strict.example", posts=None)
    for post in server.posts:
        post["replies_count"] = 2

    def without_threads(request):
        if request.url.path.endswith("/context"):
            server.asked.append("context")
            return httpx.Response(401, json={"error": "The access token is invalid"})
        return server(request)

    report = listen({"strict.example": without_threads}, token=False)
    assert report.health == "heard"
    assert server.asked.count("context") == 1
    [record] = [json.loads(path.read_text()) for path in data.runs.glob("*/*.json")]
    assert "does not show whole threads" in record["limits"]


def test_threads_that_fail_keep_no_other_from_being_read_and_are_named(listen, data):
    server = Server("mitra", "strict.example")
    for post in server.posts:
        post["replies_count"] = 1
    answer = {
        **server.posts[5],
        "id": "r1",
        "uri": "https://home.example/r/1",
        "in_reply_to_id": server.posts[5]["id"],
    }

    def with_broken_ones(request):
        if request.url.path in {f"/api/v1/statuses/{server.posts[n]['id']}/context" for n in (0, 1, 3, 4)}:
            return httpx.Response(500, html=HTML)  # never three in a row
        if request.url.path == f"/api/v1/statuses/{server.posts[5]['id']}/context":
            return httpx.Response(200, json={"ancestors": [], "descendants": [answer]})
        return server(request)

    with pytest.raises(SourceUnavailable, match="status 500"):
        listen({"strict.example": with_broken_ones})
    assert "https://home.example/r/1" in {r.post_id for r in landed(data) if isinstance(r, Post)}
    [record] = [json.loads(path.read_text()) for path in data.runs.glob("*/*.json")]
    assert (record["health"], "status 500" in record["health_detail"]) == ("heard", True)


def test_a_server_whose_threads_all_fail_is_not_asked_for_each(listen, data):
    server = Server("mitra", "strict.example")
    for post in server.posts:
        post["replies_count"] = 1

    def broken(request):
        if request.url.path.endswith("/context"):
            server.asked.append("context")
            return httpx.Response(500, html=HTML)
        return server(request)

    with pytest.raises(SourceUnavailable):
        listen({"strict.example": broken})
    assert server.asked.count("context") == 3 + 2 + 2
    assert len([r for r in landed(data) if isinstance(r, Post)]) == 6


def test_a_server_that_lists_the_nearest_ancestor_first_is_asked_for_the_root(listen, data):
    server = Server("mitra", "strict.example")
    own, root = (
        server.posts[0],
        {**server.posts[1], "id": "top", "uri": "https://home.example/root", "in_reply_to_id": None},
    )
    near = {**server.posts[1], "id": "near", "uri": "https://home.example/near", "in_reply_to_id": "top"}
    own["in_reply_to_id"] = "near"
    other = {**server.posts[2], "id": "other", "uri": "https://home.example/other", "in_reply_to_id": "top"}

    def reversed_threads(request):
        if request.url.path == f"/api/v1/statuses/{own['id']}/context":
            return httpx.Response(200, json={"ancestors": [near, root], "descendants": []})
        if request.url.path == "/api/v1/statuses/top/context":
            return httpx.Response(200, json={"ancestors": [], "descendants": [near, own, other]})
        return server(request)

    listen({"strict.example": reversed_threads})
    found = {record.post_id: record for record in landed(data) if isinstance(record, Post)}
    assert found["https://home.example/other"].reply_to == "https://home.example/root"


ELSEWHERE = "https://other.example/objects/9"
NULLS = {
    "akkoma": {
        "content": "<p>ondine</p>", "mentions": None, "tags": None, "card": None, "language": None,
        "replies_count": None, "pleroma": {"quote": None, "quote_url": ELSEWHERE},
    },
    "iceshrimp": {
        "content": "ondine, sans balises", "spoiler_text": None, "emojis": None,
        "quote": {"id": "q", "uri": ELSEWHERE, "account": None},
    },
    "friendica": {
        "content": None, "spoiler_text": "ondine", "visibility": None, "in_reply_to_account_id": None,
        "quote": None, "quote_url": ELSEWHERE,
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", NULLS)
def test_what_other_servers_leave_empty_is_empty_and_what_they_quote_is_known(listen, data, kind):
    server = Server("mitra", "strict.example")
    server.posts[0] |= NULLS[kind]
    server.posts[0]["account"] |= {
        "fields": None,
        "note": None,
        "display_name": None,
        "bot": None,
        "followers_count": None,
    }
    server.posts[1]["account"] = None
    server.posts[2]["visibility"] = "local"
    report = listen({"strict.example": server})
    found = {record.post_id: record for record in landed(data) if isinstance(record, Post)}
    assert (found["https://home.example/posts/0"].quote_of, report.count_quarantined) == (
        "https://other.example/objects/9",
        1,
    )
    assert "ondine" in found["https://home.example/posts/0"].text
    assert set(found) == {f"https://home.example/posts/{n}" for n in (0, 3, 4, 5)}


def test_a_server_that_cannot_page_says_how_far_it_was_heard(listen, data):
    server = Server("snac", "strict.example")

    def stuck(request):
        if "max_id" in request.url.params:
            return httpx.Response(200, json=server.posts[:2])
        return server(request)

    assert listen({"strict.example": stuck}).health == "heard"
    [record] = [json.loads(path.read_text()) for path in data.runs.glob("*/*.json")]
    assert "shows only its newest 2 posts" in record["limits"]


def test_one_post_known_to_three_servers_under_three_ids_is_one_post(listen, data):
    servers = {f"{name}.example": Server(name, f"{name}.example") for name in DIALECTS}
    assert listen(servers).health == "heard"
    ids = [r.post_id for r in landed(data) if isinstance(r, Post) and "/posts/" in r.post_id]
    assert sorted(ids) == sorted(f"https://home.example/posts/{n}" for n in range(6))


def test_a_query_without_a_letter_is_refused_before_it_asks_for_everything(listen):
    with pytest.raises(Exception, match="no hashtag"):
        listen({"strict.example": Server("mitra", "strict.example")}, query="???")


# What real servers sent, where the recordings are at hand.


def recorded():
    """Every status and account in ../shared/recordings, with where it was recorded."""
    for folder in ("gotosocial", "takahe", "mastodon_mock"):
        for path in sorted((RECORDINGS / folder).glob("*.json")):
            body = json.loads(path.read_bytes())["response"].get("json")
            yield from ((f"{folder}/{path.stem}", found) for found in things(body))
    for path in sorted((RECORDINGS / "third_party" / "mastodon_4.6_mastodonpy").glob("*.yaml")):
        for exchange in yaml.safe_load(path.read_text())["interactions"]:
            body = exchange["response"]["body"]["string"]
            try:
                yield from ((f"4.6/{path.stem}", found) for found in things(json.loads(body)))
            except (ValueError, TypeError):
                continue


def things(body):
    if isinstance(body, list):
        for one in body:
            yield from things(one)
    elif isinstance(body, dict):
        is_status = "content" in body and isinstance(body.get("account"), dict) and "visibility" in body
        if is_status or ("acct" in body and "display_name" in body):
            yield body
        for name in ("ancestors", "descendants", "statuses", "accounts"):
            yield from things(body.get(name))


@pytest.mark.skipif(not RECORDINGS.exists(), reason="../shared/recordings is not at hand")
def test_everything_real_servers_sent_is_read():
    posts = profiles = 0
    for place, payload in recorded():
        envelope = Envelope(
            source="mastodon", platform="mastodon", query="", fetched_at=NOW, run_id="r", collector_version="1",
            payload={**payload, NOTES: {"instance": "https://a.example"}},
        )  # fmt: skip
        try:
            records = list(PARSERS["mastodon"](envelope))
        except PayloadRejected as error:
            raise AssertionError(f"{place}: {error}") from error
        if "content" in payload and payload["visibility"] in ("public", "unlisted"):
            [post] = records
            assert post.post_id == (payload.get("uri") or payload["url"]), place
            assert "<p>" not in post.text, place
            posts += 1
        elif "acct" in payload and "content" not in payload:
            assert records[0].account.handle, place
            profiles += 1
        else:
            assert records == [], f"{place}: what is not public becomes nothing"
    assert posts > 300
    assert profiles > 30


class Replay:
    """A server made of what one of them sent: its tag timeline, threads, accounts, refusals and Link headers."""

    def __init__(self, folder):
        self.pages, self.contexts, self.first = {}, {}, None
        for path in sorted((RECORDINGS / folder).glob("*.json")):
            exchange = json.loads(path.read_bytes())
            url = httpx.URL(exchange["request"]["url"])
            answer = exchange["response"]
            if path.stem in ("tag_timeline_page1", "tag_timeline_page2"):
                self.pages[url.params.get("max_id")] = answer
                self.tag = url.path.rpartition("/")[2]
            if path.stem.startswith("context_"):
                self.contexts[url.path.split("/")[-2]] = answer
        known = json.loads((RECORDINGS / folder / "anon_instance_v2.json").read_bytes())["response"]
        self.instance = known
        self.batch = json.loads((RECORDINGS / folder / "accounts_multi.json").read_bytes())["response"]

    def __call__(self, request):
        path, params = request.url.path, request.url.params
        if path == "/api/v2/instance":
            return self._answer(self.instance)
        if "/timelines/tag/" in path:
            known = self.pages.get(params.get("max_id"))
            return self._answer(known) if known else httpx.Response(200, json=[])
        if path.endswith("/context"):
            known = self.contexts.get(path.split("/")[-2])
            return self._answer(known) if known else httpx.Response(404, html=HTML)
        if path == "/api/v1/accounts":
            return self._answer(self.batch)
        if path == "/api/v2/search":
            return httpx.Response(200, json={"accounts": [], "statuses": [], "hashtags": []})
        if path == "/api/v1/instance":
            return httpx.Response(200, json={"uri": "x"})
        return httpx.Response(404, html=HTML)

    def _answer(self, recorded):
        body = recorded.get("json")
        content = json.dumps(body) if body is not None else recorded.get("text") or ""
        keep = ("link", "content-type")
        headers = {name: value for name, value in recorded["headers"].items() if name in keep}
        return httpx.Response(recorded["status"], content=content, headers=headers)


@pytest.mark.skipif(not RECORDINGS.exists(), reason="../shared/recordings is not at hand")
@pytest.mark.parametrize("folder", ["gotosocial", "takahe", "mastodon_mock"])
def test_what_a_real_server_sent_is_collected_as_it_was_said(listen, data, folder, time):
    replay = Replay(folder)
    newest = max(s["created_at"] for page in replay.pages.values() for s in page["json"])
    time.now = datetime.fromisoformat(newest) + timedelta(hours=1)
    report = listen({"real.example": replay}, query=replay.tag)
    assert report.health == "heard", report.health_detail
    shown = [status for page in replay.pages.values() for status in page["json"]]
    public = {status["uri"] for status in shown if status["visibility"] in ("public", "unlisted")}
    found = {record.post_id for record in landed(data) if isinstance(record, Post)}
    assert len(public) >= 15
    assert public <= found


@pytest.mark.parametrize("status", [506, 507, 526, 530])  # 501: paging is not made there, which is noted
def test_a_server_in_trouble_behind_its_first_page_has_not_shown_all_it_has(listen, data, status):
    server = Server("snac", "strict.example")

    def failing(request):
        behind = "/timelines/tag/" in request.url.path and "max_id" in request.url.params
        return httpx.Response(status) if behind else server(request)

    with pytest.raises(SourceUnavailable, match=f"status {status}"):
        listen({"strict.example": failing})


@pytest.mark.parametrize("status", [300, 305, 402, 404, 410, 418, 423, 451, 499])
@pytest.mark.parametrize("dialect", ["snac", "mitra"])
def test_a_server_that_closes_behind_its_first_page_has_not_shown_all_it_has(listen, data, dialect, status):
    server = Server(dialect, "strict.example")

    def closing(request):
        behind = "/timelines/tag/" in request.url.path and "max_id" in request.url.params
        return httpx.Response(status, json={"error": "gone"}) if behind else server(request)

    with pytest.raises(GirafeError, match=rf"refuses \({status}\)|a page it does not have"):
        listen({"strict.example": closing})


@pytest.mark.parametrize("answer", [httpx.Response(404, html=HTML), httpx.Response(200, content=b"null")])
def test_a_next_link_that_leads_to_nothing_is_not_the_end_of_a_timeline(listen, answer):
    server = Server("mitra", "strict.example")

    def losing(request):
        return answer if "max_id" in request.url.params else server(request)

    with pytest.raises(SourceUnavailable, match="links to a page it does not have"):
        listen({"strict.example": losing})


def test_a_thread_that_comes_as_an_error_under_200_is_not_taken_for_an_empty_one(listen, data):
    server = Server("mitra", "strict.example")

    def failing(request):
        is_thread = request.url.path.endswith("/context")
        return httpx.Response(200, json={"error": "Timeout"}) if is_thread else server(request)

    with pytest.raises(SourceUnavailable, match="error under 200"):
        listen({"strict.example": failing})


@pytest.mark.parametrize("status", [404, 410])
def test_a_server_that_closes_behind_its_timeline_has_not_shown_its_threads_and_says_so(listen, data, status):
    server = Server("mitra", "strict.example")
    for post in server.posts:
        post["replies_count"] = 2

    def closing(request):
        return httpx.Response(status) if request.url.path.endswith("/context") else server(request)

    assert listen({"strict.example": closing}).health == "heard"
    [record] = [json.loads(path.read_text()) for path in data.runs.glob("*/*.json")]
    assert "shows no thread of any of the 6 posts" in record["limits"]


@pytest.mark.parametrize("status", [404, 423, 451])
def test_one_thread_that_is_gone_or_withheld_keeps_no_other_from_being_read(listen, data, status):
    server = Server("mitra", "strict.example")
    for post in server.posts:
        post["replies_count"] = 2

    def withholding(request):
        if request.url.path == f"/api/v1/statuses/{server.posts[0]['id']}/context":
            return httpx.Response(status, json={"error": "withheld"})
        if request.url.path.endswith("/context"):
            server.asked.append("context")
        return server(request)

    report = listen({"strict.example": withholding})
    assert (report.health, server.asked.count("context")) == ("heard", 5)
    [record] = [json.loads(path.read_text()) for path in data.runs.glob("*/*.json")]
    assert ("does not show a thread to us" in record["limits"]) == (status != 404)
