"""Asking a Mastodon-API server: what it lets us hear, whose profiles it has, which posts it still shows.

Servers differ: Takahe answers /api/v2/instance with a 500 page, GoToSocial refuses to look up several ids at
once, Mastodon 4.5 may show strangers an empty list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from collectors.contract import NOTES, Item, Watch
from collectors.http import Http
from collectors.read import tree, trees
from collectors.refusals import without_names
from girafe.errors import AccessDenied, RateLimited, SourceUnavailable
from girafe.records import Payload

_IDS_PER_CALL = 20


def check_access(watch: Watch, http: Http) -> None:
    """Raises AccessDenied where the instance lets us hear no hashtag at all (Mastodon 4.5 and later).

    What it lets us hear only in part, or does not say, is noted: the timeline itself has the last word.
    """
    instance = _instance(watch, http.hasty())
    if instance is None:
        return
    access = tree(tree(instance.get("configuration")).get("timelines_access"))
    feeds = tree(access.get("hashtag_feeds"))
    needed = {"public"} if http.auth is None else {"public", "authenticated"}
    deaf = sorted(kind for kind in ("local", "remote") if feeds.get(kind, "public") not in needed)
    told = (
        f"{watch.place} does not show hashtag timelines to us "
        f"({', '.join(f'{kind}: {without_names(str(feeds[kind]))}' for kind in deaf)}). Add a token to MASTODON_TOKENS "
        "or name another instance."
    )
    if len(deaf) == 2:
        raise AccessDenied(told)
    if deaf:
        watch.limits.append(told)


def _instance(watch: Watch, http: Http) -> Payload | None:
    """What the server says of itself, by whichever endpoint it has; None if by none of them."""
    missing = 0
    for version in ("v2", "v1"):
        try:
            found = http.json(f"{watch.origin}/api/{version}/instance")
        except RateLimited:
            raise
        except (AccessDenied, SourceUnavailable):
            continue  # Takahe answers v2 with a 500 page, others only to those they know
        if isinstance(found, dict):
            return found
        missing += 1
    if missing == 2 and not _has_timelines(watch, http):
        raise AccessDenied(f"{watch.place} does not speak the Mastodon API; correct `instances`.")
    watch.limits.append(f"{watch.place} does not tell its access settings.")
    return None


def _has_timelines(watch: Watch, http: Http) -> bool:
    """Whether a server that says nothing of itself speaks the API all the same; a website answers 404 to everything."""
    try:
        return isinstance(http.json(f"{watch.origin}/api/v1/timelines/public"), list)
    except RateLimited:
        raise
    except AccessDenied:
        return True  # there is something that may be refused
    except SourceUnavailable:
        return False


def looked_up(watch: Watch, kind: str, ids: Sequence[str], http: Http) -> Iterator[Payload]:
    """The accounts or statuses with these ids: several at a time (Mastodon 4.3), or else one by one."""
    together = True
    for start in range(0, len(ids), _IDS_PER_CALL):
        batch = ids[start : start + _IDS_PER_CALL]
        found: dict[str, Payload] = {}
        if together:
            try:
                answer = http.hasty().json(f"{watch.origin}/api/v1/{kind}", {"id[]": list(batch)})
            except (AccessDenied, SourceUnavailable):
                answer = None  # refused, or a page or a fault where other servers have this
            together = isinstance(answer, list)
            found = {str(one.get("id")): dict(one) for one in trees(answer)}
        for local in batch:
            # A server in trouble may answer with too little, so what is missing is asked for by name.
            one = found.get(local) or http.json(f"{watch.origin}/api/v1/{kind}/{quote(local, safe='')}")
            if isinstance(one, dict):
                yield one


def noting_refusal(watch: Watch, payloads: Iterator[Payload]) -> Iterator[Payload]:
    """The payloads up to a refusal, which is noted: a server may show posts and hide profiles."""
    try:
        yield from payloads
    except AccessDenied as refusal:
        watch.limits.append(f"Not every profile was shown. {refusal}")


def profile(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[Item]:
    """Accounts that are addressed but never speak; speakers come whole with their posts."""
    here = [item.payload for item in items if tree(item.payload.get(NOTES)).get("instance") == watch.origin]
    speakers = {str(tree(status.get("account")).get("id")) for status in here}
    addressed = {str(m["id"]) for status in here for m in trees(status.get("mentions")) if m.get("id")}
    accounts = looked_up(watch, "accounts", sorted(addressed - speakers), http)
    for account in noting_refusal(watch, accounts):
        yield Item(
            key=f"account:{account.get('uri') or account.get('url')}",
            payload={**account, NOTES: {"instance": watch.origin}},
            position=f"{watch.origin}/api/v1/accounts/{account.get('id')}",
        )


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """Posts this instance showed and shows no longer: deleted, or public no more, which is the same to us."""
    own = {
        str(item.payload.get("id")): item.key
        for item in items
        if tree(item.payload.get(NOTES)).get("instance") == watch.origin
    }
    shown = {str(status.get("id")) for status in looked_up(watch, "statuses", sorted(own), http)}
    yield from (key for local, key in own.items() if local not in shown)
