"""The doctor says for each source whether it is ready, what is missing and what the terms ask."""

from __future__ import annotations

from types import SimpleNamespace

import httpx
import pytest

from collectors.doctor import examine
from collectors.registry import SOURCES


def test_every_source_is_examined_with_what_it_lacks_and_what_its_terms_ask(settings_with):
    settings = settings_with('[[sources]]\nname = "hackernews"\n[[sources]]\nname = "reddit"')
    found = {finding.source: finding for finding in examine(settings, environment={})}
    assert set(found) == set(SOURCES)
    assert found["hackernews"].ready
    assert found["reddit"].missing == ("REDDIT_CLIENT_ID", "REDDIT_CLIENT_SECRET")
    assert not found["reddit"].ready
    assert all(finding.terms for finding in found.values())


def test_a_misspelt_option_is_named_with_those_there_are(settings_with):
    settings = settings_with('[[sources]]\nname = "mastodon"\noptions = { instance = ["https://a.example"] }')
    found = {finding.source: finding for finding in examine(settings, environment={})}
    assert not found["mastodon"].ready
    assert found["mastodon"].what == "`options` knows no instance; it may hold instances, lookback_days"


def test_with_a_network_one_cheap_call_tells_a_place_that_answers_from_one_that_refuses(
    client_for, settings_with
):
    asked = []

    def answer(request):
        asked.append(request.url.host)
        if "algolia" in request.url.host:
            return httpx.Response(403)
        return httpx.Response(200, json={} if "instance" in request.url.path else [])

    settings = settings_with(
        '[[sources]]\nname = "hackernews"\n[[sources]]\nname = "mastodon"\n'
        'options = { instances = ["https://a.example"] }'
    )
    http = client_for(answer, "hn.algolia.com", "a.example", attempts=2)
    found = {finding.source: finding for finding in examine(settings, environment={}, http=http)}
    assert not found["hackernews"].ready
    assert "refuses (403" in found["hackernews"].detail
    assert found["mastodon"].ready
    assert asked.count("hn.algolia.com") == 1


def test_a_source_is_on_only_where_company_toml_says_so_and_the_doctor_says_no_other_thing(settings_with):
    settings = settings_with('[[sources]]\nname = "rss"\nenabled = false')
    found = {finding.source: finding.what for finding in examine(settings, environment={})}
    assert found["rss"] == "switched off in company.toml"
    assert found["telegram"] == "not in company.toml"
    assert found["bluesky"] == "not in company.toml (needs BLUESKY_HANDLE, BLUESKY_APP_PASSWORD)"
    assert found["youtube"] == (
        "not in company.toml (needs YOUTUBE_API_KEY); to switch it on is to accept its terms"
    )


@pytest.mark.parametrize("feed", ["https://[::1/feed", "https://a]/", f"https://{'a' * 64}.example/"])
def test_an_address_that_is_none_is_a_finding_and_no_fault_of_the_doctor(client_for, settings_with, feed):
    settings = settings_with(f'[[sources]]\nname = "rss"\noptions = {{ feeds = ["{feed}"] }}')
    http = client_for(lambda request: httpx.Response(404), attempts=1)
    found = {finding.source: finding for finding in examine(settings, environment={}, http=http)}
    assert not found["rss"].ready
    assert found["rss"].what


def test_an_answer_of_another_shape_is_a_finding_and_no_fault_of_the_doctor(client_for, settings_with):
    settings = settings_with('[[sources]]\nname = "odd"')

    def fetch(watch, window, http):
        yield http.json("https://a.example/")["posts"]

    odd = SimpleNamespace(**{**vars(SOURCES["hackernews"]), "fetch": fetch})
    http = client_for(lambda request: httpx.Response(200, json=[]), "a.example", attempts=1)
    [finding] = examine(settings, environment={}, http=http, sources={"odd": odd})
    assert not finding.ready
    assert "unknown shape (TypeError)" in finding.what
