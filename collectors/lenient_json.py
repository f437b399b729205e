"""Lenient JSON: what only strict readers refuse is read, so that one odd post keeps no other from being heard."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

_BETWEEN = re.compile(r"[\s,]*")


def _number(digits: str) -> int | str:
    return int(digits) if len(digits) < 19 else digits


_DECODER = json.JSONDecoder(parse_constant=lambda name: None, parse_int=_number)


def mended(body: bytes) -> Any:
    """The value of `body`; None if it is no JSON at all, or nested deeper than anybody writes.

    A byte order mark is gone past; half a surrogate pair and a stray byte become question marks, NaN is null, an
    endless number its digits.
    """
    try:
        found = _DECODER.decode(body.decode("utf-8-sig", "replace"))
        # Encoded and decoded, halves of surrogate pairs become question marks.
        return orjson.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def whole_items(words: str) -> list[Any]:
    """The items of a JSON list up to where it was cut or damaged."""
    found: list[Any] = []
    place = words.find("[") + 1
    while between := _BETWEEN.match(words, place):
        try:
            item, place = _DECODER.raw_decode(words, between.end())
        except (ValueError, RecursionError):
            break
        found.append(item)
    return found
