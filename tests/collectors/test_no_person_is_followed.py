"""No query makes a list of people to follow: what platforms read as an operator stays inside a phrase."""

from __future__ import annotations

import re

import httpx
import pytest

from collectors.collect import collect
from collectors.contract import Watch
from collectors.sources.mastodon_timeline import searched
from girafe.errors import GirafeError, SettingsInvalid
from tests.collectors.collecting import BLUESKY, DAY

SOURCES = {
    "x": ('api = "https://api.example", monthly_posts = 500', {"X_BEARER_TOKEN": "k"}, "query"),
    "bluesky": ('service = "https://pds.example", stream = ""', BLUESKY, "q"),
    "reddit": (
        'api = "https://api.example", subreddits = ["france"]',
        {"REDDIT_CLIENT_ID": "i", "REDDIT_CLIENT_SECRET": "s"},
        "q",
    ),
    "stackexchange": ('api = "https://api.example", sites = ["workplace"]', {}, "q"),
    "hackernews": ('algolia = "https://api.example", firebase = "https://api.example"', {}, "query"),
    "discourse": ('forums = ["https://forum.example"]', {}, "q"),
}


@pytest.mark.parametrize("query", ["from:ada", 'x" OR from:ada OR author:bob OR "y', 'Ondine" @ada "'])
@pytest.mark.parametrize("source", SOURCES)
def test_what_names_a_person_is_asked_for_as_words_only(client_for, data, settings_with, source, query):
    options, secrets, parameter = SOURCES[source]
    asked = []

    def platform(request):
        if (said := request.url.params.get(parameter)) is not None:
            asked.append(said)
        if "token" in request.url.path or "Session" in request.url.path:
            return httpx.Response(200, json={"access_token": "t", "accessJwt": "t", "refreshJwt": "t"})
        return httpx.Response(500)

    settings = settings_with(f'[[sources]]\nname = "{source}"\noptions = {{ {options} }}')
    http = client_for(platform, "pds.example", "forum.example", "api.example")
    with pytest.raises(GirafeError):
        collect(source, query, settings=settings, data=data, http=http, secrets=secrets, window=DAY)
    assert asked
    for said in asked:
        assert said.count('"') == 2
        assert not re.search(r"from:|author:|@", re.sub('"[^"]*"', "", said)), said


def test_nor_is_a_mastodon_server_that_looks_for_the_quotes_as_well_asked_without_them(client_for):
    asked = []

    def server(request):
        asked.append(request.url.params["q"])
        return httpx.Response(200, json={"statuses": []})

    for query in ("from:ada", "Ondine"):
        watch = Watch(query=query, origin="https://forum.example", options={}, memory={}, ledger=None)
        assert list(searched(watch, DAY.start, client_for(server, "forum.example"))) == []
    assert set(asked) == {'"from:ada"', '"Ondine"', "Ondine"}


@pytest.mark.parametrize("page", ["u_ada", "U_Ada", "france+u_ada", "../user/ada"])
def test_a_persons_own_page_on_reddit_is_no_subreddit(client_for, data, settings_with, page):
    asked = []

    def platform(request):
        asked.append(request.url.path)
        return httpx.Response(200, json={"access_token": "t"})

    settings = settings_with(
        f'[[sources]]\nname = "reddit"\noptions = {{ api = "https://api.example", subreddits = ["{page}"] }}'
    )
    with pytest.raises(SettingsInvalid, match="own page"):
        collect("reddit", "Ondine", settings=settings, data=data, http=client_for(platform, "api.example"),
                secrets=SOURCES["reddit"][1], window=DAY)  # fmt: skip
    assert asked == []
