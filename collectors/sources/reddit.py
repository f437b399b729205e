"""Reddit: posts that name the company, with comments. Off: it needs an approved app, and keeps 48 hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from collectors.bearer import FetchedBearer
from collectors.contract import (
    Canary,
    Item,
    Options,
    Secrets,
    Watch,
    Window,
    nothing_more,
)
from collectors.http import Http
from collectors.paging import Trail
from collectors.read import count, identifier, is_in, moment_of_epoch, text, tree, trees
from girafe.errors import PayloadChanged, SourceUnavailable
from girafe.records import Account, Deletion, Envelope, Post, Record

PLATFORM = "reddit"
VERSION = "reddit-1"
TERMS = (
    "https://support.reddithelp.com (Data API): approval and contract first; what is deleted there is "
    "deleted here, nothing raw beyond 48 hours (set days_by_platform.reddit = 2), no model is trained on it."
)
SECRETS: tuple[str, ...] = ("REDDIT_CLIENT_ID", "REDDIT_CLIENT_SECRET")
PACE = 0.7
OVERLAP = timedelta(days=2)
ON_BY_DEFAULT = False
CANARY: Canary | None = Canary(queries=("the",), reach=timedelta(days=30))
profile = nothing_more

_API = "https://oauth.reddit.com"
_LOGIN = "https://www.reddit.com/api/v1/access_token"
_PAGE, _REACHABLE = 100, 1000


def origins(options: Options) -> Sequence[str]:
    """All of Reddit, or the subreddits named."""
    return [str(name) for name in options.get("subreddits", ("all",))]


def auth(secrets: Secrets, origin: str) -> httpx.Auth | None:
    """The app's own token, without any user."""
    client = httpx.BasicAuth(secrets["REDDIT_CLIENT_ID"], secrets["REDDIT_CLIENT_SECRET"])
    login = httpx.Request("POST", _LOGIN, data={"grant_type": "client_credentials"})
    signed = next(client.auth_flow(login))
    refused = "Reddit does not accept REDDIT_CLIENT_ID with REDDIT_CLIENT_SECRET."
    return FetchedBearer(signed, field="access_token", help_=refused)


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """Newest posts first, until one is older than the window; a listing ends at 1,000."""
    trail, after, read = Trail("Reddit"), "", 0
    whole = Window(start=window.start, end=datetime.max.replace(tzinfo=UTC))
    url = f"{watch.options.get('api', _API)}/r/{watch.origin}/search"
    while True:
        params = {"q": f'"{watch.query}"', "sort": "new", "restrict_sr": "1", "limit": _PAGE, "raw_json": "1",
                  **({"after": after} if after else {})}  # fmt: skip
        listing = tree(tree(http.json(url, params)).get("data"))
        if not isinstance(listing.get("children"), list):
            raise SourceUnavailable("Reddit answered a search without a listing.")
        posts = [tree(child.get("data")) for child in trees(listing["children"])]
        for post in posts:
            if is_in(window, _time, post):
                yield _item(post)
        read, after = read + len(posts), text(listing.get("after"))
        if posts and not is_in(whole, _time, posts[-1]):
            return
        if not after:
            if read >= _REACHABLE - _PAGE:
                watch.limits.append(
                    f"r/{watch.origin}: a listing ends at {_REACHABLE:,}; what is older was not read."
                )
            return
        trail.step(after, page_was_empty=not posts)


def thread(watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
    """The comments under each post, as far as one answer shows them."""
    for item in found:
        url = f"{watch.options.get('api', _API)}/comments/{item.payload.get('id')}"
        answer = http.json(url, {"limit": 500, "raw_json": "1"})
        waiting = trees(answer)
        while waiting:
            node = waiting.pop()
            data = tree(node.get("data"))
            waiting.extend(trees(data.get("children")))
            if node.get("kind") == "more" and data.get("count"):
                watch.limits.append(
                    f"{item.key.removeprefix('post:')}: {data['count']} comments are not shown."
                )
            if node.get("kind") in ("t1", "t3"):
                yield _item(data)
                waiting.extend([tree(data.get("replies"))] if data.get("replies") else [])


def _item(thing: Mapping[str, Any]) -> Item:
    kept = {name: value for name, value in thing.items() if name != "replies"}  # they are items of their own
    return Item(key=f"post:{thing.get('name')}", payload=kept, position=text(thing.get("permalink")))


def _time(thing: Mapping[str, Any]) -> datetime:
    return moment_of_epoch(thing.get("created_utc"), "created_utc")


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """Posts and comments whose words or author are gone, or which Reddit no longer knows."""
    for start in range(0, len(items), _PAGE):
        names = [item.key for item in items[start : start + _PAGE]]
        url = f"{watch.options.get('api', _API)}/api/info"
        listing = tree(tree(http.json(url, {"id": ",".join(names), "raw_json": "1"})).get("data"))
        if not isinstance(listing.get("children"), list):
            raise SourceUnavailable("Reddit answered a look-up without a listing.")
        shown = [tree(child.get("data")) for child in trees(listing["children"])]
        there = {text(thing.get("name")) for thing in shown if not _is_gone(thing)}
        yield from (name for name in names if name not in there)


def _is_gone(thing: Mapping[str, Any]) -> bool:
    body = text(thing.get("selftext")) or text(thing.get("body"))
    return thing.get("author") in (None, "[deleted]") or body in ("[deleted]", "[removed]")


def parse(envelope: Envelope) -> Iterator[Record]:
    """A post or a comment becomes a Post, or a Deletion if either its words or its author are gone."""
    thing = envelope.payload
    name = identifier(thing.get("name"), "name")
    title, body = text(thing.get("title")), text(thing.get("selftext")) or text(thing.get("body"))
    author = thing.get("author")
    if _is_gone(thing):
        yield Deletion(platform=PLATFORM, post_id=name, observed_at=envelope.fetched_at)
        return
    if not title and "body" not in thing:
        raise PayloadChanged("Neither a post (title) nor a comment (body).")
    handle, flair = identifier(author, "author"), text(thing.get("author_flair_text"))
    yield Post(
        platform=PLATFORM,
        post_id=name,
        created_at=_time(thing),
        text="\n\n".join(part for part in (title, body) if part),
        author=Account(
            platform=PLATFORM,
            account_id=text(thing.get("author_fullname")) or None,
            handle=handle,
            bio=flair,
            is_bot=True if handle == "AutoModerator" else None,
        ),
        observed_at=envelope.fetched_at,
        reply_to=text(thing.get("parent_id")) or None,
        conversation_id=text(thing.get("link_id")) or name,
        url=f"https://www.reddit.com{text(thing.get('permalink'))}",
        likes=count(thing.get("ups")),
        replies=count(thing.get("num_comments")),
    )
