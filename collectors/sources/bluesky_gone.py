"""What is gone from Bluesky: told by the stream of changes, or no longer shown by the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collectors.contract import ACCOUNT, Item, Watch
from collectors.http import Http
from collectors.read import text, tree, trees
from collectors.sources.bluesky_stream import changes
from girafe.errors import AccessDenied, RetryLater, SourceUnavailable

SERVICE = "https://bsky.social"
_STREAM = "wss://jetstream2.us-east.bsky.network/subscribe"
_POSTS_PER_CALL = 25


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """What the stream of changes says is gone; then, post by post, what the server no longer shows."""
    told: set[str] = set()
    stream = str(watch.options.get("stream", _STREAM if watch.origin == SERVICE else ""))
    if stream and items:
        try:
            for key in _streamed(watch, stream, items, http):
                told.add(key)
                yield key
        except (AccessDenied, RetryLater) as fault:
            watch.limits.append(f"The stream of deletions was not read to its end. {fault}")
    uris = [item.key for item in items if item.key not in told]
    for start in range(0, len(uris), _POSTS_PER_CALL):
        batch = uris[start : start + _POSTS_PER_CALL]
        answer = http.json(f"{watch.origin}/xrpc/app.bsky.feed.getPosts", {"uris": batch})
        if not isinstance(answer, dict) or not isinstance(answer.get("posts"), list):
            raise SourceUnavailable(f"{watch.place} answered getPosts without `posts`.")
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
