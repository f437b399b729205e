"""X: recent search, API v2. Off until a key and a monthly budget are given: every post read costs money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import httpx

from collectors.bearer import Bearer
from collectors.contract import (
    SPENT,
    Canary,
    Item,
    Options,
    Secrets,
    Watch,
    Window,
    cannot_tell,
    nothing_more,
)
from collectors.http import Http
from collectors.paging import Trail
from collectors.read import count, identifier, moment, optional_id, text, tree, trees
from girafe.errors import AccessDenied, PayloadChanged
from girafe.records import Account, Envelope, Payload, Post, Record

PLATFORM = "x"
VERSION = "x-1"
TERMS = (
    "https://developer.x.com/developer-terms: no matching of accounts to people known elsewhere, aggregates "
    "only, deletions within 24 hours; about $0.005 a post read, up to `monthly_posts` for each query."
)
SECRETS: tuple[str, ...] = ("X_BEARER_TOKEN",)
PACE = 15.0
OVERLAP = timedelta(hours=1)
ON_BY_DEFAULT = False
CANARY: Canary | None = None  # each question costs money
gone = cannot_tell
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
    """Posts of the window, as far back as recent search reaches; reposts are left out, they cost too."""
    yield from _search(watch, f'"{watch.query}" -is:retweet', window, http)


def thread(watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
    """The conversations of what was found, as far as the budget goes."""
    week = Window(start=http.clock() - _REACH, end=http.clock())
    conversations = [text(item.payload.get("conversation_id")) for item in found]
    for conversation in dict.fromkeys(name for name in conversations if name):
        yield from _search(watch, f"conversation_id:{conversation}", week, http)


def _search(watch: Watch, query: str, window: Window, http: Http) -> Iterator[Item]:
    now = http.clock()
    start = max(window.start, now - _REACH)
    end = min(window.end, now - timedelta(seconds=15))  # later is refused
    trail, token = Trail("X"), ""
    while start < end:
        size = min(_PAGE, _left(watch, http))
        params = {
            "query": query, "max_results": max(10, size), "start_time": _utc(start), "end_time": _utc(end),
            **_FIELDS, **({"next_token": token} if token else {}),
        }  # fmt: skip
        page = tree(http.json(f"{watch.origin}/tweets/search/recent", params))
        posts = trees(page.get("data"))
        includes = tree(page.get("includes"))
        parents = trees(includes.get("tweets"))
        _spend(watch, http, len(posts) + len(parents))
        users = {text(user.get("id")): user for user in trees(includes.get("users"))}
        for post in [*posts, *parents]:
            author = users.get(text(post.get("author_id")))
            yield Item(key=f"post:{post.get('id')}", payload={**post, "author": author}, position=query)
        token = text(tree(page.get("meta")).get("next_token"))
        if not token:
            return
        trail.step(token, page_was_empty=not posts)


def _left(watch: Watch, http: Http) -> int:
    """What the month's budget still allows; AccessDenied before money is spent that nobody granted."""
    budget = count(watch.options.get("monthly_posts")) or 0
    left = budget - _spent(watch, http)
    if left < 10:
        raise AccessDenied(
            f"X: the monthly budget of {budget} posts is used up; raise `monthly_posts` in the options, "
            "or wait for the next month."
        )
    return left


def _month(http: Http) -> str:
    return f"{http.clock():%Y-%m}"


def _spent(watch: Watch, http: Http) -> int:
    month, _, number = watch.memory.get(SPENT, "").partition(":")
    return int(number) if month == _month(http) else 0


def _spend(watch: Watch, http: Http, posts: int) -> None:
    watch.memory[SPENT] = f"{_month(http)}:{_spent(watch, http) + posts}"


def _utc(moment_: Any) -> str:
    return str(moment_.isoformat(timespec="seconds")).replace("+00:00", "Z")


def parse(envelope: Envelope) -> Iterator[Record]:
    """A post with its author becomes a Post."""
    post = envelope.payload
    number = identifier(post.get("id"), "id")
    if not isinstance(post.get("text"), str):
        raise PayloadChanged("text is missing.")
    references = {
        text(ref.get("type")): optional_id(ref.get("id")) for ref in trees(post.get("referenced_tweets"))
    }
    metrics = tree(post.get("public_metrics"))
    mentions = trees(tree(post.get("entities")).get("mentions"))
    names = [optional_id(mention.get("username")) for mention in mentions]
    reposted = references.get("retweeted")
    yield Post(
        platform=PLATFORM,
        post_id=number,
        created_at=moment(post.get("created_at"), "created_at"),
        text="" if reposted else post["text"],
        author=_author(post),
        observed_at=envelope.fetched_at,
        reply_to=references.get("replied_to"),
        conversation_id=optional_id(post.get("conversation_id")),
        quote_of=references.get("quoted"),
        repost_of=reposted,
        mentions=tuple(dict.fromkeys(name for name in names if name)),
        lang=text(post.get("lang")) or None,
        url=f"https://x.com/i/status/{number}",
        likes=count(metrics.get("like_count")),
        replies=count(metrics.get("reply_count")),
        reposts=count(metrics.get("retweet_count")),
    )


def _author(post: Payload) -> Account:
    user = tree(post.get("author"))
    links = trees(tree(tree(user.get("entities")).get("url")).get("urls"))
    return Account(
        platform=PLATFORM,
        account_id=identifier(post.get("author_id"), "author_id"),
        handle=text(user.get("username")) or None,
        display_name=text(user.get("name")),
        bio=text(user.get("description")),
        links=tuple(text(link.get("expanded_url")) for link in links if text(link.get("expanded_url"))),
        is_organisation=True if text(user.get("verified_type")) in ("business", "government") else None,
        followers=count(tree(user.get("public_metrics")).get("followers_count")),
        opted_out="protected" if user.get("protected") is True else None,
    )
