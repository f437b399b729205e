"""Comments under a Reddit post: one answer shows some of them, and stubs for the others, which are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from collectors.contract import Item, Watch, post_key
from collectors.http import Http
from collectors.read import text, texts, tree, trees
from collectors.refusals import without_names
from girafe.errors import AccessDenied, SourceUnavailable

API = "https://oauth.reddit.com"
_PER_CALL = 100
_BELIEVED = 3
"""As many posts, and no other, may all be closed."""
_MOST_CALLS = 50
"""For one post: five thousand comments behind stubs."""


def item(thing: Mapping[str, Any]) -> Item:
    """A post or a comment to land."""
    kept = {name: value for name, value in thing.items() if name != "replies"}  # they are items of their own
    return Item(key=post_key(thing.get("name"), thing), payload=kept, position=text(thing.get("permalink")))


def thread(watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
    """The comments under each post, those behind stubs too.

    A post whose community closed is refused for good: it keeps no other from being read, and is noted. All refused are
    a right that was lost.
    """
    refused = list[AccessDenied]()
    for post in found:
        try:
            yield from _comments(watch, post, http)
        except AccessDenied as refusal:
            refused.append(refusal)
            if refusal.status != 403 or len(refused) == len(found) > _BELIEVED:
                raise
    if refused:
        watch.limits.append(
            f"The comments of {len(refused)} of {len(found)} posts were not shown. {refused[0]}"
        )


def _comments(watch: Watch, post: Item, http: Http) -> Iterator[Item]:
    base, name = str(watch.options.get("api", API)), post.key.removeprefix("post:")
    url, asked = f"{base}/comments/{post.payload.get('id')}", set[str]()
    waiting, stubs, calls = _listings(url, {}, http), list[str](), 0
    while waiting or stubs:
        while waiting:
            node = waiting.pop()
            data = tree(node.get("data"))
            waiting.extend(trees(data.get("children")))
            if node.get("kind") == "more":
                # Without children it is a branch that goes on deeper, and is asked for by its top.
                below = texts(data.get("children")) or (f"below {text(data.get('parent_id'))}",)
                stubs.extend(one for one in dict.fromkeys(below) if one not in asked)
                asked.update(below)
            elif node.get("kind") in ("t1", "t3"):
                yield item(data)
                waiting.extend([tree(data.get("replies"))] if data.get("replies") else [])
        if stubs and calls == _MOST_CALLS:
            watch.limits.append(f"{name}: {len(stubs)} or more comments were not read.")
            return
        if stubs:
            calls += 1
            waiting = _behind(base, url, name, stubs, http)


def _listings(url: str, params: Mapping[str, str], http: Http) -> list[Mapping[str, Any]]:
    """A post and what is under it; nothing where the post is missing."""
    answer = http.json(url, {**params, "limit": 500, "raw_json": "1"})
    if answer is not None and not isinstance(answer, list):
        raise SourceUnavailable("Reddit answered for a post without its comments.")
    return trees(answer)


def _behind(base: str, url: str, name: str, stubs: list[str], http: Http) -> list[Mapping[str, Any]]:
    """What is behind the next stubs, which are taken off the list."""
    if stubs[0].startswith("below "):
        top = stubs.pop(0).removeprefix("below ").removeprefix("t1_")
        return _listings(url, {"comment": top}, http)
    batch = [one for one in stubs if not one.startswith("below ")][:_PER_CALL]
    stubs[:] = [one for one in stubs if one not in batch]
    params = {"link_id": name, "children": ",".join(batch), "api_type": "json", "raw_json": "1"}
    answer = tree(tree(http.json(f"{base}/api/morechildren", params)).get("json"))
    things = tree(answer.get("data")).get("things")
    if not isinstance(things, list):  # "you are doing that too much" comes under 200
        told = without_names(str(answer.get("errors") or "nothing"))
        raise SourceUnavailable(f"Reddit answered {told} where comments were due.")
    return trees(things)
