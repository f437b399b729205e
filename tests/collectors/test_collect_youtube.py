"""YouTube: comments with the video they answer."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

from collectors.cursors import cursor_path, read_cursors
from girafe.errors import AccessDenied, RateLimited
from tests.collectors.collecting import NOW, posts
from tests.collectors.collecting import run as run


def test_comments_of_a_channel_come_with_the_video_they_answer(run, data):
    def comment(number, parent=None):
        snippet = {"videoId": "v1", "authorDisplayName": f"@u{number}", "textOriginal": f"Ondine {number}",
                   "authorChannelId": {"value": f"UC{number}"}, "publishedAt": "2026-11-23T08:00:00Z"}  # fmt: skip
        return {"id": str(number), "snippet": {**snippet, **({"parentId": parent} if parent else {})}}

    def youtube(request):
        assert request.headers["x-goog-api-key"] == "secret"
        assert "secret" not in str(request.url)
        kind = request.url.path.rpartition("/")[2]
        if kind == "commentThreads":
            found = {
                "id": "1",
                "snippet": {"videoId": "v1", "topLevelComment": comment(1), "totalReplyCount": 1},
            }
            return httpx.Response(200, json={"items": [found]})
        if kind == "comments":
            return httpx.Response(200, json={"items": [comment(2, "1")]})
        snippet = {"channelId": "UCo", "channelTitle": "Ondine", "title": "Métiers", "description": "",
                   "publishedAt": "2026-11-01T08:00:00Z"}  # fmt: skip
        return httpx.Response(200, json={"items": [{"id": "v1", "snippet": snippet}]})

    options = 'api = "https://api.example", channels = ["UCo"]'
    run("youtube", youtube, options, {"YOUTUBE_API_KEY": "secret"})
    assert {number: post.reply_to for number, post in posts(data).items()} == {
        "1": "video:v1", "2": "1", "video:v1": None,
    }  # fmt: skip


KEY = {"YOUTUBE_API_KEY": "k"}
CHANNEL = 'api = "https://api.example", channels = ["UCo"]'


class Channel:
    """Ten comments, two a page, each on a video of its own; a question costs one of the day's units."""

    def __init__(self, units):
        self.units, self.keeps_tokens, self.asked = units, True, []

    def __call__(self, request):
        params, kind = request.url.params, request.url.path.rpartition("/")[2]
        if not self.units:
            return httpx.Response(403, json={"error": {"errors": [{"reason": "quotaExceeded"}]}})
        self.units -= 1
        if kind == "videos":
            return httpx.Response(
                200, json={"items": [self._video(name) for name in params["id"].split(",")]}
            )
        start = int(params.get("pageToken", 0))
        self.asked.append(start)
        if start and not self.keeps_tokens:
            self.keeps_tokens = True
            return httpx.Response(400, json={"error": {"errors": [{"reason": "invalidPageToken"}]}})
        more = {"nextPageToken": str(start + 2)} if start + 2 < 10 else {}
        return httpx.Response(200, json={"items": [self._thread(n) for n in range(start, start + 2)], **more})

    def _thread(self, number):
        written = NOW - timedelta(days=number, hours=1)
        snippet = {"videoId": f"v{number}", "authorDisplayName": "@u", "authorChannelId": {"value": "UC1"},
                   "textOriginal": "Ondine", "publishedAt": written.isoformat()}  # fmt: skip
        top = {"id": f"c{number}", "snippet": snippet}
        return {"id": f"c{number}", "snippet": {"topLevelComment": top, "totalReplyCount": 0}}

    def _video(self, name):
        snippet = {"channelId": "UCo", "channelTitle": "Ondine", "title": "Métiers", "description": "",
                   "publishedAt": "2026-11-01T08:00:00Z"}  # fmt: skip
        return {"id": name, "snippet": snippet}


@pytest.mark.parametrize("keeps_tokens", [True, False])
def test_what_the_quota_ended_is_read_on_by_the_next_run(run, data, time, keeps_tokens):
    channel = Channel(units=5)
    with pytest.raises(RateLimited, match="quotaExceeded"):
        run("youtube", channel, CHANNEL, KEY, window=None)
    assert channel.asked == [0, 2, 4]
    channel.units, channel.keeps_tokens, channel.asked = 1000, keeps_tokens, []
    time.now += timedelta(days=1)
    assert run("youtube", channel, CHANNEL, KEY, window=None).health == "heard"
    assert channel.asked[:2] == ([4, 6] if keeps_tokens else [4, 0])
    assert set(posts(data)) == {f"c{n}" for n in range(10)} | {f"video:v{n}" for n in range(10)}
    [cursor] = read_cursors(cursor_path(data, "youtube", "Ondine")).values()
    assert (cursor.until > NOW, cursor.memory) == (True, {})


def test_a_place_that_fails_for_good_keeps_nothing_newer_from_being_heard(run, data, time):
    channel = Channel(units=5)
    with pytest.raises(RateLimited):
        run("youtube", channel, CHANNEL, KEY, window=None)

    def broken(request):
        is_old = int(request.url.params.get("pageToken", 0)) >= 4
        return httpx.Response(403, json={"error": {"code": 403}}) if is_old else channel(request)

    channel.units, asked = 1000, []
    for _ in range(2):
        channel.asked = []
        time.now += timedelta(days=1)
        with pytest.raises(AccessDenied):
            run("youtube", broken, CHANNEL, KEY, window=None)
        asked.append(list(channel.asked))
    assert asked == [[], [0, 2]]


@pytest.mark.parametrize("status", [400, 403])
def test_a_thread_whose_answers_are_refused_keeps_no_other_from_being_heard(run, data, status):
    channel = Channel(units=1000)

    def refusing(request):
        if request.url.path.endswith("/comments"):
            return httpx.Response(status, json={"error": {"errors": [{"reason": "processingFailure"}]}})
        answer = channel(request)
        if request.url.path.endswith("commentThreads"):
            page = answer.json()
            page["items"][0]["snippet"]["totalReplyCount"] = 9
            return httpx.Response(200, json=page)
        return answer

    assert run("youtube", refusing, CHANNEL, KEY, window=None).health == "heard"
    assert {f"c{n}" for n in range(10)} <= set(posts(data))
    [record] = [json.loads(path.read_bytes()) for path in data.runs.glob("*/*.json")]
    assert "Not all answers to a comment were shown" in record["limits"]
