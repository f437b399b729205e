# ruff: noqa: E501 (tables are wide)
"""Secrets stay secret: whatever a platform answers, no key is logged, shown or written to disk."""

from __future__ import annotations

import gzip
import json
import logging
import random
import traceback
from datetime import UTC, datetime

import httpx
import pytest

from collectors.collect import collect
from collectors.http import Http, Manners
from collectors.outward import Bounded
from collectors.registry import SOURCES
from girafe.data_dir import DataDir
from girafe.errors import GirafeError
from girafe.settings import parse_settings

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PLANTED = {
    name: f"planted-{name.lower()}-3f9c1e"
    for name in ("BLUESKY_HANDLE", "BLUESKY_APP_PASSWORD", "LINKEDIN_ACCESS_TOKEN", "META_PAGE_TOKEN", "REDDIT_CLIENT_ID",
                 "REDDIT_CLIENT_SECRET", "X_BEARER_TOKEN", "YOUTUBE_API_KEY", "STACKEXCHANGE_KEY")
} | {"MASTODON_TOKENS": "a.example=planted-mastodon-3f9c1e", "MASTODON_TOKEN": "planted-mastodon-3f9c1e"}  # fmt: skip
SESSION = "planted-session-3f9c1e"
MARK = "3f9c1e"
OPTIONS = {
    "bluesky": 'service = "https://a.example"', "mastodon": 'instances = ["a.example"]', "rss": 'feeds = ["https://a.example/feed"]',
    "discourse": 'forums = ["https://a.example"]', "youtube": 'channels = ["UC1"]', "linkedin": 'organizations = ["1"]',
    "meta": 'pages = ["1"]', "reddit": 'subreddits = ["all"]', "stackexchange": 'sites = ["workplace"]', "x": "",
    "hackernews": "", "telegram": "channels = []",
}  # fmt: skip


def echo(request: httpx.Request) -> str:
    """Everything the platform was told, as a careless one repeats it."""
    return json.dumps(
        {"error": f"{request.headers.get('authorization')} {request.url.query.decode()} is not accepted"}
    )


FAULTS = {
    "401 that repeats the key": lambda request: httpx.Response(
        401, content=echo(request), headers={"content-type": "application/json"}
    ),
    "403 that repeats the key": lambda request: httpx.Response(403, content=echo(request)),
    "422 that repeats the key": lambda request: httpx.Response(422, content=echo(request)),
    "500": lambda request: httpx.Response(500, content=echo(request)),
    "429": lambda request: httpx.Response(429, headers={"retry-after": "1"}, content=echo(request)),
    "JSON of another shape": lambda request: httpx.Response(
        200, content=echo(request), headers={"content-type": "application/json"}
    ),
    "a page": lambda request: httpx.Response(200, html=f"<html>{echo(request)}</html>"),
    "a redirect": lambda request: httpx.Response(
        302, headers={"location": f"https://10.0.0.1/?{request.url.query.decode()}"}
    ),
    "no connection": None,
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("source", [name for name in SOURCES if name != "telegram"])
def test_no_key_is_logged_shown_or_written_whatever_a_platform_answers(
    source, fault, tmp_path, caplog, capsys
):
    caplog.set_level(logging.DEBUG)
    governance = """[governance]
legal_basis = "legitimate interest"
purpose = "to listen"
dpia_reference = "DPIA-1"
works_council_informed_on = 2026-01-15
notice_url = "https://ondine.example/notice"
dpo_contact = "dpo@ondine.example"
"""
    settings = parse_settings(
        f'[company]\nname = "Ondine"\n[[sources]]\nname = "{source}"\noptions = {{ {OPTIONS[source]} }}\n{governance}'
    )

    def handler(request: httpx.Request) -> httpx.Response:
        if "createSession" in str(request.url) or "access_token" in str(request.url):
            return httpx.Response(
                200, json={"accessJwt": SESSION, "access_token": SESSION, "handle": "x", "did": "did:plc:x"}
            )
        if FAULTS[fault] is None:
            raise httpx.ConnectError(
                f"cannot reach {request.url} with {dict(request.headers)}", request=request
            )
        return FAULTS[fault](request)

    http = Http(
        client=httpx.Client(transport=Bounded(httpx.MockTransport(handler))), clock=lambda: NOW, sleep=lambda seconds: None,
        ticks=lambda: 0.0, chance=random.Random(1).random, manners=Manners(attempts=2, pace=0.0), look_up=lambda host: ("93.184.216.34",),
    )  # fmt: skip
    shown = ""
    try:
        shown = str(
            collect(source, "Ondine", settings=settings, data=DataDir(tmp_path), http=http, secrets=PLANTED)
        )
    except GirafeError as error:
        shown = str(error) + "".join(traceback.format_exception_only(error))
    written = b"".join(
        gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    )
    captured = capsys.readouterr()
    assert MARK not in shown
    assert MARK not in caplog.text
    assert MARK not in captured.out + captured.err
    assert MARK.encode() not in written


def test_the_faults_above_would_show_a_key_that_leaks():
    """The echo does hold it: without that, the test above would prove nothing."""
    request = httpx.Request("GET", "https://a.example/", headers={"authorization": f"Bearer {SESSION}"})
    assert MARK in FAULTS["401 that repeats the key"](request).text
