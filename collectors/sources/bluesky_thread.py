"""Whole conversations on Bluesky, and the profiles of those who speak in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collectors.contract import Item, Watch, post_key
from collectors.http import Http
from collectors.read import text, tree, trees
from collectors.sources.bluesky_parse import is_withdrawn
from girafe.errors import AccessDenied, SourceUnavailable
from girafe.records import Payload

_ACTORS_PER_CALL = 25
_DEPTH = 1000
_AT, _DID = "at://", "did:"
"""How an id begins that can be asked for: any other, and the question is refused, for all that it asks for."""


def item(post: Payload, position: str, http: Http) -> Item:
    """A post view to land; of a post that asks to be hidden only that it is not shown."""
    # `embed` shows a quoted post whole, whatever its author asks; whom the post quotes stands in its record.
    shown = {name: value for name, value in post.items() if name != "embed"}
    if is_withdrawn(post, http.clock()):
        shown = {"uri": post.get("uri"), "notFound": True}
    return Item(key=post_key(post.get("uri"), post), payload=shown, position=position)


def thread(watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
    """Every conversation once, from its root; if the root is gone, what hangs on the found post."""
    roots: dict[str, list[str]] = {}
    for each in found:
        own = text(each.payload.get("uri"))
        root = text(tree(tree(tree(each.payload.get("record")).get("reply")).get("root")).get("uri"))
        if (root or each.payload.get("replyCount")) and own.startswith(_AT):
            roots.setdefault(root if root.startswith(_AT) else own, []).append(own)
    for root, members in roots.items():
        seen = list(_thread_of(watch, root, http))
        yield from seen
        reached = {each.key for each in seen}
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
    if answer is not None and not isinstance(tree(answer).get("thread"), dict):
        raise SourceUnavailable(f"{watch.place} answered getPostThread without `thread`.")
    waiting = [tree(tree(answer).get("thread"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node.get("post"), dict):
            yield item(node["post"], "app.bsky.feed.getPostThread", http)
        elif node.get("notFound"):
            yield Item(key=post_key(node.get("uri"), node), payload=dict(node), position=url)
        waiting.extend(trees(node.get("replies")))
        if isinstance(node.get("parent"), dict):
            waiting.append(node["parent"])


def profile(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[Item]:
    """Profiles with their descriptions, of speakers and of those they mention; search gives none."""
    wanted: dict[str, None] = {}
    for each in items:
        wanted[text(tree(each.payload.get("author")).get("did"))] = None
        for facet in trees(tree(each.payload.get("record")).get("facets")):
            for feature in trees(facet.get("features")):
                wanted[text(feature.get("did"))] = None
    actors = [did for did in wanted if did.startswith(_DID)]
    for start in range(0, len(actors), _ACTORS_PER_CALL):
        batch = actors[start : start + _ACTORS_PER_CALL]
        answer = http.json(f"{watch.origin}/xrpc/app.bsky.actor.getProfiles", {"actors": batch})
        for found in trees(tree(answer).get("profiles")):
            yield Item(
                key=f"account:{found.get('did')}", payload=dict(found), position="app.bsky.actor.getProfiles"
            )
