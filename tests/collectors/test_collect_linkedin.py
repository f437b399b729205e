# ruff: noqa: E501 (payloads are wide)
"""LinkedIn: the company's page, its comments and mentions, without any profile."""

from __future__ import annotations

import json

import httpx
import pytest

from girafe.errors import AccessDenied
from girafe.records import Profile
from tests.collectors.collecting import NOW, posts
from tests.collectors.collecting import run as run
from tests.collectors.landed import landed


def own_post(number, created_at):
    """A post of the company's page."""
    return {"id": f"urn:li:share:{number}", "author": "urn:li:organization:9", "commentary": "Ondine",
            "createdAt": created_at}  # fmt: skip


def test_comments_on_the_companys_linkedin_page_come_without_any_profile(run, data):
    now = int(NOW.timestamp() * 1000)

    def linkedin(request):
        assert request.headers["x-restli-protocol-version"] == "2.0.0"
        path = request.url.raw_path.decode()
        if path.startswith("/posts?q=author&author=urn%3Ali%3Aorganization%3A9&"):
            return httpx.Response(200, json={"elements": [own_post(1, now - 5000)]})
        if path.startswith("/socialActions/urn%3Ali%3Ashare%3A1/comments?"):
            comment = {"commentUrn": "urn:li:comment:5", "actor": "urn:li:person:a", "object": "urn:li:share:1",
                       "message": {"text": "Bravo"}, "created": {"time": now - 1000}}  # fmt: skip
            return httpx.Response(200, json={"elements": [comment]})
        if path.startswith("/organizationalEntityNotifications?q=criteria&"):
            return httpx.Response(200, json={"elements": []})
        raise AssertionError(path)

    options = 'api = "https://api.example", organizations = ["9"]'
    run("linkedin", linkedin, options, {"LINKEDIN_ACCESS_TOKEN": "t"})
    found = posts(data)
    assert found["urn:li:comment:5"].reply_to == "urn:li:share:1"
    assert found["urn:li:share:1"].author.is_organisation is True
    assert not any(isinstance(record, Profile) for record in landed(data))


def linkedin_with_notifications(told):
    """A page with one old post, and what notifications say of it; None: they may not be read."""
    now = int(NOW.timestamp() * 1000)
    old = own_post(7, now - 40 * 86_400_000)

    def linkedin(request):
        path = request.url.raw_path.decode()
        if path.startswith("/posts?q=author"):
            return httpx.Response(200, json={"elements": [old]})
        if path == "/posts/urn%3Ali%3Ashare%3A7":
            return httpx.Response(200, json=old)
        if path.startswith("/socialActions/urn%3Ali%3Ashare%3A7/comments?"):
            comment = {"$URN": "urn:li:comment:(urn:li:activity:70,5)", "actor": "urn:li:person:a",
                       "object": "urn:li:activity:70", "message": {"text": "Bravo"}, "created": {"time": now - 9000}}  # fmt: skip
            return httpx.Response(200, json={"elements": [comment]})
        if path.startswith("/organizationalEntityNotifications?"):
            assert "actions=List(COMMENT,SHARE_MENTION)&timeRange=(start:" in path
            start = int(path.partition("timeRange=(start:")[2].partition(",")[0])
            assert start % 86_400_000 == 0, "whole days"
            return httpx.Response(200, json={"elements": told}) if told is not None else httpx.Response(403)
        raise AssertionError(path)

    return linkedin


LINKEDIN = 'api = "https://api.example", organizations = ["9"], lookback_days = 2'


def test_who_mentions_the_linkedin_page_is_heard_and_counted_by_the_day(run, data):
    mention = {
        "notificationId": 4, "action": "SHARE_MENTION", "organizationalEntity": "urn:li:organization:9",
        "lastModifiedAt": int(NOW.timestamp() * 1000) - 5000, "generatedActivity": "urn:li:share:88",
        "decoratedGeneratedActivity": {
            "share": {"entity": "urn:li:share:88", "owner": "urn:li:person:b", "text": "Merci @Ondine"}
        },
    }  # fmt: skip
    report = run("linkedin", linkedin_with_notifications([mention]), LINKEDIN, {"LINKEDIN_ACCESS_TOKEN": "t"})
    assert report.health == "heard"
    said = posts(data)["urn:li:share:88"]
    assert said.mentions == ("urn:li:organization:9",)
    assert said.counted.unit == f"mentions of urn:li:organization:9 on {NOW:%Y-%m-%d}"


def test_an_old_linkedin_post_is_read_again_as_a_whole_when_somebody_comments_on_it(run, data):
    comment = {
        "notificationId": 5, "action": "COMMENT", "organizationalEntity": "urn:li:organization:9",
        "lastModifiedAt": int(NOW.timestamp() * 1000) - 5000, "sourcePost": "urn:li:activity:70",
        "decoratedSourcePost": {"entity": "urn:li:share:7", "owner": "urn:li:organization:9", "text": "Ondine"},
    }  # fmt: skip
    run("linkedin", linkedin_with_notifications([comment]), LINKEDIN, {"LINKEDIN_ACCESS_TOKEN": "t"})
    found = posts(data)
    assert set(found) == {"urn:li:share:7", "urn:li:comment:(urn:li:activity:70,5)"}
    # LinkedIn names the same post as an activity in its comments: the answer is to the post all the same.
    assert found["urn:li:comment:(urn:li:activity:70,5)"].reply_to == "urn:li:share:7"
    assert {post.counted.unit for post in found.values()} == {"thread urn:li:share:7"}


def test_linkedin_mentions_that_may_not_be_read_are_named_not_taken_for_silence(run, data):
    run(
        "linkedin",
        linkedin_with_notifications(None),
        LINKEDIN.replace("= 2", "= 60"),
        {"LINKEDIN_ACCESS_TOKEN": "t"},
    )
    [record] = [json.loads(path.read_text()) for path in data.runs.glob("*/*.json")]
    assert "mentions" in record["limits"]


def test_a_key_that_runs_out_at_the_mentions_is_no_page_that_hides_them(run, data):
    """The cursor would move past the mentions of that day."""
    page = linkedin_with_notifications(None)

    def linkedin(request):
        out = request.url.path.startswith("/organizationalEntityNotifications")
        return httpx.Response(401) if out else page(request)

    options = 'api = "https://api.example", organizations = ["9"]'
    with pytest.raises(AccessDenied, match="401"):
        run("linkedin", linkedin, options, {"LINKEDIN_ACCESS_TOKEN": "t"})


def test_answers_under_a_comment_are_read_and_pages_older_than_the_window_are_not(run, data):
    now, asked = int(NOW.timestamp() * 1000), []

    def post(number, age_ms):
        return {
            "id": f"urn:li:share:{number}",
            "author": "urn:li:organization:9",
            "commentary": "Ondine",
            "createdAt": now - age_ms,
        }

    def linkedin(request):
        path = request.url.raw_path.decode()
        asked.append(path)
        if path.startswith("/posts?q=author"):
            first = "start=0" in path
            return httpx.Response(
                200, json={"elements": [post(n, 5000 if first else 90 * 86_400_000) for n in range(100)]}
            )
        if path.startswith("/organizationalEntityNotifications"):
            return httpx.Response(200, json={"elements": []})
        said = {
            "actor": "urn:li:person:a",
            "object": "urn:li:share:1",
            "message": {"text": "Bravo"},
            "created": {"time": now - 1000},
        }
        if path.startswith("/socialActions/urn%3Ali%3Ashare%3A1/"):
            return httpx.Response(
                200,
                json={
                    "elements": [
                        {
                            "commentUrn": "urn:li:comment:5",
                            "commentsSummary": {"aggregatedTotalComments": 1},
                            **said,
                        }
                    ]
                },
            )
        if path.startswith("/socialActions/urn%3Ali%3Acomment%3A5/"):
            return httpx.Response(200, json={"elements": [{"commentUrn": "urn:li:comment:6", **said}]})
        return httpx.Response(200, json={"elements": []})

    run("linkedin", linkedin, LINKEDIN, {"LINKEDIN_ACCESS_TOKEN": "t"})
    assert posts(data)["urn:li:comment:6"].reply_to == "urn:li:comment:5"
    assert (
        sum("/posts?q=author" in path for path in asked) == 2
    )  # the second page is older: no third is asked for


def test_a_comment_on_somebody_elses_post_brings_no_post_of_theirs(run, data):
    comment = {
        "notificationId": 5, "action": "COMMENT", "organizationalEntity": "urn:li:organization:9",
        "lastModifiedAt": int(NOW.timestamp() * 1000) - 5000, "sourcePost": "urn:li:share:7",
    }  # fmt: skip
    theirs = linkedin_with_notifications([comment])

    def linkedin(request):
        answer = theirs(request)
        if request.url.raw_path.decode() == "/posts/urn%3Ali%3Ashare%3A7":
            return httpx.Response(200, json=answer.json() | {"author": "urn:li:person:x"})
        return answer

    run("linkedin", linkedin, LINKEDIN.replace("= 2", "= 1"), {"LINKEDIN_ACCESS_TOKEN": "t"})
    assert posts(data) == {}


def test_a_comment_on_a_post_we_may_not_see_keeps_the_page_from_nothing(run, data):
    told = [
        {"notificationId": n, "action": "COMMENT", "organizationalEntity": "urn:li:organization:9",
         "lastModifiedAt": int(NOW.timestamp() * 1000) - 5000, "sourcePost": f"urn:li:share:{n}"}
        for n in (6, 7)
    ]  # fmt: skip
    theirs = linkedin_with_notifications(told)

    def linkedin(request):
        is_hidden = request.url.raw_path.decode() == "/posts/urn%3Ali%3Ashare%3A6"
        return httpx.Response(403, json={"code": "ACCESS_DENIED"}) if is_hidden else theirs(request)

    run("linkedin", linkedin, LINKEDIN.replace("= 2", "= 1"), {"LINKEDIN_ACCESS_TOKEN": "t"})
    [record] = [json.loads(path.read_bytes()) for path in data.runs.glob("*/*.json")]
    assert "urn:li:share:7" in posts(data)
    assert "A post somebody commented on was not shown" in record["limits"]


def test_a_mention_without_a_time_does_not_silence_the_page(run, data):
    odd = {"notificationId": 5, "action": "SHARE_MENTION", "lastModifiedAt": "soon"}
    comment = {"notificationId": 6, "action": "COMMENT", "sourcePost": "urn:li:share:7"}
    report = run(
        "linkedin", linkedin_with_notifications([odd, comment]), LINKEDIN, {"LINKEDIN_ACCESS_TOKEN": "t"}
    )
    assert (report.health, report.health_detail, report.count_quarantined) == ("heard", "", 1)


def test_a_comment_that_stands_under_itself_ends(run, data):
    now, asked = int(NOW.timestamp() * 1000), []

    def linkedin(request):
        path = request.url.raw_path.decode()
        asked.append(path)
        assert len(asked) < 20, "it goes round"
        if path.startswith("/posts?q=author"):
            return httpx.Response(200, json={"elements": [own_post(1, now - 9)]})
        said = {"commentUrn": "urn:li:comment:5", "commentsSummary": {"aggregatedTotalComments": 1},
                "actor": "urn:li:person:a", "message": {"text": "Bravo"}, "created": {"time": now - 5}}  # fmt: skip
        return httpx.Response(200, json={"elements": [said] if path.startswith("/socialActions/") else []})

    run("linkedin", linkedin, LINKEDIN, {"LINKEDIN_ACCESS_TOKEN": "t"})
    assert "urn:li:comment:5" in posts(data)


def test_a_short_page_with_a_next_link_is_not_the_last(run, data):
    """LinkedIn leaves out of a page what the token may not see."""
    now = int(NOW.timestamp() * 1000)

    def linkedin(request):
        path = request.url.raw_path.decode()
        if path.startswith("/posts?q=author"):
            start = int(request.url.params["start"])
            links = [{"rel": "prev"}] if start else [{"rel": "next", "href": "/rest/posts?start=100"}]
            return httpx.Response(
                200, json={"elements": [own_post(start + 1, now - 5000), None], "paging": {"links": links}}
            )
        return httpx.Response(200, json={"elements": []})

    run("linkedin", linkedin, LINKEDIN, {"LINKEDIN_ACCESS_TOKEN": "t"})
    assert set(posts(data)) == {"urn:li:share:1", "urn:li:share:101"}
