"""Order: the stages after collection, one after the other, under one lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from girafe.memory import give_back
from girafe.run.classification import classify
from girafe.run.context import Context
from girafe.run.loading import load
from girafe.run.measurement import measure
from girafe.run.publication import publish
from girafe.run.validation import validate_marts, validate_raw

if TYPE_CHECKING:
    from nlp.classify import ClassifyReport


Stage = tuple[str, Callable[[Context], Any], Callable[[Any], str]]
"""The name of a stage, its call, and what it says of its report in one line."""


Around = Callable[[str, Callable[[], Any]], Any]
"""Calls a step; may show its name and how long it takes."""

AFTER_COLLECT: tuple[Stage, ...] = (
    ("classify", classify, lambda found: _classified_line(found)),
    ("load", load, lambda r: f"{r.posts:,} posts by {r.accounts:,} accounts in the warehouse"),
    ("validate", validate_raw, lambda r: r.summary),
    ("measure", measure, lambda r: r.summary),
    ("validate marts", validate_marts, lambda r: r.summary),
    ("publish", publish, lambda r: r.summary),
)
"""The path after collection, in order."""


def plainly(_name: str, call: Callable[[], Any]) -> Any:
    """Just calls a step: the `around` of whoever shows nothing."""
    return call()


def run_stages(context: Context, stages: Iterable[Stage], around: Around = plainly) -> dict[str, Any]:
    """Runs stages in order and returns their reports by name."""
    reports: dict[str, Any] = {}
    with context.alone("girafe run"):
        for name, stage, line in stages:
            reports[name] = around(name, lambda stage=stage: stage(context))  # type: ignore[misc]
            context.say(f"{name}: {line(reports[name])}")
    give_back()
    return reports


def _classified_line(found: list[ClassifyReport]) -> str:
    new = [report for report in found if not report.skipped]
    if not new:
        return "nothing new"
    posts, bad = sum(r.posts for r in new), sum(r.quarantined for r in new)
    return f"{posts:,} posts from {len(new)} landing files, {bad:,} payloads in quarantine"
