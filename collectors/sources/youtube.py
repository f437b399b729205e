"""YouTube: comments on the videos of channels named in company.toml, with their replies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import httpx

from collectors.contract import Canary, Item, Options, Secrets, Watch, Window, cannot_tell, nothing_more
from collectors.http import Http
from collectors.paging import Trail
from collectors.read import count, identifier, moment, optional_id, text, tree, trees
from girafe.errors import PayloadChanged
from girafe.records import Account, Envelope, Payload, Post, Record

PLATFORM = "youtube"
VERSION = "youtube-1"
TERMS = (
    "https://developers.google.com/youtube/terms/developer-policies: 10,000 units a day; "
    "refresh or delete after 30 days (set days_by_platform.youtube = 30)."
)
SECRETS: tuple[str, ...] = ("YOUTUBE_API_KEY",)
PACE = 0.2
OVERLAP = timedelta(days=3)
ON_BY_DEFAULT = False
CANARY: Canary | None = Canary(queries=("",), reach=timedelta(days=365))
gone = cannot_tell
profile = nothing_more

_API = "https://www.googleapis.com/youtube/v3"
_VIDEOS_PER_CALL = 50


def origins(options: Options) -> Sequence[str]:
    """The channels, by their ids."""
    return [str(channel) for channel in options.get("channels", ())]


def auth(secrets: Secrets, origin: str) -> httpx.Auth | None:
    """The key in a header: in the address it would end up in logs."""
    return _Key(secrets["YOUTUBE_API_KEY"])


class _Key(httpx.Auth):
    def __init__(self, key: str) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        request.headers["x-goog-api-key"] = self._key
        yield request


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """Newest comment threads first, until one is older than the window."""
    params = {
        "part": "snippet,replies", "allThreadsRelatedToChannelId": watch.origin, "order": "time",
        "textFormat": "plainText", "maxResults": 100,
    }  # fmt: skip
    for page in _pages(watch, "commentThreads", params, http):
        threads = trees(page.get("items"))
        for found in threads:
            top = tree(tree(found.get("snippet")).get("topLevelComment"))
            if _written(top) in window:
                yield _item(dict(top))
                yield from (_item(dict(reply)) for reply in _replies(watch, found, http))
        if threads and all(
            _written(tree(tree(t.get("snippet")).get("topLevelComment"))) < window.start for t in threads
        ):
            return


def _pages(watch: Watch, path: str, params: dict[str, object], http: Http) -> Iterator[Payload]:
    trail, token = Trail("YouTube"), ""
    while True:
        query = {**params, **({"pageToken": token} if token else {})}
        page = dict(tree(http.json(f"{watch.options.get('api', _API)}/{path}", query)))
        yield page
        token = text(page.get("nextPageToken"))
        if not token:
            return
        trail.step(token, page_was_empty=not page.get("items"))


def _replies(watch: Watch, found: object, http: Http) -> Iterator[Payload]:
    """A thread shows only some of its replies."""
    thread_ = tree(found)
    shown = trees(tree(thread_.get("replies")).get("comments"))
    if len(shown) >= (count(tree(thread_.get("snippet")).get("totalReplyCount")) or 0):
        yield from (dict(reply) for reply in shown)
        return
    params: dict[str, object] = {"part": "snippet", "parentId": text(thread_.get("id")), "maxResults": 100,
                                 "textFormat": "plainText"}  # fmt: skip
    for page in _pages(watch, "comments", params, http):
        video = tree(thread_.get("snippet")).get("videoId")
        for reply in trees(page.get("items")):
            yield {**reply, "snippet": {"videoId": video, **tree(reply.get("snippet"))}}


def _written(comment: object) -> datetime:
    return moment(tree(tree(comment).get("snippet")).get("publishedAt"), "publishedAt")


def _item(comment: Payload) -> Item:
    return Item(key=f"post:{comment.get('id')}", payload=comment, position="commentThreads")


def thread(watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
    """The videos commented: what the comments answer."""
    ids = list(dict.fromkeys(text(tree(item.payload.get("snippet")).get("videoId")) for item in found))
    wanted = [number for number in ids if number]
    for start in range(0, len(wanted), _VIDEOS_PER_CALL):
        params: dict[str, object] = {
            "part": "snippet",
            "id": ",".join(wanted[start : start + _VIDEOS_PER_CALL]),
        }
        for page in _pages(watch, "videos", params, http):
            for video in trees(page.get("items")):
                yield Item(key=f"post:video:{video.get('id')}", payload=dict(video), position="videos")


def parse(envelope: Envelope) -> Iterator[Record]:
    """A comment or a video becomes a Post."""
    thing, snippet = envelope.payload, tree(envelope.payload.get("snippet"))
    number = identifier(thing.get("id"), "id")
    if "channelTitle" in snippet and "title" in snippet:
        channel = identifier(snippet.get("channelId"), "snippet.channelId")
        author = Account(
            platform=PLATFORM, account_id=channel, display_name=text(snippet.get("channelTitle"))
        )
        own = video = f"video:{number}"
        words, above = f"{text(snippet.get('title'))}\n\n{text(snippet.get('description'))}".strip(), None
    elif "authorDisplayName" in snippet:
        channel = identifier(tree(snippet.get("authorChannelId")).get("value"), "authorChannelId.value")
        name = text(snippet.get("authorDisplayName"))
        author = Account(platform=PLATFORM, account_id=channel, handle=name or None, display_name=name,
                         url=text(snippet.get("authorChannelUrl")) or None)  # fmt: skip
        own, words = number, text(snippet.get("textOriginal")) or text(snippet.get("textDisplay"))
        video = f"video:{snippet['videoId']}" if optional_id(snippet.get("videoId")) else ""
        above = optional_id(snippet.get("parentId")) or video or None
    else:
        raise PayloadChanged(
            "Neither a comment (snippet.authorDisplayName) nor a video (snippet.channelTitle)."
        )
    yield Post(
        platform=PLATFORM,
        post_id=own,
        created_at=moment(snippet.get("publishedAt"), "publishedAt"),
        text=words,
        author=author,
        observed_at=envelope.fetched_at,
        reply_to=above,
        conversation_id=video or None,
        likes=count(snippet.get("likeCount")),
        url=f"https://www.youtube.com/watch?v={video.removeprefix('video:')}" if video else None,
    )
