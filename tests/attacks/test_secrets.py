# ruff: noqa: E501 (tables are wide)
"""Secrets stay secret: whatever a platform answers, no key and nobody it names is logged, shown or written to disk."""

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
from collectors.doctor import examine
from collectors.http import Http, Manners
from collectors.outward import Bounded
from collectors.refusals import without_names
from collectors.registry import PARSERS, SOURCES
from girafe.data_dir import DataDir
from girafe.errors import GirafeError
from girafe.settings import parse_settings
from warehouse.landing import landing_files, read_envelopes

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PLANTED = {
    name: f"planted-{name.lower()}-3f9c1e"
    for name in ("BLUESKY_HANDLE", "BLUESKY_APP_PASSWORD", "LINKEDIN_ACCESS_TOKEN", "META_PAGE_TOKEN", "REDDIT_CLIENT_ID",
                 "REDDIT_CLIENT_SECRET", "X_BEARER_TOKEN", "YOUTUBE_API_KEY", "STACKEXCHANGE_KEY")
} | {"MASTODON_TOKENS": "a.example=planted-mastodon-3f9c1e", "MASTODON_TOKEN": "planted-mastodon-3f9c1e"}  # fmt: skip
SESSION = "planted-session-3f9c1e"
MARK = "3f9c1e"
NAMED = "zqxcanary"
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
SOMEBODY = f"User {NAMED} ({NAMED}@a.example, did:plc:{NAMED}, https://a.example/@{NAMED}) is suspended"
NAMING = {
    "403 that names somebody": httpx.Response(403, json={"error": SOMEBODY, "code": NAMED, NAMED: [NAMED]}),
    "401 in plain words": httpx.Response(401, content=SOMEBODY),
    "422 without blanks": httpx.Response(422, content=f'{{"error":{{"{NAMED}":"no","title":"Not{NAMED}Found"}}}}'),
    "400 as a quotation": httpx.Response(400, json={"message": f"Could not find: [{NAMED}]", "value": f"'{NAMED.upper()}'"}),
    "a redirect to a page": httpx.Response(302, headers={"location": f"https://10.0.0.1/@{NAMED}?q={NAMED}"}),
    "a redirect in plain text": httpx.Response(302, headers={"location": f"http://a.example/@{NAMED}"}),
    "a redirect with a name before the host": httpx.Response(307, headers={"location": f"https://{NAMED}:x@10.0.0.1/"}),
    "a redirect to a mail address": httpx.Response(308, headers={"location": f"mailto:{NAMED}@a.example"}),
    "a redirect to no address": httpx.Response(302, headers={"location": f"https://[{NAMED}/"}),
    "an error under 200": httpx.Response(200, json={"error": SOMEBODY, "errors": [{"message": SOMEBODY}]}),
    "a string": httpx.Response(200, json=SOMEBODY),
    "half a page": httpx.Response(200, content=f'{{"posts": [{{"handle": "{NAMED}", "te'),
}  # fmt: skip


GOVERNANCE = """[governance]
legal_basis = "legitimate interest"
purpose = "to listen"
dpia_reference = "DPIA-1"
works_council_informed_on = 2026-01-15
notice_url = "https://ondine.example/notice"
dpo_contact = "dpo@ondine.example"
"""


@pytest.mark.parametrize("fault", [*FAULTS, *NAMING])
@pytest.mark.parametrize("source", [name for name in SOURCES if name != "telegram"])
def test_no_key_and_no_name_is_logged_shown_or_written_whatever_a_platform_answers(
    source, fault, tmp_path, caplog, capsys
):
    caplog.set_level(logging.DEBUG)
    settings = parse_settings(
        f'[company]\nname = "Ondine"\n[[sources]]\nname = "{source}"\noptions = {{ {OPTIONS[source]} }}\n{GOVERNANCE}'
    )

    def handler(request: httpx.Request) -> httpx.Response:
        if fault in NAMING:
            made = NAMING[fault]
            return httpx.Response(made.status_code, headers=made.headers, content=made.content)
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
    captured = capsys.readouterr()
    for mark in (MARK, NAMED):
        written = b"".join(
            gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            for path in tmp_path.rglob("*")
            # What strangers wrote may lie in landing and quarantine; our keys may not.
            if path.is_file()
            and (mark == MARK or path.relative_to(tmp_path).parts[0] not in ("landing", "quarantine"))
        )
        for told in (shown, caplog.text, captured.out + captured.err, written.decode("utf-8", "replace")):
            assert mark not in told.lower(), mark


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ('{"error":"This action is not allowed"}', '{"error":"This action is not allowed"}'),
        ('{"error":"User ada.martin is suspended","code":63}', '{"error":"User … is suspended","code":63}'),
        (
            '{"status":"PERMISSION_DENIED","project":"123456789"}',
            '{"status":"PERMISSION_DENIED","project":"…"}',
        ),
        ("Forbidden: https://a.example/@ada", "Forbidden: …"),
        ("did:plc:ada is не found", "… is … found"),
    ],
)
def test_what_a_refusal_says_is_kept_but_for_what_could_be_a_name(said, shown):
    assert without_names(said) == shown


def test_the_faults_above_would_show_a_key_that_leaks():
    """The echo does hold it: without that, the test above would prove nothing."""
    request = httpx.Request("GET", "https://a.example/", headers={"authorization": f"Bearer {SESSION}"})
    assert MARK in FAULTS["401 that repeats the key"](request).text


FEED = (
    f'<rss version="2.0"><channel><title>F</title><item><guid>g-{"1" * 40}</guid><title>Ondine</title>'
    "<pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>"
)
FEED_ANSWERS = {
    **{name: answer for name, answer in FAULTS.items() if name not in ("a redirect", "no connection")},
    "429 for long": lambda request: httpx.Response(429, headers={"retry-after": "9999"}),
    "a feed": lambda request: httpx.Response(200, text=FEED),
    "half a feed": lambda request: httpx.Response(200, text=FEED[:200]),
    "a feed of no entries": lambda request: httpx.Response(200, text="<rss version='2.0'><channel></channel></rss>"),
    "a redirect on the same host": lambda request: httpx.Response(302, headers={"location": "/again"}),
    "a redirect away": lambda request: httpx.Response(302, headers={"location": "https://b.example/"}),
}  # fmt: skip


@pytest.mark.parametrize("answer", FEED_ANSWERS)
@pytest.mark.parametrize("address", [f"https://ada:{MARK}@a.example/feed", f"https://a.example/feed?token={MARK}"])  # fmt: skip
def test_a_key_in_the_address_of_a_feed_is_told_nowhere(answer, address, tmp_path, caplog):
    """Private feeds are read by a password before the host or a token behind the path; company.toml holds both."""
    caplog.set_level(logging.DEBUG)
    settings = parse_settings(
        f'[company]\nname = "Ondine"\n[[sources]]\nname = "rss"\noptions = {{ feeds = ["{address}"] }}\n'
        f'canary = ["Ondine"]\n{GOVERNANCE}'
    )
    http = Http(
        client=httpx.Client(transport=Bounded(httpx.MockTransport(FEED_ANSWERS[answer]))), clock=lambda: NOW,
        sleep=lambda seconds: None, ticks=lambda: 0.0, chance=random.Random(1).random,
        manners=Manners(attempts=2, pace=0.0), look_up=lambda host: ("93.184.216.34",),
    )  # fmt: skip
    shown = ""
    try:
        shown = str(
            collect("rss", "Ondine", settings=settings, data=DataDir(tmp_path), http=http, secrets={})
        )
    except GirafeError as error:
        shown = "".join(traceback.format_exception_only(error))
    shown += "".join(f"{finding}" for finding in examine(settings, environment={}, http=http))
    assert "a.example" in shown
    # The cursor is kept by the address, beside company.toml.
    for path in tmp_path.rglob("*"):
        if path.is_file() and "cursors" not in path.parts:
            body = path.read_bytes()
            shown += (gzip.decompress(body) if path.suffix == ".gz" else body).decode()
    for path in landing_files(DataDir(tmp_path).landing):
        shown += "".join(str(list(PARSERS["rss"](envelope))) for envelope in read_envelopes(path))
    assert MARK not in shown + caplog.text
