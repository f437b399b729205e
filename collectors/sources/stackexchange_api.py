"""How Stack Exchange is asked: newest first, page after page to the end, with every pause it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.contract import Watch
from collectors.http import Http
from collectors.paging import MOST_EMPTY_PAGES, oldest_of
from collectors.read import MOST, count, trees
from girafe.errors import SourceUnavailable
from girafe.records import Payload

PAGE = 100
_API = "https://api.stackexchange.com/2.3"
_MOST_PAGES = 25
"""What may be read by number without a key."""
_BEGAN = 1_199_145_600
"""2008: what is dated before was not said on Stack Exchange."""


def pages(watch: Watch, path: str, params: Mapping[str, Any], http: Http) -> Iterator[Payload]:
    """Every thing of a collection, some twice; SourceUnavailable where it has more than may be read.

    Each page begins at the oldest second seen: by their number, what is deleted or edited in between moves the rest,
    unread. Only more in one second than a page shows is read by number.
    """
    start, end = params.get("fromdate", _BEGAN), params.get("todate", MOST)
    number, empty, has_more = 1, 0, False
    while number <= _MOST_PAGES and empty < MOST_EMPTY_PAGES:
        query = {**params, "sort": "creation", "order": "desc", "site": watch.origin, "pagesize": PAGE,
                 "page": number, **({"todate": end} if end < MOST else {})}  # fmt: skip
        answer = http.json(f"{watch.options.get('api', _API)}/{path}", query)
        if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
            raise SourceUnavailable(f"Stack Exchange ({watch.origin}) answered without `items`.")
        items = trees(answer["items"])
        try:
            if backoff := count(answer.get("backoff")):
                # Going on sooner gets the whole address banned.
                http.pause(f"Stack Exchange ({path.partition('/')[0]})", float(backoff), "backoff asked for")
        finally:  # what came is kept, also where the pause is too long to be made here
            yield from map(dict, items)
        has_more = has_more or bool(answer.get("has_more"))
        if (
            has_more and not items
        ):  # asked again: there is more, and the oldest second at least would be there
            empty += 1
            continue
        if not answer.get("has_more"):
            return
        empty, oldest = 0, oldest_of(items, "creation_date", start, end + 1)
        # Whether `todate` itself is shown is not written anywhere.
        number, end = (number + 1, end) if oldest is None or oldest + 1 >= end else (1, oldest + 1)
    raise SourceUnavailable(
        f"Stack Exchange ({watch.origin}): {path.partition('/')[0]} has more pages than were read."
    )
