"""X: recent search, API v2. Off until a key and a monthly budget are given: every post read costs money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx

from collectors.bearer import Bearer
from collectors.contract import RESUME, Canary, Item, Options, Secrets, Watch, Window, nothing_more, post_key
from collectors.http import Http
from collectors.paging import Trail
from collectors.read import text, tree, trees
from collectors.sources.x_gone import gone as gone
from collectors.sources.x_parse import parse as parse
from collectors.sources.x_spending import spending_of
from girafe.errors import AccessDenied, QuestionRefused, RateLimited, RetryLater, SourceUnavailable

PLATFORM = "x"
VERSION = "x-1"
TERMS = (
    "https://developer.x.com/developer-terms: no matching of accounts to people known elsewhere, aggregates only, "
    "deletions within 24 hours (days_by_platform.x = 1, or `recheck = true`, which looks them up for money); about "
    "$0.005 a post and $0.010 an author read, each once a day; up to `monthly_posts` for all queries together, an "
    "author counting as two posts."
)
SECRETS: tuple[str, ...] = ("X_BEARER_TOKEN",)
OPTIONS: tuple[str, ...] = ("monthly_posts", "recheck", "api")
PACE = 15.0
OVERLAP = timedelta(minutes=10)  # what is read twice on two days is paid for twice
OPEN = False
CANARY: Canary | None = None  # each question costs money
profile = nothing_more

_API = "https://api.x.com/2"
_REACH = timedelta(days=7) - timedelta(minutes=1)
_PAGE = 100
_FIELDS = {
    "tweet.fields": "author_id,conversation_id,created_at,entities,lang,public_metrics,referenced_tweets",
    "expansions": "author_id,referenced_tweets.id",
    "user.fields": "description,entities,location,protected,public_metrics,url,verified_type",
}


def origins(options: Options) -> Sequence[str]:
    """The API; `api` in the options replaces it."""
    return [str(options.get("api", _API))]


def auth(secrets: Secrets, origin: str) -> httpx.Auth | None:
    """The app's bearer token."""
    return Bearer(secrets["X_BEARER_TOKEN"])


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """Posts of the window, as far back as recent search reaches; reposts are left out, they cost too.

    What an earlier run paid for and landed before it failed is not read again: it goes on where that one ended.
    """
    query = f'"{watch.query}" -is:retweet'
    if earlier := watch.marked():
        old, token = earlier
        if token:
            watch.limits.append(
                "The conversations of what an earlier run read before it stopped were not completed."
            )
        yield from _search(watch, query, old, http, token=token, resumable=True)
        window = Window(start=min(max(window.start, old.end), window.end), end=window.end)
    yield from _search(watch, query, window, http, resumable=True)


def thread(watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
    """The conversations of what was found, as far as budget and patience go: the rest is noted."""
    now = http.clock()
    conversations = [text(item.payload.get("conversation_id")) for item in found]
    try:
        for conversation in dict.fromkeys(name for name in conversations if name):
            week = Window(start=now - _REACH, end=now)
            yield from _search(watch, f"conversation_id:{conversation}", week, http)
    except (AccessDenied, RetryLater) as stop:
        # What was found is paid for; to read it again for the sake of its answers would cost twice.
        watch.limits.append(f"Not every conversation was completed. {stop}")


def _search(
    watch: Watch, query: str, window: Window, http: Http, *, token: str = "", resumable: bool = False
) -> Iterator[Item]:
    now = http.clock()
    start = max(window.start, now - _REACH)
    end = min(window.end, now - timedelta(seconds=15))  # later is refused
    if window.start < start and resumable:
        watch.limits.append("X shows seven days; what is older was not read.")
    trail, is_resumed = Trail("X"), bool(token)
    while start < end:
        if resumable:
            watch.mark(window, token)
        asked = {"query": query, "start_time": _utc(start), "end_time": _utc(end), **_FIELDS}
        try:
            page = _page(watch, http, {**asked, "next_token": token} if token else asked)
        except QuestionRefused:
            if not is_resumed:
                raise
            # The token of an earlier run has expired; kept, it would be refused in all later runs too.
            page = _page(watch, http, asked)
        is_resumed = False
        includes = tree(page.get("includes"))
        users = {text(user.get("id")): user for user in trees(includes.get("users"))}
        for post in [*trees(page.get("data")), *trees(includes.get("tweets"))]:
            author = users.get(text(post.get("author_id")))
            yield Item(key=post_key(post.get("id"), post), payload={**post, "author": author}, position=query)
        token = text(tree(page.get("meta")).get("next_token"))
        if not token:
            break
        trail.step(token, trees(page.get("data")))
    if resumable:
        watch.memory.pop(RESUME, None)


def _page(watch: Watch, http: Http, params: dict[str, Any]) -> Mapping[str, Any]:
    """One page, counted before it is asked for and settled by what came."""
    spending = spending_of(watch, http)
    size = spending.reserve(_PAGE)
    try:
        page = http.json(f"{watch.origin}/tweets/search/recent", {**params, "max_results": size})
    except (AccessDenied, RateLimited):
        spending.settle(size, ())  # refused, so nothing was sold
        raise
    if not isinstance(page, dict) or not (page.get("data") or isinstance(page.get("meta"), dict)):
        raise SourceUnavailable("X answered a search without `data` or `meta`.")
    posts = [*trees(page.get("data")), *trees(tree(page.get("includes")).get("tweets"))]
    authors = trees(tree(page.get("includes")).get("users"))
    spending.settle(
        size, (text(post.get("id")) for post in posts), (text(user.get("id")) for user in authors)
    )
    return page


def _utc(moment_: Any) -> str:
    return str(moment_.isoformat(timespec="seconds")).replace("+00:00", "Z")
