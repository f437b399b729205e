"""YouTube: comments on the videos of channels named in company.toml, with their replies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from collectors.contract import RESUME, Canary, Item, Options, Secrets, Watch, Window, nothing_more, post_key
from collectors.http import Http
from collectors.paging import Trail
from collectors.read import count, is_in, moment, text, tree, trees
from collectors.sources.youtube_parse import parse as parse
from girafe.errors import AccessDenied, GirafeError, QuestionRefused, RateLimited, SourceUnavailable
from girafe.records import Payload

PLATFORM = "youtube"
VERSION = "youtube-1"
TERMS = (
    "https://developers.google.com/youtube/terms/developer-policies: 10,000 units a day; "
    "refresh or delete after 30 days (set days_by_platform.youtube = 30)."
)
SECRETS: tuple[str, ...] = ("YOUTUBE_API_KEY",)
OPTIONS: tuple[str, ...] = ("channels", "api")
PACE = 0.2
OVERLAP = timedelta(days=3)
OPEN = False
CANARY: Canary | None = Canary(queries=("",), reach=timedelta(days=365))
thread = nothing_more
profile = nothing_more

_API = "https://www.googleapis.com/youtube/v3"
_VIDEOS_PER_CALL = 50
_LATE = timedelta(days=14)


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
    """Newest comment threads first, with their videos; older threads are looked through for late answers.

    Threads come in the order of their first comment, so an answer of today may hang on one of last week. Where the
    day's quota ended an earlier run, that one is read on first: from the newest, it would end at the same place.
    What failed for another reason is not: it may fail there for ever, and nothing newer be heard.
    """
    try:
        yield from _read_on(watch, window, http)
    except RateLimited:
        raise
    except GirafeError:
        watch.memory[RESUME] = ""
        raise


def _read_on(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    if earlier := watch.marked():
        old, token = earlier
        yield from _threads(watch, old, http, token)
        window = Window(start=min(max(window.start, old.end - OVERLAP), window.end), end=window.end)
    yield from _threads(watch, window, http)


def _threads(watch: Watch, window: Window, http: Http, token: str = "") -> Iterator[Item]:
    params: dict[str, object] = {
        "part": "snippet,replies", "allThreadsRelatedToChannelId": watch.origin, "order": "time",
        "textFormat": "plainText", "maxResults": 100,
    }  # fmt: skip
    whole = Window(start=window.start - _LATE, end=datetime.max.replace(tzinfo=UTC))
    videos: dict[str, None] = {}
    for page in _pages(watch, "commentThreads", params, http, token):
        threads = trees(page.get("items"))
        found: list[Payload] = []
        for each in threads:
            top = tree(tree(each.get("snippet")).get("topLevelComment"))
            heard = [dict(top), *_replies(watch, each, http)] if _is_near(whole, top) else []
            if any(_is_near(window, comment) for comment in heard):
                found += heard
                yield from map(_item, heard)
        names = dict.fromkeys(text(tree(comment.get("snippet")).get("videoId")) for comment in found)
        yield from _videos(watch, [name for name in names if name and name not in videos], http)
        videos |= names
        tops = [tree(tree(each.get("snippet")).get("topLevelComment")) for each in threads]
        if tops and not any(_is_near(whole, top) for top in tops):
            break
        if following := text(page.get("nextPageToken")):
            watch.mark(window, following)
    watch.memory.pop(RESUME, None)


def _is_near(window: Window, comment: Mapping[str, Any]) -> bool:
    return is_in(window, moment, tree(comment.get("snippet")).get("publishedAt"), "publishedAt")


def _pages(
    watch: Watch,
    path: str,
    params: dict[str, object],
    http: Http,
    token: str = "",
    *,
    may_be_gone: bool = False,
) -> Iterator[Payload]:
    trail, url, is_resumed = Trail("YouTube"), f"{watch.options.get('api', _API)}/{path}", bool(token)
    while True:
        try:
            page = http.json(url, {**params, "pageToken": token} if token else params)
        except QuestionRefused:
            if not is_resumed:
                raise
            # The token of an earlier run has expired; kept, it would be refused in all later runs too.
            page = http.json(url, params)
        is_resumed = False
        if page is None and may_be_gone:  # deleted since it was listed
            return
        if not isinstance(page, dict) or not isinstance(page.get("items"), list):
            raise SourceUnavailable(f"YouTube answered {path} without `items`.")
        yield page
        token = text(page.get("nextPageToken"))
        if not token:
            return
        trail.step(token, page["items"])


def _replies(watch: Watch, found: object, http: Http) -> Iterator[Payload]:
    """A thread shows only some of its replies."""
    thread_ = tree(found)
    shown = trees(tree(thread_.get("replies")).get("comments"))
    if len(shown) >= (count(tree(thread_.get("snippet")).get("totalReplyCount")) or 0):
        yield from (dict(reply) for reply in shown)
        return
    params: dict[str, object] = {"part": "snippet", "parentId": text(thread_.get("id")), "maxResults": 100,
                                 "textFormat": "plainText"}  # fmt: skip
    video = tree(thread_.get("snippet")).get("videoId")
    try:
        for page in _pages(watch, "comments", params, http, may_be_gone=True):
            for reply in trees(page.get("items")):
                yield {**reply, "snippet": {"videoId": video, **tree(reply.get("snippet"))}}
    except AccessDenied as refusal:
        if refusal.status == 401:
            raise
        # Of this thread only: the key was good for the list of them a moment ago.
        watch.limits.append(f"Not all answers to a comment were shown. {refusal}")
        yield from map(dict, shown)


def _item(comment: Payload) -> Item:
    return Item(key=post_key(comment.get("id"), comment), payload=comment, position="commentThreads")


def _videos(watch: Watch, names: Sequence[str], http: Http) -> Iterator[Item]:
    """The videos commented: what the comments answer."""
    for start in range(0, len(names), _VIDEOS_PER_CALL):
        params: dict[str, object] = {
            "part": "snippet",
            "id": ",".join(names[start : start + _VIDEOS_PER_CALL]),
        }
        for page in _pages(watch, "videos", params, http):
            for video in trees(page.get("items")):
                key = post_key(video.get("id"), video, within="video:")
                yield Item(key=key, payload=dict(video), position="videos")


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """Comments and videos that YouTube no longer shows, whichever channel they were heard on."""
    for path, mark in (("comments", ""), ("videos", "video:")):
        ids = [i.key.removeprefix("video:") for i in items if i.key.startswith("video:") == bool(mark)]
        for start in range(0, len(ids), _VIDEOS_PER_CALL):
            batch = ids[start : start + _VIDEOS_PER_CALL]
            params: dict[str, object] = {"part": "id", "id": ",".join(batch), "maxResults": 100}
            pages = _pages(watch, path, params, http)
            there = {text(thing.get("id")) for page in pages for thing in trees(page.get("items"))}
            yield from (f"{mark}{one}" for one in batch if one not in there)
