"""Canary: after a silent answer, a question that always finds something tells silence from deafness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from collectors.contract import Canary, Source, Watch, Window
from collectors.http import Http
from collectors.read import SHAPE_ERRORS
from girafe.errors import GirafeError

Song: TypeAlias = Literal["", "heard", "refused", "mute"]
"""heard: the place shows something; refused: it does not answer this question, so nothing is proven;
mute: it shows nothing at all; empty: not asked. In this order, a later one is worse."""
_REACH = timedelta(days=28)
WORST: tuple[Song, ...] = ("", "heard", "refused", "mute")


def listen_for(
    module: Source, watch: Watch, http: Http, now: datetime, asked: Sequence[str] | None
) -> tuple[Song, str]:
    """Whether `watch.origin` shows anything, and what was said where it would not answer.

    `asked` are the queries of company.toml; None: the source's own.
    """
    canary = module.CANARY
    if asked is not None:
        canary = Canary(queries=tuple(asked), reach=canary.reach if canary else _REACH)
    if canary is None or not canary.queries:
        return "", ""
    window = Window(start=now - canary.reach, end=now)
    refusal = ""
    for query in canary.queries:
        # A memory of its own: what the canary saw must not be taken for what was read.
        asking = replace(watch, query=query, memory={}, limits=[])
        try:
            if next(iter(module.fetch(asking, window, http)), None) is not None:
                return "heard", ""
        except (GirafeError, *SHAPE_ERRORS) as error:
            refusal = str(error)
    return ("refused", refusal) if refusal else ("mute", "")
