"""Reddit: posts that name the company, with comments. Off: it needs an approved app, and keeps 48 hours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

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
from collectors.read import is_in, text, tree, trees
from collectors.sources.reddit_parse import PLATFORM as PLATFORM
from collectors.sources.reddit_parse import is_gone, written_at
from collectors.sources.reddit_parse import parse as parse
from collectors.sources.reddit_thread import API, item
from collectors.sources.reddit_thread import thread as thread
from girafe.errors import SettingsInvalid, SourceUnavailable

VERSION = "reddit-1"
TERMS = (
    "https://support.reddithelp.com (Data API): approval and contract first; what is deleted there is "
    "deleted here, nothing raw beyond 48 hours (set days_by_platform.reddit = 2), no model is trained on it."
)
SECRETS: tuple[str, ...] = ("REDDIT_CLIENT_ID", "REDDIT_CLIENT_SECRET")
OPTIONS: tuple[str, ...] = ("subreddits", "api")
PACE = 0.7
OVERLAP = timedelta(days=2)
OPEN = False
CANARY: Canary | None = Canary(queries=("the",), reach=timedelta(days=30))
profile = nothing_more

_LOGIN = "https://www.reddit.com/api/v1/access_token"
_PAGE, _REACHABLE = 100, 1000
_SUBREDDITS = re.compile(r"(?!u_)\w+(?:\+(?!u_)\w+)*", re.IGNORECASE)


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
    """Newest posts first, until a whole page is older than the window; a listing ends at 1,000."""
    if not _SUBREDDITS.fullmatch(watch.origin):
        raise SettingsInvalid("reddit: `subreddits` names what is none; u_... is a person's own page.")
    trail, after, read = Trail("Reddit"), "", 0
    whole = Window(start=window.start, end=datetime.max.replace(tzinfo=UTC))
    url = f"{watch.options.get('api', API)}/r/{watch.origin}/search"
    while True:
        params = {"q": f'"{watch.query}"', "sort": "new", "restrict_sr": "1", "limit": _PAGE, "raw_json": "1",
                  **({"after": after} if after else {})}  # fmt: skip
        listing = tree(tree(http.json(url, params)).get("data"))
        if not isinstance(listing.get("children"), list):
            raise SourceUnavailable("Reddit answered a search without a listing.")
        posts = [tree(child.get("data")) for child in trees(listing["children"])]
        for post in posts:
            if is_in(window, written_at, post):
                yield item(post)
        read, after = read + len(posts), text(listing.get("after"))
        # One odd date is not the end of the window.
        if posts and not any(is_in(whole, written_at, post) for post in posts):
            return
        if not after:
            if read >= _REACHABLE - _PAGE:
                watch.limits.append(
                    f"r/{watch.origin}: a listing ends at {_REACHABLE:,}; what is older was not read."
                )
            return
        trail.step(after, posts)


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """Posts and comments whose words or author are gone, or which Reddit no longer knows."""
    for start in range(0, len(items), _PAGE):
        names = [item.key for item in items[start : start + _PAGE]]
        url = f"{watch.options.get('api', API)}/api/info"
        listing = tree(tree(http.json(url, {"id": ",".join(names), "raw_json": "1"})).get("data"))
        if not isinstance(listing.get("children"), list):
            raise SourceUnavailable("Reddit answered a look-up without a listing.")
        shown = [tree(child.get("data")) for child in trees(listing["children"])]
        there = {text(thing.get("name")) for thing in shown if not is_gone(thing)}
        yield from (name for name in names if name not in there)
