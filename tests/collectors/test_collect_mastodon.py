"""Mastodon, from hashtag to landing: whole threads, several instances, deafness told from silence."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from collectors.collect import collect
from collectors.contract import Window
from collectors.cursors import cursor_path, read_cursors
from collectors.sources.mastodon_parse import account as read_account
from girafe.errors import AccessDenied, GovernanceMissing, SourceUnavailable
from girafe.records import Post, Profile
from girafe.settings import parse_settings
from tests.collectors.landed import landed
from warehouse.landing import landing_files, read_envelopes

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SOURCES = '[[sources]]\nname = "mastodon"\noptions = {{ instances = {instances} }}'


def account(name, host="a.example", **more):
    return {
        "id": f"id-{name}", "username": name, "acct": name, "display_name": name.title(),
        "url": f"https://{host}/@{name}", "uri": f"https://{host}/users/{name}", "note": "<p>Hi</p>",
        "bot": False, "discoverable": True, "indexable": True, "noindex": False, "fields": [], **more,
    }  # fmt: skip


def status(number, author, minutes_ago, text="<p>#ondine</p>", reply_to=None, host="a.example", **more):
    who = author if isinstance(author, dict) else account(author, host)
    return {
        "id": str(number), "uri": f"https://{host}/users/{who['username']}/statuses/{number}",
        "url": f"https://{host}/@{who['username']}/{number}", "content": text, "account": who,
        "created_at": (NOW - timedelta(minutes=minutes_ago)).isoformat(), "visibility": "public",
        "in_reply_to_id": reply_to, "mentions": [], "replies_count": 0, "reblog": None, **more,
    }  # fmt: skip


class Instance:
    """A Mastodon server: its statuses newest first, its pages of two, its faults on demand."""

    def __init__(self, statuses, *, tagged=None, access="public", page=2, accounts=(), mute=False):
        self.statuses = {item["id"]: item for item in statuses}
        self.tagged = tagged if tagged is not None else [item["id"] for item in statuses]
        self.access, self.page, self.accounts = access, page, list(accounts)
        self.mute, self.remote = mute, ""
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(str(request.url))
        if path == "/api/v2/instance":
            feeds = {"local": self.access, "remote": self.remote or self.access}
            access = {"timelines_access": {"hashtag_feeds": feeds}}
            return httpx.Response(200, json={"domain": request.url.host, "configuration": access})
        if path.startswith("/api/v1/timelines/tag/"):
            return self._timeline(request)
        if path == "/api/v1/timelines/public":
            shown = [] if self.mute else [status(999, "bo", 5, "<p>Good morning</p>")]
            return httpx.Response(200, json=shown)
        if path.endswith("/context"):
            return self._context(path.split("/")[-2])
        if path == "/api/v1/accounts":
            wanted = parse_qs(request.url.query.decode())["id[]"]
            return httpx.Response(200, json=[a for a in self.accounts if a["id"] in wanted])
        return httpx.Response(404, json={"error": "Record not found"})

    def _timeline(self, request):
        if self.access == "disabled":
            return httpx.Response(200, json=[])
        below = request.url.params.get("max_id")
        left = self.tagged[self.tagged.index(below) + 1 :] if below else self.tagged
        shown = left[: self.page]
        more = f'<{request.url.copy_with(params={"max_id": shown[-1]})}>; rel="next"' if shown else ""
        return httpx.Response(
            200, json=[self.statuses[i] for i in shown], headers={"link": more} if more else {}
        )

    def _context(self, number):
        if number not in self.statuses:
            return httpx.Response(404, json={"error": "Record not found"})
        above, parent = [], self.statuses[number]["in_reply_to_id"]
        while parent in self.statuses:
            above.insert(0, self.statuses[parent])
            parent = self.statuses[parent]["in_reply_to_id"]
        below, grown = {number}, True
        while grown:
            found = {i for i, s in self.statuses.items() if s["in_reply_to_id"] in below} - below
            below |= found
            grown = bool(found)
        return httpx.Response(
            200,
            json={"ancestors": above, "descendants": [self.statuses[i] for i in below if i != number]},
        )


def several(**instances):
    return lambda request: instances[request.url.host.split(".")[0]](request)


@pytest.fixture
def run(client_for, data, settings_with):
    """Collects #ondine from a.example (and others), with the real client, landing and cursors."""

    def go(handler, *, hosts=("a.example",), window=None, secrets=None, **more):
        instances = str([f"https://{host}" for host in hosts]).replace("'", '"')
        return collect(
            "mastodon",
            "Ondine",
            settings=settings_with(SOURCES.format(instances=instances)),
            data=data,
            http=client_for(handler, *hosts, attempts=3),
            secrets=secrets or {},
            window=window,
            **more,
        )

    return go


def posts(data):
    return {record.post_id.rsplit("/", 1)[1]: record for record in landed(data) if isinstance(record, Post)}


def test_a_found_reply_brings_its_parents_and_all_branches(run, data):
    thread = [
        status(1, "maria", 60, "<p>My #ondine is late</p>", replies_count=2),
        status(2, "ondine", 50, "<p>Sorry!</p>", reply_to="1", replies_count=1),
        status(3, "maria", 40, "<p>#ondine thanks</p>", reply_to="2"),
        status(4, "joao", 30, "<p>Same here</p>", reply_to="1"),
    ]
    report = run(Instance(thread, tagged=["3"]))
    found = posts(data)
    assert set(found) == {"1", "2", "3", "4"}
    assert found["3"].reply_to == found["2"].post_id
    assert found["2"].reply_to == found["4"].reply_to == found["1"].post_id
    assert (report.health, report.count_posts) == ("heard", 4)


def test_pages_are_followed_until_the_window_is_behind_us(run, data):
    server = Instance([status(n, "maria", n * 60) for n in range(1, 13)])
    run(server, window=Window(start=NOW - timedelta(hours=5), end=NOW))
    assert set(posts(data)) == {"1", "2", "3", "4", "5"}
    assert sum("timelines" in url for url in server.asked) == 4


def test_with_a_token_the_full_text_is_searched_too(run, data):
    server = Instance([status(1, "maria", 5)])

    def searchable(request):
        if request.url.path != "/api/v2/search":
            return server(request)
        assert request.headers["authorization"] == "Bearer t"
        return httpx.Response(200, json={"statuses": [status(2, "joao", 6, "<p>Ondine, no tag</p>")]})

    run(searchable, secrets={"MASTODON_TOKENS": "other.example=x a.example=t"})
    assert set(posts(data)) == {"1", "2"}


def test_neighbouring_windows_share_no_post_and_lose_none(run, data):
    server = Instance([status(n, "maria", n * 60) for n in range(1, 9)])
    middle = NOW - timedelta(hours=4)
    first = run(server, window=Window(start=NOW - timedelta(hours=9), end=middle))
    second = run(server, window=Window(start=middle, end=NOW))
    assert first.count_posts + second.count_posts == len(posts(data)) == 8


def test_the_next_run_reads_from_the_cursor_less_the_overlap(run, data, time):
    server = Instance([status(n, "maria", n * 60) for n in range(1, 4)])
    run(server)
    cursor = read_cursors(cursor_path(data, "mastodon", "Ondine"))["https://a.example"]
    time.now += timedelta(hours=6)
    second = run(server)
    assert second.window.start == cursor.until - timedelta(days=1)
    assert len(posts(data)) == 3


def test_one_post_seen_on_two_instances_is_one_post(run, data):
    seen_at_home = status(7, "maria", 10)
    remote = account("maria", acct="maria@a.example")
    seen_elsewhere = {**status(7, "maria", 10), "id": "999", "account": remote}
    other = Instance([seen_elsewhere])
    run(several(a=Instance([seen_at_home]), b=other), hosts=("a.example", "b.example"))
    speakers = {record.author.handle for record in landed(data)}
    assert len(posts(data)) == 1
    assert speakers == {"maria@a.example"}


def test_an_instance_that_knows_less_does_not_hide_what_another_knows(run, data):
    root, reply = status(1, "maria", 60, replies_count=1), status(2, "joao", 50, reply_to="1")
    cut_off = {**reply, "id": "902", "in_reply_to_id": "901"}  # the parent never reached this server
    handler = several(a=Instance([root, reply], tagged=["2"]), b=Instance([cut_off]))
    for hosts in (("a.example", "b.example"), ("b.example", "a.example")):
        run(handler, hosts=hosts)
        assert posts(data)["2"].reply_to == root["uri"]


def test_silence_and_deafness_are_told_apart(run, data):
    assert run(Instance([])).health == "silent"
    with pytest.raises(AccessDenied, match="does not show hashtag timelines"):
        run(Instance([], access="disabled"))
    records = sorted(data.runs.glob("*/*.json"))
    assert '"blind"' in "".join(path.read_text() for path in records)


def test_an_instance_that_shows_only_its_own_posts_is_heard_and_the_rest_named(run, data):
    server = Instance([status(1, "maria", 5)])
    server.remote = "authenticated"
    assert run(server).health == "heard"
    assert "remote: authenticated" in "".join(path.read_text() for path in data.runs.glob("*/*.json"))


def test_a_deaf_instance_is_named_and_does_not_stop_the_others(run, data):
    deaf, open_ = Instance([], access="disabled"), Instance([status(1, "maria", 5, host="b.example")])
    report = run(several(a=deaf, b=open_), hosts=("a.example", "b.example"))
    assert report.health == "heard"
    assert "https://a.example does not show hashtag timelines" in report.health_detail
    assert set(read_cursors(cursor_path(data, "mastodon", "Ondine"))) == {"https://b.example"}


def test_where_one_instance_refuses_and_another_fails_the_run_is_to_be_tried_again(run):
    failing = several(a=Instance([], access="disabled"), b=lambda request: httpx.Response(503))
    with pytest.raises(SourceUnavailable):
        run(failing, hosts=("a.example", "b.example"))


def test_where_one_instance_is_deaf_and_the_other_silent_nothing_is_known(run):
    handler = several(a=Instance([], access="disabled"), b=Instance([]))
    assert run(handler, hosts=("a.example", "b.example")).health == "blind"


def test_a_server_that_fails_half_way_loses_nothing_and_is_read_again(run, data):
    server = Instance([status(n, "maria", n) for n in range(1, 8)])
    calls = 0

    def failing(request):
        nonlocal calls
        calls += "timelines" in request.url.path
        return httpx.Response(503) if calls >= 3 else server(request)

    with pytest.raises(SourceUnavailable):
        run(failing)
    assert len(posts(data)) == 4
    assert read_cursors(cursor_path(data, "mastodon", "Ondine")) == {}
    run(server)
    assert len(posts(data)) == 7


def test_a_repeated_cursor_ends_and_is_named(run, data):
    server = Instance([status(n, "maria", n) for n in range(1, 4)])

    def stuck(request):
        response = server(request)
        if "timelines" in request.url.path:
            response.headers["link"] = '<https://a.example/x?max_id=1>; rel="next"'
        return response

    with pytest.raises(SourceUnavailable, match="repeated its cursor"):
        run(stuck)
    assert posts(data)


def test_an_empty_page_with_a_next_link_is_followed_but_not_for_ever(run, data):
    server = Instance([status(1, "maria", 1)])
    pages = 0

    def gappy(request):
        nonlocal pages
        if "timelines" not in request.url.path:
            return server(request)
        pages += 1
        link = {"link": f'<https://a.example/x?max_id={pages}>; rel="next"'}
        if pages == 1:
            return httpx.Response(200, json=[], headers=link)
        return httpx.Response(200, json=[server.statuses["1"]])

    assert run(gappy).count_posts == 1

    def empty_for_ever(request):
        nonlocal pages
        pages += 1
        if "timelines" not in request.url.path:
            return server(request)
        return httpx.Response(
            200, json=[], headers={"link": f'<https://a.example/x?max_id={pages}>; rel="next"'}
        )

    with pytest.raises(SourceUnavailable, match="empty pages"):
        run(empty_for_ever)


@pytest.mark.parametrize(
    "signal",
    [
        {"noindex": True},
        {"discoverable": False},
        {"discoverable": None, "indexable": False},
        {"locked": True},
        {"limited": True},
        {"suspended": True},
        {"memorial": True},
        {"note": "<p>Please <a href='/tags/nobot'>#<span>nobot</span></a></p>"},
        {"note": "<p>#NoIndex</p>"},
        {"fields": [{"name": "rules", "value": "#<b>nobots</b>"}]},
        {"display_name": "Shy #nobot"},
        {"note": "<p>#no-bots</p>"},
        {"note": "<p>#no\u200bbot</p>"},
        {"note": "<p>\uff03NoResearch</p>"},
        {"note": "<p>#NoScraping</p>"},
    ],
)
def test_the_words_of_someone_who_opted_out_are_not_landed(run, data, signal):
    shy = account("shy", **signal)
    server = Instance([status(1, "maria", 5), status(2, shy, 6, "<p>#ondine my secret</p>")])
    report = run(server)
    assert set(posts(data)) == {"1"}
    notices = [record for record in landed(data) if isinstance(record, Profile)]
    assert [notice.account.account_id for notice in notices] == ["https://a.example/users/shy"]
    assert notices[0].account.opted_out
    assert report.count_opted_out == 1
    assert b"secret" not in b"".join(
        line.payload.__repr__().encode()
        for path in landing_files(data.landing)
        for line in read_envelopes(path)
    )


def test_a_run_record_does_not_tell_by_subtraction_how_many_opted_out(run, data):
    """Payloads and posts are published as they are, but the number of a few who opted out is not."""
    run(Instance([status(1, "maria", 5), status(2, account("shy", noindex=True), 6)]))
    [path] = data.runs.glob("*/*.json")
    record = json.loads(path.read_bytes())
    assert (record["count_payloads"], record["count_posts"], record["count_opted_out"]) == (1, 1, 1)


def test_a_forgotten_account_is_not_landed_again(run, data):
    server = Instance([status(1, "maria", 5), status(2, "joao", 6)])
    run(server, is_forgotten=lambda who: who.handle == "joao@a.example")
    assert set(posts(data)) == {"1"}


def test_an_account_that_is_only_addressed_is_looked_up(run, data):
    brand = account("ondine_fr")
    mention = {"id": brand["id"], "username": "ondine_fr", "acct": "ondine_fr", "url": brand["url"]}
    server = Instance([status(1, "maria", 5, mentions=[mention])], accounts=[brand])
    run(server)
    profiles = [record.account.handle for record in landed(data) if isinstance(record, Profile)]
    assert profiles == ["ondine_fr@a.example"]
    assert posts(data)["1"].mentions == ("ondine_fr@a.example",)


def test_names_in_a_text_count_where_a_server_lists_no_mentions(run, data):
    words = "<p>@joao and @bo@b.example, write to ada@mail.example or https://a.example/@cy</p>"
    run(Instance([status(1, "maria", 5, words), status(2, "joao", 6, "<p>nobody here</p>")]))
    assert posts(data)["1"].mentions == ("joao@a.example", "bo@b.example")
    assert posts(data)["2"].mentions == ()


def test_an_undated_status_is_landed_for_quarantine_not_dropped(run, data):
    server = Instance([{**status(1, "maria", 5), "created_at": "yesterday"}, status(2, "joao", 6)])
    report = run(server)
    assert (report.count_payloads, report.count_quarantined, report.count_posts) == (2, 1, 1)


def test_without_governance_no_request_leaves(client_for, data):
    def nobody(request):
        raise AssertionError("a request left")

    bare = parse_settings('[company]\nname = "Ondine"')
    with pytest.raises(GovernanceMissing):
        collect("mastodon", "Ondine", settings=bare, data=data, http=client_for(nobody), secrets={})


def test_only_a_link_the_server_has_verified_counts_as_one():
    link = '<a href="https://{}.example">{}.example</a>'
    fields = [
        {"name": "work", "value": link.format("ondine", "ondine"), "verified_at": "2026-01-01T00:00:00Z"},
        {"name": "home", "value": link.format("ada", "ada"), "verified_at": None},
    ]
    who = read_account(account("ada", fields=fields), "a.example")
    assert who.links == ("https://ondine.example", "https://ada.example")
    assert who.verified_links == ("https://ondine.example",)


@pytest.mark.parametrize("visibility", ["private", "direct", "local", "a word nobody knows"])
def test_what_a_server_shows_to_few_is_not_kept_not_even_as_a_payload(run, data, visibility):
    said = [
        status(1, "ada", 50, replies_count=2),
        status(2, "bo", 40, "<p>for few</p>", reply_to="1", visibility=visibility),
        status(3, "cy", 30, "<p>for all</p>", reply_to="1"),
        status(4, "bo", 20, "<p>#ondine for few</p>", visibility=visibility),
    ]
    run(Instance(said, tagged=["4", "1"]), secrets={"MASTODON_TOKENS": "a.example=good"})
    kept = b"".join(gzip.decompress(path.read_bytes()) for path in landing_files(data.landing))
    assert (b"for all" in kept, b"for few" in kept) == (True, False)


@pytest.mark.parametrize(
    ("answers", "token", "is_named"), [(59, "", False), (60, "", True), (60, "t", False)]
)
def test_a_thread_of_as_many_answers_as_strangers_are_shown_may_have_more_and_says_so(
    run, data, answers, token, is_named
):
    root = status(1, "ada", 200, replies_count=answers)
    below = [status(n + 2, "bo", 100, reply_to="1") for n in range(answers)]
    run(
        Instance([root, *below], tagged=["1"]),
        secrets={"MASTODON_TOKENS": f"a.example={token}"} if token else {},
    )
    [record] = [json.loads(path.read_bytes()) for path in data.runs.glob("*/*.json")]
    assert ("no more than 60 answers of a thread" in record["limits"]) == is_named
    assert len(posts(data)) == answers + 1
