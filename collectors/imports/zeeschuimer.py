"""Zeeschuimer NDJSON: posts somebody saw while browsing, of LinkedIn (a legacy export) and X; as the browser
extension writes it, and as 4CAT gives it out again."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.contract import utc_from_epoch
from collectors.imports import linkedin_seen, x_seen
from collectors.imports.contract import Bad, File, Head, Row, Skipped
from collectors.imports.lines import json_lines
from collectors.read import tree
from girafe.errors import PayloadChanged
from girafe.records import Envelope, Payload, Record

NAME = "zeeschuimer"
ABOUT = "Zeeschuimer NDJSON of LinkedIn or X"
VERSION = "zeeschuimer-2"
PARSER = NAME
_PLATFORMS = {"linkedin": "linkedin", "twitter": "x", "x": "x"}
_META = "__import_meta"
_MILLISECONDS_FROM = 100_000_000_000
_READERS = {"linkedin": linkedin_seen, "x": x_seen}


def recognises(head: Head) -> bool:
    """Lines wrapped with the platform and the moment they were seen at."""
    return any(
        ("source_platform" in line and "data" in line) or "source_platform" in tree(line.get(_META))
        for line in head.objects
    )


def rows(file: File) -> Iterator[Row | Bad | Skipped]:
    """Every line under the platform it was seen on."""
    for found in json_lines(file):
        if isinstance(found, Bad):
            yield found
            continue
        position, line, raw = found
        line = _wrapped(line)
        name = str(line.get("source_platform", "")).casefold()
        bare = name.removeprefix("www.").removesuffix("-comments").removesuffix(".com")
        platform = _PLATFORMS.get(bare)
        if platform is None:
            detail = f"This platform is not read; girafe reads {', '.join(sorted(_PLATFORMS))}."
            yield Bad(reason="unknown_platform", detail=detail, position=position, raw=raw)
        elif reason := _READERS[platform].left_out(tree(line.get("data"))):
            yield Skipped(reason=reason, position=position)
        else:
            yield Row(platform=platform, payload=line, position=position, raw=raw)


def _wrapped(line: Payload) -> Payload:
    """4CAT lays the item flat and keeps its wrapping beside it."""
    meta = line.get(_META)
    if not isinstance(meta, dict):
        return line
    return meta | {"data": {name: value for name, value in line.items() if name != _META}}


def parse(envelope: Envelope) -> Iterator[Record]:
    """One wrapped item becomes one Post; advertisements without a time become nothing."""
    line = envelope.payload
    seen = line.get("timestamp_collected")
    seen = int(seen) if isinstance(seen, str) and seen.isdecimal() and len(seen) < 20 else seen
    if not isinstance(seen, int | float) or isinstance(seen, bool):
        raise PayloadChanged("timestamp_collected is missing.")
    try:
        observed_at = utc_from_epoch(seen / 1000 if seen >= _MILLISECONDS_FROM else seen)
    except (OverflowError, ValueError, OSError) as error:
        raise PayloadChanged("timestamp_collected lies outside the calendar.") from error
    reader = _READERS.get(envelope.platform)
    if reader is None:
        raise PayloadChanged(f"{envelope.platform} is not read from Zeeschuimer.")
    yield from reader.read(tree(line.get("data")), observed_at)
