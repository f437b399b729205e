"""Telegram: channels through the polite client, and what is gone from them."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from girafe.errors import AccessDenied, SourceUnavailable
from tests.collectors.collecting import NOW, posts
from tests.collectors.collecting import run as run


def telegram_page(*said, more=""):
    """A channel's preview as t.me sends it; `said` are numbers, hours ago and words."""
    messages = "".join(
        f'''<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="ondine_fr/{number}">
        <div class="tgme_widget_message_text js-message_text" dir="auto">{words}</div>
        <div class="tgme_widget_message_footer"><a class="tgme_widget_message_date"
        href="https://t.me/ondine_fr/{number}"><time datetime="{(NOW - timedelta(hours=ago)).isoformat()}">x</time></a>
        </div></div></div>'''
        for number, ago, words in said
    )
    link = (
        f'<a class="tme_messages_more" data-before="{more}" href="/s/ondine_fr?before={more}">'
        if more
        else ""
    )
    return f"<html><body><section>{link}{messages}</section></body></html>"


def test_a_telegram_channel_is_read_through_the_polite_client(run, data):
    asked = []

    def telegram(request):
        asked.append(str(request.url))
        if len(asked) == 1:
            return httpx.Response(503)
        if "before" in str(request.url):
            return httpx.Response(200, html=telegram_page((1, 20, "Ondine autrefois"), (2, 4, "ONDINE ✨")))
        return httpx.Response(
            200, html=telegram_page((3, 2, "autre chose"), (4, 1, "Ondine recrute"), more="3")
        )

    report = run("telegram", telegram, 'channels = ["@ondine_fr"]')
    assert set(posts(data)) == {f"https://t.me/ondine_fr/{n}" for n in (1, 2, 4)}
    assert asked[0] == asked[1] == "https://t.me/s/ondine_fr"
    assert [wait.reason for wait in report.waits] == ["status 503"]


@pytest.mark.parametrize("odd", ["", "yesterday", "0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00+00:00",
                                 "9999-12-31T23:59:59-14:00"])  # fmt: skip
def test_a_message_without_a_time_costs_no_other_and_is_set_aside(run, data, odd):
    def telegram(request):
        page = telegram_page((3, 3, "Ondine hier"), (4, 2, "Ondine"), (5, 1, "Ondine recrute"))
        return httpx.Response(200, html=page.replace((NOW - timedelta(hours=2)).isoformat(), odd))

    report = run("telegram", telegram, 'channels = ["ondine_fr"]')
    assert (report.health, report.count_posts, report.count_quarantined) == ("heard", 2, 1)
    assert report.health_detail == ""


def test_a_page_of_which_no_message_can_be_read_is_a_fault_and_not_silence(run):
    page = telegram_page((3, 3, "autre chose"), (4, 2, "autre chose")).replace("<time datetime", "<time when")
    with pytest.raises(SourceUnavailable, match="could not be read"):
        run("telegram", lambda request: httpx.Response(200, html=page), 'channels = ["ondine_fr"]')


def test_the_lines_of_a_message_stay_apart(run, data):
    page = telegram_page((5, 1, "Bonjour<br/><br/>Chez Ondine<br>Recrutement"))
    run("telegram", lambda request: httpx.Response(200, html=page), 'channels = ["ondine_fr"]')
    assert posts(data)["https://t.me/ondine_fr/5"].text == "Bonjour\n\nChez Ondine\nRecrutement"


def test_a_channel_without_preview_is_deafness_and_not_silence(run):
    def no_preview(request):
        if "/s/" in request.url.path:
            return httpx.Response(302, headers={"location": "https://t.me/ondine_fr"})
        return httpx.Response(200, html="<html><body>Telegram: Contact @ondine_fr</body></html>")

    with pytest.raises(AccessDenied, match="no public preview"):
        run("telegram", no_preview, 'channels = ["@ondine_fr"]')


def test_a_channel_that_closes_behind_its_first_page_has_not_been_read_to_its_end(run, data):
    def closing(request):
        if "/s/" not in request.url.path:
            return httpx.Response(200, html="<html><body>Telegram: Contact @ondine_fr</body></html>")
        if "before" in str(request.url):
            return httpx.Response(302, headers={"location": "https://t.me/ondine_fr"})
        return httpx.Response(200, html=telegram_page((4, 1, "Ondine recrute"), more="4"))

    with pytest.raises(AccessDenied, match="no public preview"):
        run("telegram", closing, 'channels = ["@ondine_fr"]')
    assert set(posts(data)) == {"https://t.me/ondine_fr/4"}


@pytest.mark.parametrize("elsewhere", ["https://api.example/s/ondine_fr", "https://t.me/s/another"])
def test_a_link_that_leads_to_another_channel_is_not_read_as_this_one(run, data, elsewhere):
    def leading(request):
        if str(request.url).startswith(elsewhere):
            return httpx.Response(200, html=telegram_page((1, 5, "Ondine ailleurs")))
        page = telegram_page((4, 1, "Ondine recrute"), more="4").replace("/s/ondine_fr?", f"{elsewhere}?")
        return httpx.Response(200, html=page)

    with pytest.raises(AccessDenied, match="no public preview"):
        run("telegram", leading, 'channels = ["@Ondine_FR"]')
    assert set(posts(data)) == {"https://t.me/ondine_fr/4"}


def test_a_channel_is_read_back_to_the_window_and_no_further(run, data):
    asked = []

    def telegram(request):
        asked.append(str(request.url))
        return httpx.Response(
            200, html=telegram_page((3, 40, "Ondine jadis"), (4, 1, "Ondine recrute"), more="3")
        )

    run("telegram", telegram, 'channels = ["@ondine_fr"]')
    assert (set(posts(data)), len(asked)) == ({"https://t.me/ondine_fr/4"}, 1)
