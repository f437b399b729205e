"""A silent answer is believed only from a place that shows something else; what is usual is known beside it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import httpx
import orjson
import pytest

from collectors.collect import collect
from collectors.cursors import cursor_path, read_cursors
from collectors.registry import SOURCES
from girafe.errors import SourceUnavailable
from warehouse.landing import landing_files

HN = '[[sources]]\nname = "hackernews"\n'


class Algolia:
    """A search that knows `known` and nothing else; `broken` queries fail."""

    def __init__(self, known=(), broken=()):
        self.known, self.broken, self.asked = set(known), set(broken), []

    def __call__(self, request):
        if "search" not in request.url.path:
            return httpx.Response(200, content=b"null")
        query = request.url.params["query"].strip('"')
        self.asked.append(query)
        if query in self.broken:
            return httpx.Response(400, json={"message": "no"})
        hit = {"objectID": "1", "author": "ada", "created_at_i": 1795430000, "comment_text": query,
               "story_id": 1, "parent_id": 1}  # fmt: skip
        hits = [hit] if query in self.known else []
        return httpx.Response(200, json={"hits": hits, "nbHits": len(hits), "nbPages": 1})


@pytest.fixture
def run(client_for, data, settings_with):
    def go(handler, sources=HN, source="hackernews"):
        http = client_for(handler, "hn.algolia.com", "hacker-news.firebaseio.com", attempts=2)
        return collect(source, "Ondine", settings=settings_with(sources), data=data, http=http, secrets={})

    return go


def records(data):
    return [orjson.loads(path.read_bytes()) for path in sorted(data.runs.glob("*/*.json"))]


def test_silence_is_believed_where_the_canary_is_heard(run, data):
    assert run(Algolia(known={"show"})).health == "silent"
    assert [record["canary"] for record in records(data)] == ["heard"]


def test_a_place_that_shows_nothing_at_all_is_blind_and_its_window_is_read_again(run, data, time):
    with pytest.raises(SourceUnavailable, match="shows nothing at all"):
        run(Algolia())
    [record] = records(data)
    assert (record["health"], record["canary"]) == ("blind", "mute")
    assert "shows nothing at all" in record["health_detail"]
    assert read_cursors(cursor_path(data, "hackernews", "Ondine")) == {}
    time.now += timedelta(days=3)
    assert run(Algolia(known={"Ondine"})).window.start < time.now - timedelta(days=28)


def test_a_canary_that_is_refused_proves_nothing_and_is_named(run, data):
    assert run(Algolia(broken={"google", "show", "the"})).health == "silent"
    [record] = records(data)
    assert record["canary"] == "refused"
    assert "canary could not be asked" in record["limits"]


def test_where_something_is_heard_no_canary_is_asked(run, data):
    algolia = Algolia(known={"Ondine"})
    assert run(algolia).health == "heard"
    assert algolia.asked == ["Ondine"]
    assert records(data)[0]["canary"] == ""


def test_company_toml_names_the_canary_or_silences_it(run, data):
    algolia = Algolia(known={"fontaine"})
    assert run(algolia, HN + 'canary = ["fontaine"]').health == "silent"
    assert algolia.asked == ["Ondine", "fontaine"]
    assert run(Algolia(), HN + "canary = []").health == "silent"


def test_what_the_canary_finds_is_not_landed(run, data):
    run(Algolia(known={"google"}))
    assert landing_files(data.landing) == []


def test_a_silent_run_says_what_is_usual(run, data, time):
    for _ in range(4):
        run(Algolia(known={"Ondine"}))
        time.now += timedelta(days=1)
    report = run(Algolia(known={"google"}))
    assert report.health == "silent"
    assert "Usual in a run: about 1 post" in report.health_detail
    assert records(data)[-1]["count_posts_expected"] == 1


def test_runs_that_could_not_hear_do_not_count_in_what_is_usual(run, data, time):
    for number in range(9):
        handler = Algolia(known={"Ondine"}) if number < 4 else lambda request: httpx.Response(503)
        with suppress(SourceUnavailable):
            run(handler)
        time.now += timedelta(days=1)
    assert "Usual in a run: about 1 post" in run(Algolia(known={"google"})).health_detail


def test_every_source_says_what_its_canary_asks_and_one_that_costs_money_has_none():
    for name, module in SOURCES.items():
        assert (module.CANARY is None) == (name in ("rss", "x")), name
