"""One small world per live source: six things said, in the platform's own paging, for the fault tests to break.

`mode` is how a world's paging misbehaves: "" not at all, "loop" repeats its cursor, "hollow" sends empty pages
that each have a next one, "deaf" sends its first page for ever, with another cursor each time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
COUNT, PAGE = 6, 2
Answer = Any
"""A JSON value, bytes, or a pair of one of them and headers."""


def when(number: int) -> datetime:
    return NOW - timedelta(hours=number + 1)


def iso(number: int) -> str:
    return when(number).isoformat().replace("+00:00", "Z")


def turn(token: str, mode: str) -> tuple[range, str]:
    """The numbers on the page behind `token`, and the token of the next page."""
    start = int(token or 0)
    if mode == "deaf":
        return range(PAGE), str(start + PAGE)
    if mode == "hollow":
        return range(0), str(start + PAGE)
    following = start if mode == "loop" and token else start + PAGE
    return range(start, min(start + PAGE, COUNT)), str(
        following
    ) if following < COUNT or mode == "loop" else ""


@dataclass(frozen=True, kw_only=True)
class World:
    answer: Callable[[str, Mapping[str, str], str], Answer]
    """Path, parameters and mode in; what is sent out."""
    hosts: tuple[str, ...]
    options: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)
    ids: Callable[[int], str] = str
    count: int = COUNT
    turns_pages: bool = True


def mastodon(path: str, params: Mapping[str, str], mode: str) -> Answer:
    if "/timelines/tag/" in path:
        numbers, token = turn(params.get("max_id", ""), mode)
        link = f'<https://x.example/?max_id={token}>; rel="next"' if token else ""
        who = {"id": "1", "acct": "ada", "url": "https://a.example/@ada", "note": "", "discoverable": True}
        posts = [
            {"id": str(n), "uri": f"https://a.example/p/{n}", "content": "<p>#ondine</p>", "created_at": iso(n),
             "visibility": "public", "account": who, "mentions": []}
            for n in numbers
        ]  # fmt: skip
        return posts, {"link": link} if link else {}
    return {"domain": "a.example"}


def bluesky(path: str, params: Mapping[str, str], mode: str) -> Answer:
    if path.endswith("createSession"):
        return {"accessJwt": "t"}
    if path.endswith("searchPosts"):
        numbers, token = turn(params.get("cursor", ""), mode)
        posts = [
            {"uri": f"at://did:plc:a/app.bsky.feed.post/{n}", "author": {"did": "did:plc:a", "handle": "a.example"},
             "indexedAt": iso(n), "record": {"text": "Ondine", "createdAt": iso(n)}}
            for n in numbers
        ]  # fmt: skip
        return {"posts": posts, **({"cursor": token} if token else {})}
    return {"profiles": [{"did": "did:plc:a", "handle": "a.example", "description": "Hi"}]}


def hackernews(path: str, params: Mapping[str, str], mode: str) -> Answer:
    if path.endswith("/search_by_date"):
        low, high = (int(re.findall(r"\d+", part)[-1]) for part in params["numericFilters"].split(","))
        there = [n for n in range(COUNT) if low <= when(n).timestamp() < high]
        page = turn(str(int(params["page"]) * PAGE), mode)[0]
        numbers = there[page.start : page.stop]
        hits = [
            {"objectID": str(n + 1), "author": "ada", "comment_text": "Ondine", "story_id": n + 1, "parent_id": 99,
             "created_at_i": int(when(n).timestamp())}
            for n in numbers
        ]  # fmt: skip
        return {"hits": hits, "nbHits": len(there), "nbPages": -(-len(there) // PAGE)}
    if "/user/" in path:
        return {"id": "ada", "karma": 1, "about": "Hi"}
    number = path.rpartition("/")[2].removesuffix(".json")
    return {"id": int(number), "type": "comment", "by": "ada", "text": "Ondine",
            "time": int(when(int(number) - 1).timestamp())}  # fmt: skip


def rss(path: str, params: Mapping[str, str], mode: str) -> Answer:
    items = "".join(
        f"<item><guid>urn:{n}</guid><title>Ondine {n}</title><link>https://a.example/{n}</link>"
        f"<pubDate>{when(n):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for n in range(COUNT)
    )
    head = "<title>News</title><link>https://a.example</link>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def discourse(path: str, params: Mapping[str, str], mode: str) -> Answer:
    if path == "/search.json":
        numbers, token = turn(str((int(params["page"]) - 1) * PAGE), mode)
        hits = [{"topic_id": n + 1, "created_at": iso(n)} for n in numbers]
        return {"posts": hits, "grouped_search_result": {"more_full_page_results": bool(token)}}
    if path.startswith("/u/"):
        return {"user": {"username": "ada", "bio_raw": "Hi"}}
    topic = int(path.rpartition("/")[2].removesuffix(".json"))
    post = {"id": topic, "topic_id": topic, "post_number": 1, "username": "ada", "cooked": "<p>Ondine</p>",
            "created_at": iso(topic - 1)}  # fmt: skip
    return {"title": "Ondine", "post_stream": {"posts": [post], "stream": [topic]}}


def stackexchange(path: str, params: Mapping[str, str], mode: str) -> Answer:
    if "search" not in path:
        return {"items": [], "has_more": False}
    page, token = turn(str((int(params["page"]) - 1) * PAGE), mode)
    there = [n for n in range(COUNT) if when(n).timestamp() <= int(params["todate"])]
    numbers, token = there[page.start : page.stop], token if there[page.stop :] or mode else ""
    items = [
        {"question_id": n, "title": "Ondine?", "body": "<p>Ondine</p>", "owner": {"user_id": 7, "display_name": "ada"},
         "creation_date": int(when(n).timestamp())}
        for n in numbers
    ]  # fmt: skip
    return {"items": items, "has_more": bool(token)}


def youtube(path: str, params: Mapping[str, str], mode: str) -> Answer:
    if path.endswith("/videos"):
        return {"items": []}
    numbers, token = turn(params.get("pageToken", ""), mode)
    tops = [
        {"id": f"c{n}", "snippet": {"videoId": "v", "authorDisplayName": "@ada", "authorChannelId": {"value": "UCa"},
                                    "textOriginal": "Ondine", "publishedAt": iso(n)}}
        for n in numbers
    ]  # fmt: skip
    items = [{"id": top["id"], "snippet": {"topLevelComment": top, "totalReplyCount": 0}} for top in tops]
    return {"items": items, **({"nextPageToken": token} if token else {})}


def reddit(path: str, params: Mapping[str, str], mode: str) -> Answer:
    if path.endswith("access_token"):
        return {"access_token": "t"}
    if "/comments/" in path:
        return [{"data": {"children": []}}, {"data": {"children": []}}]
    numbers, token = turn(params.get("after", ""), mode)
    posts = [
        {"kind": "t3", "data": {"name": f"t3_{n}", "id": str(n), "title": "Ondine", "selftext": "", "author": "ada",
                                "created_utc": when(n).timestamp()}}
        for n in numbers
    ]  # fmt: skip
    return {"data": {"children": posts, "after": token or None}}


def x(path: str, params: Mapping[str, str], mode: str) -> Answer:
    numbers, token = turn(params.get("next_token", ""), mode)
    posts = [{"id": str(n), "text": "Ondine", "author_id": "7", "created_at": iso(n)} for n in numbers]
    users = {"users": [{"id": "7", "username": "ada", "description": ""}]}
    return {"data": posts, "includes": users, "meta": {"next_token": token} if token else {"result_count": 2}}


def linkedin(path: str, params: Mapping[str, str], mode: str) -> Answer:
    """Each kind of question once: posts, an older post somebody commented on, two pages of comments, an answer."""
    if "Notifications" in path:
        return {"elements": [{"action": "COMMENT", "sourcePost": "urn:li:share:2"}]}
    if path.endswith(quote("urn:li:share:2", safe="")):
        return _linkedin_post(2)
    if "/comments" not in path:
        return {"elements": [_linkedin_post(0), _linkedin_post(1)]}
    if quote("urn:li:comment:3", safe="") in path:
        return {"elements": [_linkedin_comment(104)]}
    if quote("urn:li:share:0", safe="") not in path:
        return {"elements": []}
    start = 3 if mode == "loop" else 3 + int(params["start"])
    last = start if mode == "hollow" else min(start + 100, 104)
    return {"elements": [_linkedin_comment(n) for n in range(start, last)]}


def _linkedin_post(number: int) -> dict[str, Any]:
    written = when(number) - timedelta(days=90 if number == 2 else 0)
    return {"id": linkedin_id(number), "author": "urn:li:organization:9", "commentary": "Ondine",
            "createdAt": int(written.timestamp() * 1000)}  # fmt: skip


def _linkedin_comment(number: int) -> dict[str, Any]:
    answers = {"commentsSummary": {"aggregatedTotalComments": 1}} if number == 3 else {}
    return {"commentUrn": linkedin_id(number), "actor": "urn:li:person:a", "object": "urn:li:share:0",
            "message": {"text": "Bravo"}, **answers,
            "created": {"time": int((NOW - timedelta(minutes=number)).timestamp() * 1000)}}  # fmt: skip


def linkedin_id(number: int) -> str:
    return f"urn:li:{'share' if number < 3 else 'comment'}:{number}"


def telegram(path: str, params: Mapping[str, str], mode: str) -> Answer:
    numbers, token = turn(params.get("before", ""), mode)
    messages = "".join(
        f'''<div class="tgme_widget_message" data-post="ondine_fr/{n}">
        <div class="tgme_widget_message_text">Ondine</div>
        <div class="tgme_widget_message_footer"><a class="tgme_widget_message_date" href="https://t.me/ondine_fr/{n}">
        <time datetime="{when(n).isoformat()}">x</time></a></div></div>'''
        for n in reversed(numbers)  # a page shows its newest message last
    )
    more = (
        f'<a class="tme_messages_more" data-before="{token}" href="/s/ondine_fr?before={token}"></a>'
        if token
        else ""
    )
    body = f'<html><body class="tgme_page"><section>{more}{messages}</section></body></html>'
    return body.encode(), {"content-type": "text/html"}


def meta(path: str, params: Mapping[str, str], mode: str) -> Answer:
    numbers, token = turn(params.get("after", ""), mode)
    posts = [
        {"id": str(n), "message": "Ondine", "created_time": iso(n), "from": {"id": "9"}} for n in numbers
    ]
    paging = {"cursors": {"after": token}, "next": "https://graph.facebook.com/"} if token else {}
    return {"data": posts, "paging": paging}


WORLDS: Mapping[str, World] = {
    "mastodon": World(
        answer=mastodon, hosts=("a.example",), options='instances = ["https://a.example"]',
        ids=lambda n: f"https://a.example/p/{n}",
    ),
    "bluesky": World(
        answer=bluesky, hosts=("bsky.social",), ids=lambda n: f"at://did:plc:a/app.bsky.feed.post/{n}",
        secrets={"BLUESKY_HANDLE": "h", "BLUESKY_APP_PASSWORD": "p"},
    ),
    "hackernews": World(
        answer=hackernews, hosts=("hn.algolia.com", "hacker-news.firebaseio.com"), ids=lambda n: str(n + 1),
        turns_pages=False,
    ),
    "rss": World(
        answer=rss, hosts=("feeds.example",), options='feeds = ["https://feeds.example/rss"]',
        ids=lambda n: f"urn:{n}", turns_pages=False,
    ),
    "discourse": World(
        answer=discourse, hosts=("forum.example",), options='forums = ["https://forum.example"]',
        ids=lambda n: f"https://forum.example/p/{n + 1}", turns_pages=False,
    ),
    "stackexchange": World(
        answer=stackexchange, hosts=("api.stackexchange.com",), options='sites = ["workplace"]',
        ids=lambda n: f"workplace/{n}", turns_pages=False,
    ),
    "youtube": World(
        answer=youtube, hosts=("www.googleapis.com",), options='channels = ["UCx"]', ids=lambda n: f"c{n}",
        secrets={"YOUTUBE_API_KEY": "k"},
    ),
    "reddit": World(
        answer=reddit, hosts=("oauth.reddit.com", "www.reddit.com"), ids=lambda n: f"t3_{n}",
        secrets={"REDDIT_CLIENT_ID": "i", "REDDIT_CLIENT_SECRET": "s"},
    ),
    "x": World(
        answer=x, hosts=("api.x.com",), options="monthly_posts = 100000", secrets={"X_BEARER_TOKEN": "k"},
    ),
    "linkedin": World(
        answer=linkedin, hosts=("api.linkedin.com",), options='organizations = ["9"]', count=105,
        ids=linkedin_id, secrets={"LINKEDIN_ACCESS_TOKEN": "k"}, turns_pages=False,
    ),
    "telegram": World(
        answer=telegram, hosts=("t.me",), options='channels = ["ondine_fr"]',
        ids=lambda n: f"https://t.me/ondine_fr/{n}",
    ),
    "meta": World(
        answer=meta, hosts=("graph.facebook.com",), options='pages = ["facebook:9"]',
        secrets={"META_PAGE_TOKEN": "k"},
    ),
}  # fmt: skip


def encode(answer: Answer) -> tuple[bytes, dict[str, str]]:
    """The body and headers of an answer."""
    headers: dict[str, str] = {}
    if isinstance(answer, tuple):
        answer, headers = answer
    is_bytes = isinstance(answer, bytes)
    kind = "application/xml" if is_bytes else "application/json"
    return (answer if is_bytes else json.dumps(answer).encode()), {"content-type": kind, **headers}
