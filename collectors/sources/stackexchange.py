"""Stack Exchange: questions that name the company, their answers and comments; every asked pause is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx

from collectors.contract import (
    NOTES,
    Canary,
    Item,
    Options,
    Secrets,
    Watch,
    Window,
    cannot_tell,
    utc_from_epoch,
)
from collectors.html import plain_text
from collectors.http import Http
from collectors.paging import MOST_EMPTY_PAGES
from collectors.read import count, identifier, notes, text, tree, trees
from girafe.errors import PayloadChanged, SourceUnavailable
from girafe.records import Account, Envelope, Payload, Post, Record

PLATFORM = "stackexchange"
VERSION = "stackexchange-1"
TERMS = "https://api.stackexchange.com/docs/throttle: 300 requests a day without a key, 10,000 with one."
SECRETS: tuple[str, ...] = ()
PACE = 1.0
OVERLAP = timedelta(days=2)
ON_BY_DEFAULT = True
CANARY: Canary | None = Canary(queries=("error", "work", "the"), reach=timedelta(days=30))
gone = cannot_tell

_API = "https://api.stackexchange.com/2.3"
_PAGE = 100
_MOST_PAGES = 25


def origins(options: Options) -> Sequence[str]:
    """The sites to ask (`stackoverflow`, `workplace`); each is one community."""
    return [str(site) for site in options.get("sites", ("stackoverflow", "workplace"))]


def auth(secrets: Secrets, origin: str) -> httpx.Auth | None:
    """A free key, if there is one, raises the daily limit: STACKEXCHANGE_KEY."""
    key = secrets.get("STACKEXCHANGE_KEY")
    return _Key(key) if key else None


class _Key(httpx.Auth):
    def __init__(self, key: str) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        request.url = request.url.copy_merge_params({"key": self._key})
        yield request


def fetch(watch: Watch, window: Window, http: Http) -> Iterator[Item]:
    """Questions of the window that name the query."""
    params = {
        "q": f'"{watch.query}"', "sort": "creation", "filter": "withbody",
        "fromdate": int(window.start.timestamp()), "todate": int(window.end.timestamp()),
    }  # fmt: skip
    for question in _pages(watch, "search/advanced", params, http):
        if utc_from_epoch(question.get("creation_date") or 0) in window:
            yield _item(watch, question)


def thread(watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
    """Answers to the questions, and the comments under both."""
    questions = [str(item.payload.get("question_id")) for item in found]
    answers: list[str] = []
    for ids in _batches(questions):
        for answer in _pages(watch, f"questions/{ids}/answers", {"filter": "withbody"}, http):
            answers.append(str(answer.get("answer_id")))
            yield _item(watch, answer)
        for comment in _pages(watch, f"questions/{ids}/comments", {"filter": "withbody"}, http):
            yield _item(watch, comment)
    for ids in _batches(answers):
        for comment in _pages(watch, f"answers/{ids}/comments", {"filter": "withbody"}, http):
            yield _item(watch, comment)


def profile(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[Item]:
    """Nothing: the public user object holds neither employer nor words about oneself."""
    return iter(())


def _batches(ids: Sequence[str]) -> Iterator[str]:
    return (";".join(ids[start : start + _PAGE]) for start in range(0, len(ids), _PAGE))


def _pages(watch: Watch, path: str, params: Mapping[str, Any], http: Http) -> Iterator[Payload]:
    empty = 0
    for page in range(1, _MOST_PAGES + 1):
        query = {**params, "site": watch.origin, "pagesize": _PAGE, "page": page}
        answer = http.json(f"{watch.options.get('api', _API)}/{path}", query)
        if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
            raise SourceUnavailable(f"Stack Exchange ({watch.origin}) answered without `items`.")
        items = trees(answer["items"])
        yield from (dict(item) for item in items)
        if backoff := count(answer.get("backoff")):
            # Going on sooner gets the whole address banned.
            http.pause(f"Stack Exchange ({path.partition('/')[0]})", float(backoff), "backoff asked for")
        empty = 0 if items else empty + 1
        if not answer.get("has_more"):
            return
        if empty >= MOST_EMPTY_PAGES:
            break
    raise SourceUnavailable(f"Stack Exchange ({watch.origin}): {path} has more pages than were read.")


def _item(watch: Watch, thing: Payload) -> Item:
    return Item(
        key=f"post:{watch.origin}/{_name(thing)}",
        payload={**thing, NOTES: {"site": watch.origin}},
        position=text(thing.get("link")) or f"{watch.origin}/{_name(thing)}",
    )


def _name(thing: Mapping[str, Any]) -> str:
    """Questions and answers are numbered together, comments on their own."""
    if "comment_id" in thing:
        return f"c{thing['comment_id']}"
    return str(thing.get("answer_id") or thing.get("question_id"))


def parse(envelope: Envelope) -> Iterator[Record]:
    """A question, answer or comment becomes a Post."""
    thing = envelope.payload
    site = identifier(notes(thing).get("site"), "site")
    if "comment_id" in thing:
        own, above = f"c{identifier(thing['comment_id'], 'comment_id')}", thing.get("post_id")
    elif "answer_id" in thing:
        own, above = identifier(thing["answer_id"], "answer_id"), thing.get("question_id")
    else:
        own, above = identifier(thing.get("question_id"), "question_id"), None
    owner = tree(thing.get("owner"))
    if owner.get("user_type") == "does_not_exist":
        return  # the account was deleted, and with it the consent to be counted
    title = plain_text(text(thing.get("title"))) if above is None else ""
    body = plain_text(text(thing.get("body")))
    mentioned = tree(thing.get("reply_to_user")).get("user_id")
    yield Post(
        platform=PLATFORM,
        post_id=f"{site}/{own}",
        created_at=_time(thing.get("creation_date")),
        text="\n\n".join(part for part in (title, body) if part),
        author=Account(
            platform=PLATFORM,
            account_id=f"{site}/{identifier(owner.get('user_id'), 'owner.user_id')}",
            display_name=plain_text(text(owner.get("display_name"))),
            url=text(owner.get("link")) or None,
        ),
        observed_at=envelope.fetched_at,
        reply_to=f"{site}/{identifier(above, 'parent')}" if above is not None else None,
        mentions=(f"{site}/{identifier(mentioned, 'reply_to_user')}",) if mentioned else (),
        url=text(thing.get("link")) or None,
        likes=count(thing.get("score")),
    )


def _time(value: object) -> Any:
    if not isinstance(value, int) or isinstance(value, bool):
        raise PayloadChanged("creation_date is not a time in seconds.")
    try:
        return utc_from_epoch(value)
    except (OverflowError, ValueError, OSError) as error:
        raise PayloadChanged("creation_date lies outside the calendar.") from error
