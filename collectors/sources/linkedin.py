"""LinkedIn: the company's own pages and who mentions them, by the Community Management API. Off: it needs approval.

What members say may be kept for 48 hours, so every post here is `counted`: classify counts exchanges and threads
in memory, and no row about a member is ever written (docs/decisions/0013). No profile is fetched: that an account
is a person is all there is to know. A page's own thread is always read whole, and mentions day by day, because
the newest reading of either replaces its counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx

from collectors.contract import NOTES, Canary, Item, Options, Secrets, Watch, Window, nothing_more, post_key
from collectors.http import Http
from collectors.paging import settled
from collectors.read import is_in, text, tree
from collectors.sources import linkedin_api, linkedin_parse
from collectors.sources.linkedin_api import gone as gone
from girafe.errors import AccessDenied, PayloadRejected

PLATFORM = "linkedin"
VERSION = "linkedin-2"
TERMS = (
    "https://learn.microsoft.com/linkedin/marketing/data-storage-requirements: member activity 48 hours, profiles "
    "24 hours, no recruiting, no export of member data; girafe keeps payloads for a day and then only counts."
)
SECRETS: tuple[str, ...] = ("LINKEDIN_ACCESS_TOKEN",)
OPTIONS: tuple[str, ...] = ("organizations", "api")
PACE = 1.0
OVERLAP = timedelta(days=1)
OPEN = False
CANARY: Canary | None = Canary(queries=("",), reach=timedelta(days=365))
profile = nothing_more
parse = linkedin_parse.parse

_ACTIONS = "List(COMMENT,SHARE_MENTION)"
_POSTS = ("urn:li:share:", "urn:li:ugcPost:")
_NO_MENTIONS = (
    "LinkedIn refuses notifications to this token: neither mentions nor new comments on old posts are heard."
)


def origins(options: Options) -> Sequence[str]:
    """The pages of the company, by their organisation numbers."""
    return [str(number) for number in options.get("organizations", ())]


def auth(secrets: Secrets, origin: str) -> httpx.Auth | None:
    """A token of somebody who administers the page, with the headers each call needs."""
    return linkedin_api.Signed(secrets["LINKEDIN_ACCESS_TOKEN"])


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """The page's posts of the window, older ones that got a comment in it, and mentions; the query plays no part."""
    found: set[str] = set()
    for post in _own_posts(watch, window, http):
        found.add(text(post.get("id")))
        yield _own(watch, post)
    for told in _notifications(watch, window, http):
        if told.get("action") == "SHARE_MENTION":
            note = {"page": _urn(watch), "day": _day(told)}
            key = f"mention:{told.get('notificationId')}"
            yield Item(key=key, payload={**told, NOTES: note}, position="mentions")
        elif (name := _commented(told)) and name not in found:
            found.add(name)
            yield from _older(watch, name, http)


def _day(told: Mapping[str, Any]) -> str:
    """The day of a mention; none for one without a time, which quarantine shows and which silences no other."""
    try:
        return f"{linkedin_parse.time(told.get('lastModifiedAt')):%Y-%m-%d}"
    except PayloadRejected:
        return ""


def _commented(told: Mapping[str, Any]) -> str:
    """The post a notification of a comment is about, as a share where it is also told as an activity."""
    names = (text(tree(told.get("decoratedSourcePost")).get("entity")), text(told.get("sourcePost")))
    return next((name for name in names if name.startswith(_POSTS)), names[1])


def _own_posts(watch: Watch, window: Window, http: Http) -> Iterator[Mapping[str, Any]]:
    """Newest first, until a whole page is older than the window."""
    whole = Window(start=window.start, end=datetime.max.replace(tzinfo=UTC))
    for page in linkedin_api.pages(
        watch, f"posts?q=author&author={quote(_urn(watch), safe='')}&sortBy=CREATED", http
    ):
        yield from (post for post in page if is_in(window, linkedin_parse.time, post.get("createdAt")))
        if page and not any(is_in(whole, linkedin_parse.time, post.get("createdAt")) for post in page):
            return


def _notifications(watch: Watch, window: Window, http: Http) -> Iterator[Mapping[str, Any]]:
    """Of whole days (UTC), so that a day read again has all that it had; LinkedIn keeps them for 60 days."""
    start = window.start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    span = f"(start:{int(start.timestamp() * 1000)},end:{int(window.end.timestamp() * 1000)})"
    page = quote(_urn(watch), safe="")
    criteria = f"q=criteria&organizationalEntity={page}&actions={_ACTIONS}&timeRange={span}"
    try:
        for told in linkedin_api.pages(watch, f"organizationalEntityNotifications?{criteria}", http):
            yield from told
    except AccessDenied as refusal:
        if refusal.status == 401:
            raise  # a key that has run out, which may read nothing more: the page was not heard
        watch.limits.append(_NO_MENTIONS)


def _older(watch: Watch, name: str, http: Http) -> Iterator[Item]:
    try:
        post = http.json(f"{linkedin_api.base(watch)}/posts/{quote(name, safe='')}")
    except AccessDenied as refusal:
        if refusal.status != 403:
            raise
        # As a rule somebody else's: the page's own posts were shown a moment ago.
        watch.limits.append(f"A post somebody commented on was not shown. {refusal}")
        return
    if isinstance(post, dict) and post.get("author") == _urn(watch):
        yield _own(watch, post)


def _own(watch: Watch, post: Mapping[str, Any]) -> Item:
    note = {"page": _urn(watch), "root": text(post.get("id"))}
    return Item(key=post_key(post.get("id"), post), payload={**post, NOTES: note}, position="posts")


def _urn(watch: Watch) -> str:
    return f"urn:li:organization:{watch.origin}"


def thread(watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
    """The comments under each of the page's posts, and the answers under each comment."""
    roots = [text(item.payload[NOTES].get("root")) for item in found if item.position == "posts"]
    waiting = [(root, root) for root in roots if root]
    asked = {urn for _, urn in waiting}
    while waiting:
        root, urn = waiting.pop()
        path = f"socialActions/{quote(urn, safe='')}/comments?"
        for page in settled(partial(linkedin_api.pages, watch, path, http)):
            for comment in page:
                name = linkedin_parse.name(comment)
                note = {"page": _urn(watch), "root": root, "above": urn}
                yield Item(key=post_key(name, comment), payload={**comment, NOTES: note}, position="comments")
                if name not in asked and tree(comment.get("commentsSummary")).get("aggregatedTotalComments"):
                    asked.add(name)
                    waiting.append((root, name))
