"""Mastodon and its kin: public hashtag timelines of several instances, whole threads, mentioned accounts.

A server only knows the posts that reached it, so several are asked and posts meet by `uri`. A
server may answer a stranger with an empty list instead of a refusal; its access settings are read
before silence is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from urllib.parse import quote, urlsplit

import httpx

from collectors.bearer import Bearer
from collectors.contract import NOTES, Canary, Item, Options, Secrets, Watch, Window, post_key
from collectors.http import Http
from collectors.read import dated, is_in, moment, optional_id, tree, trees
from collectors.sources.mastodon_ask import check_access
from collectors.sources.mastodon_ask import gone as gone
from collectors.sources.mastodon_ask import profile as profile
from collectors.sources.mastodon_parse import kept
from collectors.sources.mastodon_parse import parse as parse
from collectors.sources.mastodon_thread import conversation
from collectors.sources.mastodon_timeline import PAGE, backwards, searched
from girafe.errors import QuestionRefused, SourceUnavailable, UserMustAct
from girafe.records import Payload

PLATFORM = "mastodon"
VERSION = "mastodon-1"
TERMS = (
    "https://docs.joinmastodon.org/api/rate-limits/ and each instance's rules: 300 requests in 5 minutes; "
    "discoverable, indexable, noindex and #nobot are honoured."
)
SECRETS: tuple[str, ...] = ()
OPTIONS: tuple[str, ...] = ("instances",)
PACE = 1.0
OVERLAP = timedelta(days=1)
OPEN = True
CANARY: Canary | None = Canary(queries=("",), reach=timedelta(days=30))

_BELIEVED = 3  # as many posts, and no other, may be deleted as soon as they are listed
_TROUBLES_IN_A_ROW = 3  # then it is the server and not a thread
_INSTANCES = ("https://mastodon.social", "https://piaille.fr")


def origins(options: Options) -> Sequence[str]:
    """The instances to ask, as web addresses."""
    return [_base(str(instance)) for instance in options.get("instances", _INSTANCES)]


def _base(instance: str) -> str:
    return instance.rstrip("/") if "://" in instance else f"https://{instance.strip('/')}"


def auth(secrets: Secrets, origin: str) -> httpx.Auth | None:
    """A token for this instance, if there is one: MASTODON_TOKENS="host=token host2=token2"."""
    pairs = (pair.partition("=") for pair in secrets.get("MASTODON_TOKENS", "").split())
    token = {host: token for host, _, token in pairs}.get(urlsplit(origin).netloc)
    return Bearer(token) if token else None


def hashtag(query: str) -> str:
    """`query` as a hashtag, as servers keep them: letters, digits and _ of any script, in lower case."""
    return re.sub(r"\W", "", query).lower()


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """Pages back through the tag's timeline until a whole page is older than the window."""
    check_access(watch, http)
    if not watch.query:
        yield from _anything(watch, http)
        return
    tag = hashtag(watch.query)
    if not tag:
        raise UserMustAct(
            f"{watch.query!r} holds no letter or digit, so it is no hashtag; correct `queries`."
        )
    url = f"{watch.origin}/api/v1/timelines/tag/{quote(tag)}"
    for page in backwards(watch, url, http):
        yield from _items(watch, (status for status in page if _is_of(window, status)))
        times = [dated(status.get("created_at"), "created_at") for status in page]
        if page and all(time is not None and time < window.start for time in times):
            break
    if http.auth is not None:
        statuses = searched(watch, window.start, http)
        yield from _items(watch, (status for status in statuses if _is_of(window, status)))


def _anything(watch: Watch, http: Http) -> Iterator[Item]:
    """The newest posts this server shows to all, for the canary: no query means whatever there is."""
    url = f"{watch.origin}/api/v1/timelines/public"
    try:
        page = http.json(url, {"limit": PAGE})
    except QuestionRefused:
        page = http.json(url)
    if not isinstance(page, list):
        raise SourceUnavailable(f"{watch.place} has no public timeline.")
    yield from _items(watch, map(dict, trees(page)))


def _is_of(window: Window, status: Payload) -> bool:
    return is_in(window, moment, status.get("created_at"), "created_at")


def _items(
    watch: Watch, statuses: Iterable[Payload], parents: dict[str, str] | None = None
) -> Iterator[Item]:
    """Of each status what may be kept, if anything."""
    yield from (_item(watch, own, parents) for status in statuses if (own := kept(status)) is not None)


def _item(watch: Watch, status: Payload, parents: dict[str, str] | None = None) -> Item:
    """A status under its federated name, noting where it was read and the federated name of its parent."""
    added = {"instance": watch.origin}
    parent = optional_id(status.get("in_reply_to_id"))
    if parent and parents and parent in parents:
        added["parent"] = parents[parent]
    return Item(
        key=post_key(_uri(status), status),
        payload={**status, NOTES: added},
        position=f"{watch.origin}/api/v1/statuses/{status.get('id')}",
    )


def _uri(status: Payload) -> str:
    return str(status.get("uri") or status.get("url") or status.get("id") or "")


def thread(watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
    """Every conversation once, from its root, with parents named by their federated ids.

    A thread that fails does not keep the others from being read; its error is raised behind them. Nor does a
    post that is there no longer; where it is all of them, the server has closed, or has no threads, which is noted.
    """
    done, troubles, in_a_row, asked, missing = set[str](), list[SourceUnavailable](), 0, 0, 0
    for item in found:
        status = item.payload
        own = str(status.get("id"))
        if tree(status.get(NOTES)).get("instance") != watch.origin or own in done or "id" not in status:
            continue
        # Only a count of zero says that nobody answered: some servers give none.
        if not status.get("in_reply_to_id") and status.get("replies_count") == 0:
            continue
        try:
            members = conversation(watch, status, http.hasty() if troubles else http)
        except SourceUnavailable as trouble:
            troubles.append(trouble)
            in_a_row += 1
            if in_a_row == _TROUBLES_IN_A_ROW:
                break
            continue
        in_a_row, asked = 0, asked + 1
        if members is None:
            missing += 1
            continue
        done.update(str(member.get("id")) for member in members)
        names = {str(member.get("id")): _uri(member) for member in members}
        yield from _items(watch, members, names)
    if troubles:
        raise troubles[0]
    if missing == asked > _BELIEVED:
        watch.limits.append(f"{watch.place} shows no thread of any of the {missing} posts that it listed.")
