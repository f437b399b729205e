"""Feeds: only what names the company, nothing twice, and no feed is no silence."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

from girafe.errors import AccessDenied, SourceUnavailable
from tests.collectors.collecting import NOW, posts
from tests.collectors.collecting import run as run
from warehouse.landing import landing_files, read_envelopes

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


def test_a_feed_that_lists_nothing_of_the_last_run_any_more_says_what_was_not_heard(run, data, time):
    def listing(*hours):
        return "".join(
            f"<item><guid>urn:{hour}</guid><title>Ondine</title>"
            f"<pubDate>{NOW + timedelta(hours=hour):%a, %d %b %Y %H:00:00} GMT</pubDate></item>"
            for hour in hours
        )

    for day, hours in enumerate([(-40, -2), (-2, 20), (30, 40), (40, 9000), (40, 9000)]):
        time.now = NOW + timedelta(days=day)
        body = FEED.partition("<item>")[0] + listing(*hours) + "</channel></rss>"
        run("rss", lambda request, body=body: httpx.Response(200, text=body), FEEDS, window=None)
    told = [json.loads(path.read_text())["limits"] for path in sorted(data.runs.glob("*/*.json"))]
    assert [bool(limit) for limit in told] == [False, False, True, False, False]
    assert "lists nothing before 2026-11-24 18:00 UTC" in told[2]


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


def test_run_records_name_what_could_not_be_heard(run, data):
    with pytest.raises(SourceUnavailable):
        run("rss", lambda request: httpx.Response(503), FEEDS)
    [path] = data.runs.glob("*/*.json")
    record = json.loads(path.read_bytes())
    assert (record["health"], record["count_payloads"]) == ("blind", 0)
    assert "status 503" in record["health_detail"]


def test_an_entry_without_a_date_is_landed_for_quarantine_to_show(run, data):
    undated = FEED.replace("<pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate>", "")
    report = run("rss", lambda request: httpx.Response(200, text=undated), FEEDS)
    assert (report.count_payloads, report.count_quarantined) == (1, 1)


@pytest.mark.parametrize(
    "odd",
    [
        "<pubDate>9999-12-31T23:59:59-14:00</pubDate>",
        "<pubDate>0001-01-01T00:00:00+14:00</pubDate>",
        f"<description>&#{'1' * 5000};</description>",
        f"<description>&#x{'f' * 5000};</description>",
        f"<description>&amp;#{'1' * 5000};</description>",
        f"<description>&amp;#x{'f' * 5000};</description>",
        "<description>&#xD800;</description>",
        "<description>&#1114112;</description>",
    ],
    ids=lambda odd: odd[:30],
)
def test_an_entry_with_an_impossible_date_or_character_does_not_silence_the_others(run, data, odd):
    entry = f"<item><guid>urn:odd</guid><title>Ondine</title>{odd}</item>"
    feed = FEED.replace("<item>", f"{entry}<item>", 1)
    assert run("rss", lambda request: httpx.Response(200, text=feed), FEEDS).health == "heard"
    heard = {
        envelope.payload["entry"]["id"]
        for path in landing_files(data.landing)
        for envelope in read_envelopes(path)
    }
    assert heard == {"urn:odd", "https://presse.example/1"}


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        ("Ondine recrute", "Ondine recrute"),
        ("&lt;a&gt;Ondine recrute&lt;/a&gt;&amp;nbsp; &lt;i&gt;Le Monde&lt;/i&gt;", "Ondine recrute"),
        ("Ondine recrute, et nous aussi", "Ondine recrute\n\nOndine recrute, et nous aussi"),
        ("", "Ondine recrute"),
    ],
)
def test_a_summary_is_left_out_only_where_it_says_no_more_than_the_headline(run, data, summary, words):
    more = f'<description>{summary}</description><source url="https://lemonde.example/">Le Monde</source>'
    feed = FEED.replace("<title>Ondine recrute</title>", f"<title>Ondine recrute - Le Monde</title>{more}")
    run("rss", lambda request: httpx.Response(200, text=feed), FEEDS)
    assert posts(data)["https://presse.example/1"].text == words


@pytest.mark.parametrize("title", ["Commentaires sur : Ondine", "Kommentare zu: Ondine", "Ondine"])
def test_in_a_feed_of_comments_people_speak_whatever_its_language(run, data, title):
    feed = f"""<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>{title}</title>
    <link>https://blog.example/jobs/</link><item><guid>https://blog.example/jobs/#comment-7</guid><title>Ada M.</title>
    <link>https://blog.example/jobs/#comment-7</link><dc:creator>Ada M.</dc:creator>
    <pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate><description>Ondine, j'y travaille</description></item>
    </channel></rss>"""
    run("rss", lambda request: httpx.Response(200, text=feed), FEEDS)
    [post] = posts(data).values()
    assert (post.text, post.author.is_organisation) == ("Ondine, j'y travaille", None)
    assert (post.author.handle, post.conversation_id) == ("Ada M.@blog.example", "https://blog.example/jobs/")


def test_characters_given_by_number_are_read(run, data):
    feed = FEED.replace("recrute", "recrute &#233;t&#xE9; &#x1F600; &amp;#39;")
    run("rss", lambda request: httpx.Response(200, text=feed), FEEDS)
    assert posts(data)["https://presse.example/1"].text == "Ondine recrute \u00e9t\u00e9 \U0001f600 '"


def test_an_entry_with_neither_id_nor_link_does_not_silence_the_others(run, data):
    feed = FEED.replace("<item>", "<item><title>Ondine</title></item><item>", 1)
    report = run("rss", lambda request: httpx.Response(200, text=feed), FEEDS)
    assert (report.health, report.count_posts, report.count_quarantined) == ("heard", 1, 1)


@pytest.mark.parametrize("status", [200, 206])
@pytest.mark.parametrize("at", ["<item>", "<link>https://presse.example/2", "</channel>", "ss>"])
def test_a_feed_that_breaks_off_is_a_fault_and_is_read_again(run, data, status, at):
    """Without a length, as HTTP/1.0 and many scripts answer, nothing but its end says that a feed is whole."""
    cut = [FEED[: FEED.rindex(at)]] * 5

    def feed(request):
        if cut:
            return httpx.Response(status, text=cut.pop(), headers={"etag": '"v1"'})
        is_known = request.headers.get("if-none-match") == '"v1"'
        return httpx.Response(304) if is_known else httpx.Response(200, text=FEED, headers={"etag": '"v1"'})

    with pytest.raises(SourceUnavailable, match="truncated or malformed"):
        run("rss", feed, FEEDS, window=None)
    assert run("rss", feed, FEEDS, window=None).health == "heard"
    assert set(posts(data)) == {"https://presse.example/1"}


@pytest.mark.parametrize(
    "body",
    [
        FEED + "\n<!-- served in 3 ms -->\n<script>x</script>",
        "<!-- <rdf> --><?xml-stylesheet href='x'?>" + FEED,
        '<feed xmlns="http://www.w3.org/2005/Atom"/>',
        '<atom:feed xmlns:atom="http://www.w3.org/2005/Atom"><atom:title>A</atom:title></atom:feed >',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"></rdf:RDF>',
    ],
)
def test_a_whole_feed_is_not_taken_for_one_that_breaks_off(run, data, body):
    assert run("rss", lambda request: httpx.Response(200, text=body), FEEDS).health in ("heard", "silent")


def test_not_modified_is_not_believed_where_nobody_asked_for_it(run):
    with pytest.raises(SourceUnavailable, match=r"not a feed that can be read \(304\)"):
        run("rss", lambda request: httpx.Response(304), FEEDS, window=None)


def test_an_entry_dated_ahead_is_heard_when_its_time_has_come_though_the_feed_did_not_change(run, data, time):
    ahead = FEED.replace("08:00:00", "14:00:00")

    def feed(request):
        is_known = request.headers.get("if-none-match") == '"v1"'
        return httpx.Response(304) if is_known else httpx.Response(200, text=ahead, headers={"etag": '"v1"'})

    assert run("rss", feed, FEEDS, window=None).health == "silent"
    time.sleep(4 * 3600)
    assert run("rss", feed, FEEDS, window=None).health == "heard"
    assert set(posts(data)) == {"https://presse.example/1"}


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
@pytest.mark.parametrize("name", ["etag", "last-modified"])
def test_a_mark_no_header_may_hold_does_not_make_a_feed_deaf(run, name, charset):
    headers = {name: "mer., 23 déc. 2026".encode(charset)}
    for _ in range(2):
        assert run("rss", lambda request: httpx.Response(200, text=FEED, headers=headers), FEEDS, window=None)
