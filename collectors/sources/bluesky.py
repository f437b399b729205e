"""Bluesky: searched with an app password; whole threads and hydrated profiles.

Search is meant for people and scrolls only so far, so a window it cannot scroll through is halved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import httpx

from collectors.bearer import FetchedBearer
from collectors.contract import ACCOUNT, Canary, Item, Options, Secrets, Watch, Window
from collectors.http import Http
from collectors.paging import Trail
from collectors.read import text, tree, trees
from collectors.sources.bluesky_parse import parse as parse
from collectors.sources.bluesky_parse import sort_at
from collectors.sources.bluesky_stream import changes
from girafe.errors import AccessDenied, PayloadRejected, RetryLater, SourceUnavailable
from girafe.records import Payload

PLATFORM = "bluesky"
VERSION = "bluesky-1"
TERMS = (
    "https://docs.bsky.app/docs/support/developer-guidelines: honour deletions and labels; "
    "3,000 requests in 5 minutes, 300 sessions a day."
)
SECRETS: tuple[str, ...] = ("BLUESKY_HANDLE", "BLUESKY_APP_PASSWORD")
PACE = 0.5
OVERLAP = timedelta(hours=6)
ON_BY_DEFAULT = True
CANARY: Canary | None = Canary(queries=("bluesky", "the", "bonjour"), reach=timedelta(days=2))

_SERVICE = "https://bsky.social"
_STREAM = "wss://jetstream2.us-east.bsky.network/subscribe"
_PAGE = 100
_REACHABLE = 10_000
_ACTORS_PER_CALL = 25
_DEPTH = 1000


def origins(options: Options) -> Sequence[str]:
    """The server that holds the account; `service` in the options replaces it."""
    return [str(options.get("service", _SERVICE)).rstrip("/")]


def auth(secrets: Secrets, origin: str) -> httpx.Auth | None:
    """Opens one session when first needed and a new one when it has expired."""
    login = httpx.Request(
        "POST",
        f"{origin}/xrpc/com.atproto.server.createSession",
        json={"identifier": secrets["BLUESKY_HANDLE"], "password": secrets["BLUESKY_APP_PASSWORD"]},
    )
    refused = (
        "Bluesky does not accept BLUESKY_HANDLE with BLUESKY_APP_PASSWORD; "
        "make a new app password under Settings, Privacy and security."
    )
    return FetchedBearer(login, field="accessJwt", help_=refused, expired=b"ExpiredToken")


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """Pages through the search; half windows where it would not scroll to the end."""
    first = _search(watch, window, None, http)
    if _hits(first) >= _REACHABLE and window.end - window.start > timedelta(seconds=2):
        for half in window.halves():
            yield from fetch(watch, half, http)
        return
    trail, page = Trail(watch.origin), first
    while True:
        posts = page["posts"]
        for post in posts:
            if _in(window, post):
                yield _item(post, "app.bsky.feed.searchPosts")
        cursor = page.get("cursor")
        if not cursor:
            return
        trail.step(str(cursor), page_was_empty=not posts)
        page = _search(watch, window, str(cursor), http)


def _hits(page: Payload) -> int:
    hits = page.get("hitsTotal")
    return hits if isinstance(hits, int) else 0


def _in(window: Window, post: Payload) -> bool:
    try:
        return sort_at(post) in window
    except PayloadRejected:
        return True  # what cannot be dated is landed, for quarantine to show


def _search(watch: Watch, window: Window, cursor: str | None, http: Http) -> Payload:
    phrase = watch.query.replace('"', " ").strip()
    params = {
        "q": f'"{phrase}"' if " " in phrase else phrase,
        "sort": "latest",
        "since": _utc(window.start),
        "until": _utc(window.end),
        "limit": _PAGE,
        **({"cursor": cursor} if cursor else {}),
    }
    answer = http.json(f"{watch.origin}/xrpc/app.bsky.feed.searchPosts", params)
    if not isinstance(answer, dict) or not isinstance(answer.get("posts"), list):
        raise SourceUnavailable(f"{watch.origin} answered a search without `posts`.")
    return answer


def _utc(moment: Any) -> str:
    return str(moment.isoformat(timespec="milliseconds")).replace("+00:00", "Z")


def _item(post: Payload, position: str) -> Item:
    return Item(key=f"post:{post.get('uri')}", payload=post, position=position)


def thread(watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
    """Every conversation once, from its root; if the root is gone, what hangs on the found post."""
    roots: dict[str, list[str]] = {}
    for item in found:
        own = text(item.payload.get("uri"))
        root = text(tree(tree(tree(item.payload.get("record")).get("reply")).get("root")).get("uri"))
        if root or item.payload.get("replyCount"):
            roots.setdefault(root or own, []).append(own)
    for root, members in roots.items():
        seen = list(_thread_of(watch, root, http))
        yield from seen
        reached = {item.key for item in seen}
        # A branch below a deleted post hangs on nothing, so the root does not lead to it.
        for member in members:
            if f"post:{member}" not in reached:
                yield from _thread_of(watch, member, http)


def _thread_of(watch: Watch, uri: str, http: Http) -> Iterator[Item]:
    url = f"{watch.origin}/xrpc/app.bsky.feed.getPostThread"
    try:
        answer = http.json(url, {"uri": uri, "depth": _DEPTH, "parentHeight": _DEPTH})
    except AccessDenied as refusal:
        if "NotFound" not in str(refusal):
            raise
        answer = {"thread": {"uri": uri, "notFound": True}}
    waiting = [tree(tree(answer).get("thread"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node.get("post"), dict):
            yield _item(node["post"], "app.bsky.feed.getPostThread")
        elif node.get("notFound"):
            yield Item(key=f"post:{node.get('uri')}", payload=dict(node), position=url)
        waiting.extend(trees(node.get("replies")))
        if isinstance(node.get("parent"), dict):
            waiting.append(node["parent"])


def profile(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[Item]:
    """Profiles with their descriptions, of speakers and of those they mention; search gives none."""
    wanted: dict[str, None] = {}
    for item in items:
        wanted[text(tree(item.payload.get("author")).get("did"))] = None
        for facet in trees(tree(item.payload.get("record")).get("facets")):
            for feature in trees(facet.get("features")):
                wanted[text(feature.get("did"))] = None
    actors = [did for did in wanted if did]
    for start in range(0, len(actors), _ACTORS_PER_CALL):
        batch = actors[start : start + _ACTORS_PER_CALL]
        answer = http.json(f"{watch.origin}/xrpc/app.bsky.actor.getProfiles", {"actors": batch})
        for found in trees(tree(answer).get("profiles")):
            yield Item(
                key=f"account:{found.get('did')}", payload=dict(found), position="app.bsky.actor.getProfiles"
            )


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """What the stream of changes says is gone; then, post by post, what the server no longer shows."""
    told: set[str] = set()
    stream = str(watch.options.get("stream", _STREAM if watch.origin == _SERVICE else ""))
    if stream and items:
        try:
            for key in _streamed(watch, stream, items, http):
                told.add(key)
                yield key
        except (AccessDenied, RetryLater) as fault:
            watch.limits.append(f"The stream of deletions was not read to its end. {fault}")
    uris = [item.key for item in items if item.key not in told]
    for start in range(0, len(uris), _ACTORS_PER_CALL):
        batch = uris[start : start + _ACTORS_PER_CALL]
        answer = http.json(f"{watch.origin}/xrpc/app.bsky.feed.getPosts", {"uris": batch})
        if not isinstance(answer, dict) or not isinstance(answer.get("posts"), list):
            raise SourceUnavailable(f"{watch.origin} answered getPosts without `posts`.")
        shown = {text(post.get("uri")) for post in trees(answer["posts"])}
        yield from (uri for uri in batch if uri not in shown)


def _streamed(watch: Watch, stream: str, items: Sequence[Item], http: Http) -> Iterator[str]:
    """Keys among `items` that the stream names, and the accounts that are gone with all they said."""
    by_author: dict[str, list[str]] = {}
    for item in items:
        by_author.setdefault(text(tree(item.payload.get("author")).get("did")), []).append(item.key)
    known = {item.key for item in items}
    for event in changes(watch, stream, [did for did in by_author if did], http):
        yield from (uri for uri in event.deleted if uri in known)
        if event.purged in by_author:
            yield from by_author[event.purged]
            yield f"{ACCOUNT}{event.purged}"
