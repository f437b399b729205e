"""Stack Exchange: questions that name the company, their answers and comments; every asked pause is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx

from collectors.contract import NOTES, Canary, Item, Options, Secrets, Watch, Window, post_key
from collectors.http import Http
from collectors.read import count, is_in, text
from collectors.sources.stackexchange_api import PAGE, pages
from collectors.sources.stackexchange_parse import parse as parse
from collectors.sources.stackexchange_parse import written
from girafe.records import Payload

PLATFORM = "stackexchange"
VERSION = "stackexchange-1"
TERMS = "https://api.stackexchange.com/docs/throttle: 300 requests a day without a key, 10,000 with one."
SECRETS: tuple[str, ...] = ()
OPTIONS: tuple[str, ...] = ("sites", "api")
PACE = 1.0
OVERLAP = timedelta(days=2)
OPEN = True
CANARY: Canary | None = Canary(queries=("error", "work", "the"), reach=timedelta(days=30))


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
        "q": f'"{watch.query}"', "filter": "withbody",
        "fromdate": int(window.start.timestamp()), "todate": int(window.end.timestamp()),
    }  # fmt: skip
    for question in pages(watch, "search/advanced", params, http):
        if is_in(window, written, question):
            yield _item(watch, question)


def thread(watch: Watch, found: Sequence[Item], http: Http) -> Iterator[Item]:
    """Answers to the questions, and the comments under both."""
    questions = _ids(item.payload.get("question_id") for item in found)
    answers: list[Any] = []
    for ids in _batches(questions):
        for answer in pages(watch, f"questions/{ids}/answers", {"filter": "withbody"}, http):
            answers.append(answer.get("answer_id"))
            yield _item(watch, answer)
        for comment in pages(watch, f"questions/{ids}/comments", {"filter": "withbody"}, http):
            yield _item(watch, comment)
    for ids in _batches(_ids(answers)):
        for comment in pages(watch, f"answers/{ids}/comments", {"filter": "withbody"}, http):
            yield _item(watch, comment)


def profile(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[Item]:
    """Nothing: the public user object holds neither employer nor words about oneself."""
    return iter(())


def _ids(values: Iterable[Any]) -> list[str]:
    """What can be asked for, once: one id that is none, and the site refuses the question for all of them."""
    return list(dict.fromkeys(str(number) for value in values if (number := count(value)) is not None))


def _batches(ids: Sequence[str]) -> Iterator[str]:
    return (";".join(ids[start : start + PAGE]) for start in range(0, len(ids), PAGE))


def _item(watch: Watch, thing: Payload) -> Item:
    return Item(
        key=post_key(_name(thing), thing, within=f"{watch.origin}/"),
        payload={**thing, NOTES: {"site": watch.origin}},
        position=text(thing.get("link")) or f"{watch.origin}/{_name(thing)}",
    )


def _name(thing: Mapping[str, Any]) -> str:
    """Questions and answers are numbered together, comments on their own."""
    if "comment_id" in thing:
        return f"c{thing['comment_id']}" if thing["comment_id"] else ""
    return str(thing.get("answer_id") or thing.get("question_id") or "")


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """Questions, answers and comments of this site that it no longer shows."""
    own = [item.key.partition("/")[2] for item in items if item.key.startswith(f"{watch.origin}/")]
    for path, mark in (("posts", ""), ("comments", "c")):
        ids = [name.removeprefix("c") for name in own if name.startswith("c") == bool(mark)]
        for batch in _batches(ids):
            things = pages(watch, f"{path}/{batch}", {}, http)
            there = {str(thing.get("comment_id") or thing.get("post_id")) for thing in things}
            yield from (f"{watch.origin}/{mark}{one}" for one in batch.split(";") if one not in there)
