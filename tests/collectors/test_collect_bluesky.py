"""Bluesky: sessions that expire, branches below what is gone, people who hide."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta

import httpx
import pytest

from girafe.errors import AccessDenied, SourceUnavailable
from girafe.records import Deletion, Profile
from tests.collectors.collecting import BLUESKY, NOW, posts
from tests.collectors.collecting import run as run
from tests.collectors.landed import landed
from warehouse.landing import landing_files


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


def test_a_login_waits_no_longer_for_its_answer_than_any_question(run):
    server, waits = Bluesky([view("1")]), []

    def timed(request):
        waits.append(request.extensions.get("timeout"))
        return server(request)

    run("bluesky", timed, PDS, BLUESKY)
    assert None not in waits
    assert len({str(wait) for wait in waits}) == 1


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


def test_someone_who_asks_to_be_left_out_by_name_is_not_landed(run, data):
    shy = view("1", "shy")
    shy = {**shy, "author": {**shy["author"], "displayName": "Shy #NoBot"}}
    report = run("bluesky", Bluesky([shy, view("2", "ada")]), PDS, BLUESKY)
    assert set(posts(data)) == {uri("2")}
    assert report.count_opted_out == 1


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


def counted(hits, found):
    """A server that counts `hits` posts of a search and scrolls through `found`, three of them a page."""
    server = Bluesky(found, page=3)

    def answer(request):
        reply = server(request)
        if request.url.path.endswith("searchPosts") and reply.status_code == 200:
            return httpx.Response(200, json={**reply.json(), "hitsTotal": hits})
        return reply

    return answer


@pytest.mark.parametrize(("hits", "is_named"), [(10, False), (11, False), (12, True), (500, True)])
def test_a_search_that_shows_much_less_than_it_counts_is_named(run, data, hits, is_named):
    found = [view(str(n), hours_ago=n + 1) for n in range(10)]
    report = run("bluesky", counted(hits, found), PDS, BLUESKY)
    assert (report.health, len(posts(data))) == ("heard", 10)
    [record] = [json.loads(path.read_bytes()) for path in data.runs.glob("*/*.json")]
    assert (f"counts about {hits} posts of a search and showed 10" in record["limits"]) == is_named


def test_a_search_too_large_to_scroll_is_asked_in_halves_and_every_post_arrives_once(run, data):
    found = [view(str(n), hours_ago=n + 0.5) for n in range(20)]

    def vast(request):
        reply = Bluesky.__call__(server, request)
        if request.url.path.endswith("searchPosts") and reply.status_code == 200:
            since, until = (datetime.fromisoformat(request.url.params[name]) for name in ("since", "until"))
            shown = [post for post in found if since <= datetime.fromisoformat(post["indexedAt"]) < until]
            many = 2000 * len(shown)
            # Beyond its reach the server shows the newest and gives no cursor for the rest.
            return httpx.Response(200, json={"posts": shown[:5], "hitsTotal": many})
        return reply

    server = Bluesky(found)
    run("bluesky", vast, PDS, BLUESKY)
    assert set(posts(data)) == {post["uri"] for post in found}


def test_a_count_that_is_the_same_in_every_span_does_not_halve_the_window_for_ever(run, data):
    server, asked = Bluesky([view(str(n)) for n in range(4)]), []

    def boasting(request):
        reply = server(request)
        if request.url.path.endswith("searchPosts") and reply.status_code == 200:
            asked.append(request)
            return httpx.Response(200, json={**reply.json(), "hitsTotal": 100_000})
        return reply

    run("bluesky", boasting, PDS, BLUESKY)
    assert set(posts(data)) == {uri(str(n)) for n in range(4)}
    assert len(asked) == 4  # the whole, its halves, and a second page
    [record] = [json.loads(path.read_bytes()) for path in data.runs.glob("*/*.json")]
    assert "counts about 100000 posts of a search and showed 4" in record["limits"]


def test_a_label_that_has_expired_hides_nobody(run, data):
    label = {"src": "did:plc:shy", "val": "!no-unauthenticated", "cts": "2026-01-01T00:00:00Z"}
    label, lasting = label | {"exp": "2026-02-01T00:00:00Z"}, label | {"exp": "2027-01-01T00:00:00Z"}
    run(
        "bluesky",
        Bluesky([view("1", "ada", labels=[label]), view("2", "bo", labels=[lasting])]),
        PDS,
        BLUESKY,
    )
    assert set(posts(data)) == {uri("1")}


def test_a_label_whose_end_cannot_be_read_keeps_no_post_from_being_heard(run, data):
    """Anybody may put a label on anybody's post."""
    odd = {"src": "did:plc:x", "val": "spam", "exp": "soon", "cts": "2026-01-01T00:00:00Z"}
    lasting = odd | {"val": "!hide"}
    shown = [view("1", "ada", labels=[odd]), view("2", "bo", labels=[lasting]), view("3", "cy")]
    report = run("bluesky", Bluesky(shown), PDS, BLUESKY)
    assert report.health_detail == ""
    assert set(posts(data)) == {uri("1"), uri("3")}


def test_a_thread_that_comes_as_an_error_under_200_is_not_taken_for_an_empty_one(run):
    server = Bluesky([view("1") | {"replyCount": 3}])

    def failing(request):
        if request.url.path.endswith("getPostThread"):
            return httpx.Response(200, json={"error": "UpstreamTimeout"})
        return server(request)

    with pytest.raises(SourceUnavailable, match="without `thread`"):
        run("bluesky", failing, PDS, BLUESKY)
