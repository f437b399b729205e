"""Facebook and Instagram: the company's own pages and what is said there. Off: it needs a page token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from collectors.bearer import Bearer
from collectors.contract import NOTES, Canary, Item, Options, Secrets, Watch, Window, nothing_more, post_key
from collectors.http import Http
from collectors.paging import Trail
from collectors.read import is_in, text, tree, trees
from collectors.sources.meta_gone import API, is_missing, is_there
from collectors.sources.meta_gone import gone as gone
from collectors.sources.meta_parse import parse as parse
from collectors.sources.meta_parse import time_of
from girafe.errors import QuestionRefused, SourceUnavailable

PLATFORM = "facebook"
VERSION = "meta-2"
TERMS = "https://developers.facebook.com/terms: the company's own pages only; delete on request."
SECRETS: tuple[str, ...] = ("META_PAGE_TOKEN",)
OPTIONS: tuple[str, ...] = ("pages", "api")
PACE = 1.0
OVERLAP = timedelta(days=2)
OPEN = False
CANARY: Canary | None = Canary(queries=("",), reach=timedelta(days=365))
thread = nothing_more
profile = nothing_more

_UNDER = {
    "facebook": "id,message,created_time,from,comments.limit(100){id,message,created_time,from}",
    "instagram": "id,text,timestamp,username,replies.limit(100){id,text,timestamp,username}",
}
"""Of a comment: its answers with it."""
_FIELDS = {
    "facebook": (
        "posts",
        f"id,message,created_time,from,permalink_url,comments.limit(100){{{_UNDER['facebook']}}}",
    ),
    "instagram": (
        "media",
        f"id,caption,timestamp,username,permalink,comments.limit(100){{{_UNDER['instagram']}}}",
    ),
}


def origins(options: Options) -> Sequence[str]:
    """The pages, as `facebook:<page id>` and `instagram:<business account id>`."""
    return [str(page) for page in options.get("pages", ())]


def auth(secrets: Secrets, origin: str) -> httpx.Auth | None:
    """The page's token, in a header: in the address it would end up in logs."""
    return Bearer(secrets["META_PAGE_TOKEN"])


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """The page's posts of the window with everything said under them; the query plays no part."""
    network, _, page_id = watch.origin.partition(":")
    if network not in _FIELDS:
        raise SourceUnavailable(f"{watch.origin}: write a page as facebook:<id> or instagram:<id>.")
    edge, fields = _FIELDS[network]
    params: dict[str, Any] = {"fields": fields, "limit": 50}
    whole = Window(start=window.start - timedelta(days=30), end=datetime.max.replace(tzinfo=UTC))
    for page in _edge(watch, f"{page_id}/{edge}", params, http):
        near = [post for post in page if is_in(whole, time_of, post)]
        for post in near:
            for item in _flat(watch, network, post, "", text(post.get("id")), http):
                is_root = item.payload.get("id") == post.get("id")
                if is_root or is_in(window, time_of, item.payload):
                    yield item
        if page and not near:  # one backdated post is not the end
            return  # older posts hardly get comments any more


def _flat(
    watch: Watch, network: str, thing: Mapping[str, Any], parent: str, root: str, http: Http
) -> Iterator[Item]:
    """The thing and all that hangs on it, each on its own with its parent noted."""
    own = {name: value for name, value in thing.items() if name not in ("comments", "replies")}
    added = {"network": network, "parent": parent, "root": root}
    yield Item(
        key=post_key(thing.get("id"), thing),
        payload={**own, NOTES: added},
        position=watch.origin,
        platform=network,
    )
    for edge in ("comments", "replies"):
        below = tree(thing.get(edge))
        children = trees(below.get("data"))
        if tree(below.get("paging")).get("next"):
            # An answer on Instagram has no answers, and its `replies` no such field.
            fields = _UNDER[network] if edge == "comments" else "id,text,timestamp,username"
            pages = _under(watch, text(thing.get("id")), edge, {"fields": fields, "limit": 100}, http)
            children = [child for page in pages for child in page]
        for child in children:
            yield from _flat(watch, network, child, text(thing.get("id")), root, http)


def _under(
    watch: Watch, name: str, edge: str, params: dict[str, Any], http: Http
) -> Iterator[list[Mapping[str, Any]]]:
    """What hangs on a thing, unless it was deleted since it was listed."""
    try:
        yield from _edge(watch, f"{name}/{edge}", params, http)
    except QuestionRefused as refusal:
        if not is_missing(refusal) or is_there(watch, name, http):
            raise


def _edge(watch: Watch, path: str, params: dict[str, Any], http: Http) -> Iterator[list[Mapping[str, Any]]]:
    """Every page of an edge, by its `after` cursor."""
    trail, after = Trail("Meta"), ""
    while True:
        query = {**params, **({"after": after} if after else {})}
        answer = http.json(f"{watch.options.get('api', API)}/{path}", query)
        if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
            raise SourceUnavailable(f"Meta answered {path} without `data`.")
        items = trees(answer["data"])
        yield items
        paging = tree(answer.get("paging"))
        if not paging.get("next"):
            return
        after = text(tree(paging.get("cursors")).get("after"))
        if not after:
            raise SourceUnavailable(f"Meta has more of {path} and does not say where, so it was not read.")
        trail.step(after, items)
