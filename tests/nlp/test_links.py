"""An address passes classify only for a thread that an organisation by declaration opened."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.sources import rss
from girafe.records import Account, Envelope, Post, Voice
from girafe.settings import parse_settings
from nlp.links import official_accounts, organisation_link, safe_link

SETTINGS = parse_settings(
    """
[company]
name = "Orée"
official_accounts = ["forum:oree", "bluesky:did:plc:oree"]
[[competitors]]
name = "Voltigo"
official_accounts = ["forum:@Voltigo"]
"""
)
URL = "https://forum.example/t/12"
CHANNEL: dict[str, Any] = {"platform": "telegram", "handle": "gazette_oree", "is_organisation": True}


def link(*, source: str = "girafe_jsonl", author: dict[str, Any] | None = None, **more: Any) -> str | None:
    of_author: dict[str, Any] = {"platform": "forum", "handle": "oree"} | (author or {})
    fields: dict[str, Any] = {"post_id": "p1", "text": "", "url": URL, "mentions": ()} | more
    now = datetime(2026, 11, 2, tzinfo=UTC)
    post = Post(
        platform=of_author["platform"],
        created_at=now,
        observed_at=now,
        author=Account(**of_author),
        **fields,
    )
    return organisation_link(post, source=source, official=official_accounts(SETTINGS))


@pytest.mark.parametrize(
    "author",
    [
        {},
        {"handle": "@Oree"},
        {"handle": "VOLTIGO"},
        {"platform": "bluesky", "handle": None, "account_id": "did:plc:oree"},
    ],
)
def test_a_thread_of_an_account_of_company_toml_keeps_its_address(author: dict[str, Any]) -> None:
    assert link(author=author) == URL


@pytest.mark.parametrize(
    ("source", "author"),
    [
        ("telegram", CHANNEL),
        ("rss", {"platform": "rss", "account_id": "gazette.example", "is_organisation": True}),
        (
            "linkedin",
            {"platform": "linkedin", "account_id": "urn:li:organization:1", "is_organisation": True},
        ),
    ],
)
def test_a_publisher_a_channel_and_a_company_page_keep_theirs(source: str, author: dict[str, Any]) -> None:
    assert link(source=source, author=author) == URL


@pytest.mark.parametrize(
    ("source", "author"),
    [
        ("girafe_jsonl", {"handle": "ada"}),
        ("girafe_jsonl", {"handle": "gazette", "is_organisation": True}),  # a file says so, no platform does
        ("mastodon", {"platform": "mastodon", "handle": "club", "is_organisation": True}),
        ("telegram", CHANNEL | {"handle": "jeanne_raconte"}),
        ("rss", {"platform": "rss", "account_id": "bruno.example", "is_organisation": True}),
        ("rss", {"platform": "rss", "handle": "x.example", "display_name": "Chez Léa", "is_organisation": True}),
        ("telegram", CHANNEL | {"is_organisation": None}),
        ("girafe_jsonl", {"platform": "bluesky", "handle": "oree"}),  # the name on another platform
    ],
)  # fmt: skip
def test_whoever_might_be_a_person_keeps_none(source: str, author: dict[str, Any]) -> None:
    assert link(source=source, author=author) is None


GOOGLE = "https://www.google.com/alerts/feeds/1/2"


@pytest.mark.parametrize(
    ("feed", "page", "is_kept"),
    [
        (
            GOOGLE,
            "https://www.google.com/url?rct=j&url=https://network.example/in/zorvenka-quill&ct=ga",
            False,
        ),
        (GOOGLE, "https://zorvenka.example/my-week-at-oree", False),
        ("https://planet.example/feed", "https://blogs.example/@zorvenka/1", False),
        (GOOGLE, "https://sites.google.com/view/zorvenka", False),
        ("https://network.example/tags/oree.rss", "https://network.example/@zorvenka/1", False),
        ("https://campus.example/feed", "https://campus.example/~zorvenka/oree.html", False),
        ("https://gazette.example/feed", "https://www.gazette.example/1", True),
        ("https://feeds.gazette.example/all", "https://gazette.example/1", True),
        ("https://gazette.example/feed", "https://jobs.gazette.example/1", True),
        ("https://ette.example/feed", "https://gazette.example/1", False),
    ],
)
def test_a_page_that_a_feed_only_found_keeps_no_address(feed: str, page: str, is_kept: bool) -> None:
    """Nobody declared who publishes there: an alert finds profiles and people's own sites, too."""
    now = datetime(2026, 11, 2, tzinfo=UTC)
    entry = {"id": "tag:a:1", "title": "Orée", "link": page, "published": now.isoformat()}
    payload = {"feed": {"url": feed, "link": feed, "title": "Orée"}, "entry": entry}
    [post] = rss.parse(Envelope(source="rss", platform="rss", query="Orée", fetched_at=now, run_id="r",
                                collector_version="1", payload=payload))  # fmt: skip
    assert isinstance(post, Post)
    found = organisation_link(post, source="rss", official=official_accounts(SETTINGS))
    assert (found is not None) == is_kept


@pytest.mark.parametrize("voice", [Voice.PERSON, Voice.EMPLOYEE, Voice.FORMER_EMPLOYEE, Voice.UNKNOWN])
def test_a_voice_given_by_an_annotator_takes_the_address_away(voice: Voice) -> None:
    assert link(author={"voice": voice}) is None
    assert link(author={"voice": Voice.BRAND}) == URL


@pytest.mark.parametrize(
    "more",
    [
        {"reply_to": "p0"},
        {"quote_of": "p0"},
        {"repost_of": "p0"},
        {"conversation_id": "topic-of-somebody"},
        {"url": None},
    ],
)
def test_what_answers_or_shows_somebody_elses_post_keeps_none(more: dict[str, Any]) -> None:
    assert link(**more) is None
    assert link(conversation_id="p1") == URL


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//forum.example/t",
        "https://ada:secret@forum.example/t",
        "https://forum.example:8443/t",
        "https://10.0.0.7/t",
        "https://[::1]/t",
        "https://localhost/t",
        "https://wiki.internal/t",
        "https://forum.example/<script>",
        'https://forum.example/"onmouseover=alert(1)',
        "https://forum.example/a b",
        "https://forum.example/a\nSet-Cookie: x",
        "https://forum.example/\u202egpj.exe",
        "https://xn--forum\u0301.example/",
        "https://forum.example/?mail=ada@mail.example",
        "https://forum.example/?mail=ada%40mail.example",
        "https://forum.example/?mail=ada%2540mail.example",
        "https://forum.example/contact/ada.quill@mail.example",
        "https://forum.example/contact/ada%40mail.example/1",
        "https://forum.example/contact/ada%2540mail.example",
        "https://forum.example/" + "a" * 500,
        "https://[forum.example/",
    ],
)
def test_an_address_that_is_not_plainly_http_is_none(url: str) -> None:
    assert safe_link(url) is None


@pytest.mark.parametrize("path", ["@oree/12", "@oree@forum.example/12", "news@12/1.html"])
def test_the_page_of_an_account_is_no_mail_address(path: str) -> None:
    assert safe_link(f"https://forum.example/{path}") == f"https://forum.example/{path}"


def test_an_address_loses_its_tracking_and_its_fragment() -> None:
    assert (
        safe_link("https://Forum.example/t?id=3&utm_source=x&fbclid=y#c7") == "https://forum.example/t?id=3"
    )


@given(st.text() | st.text(alphabet="htps:/.@?#&=<>\"' \n%aZ9[]\\"))
def test_no_text_makes_an_address_that_could_end_an_attribute(text: str) -> None:
    for url in (text, f"https://forum.example/{text}"):
        found = safe_link(url)
        assert found is None or (found.startswith("http") and not set(found) & set("<>\"' \\\n\r\t`[]{}|^"))
