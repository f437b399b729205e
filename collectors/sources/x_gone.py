"""What is gone from X: looked up by id where `recheck = true` allows it, because each post read costs money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collectors.contract import Item, Watch
from collectors.http import Http
from collectors.read import text, tree, trees
from collectors.sources.x_spending import spending_of
from girafe.errors import AccessDenied, RateLimited, SourceUnavailable

_POSTS_PER_CALL = 100
_GONE = ("not-found", "not-authorized-for-resource")
"""How the types of the errors end by which X says that a post is deleted, or protected or suspended with its author."""


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """Posts X says are gone, the newest first, as far as the month's budget goes."""
    if watch.options.get("recheck") is not True:
        if items:
            watch.limits.append(
                "X was not asked: a look-up costs money; `recheck = true` in the options allows it."
            )
        return
    waiting = sorted((item.key for item in items), key=lambda key: (len(key), key), reverse=True)
    while waiting:
        try:
            size = spending_of(watch, http).reserve_look_up(min(len(waiting), _POSTS_PER_CALL))
        except AccessDenied as spent:
            watch.limits.append(f"{len(waiting)} posts were not looked up. {spent}")
            return
        batch, waiting = waiting[:size], waiting[size:]
        yield from _missing(watch, batch, http)


def _missing(watch: Watch, batch: Sequence[str], http: Http) -> Iterator[str]:
    spending = spending_of(watch, http)
    try:
        answer = http.json(f"{watch.origin}/tweets", {"ids": ",".join(batch)})
    except (AccessDenied, RateLimited):
        spending.settle_look_up(len(batch), ())  # refused, so nothing was sold
        raise
    if not isinstance(answer, dict) or not ("data" in answer or "errors" in answer):
        raise SourceUnavailable("X answered a look-up without `data` or `errors`.")
    spending.settle_look_up(len(batch), (text(post.get("id")) for post in trees(answer.get("data"))))
    for error in trees(tree(answer).get("errors")):
        name = text(error.get("resource_id")) or text(error.get("value"))
        if name in batch and text(error.get("type")).endswith(_GONE):
            yield name  # what X leaves out without a word is not taken for deleted
