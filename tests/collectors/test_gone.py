"""What is deleted on the platform is named as deleted here, and nothing else is, even by a server in trouble."""

from __future__ import annotations

from datetime import timedelta

import httpx
import orjson
import pytest

from collectors import gone
from collectors.contract import NOTES
from collectors.registry import SOURCES
from girafe.errors import AccessDenied, GirafeError, GovernanceMissing
from girafe.records import Envelope
from girafe.settings import parse_settings
from tests.collectors.looking_up import NOW
from tests.collectors.looking_up import land as land
from tests.collectors.looking_up import look as look
from warehouse.landing import landing_files, landing_path, read_envelopes, write_envelopes


def status(number):
    home = "https://a.example"
    return {
        "id": str(number), "uri": f"{home}/p/{number}", "content": "<p>Ondine</p>", "visibility": "public",
        "created_at": "2026-11-20T08:00:00Z", "mentions": [], NOTES: {"instance": home},
        "account": {"acct": "ada", "url": f"{home}/@ada", "note": ""},
    }  # fmt: skip


MASTODON = 'instances = ["https://a.example"]'


def instance(shown, in_batch=None):
    def answer(request):
        if request.url.path == "/api/v1/statuses":
            ids = request.url.params.get_list("id[]")
            return httpx.Response(
                200, json=[status(n) for n in ids if n in (shown if in_batch is None else in_batch)]
            )
        number = request.url.path.rpartition("/")[2]
        return httpx.Response(200, json=status(number)) if number in shown else httpx.Response(404, json={})

    return answer


def test_a_deleted_post_is_named_once(land, look):
    land("mastodon", *(status(n) for n in range(1, 31)))
    everything_but_seven = {str(n) for n in range(1, 31)} - {"7"}
    report, found = look("mastodon", instance(everything_but_seven), MASTODON)
    assert (report.looked_up, report.gone, found) == (30, 1, ["https://a.example/p/7"])
    report, found = look("mastodon", instance(everything_but_seven), MASTODON)
    assert (report.looked_up, report.gone, found) == (29, 0, ["https://a.example/p/7"])


def test_a_post_that_was_gone_and_is_seen_again_is_looked_up_again(land, look, data):
    land("mastodon", status(7))
    assert look("mastodon", instance(set()), MASTODON)[0].gone == 1
    later = NOW + timedelta(days=1)
    seen = Envelope(source="mastodon", platform="mastodon", query="Ondine", fetched_at=later, run_id="later",
                    collector_version="1", payload=status(7))  # fmt: skip
    write_envelopes(landing_path(data.landing, "mastodon", later, "later"), [seen])
    assert look("mastodon", instance({"7"}), MASTODON)[0].looked_up == 1


def test_a_key_that_is_missing_is_named_before_anybody_is_asked(client_for, data, settings_with):
    def nobody(request):
        raise AssertionError("a request left")

    with pytest.raises(AccessDenied, match="BLUESKY_HANDLE"):
        gone.look_up_gone(
            "bluesky", settings=settings_with('[[sources]]\nname = "bluesky"'), data=data,
            http=client_for(nobody), secrets={}, sources=SOURCES,
        )  # fmt: skip


def test_a_server_that_answers_with_too_little_deletes_nothing(land, look):
    land("mastodon", *(status(n) for n in range(1, 6)))
    shown = {str(n) for n in range(1, 6)}
    assert look("mastodon", instance(shown, in_batch=set()), MASTODON)[1] == []


@pytest.mark.parametrize("answer", [401, 500])
def test_a_server_that_refuses_or_fails_deletes_nothing_and_is_named(land, look, data, answer):
    land("mastodon", status(1))
    with pytest.raises(GirafeError):
        look("mastodon", lambda request: httpx.Response(answer), MASTODON)
    [record] = [orjson.loads(path.read_bytes()) for path in data.runs.glob("*/*.json")]
    assert record["source"] == "recheck"
    assert record["health"] == "blind"
    assert f"({answer})" in record["health_detail"] or f"status {answer}" in record["health_detail"]
    assert [line for path in landing_files(data.landing) for line in read_envelopes(path)]


def test_a_bluesky_post_absent_from_the_answer_is_gone(land, look):
    def view(key):
        uri = f"at://did:plc:a/app.bsky.feed.post/{key}"
        return {"uri": uri, "author": {"did": "did:plc:a", "handle": "a.example"}, "indexedAt": "2026-11-20T08:00:00Z",
                "record": {"text": "Ondine", "createdAt": "2026-11-20T08:00:00Z"}}  # fmt: skip

    def pds(request):
        if request.method == "POST":
            return httpx.Response(200, json={"accessJwt": "t"})
        return httpx.Response(200, json={"posts": [view("1")]})

    land("bluesky", view("1"), view("2"))
    _, found = look("bluesky", pds, 'service = "https://pds.example"')
    assert found == [view("2")["uri"]]


def test_without_governance_nobody_is_asked(client_for, data):
    def nobody(request):
        raise AssertionError("a request left")

    bare = parse_settings('[company]\nname = "Ondine"')
    with pytest.raises(GovernanceMissing):
        gone.look_up_gone(
            "mastodon", settings=bare, data=data, http=client_for(nobody), secrets={}, sources=SOURCES
        )  # fmt: skip
