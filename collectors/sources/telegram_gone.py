"""What is gone from a Telegram channel: a number missing between messages its preview shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from collectors.contract import Item, Watch
from collectors.http import Http
from collectors.sources.telegram_page import not_a_preview
from girafe.errors import AccessDenied, SourceUnavailable

_NUMBER = re.compile(r"/(\d+)\Z")


def gone(watch: Watch, items: Sequence[Item], http: Http) -> Iterator[str]:
    """Messages of this channel that are not among their neighbours any more; an empty page says nothing."""
    channel = watch.origin.casefold()
    own = {
        int(found[1]): item.key
        for item in items
        if str(item.payload.get("channel")).casefold() == channel and (found := _NUMBER.search(item.key))
    }
    waiting = sorted(own, reverse=True)
    while waiting:
        newest = waiting[0]
        shown = _shown(watch, newest, http)
        oldest = min(shown, default=None)
        if oldest is None or max(shown) > newest:
            raise SourceUnavailable(
                f"Telegram shows no messages of {watch.origin} up to the one asked for, so none is taken for deleted."
            )
        # A page holds everything from its oldest message up to the one asked for; what is older comes next.
        yield from (own[number] for number in waiting if number >= oldest and number not in shown)
        waiting = [number for number in waiting if number < oldest]


def _shown(watch: Watch, newest: int, http: Http) -> set[int]:
    """The numbers on the page of the preview that ends with `newest`."""
    answer = http.get(f"https://t.me/s/{watch.origin}", {"before": newest + 1}, fault=not_a_preview)
    if answer.is_missing or "/s/" not in answer.url:
        raise AccessDenied(f"Telegram shows no public preview of {watch.origin}; is it a public channel?")
    words = answer.body.decode("utf-8", "replace")
    found = re.findall(rf'data-post="{re.escape(watch.origin)}/(\d+)"', words, re.IGNORECASE)
    return {int(number) for number in found}
