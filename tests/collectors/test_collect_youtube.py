"""YouTube: comments with the video they answer."""

from __future__ import annotations

import httpx

from tests.collectors.collecting import posts
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
