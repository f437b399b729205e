"""How Stack Exchange is asked: page after page up to the last that may be read, with every pause it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.contract import Watch
from collectors.http import Http
from collectors.paging import MOST_EMPTY_PAGES
from collectors.read import count, trees
from girafe.errors import SourceUnavailable
from girafe.records import Payload

PAGE = 100
_API = "https://api.stackexchange.com/2.3"
_MOST_PAGES = 25


def pages(watch: Watch, path: str, params: Mapping[str, Any], http: Http) -> Iterator[Payload]:
    """Every thing of a collection; SourceUnavailable behind its last page, if it has more."""
    found, is_all = shown(watch, path, params, http)
    yield from found
    if not is_all:
        raise unread(watch, path.partition("/")[0])


def unread(watch: Watch, name: str) -> SourceUnavailable:
    """What is said where there is more than may be read."""
    return SourceUnavailable(f"Stack Exchange ({watch.origin}): {name} has more pages than were read.")


def shown(watch: Watch, path: str, params: Mapping[str, Any], http: Http) -> tuple[list[Payload], bool]:
    """What stands up to the last page that may be read, and whether that is all."""
    found: list[Payload] = []
    empty = 0
    for page in range(1, _MOST_PAGES + 1):
        query = {**params, "site": watch.origin, "pagesize": PAGE, "page": page}
        answer = http.json(f"{watch.options.get('api', _API)}/{path}", query)
        if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
            raise SourceUnavailable(f"Stack Exchange ({watch.origin}) answered without `items`.")
        items = trees(answer["items"])
        found += [dict(item) for item in items]
        if backoff := count(answer.get("backoff")):
            # Going on sooner gets the whole address banned.
            http.pause(f"Stack Exchange ({path.partition('/')[0]})", float(backoff), "backoff asked for")
        empty = 0 if items else empty + 1
        if not answer.get("has_more"):
            return found, True
        if empty >= MOST_EMPTY_PAGES:
            break
    return found, False
