"""What is gone from Facebook and Instagram, by the codes of the Graph API.

It answers 400 alike for a lost post and for a lost token, so its own code decides (100/33: no such thing, 190: the
token), and even that is believed only while the page itself can be read: a lost right looks like a lost post.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from collectors.contract import NOTES, Item, Watch
from collectors.http import Http
from collectors.read import text, tree, trees
from girafe.errors import QuestionRefused, SourceUnavailable

API = "https://graph.facebook.com/v24.0"
_IDS_PER_CALL = 50
_LISTED = 100
_BELIEVED = 5
"""As many lost posts of a page, and no other, may be all it had; more look like a right that was lost."""
_NO_SUCH_THING, _NO_SUCH_ALIAS = (100, 33), 803
"""Code and subcode, and a code alone, of the Graph API for what does not exist."""
_EDGES = {"facebook": "posts", "instagram": "media"}


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """Posts and comments of this page that Meta says do not exist, while the page itself can be read."""
    network, _, page = watch.origin.partition(":")
    own = {item.key: tree(item.payload.get(NOTES)) for item in items if _is_of(item, watch, network)}
    if not own or network not in _EDGES:
        return
    base = str(watch.options.get("api", API))
    listed = tree(http.json(f"{base}/{page}/{_EDGES[network]}", {"fields": "id", "limit": _LISTED})).get(
        "data"
    )
    if not isinstance(listed, list):
        raise SourceUnavailable(f"{watch.origin} cannot be read, so nothing of it is taken for deleted.")
    names = list(own)
    missing = [
        name
        for start in range(0, len(names), _IDS_PER_CALL)
        for name in _missing(base, names[start : start + _IDS_PER_CALL], http)
    ]
    if _is_a_lost_right(own, set(missing), {text(post.get("id")) for post in trees(listed)}):
        raise SourceUnavailable(
            f"{watch.origin} shows this token none of its {len(own)} posts, none of the comments under them, or not "
            "what it lists itself, which looks like a lost right: nothing is taken for deleted. If they are gone, "
            "`girafe forget` erases them."
        )
    yield from missing


def _is_a_lost_right(own: Mapping[str, Mapping[str, Any]], missing: set[str], listed: set[str]) -> bool:
    """What the page still lists is not gone; and all posts, or all comments of living posts, hardly go at once."""
    under_the_living = {
        name for name, added in own.items() if added.get("parent") and text(added.get("root")) not in missing
    }
    return bool(missing & listed) or any(
        len(kind) > _BELIEVED and kind <= missing for kind in (set(own), under_the_living)
    )


def _is_of(item: Item, watch: Watch, network: str) -> bool:
    """By where it was read; what was landed without that, by its network."""
    return (
        item.position == watch.origin
        if item.position
        else tree(item.payload.get(NOTES)).get("network") == network
    )


def _missing(base: str, names: Sequence[str], http: Http) -> Iterator[str]:
    """One question for many; where something is missing Meta refuses them all, so halves are asked."""
    try:
        found = http.json(base, {"ids": ",".join(names), "fields": "id"})
    except QuestionRefused as refusal:
        if not is_missing(refusal):
            raise
        found = None
    if len(names) == 1:
        if found is None:
            yield names[0]
    elif found is None:
        middle = len(names) // 2
        yield from _missing(base, names[:middle], http)
        yield from _missing(base, names[middle:], http)
    else:
        # An answer that leaves some out does not say why: those are asked for one by one.
        for name in names:
            if name not in tree(found):
                yield from _missing(base, [name], http)


def is_there(watch: Watch, name: str, http: Http) -> bool:
    """Whether Meta still shows the thing itself: after a lost right it may show a post, but not what is under it."""
    try:
        return isinstance(http.json(f"{watch.options.get('api', API)}/{name}", {"fields": "id"}), dict)
    except QuestionRefused as refusal:
        if is_missing(refusal):
            return False
        raise


def is_missing(refusal: QuestionRefused) -> bool:
    """Whether Meta says that there is no such thing."""
    try:
        error = tree(tree(orjson.loads(refusal.said)).get("error"))
    except orjson.JSONDecodeError:
        return False
    code = error.get("code")
    return (code, error.get("error_subcode")) == _NO_SUCH_THING or code == _NO_SUCH_ALIAS
