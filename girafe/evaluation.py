"""Evaluation: the monthly look at the labels: have they drifted, and what can the classifiers do?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from girafe.run import Context

if TYPE_CHECKING:
    from quality.drift import Drift


def measure_drift(context: Context) -> list[str]:
    """Says which kinds of label moved notably, each as a sentence; writes the page with what is known."""
    found = _drifts(context)
    for drift in found:
        distance = "too few labels" if drift.distance is None else f"distance {drift.distance:.2f}"
        context.say(
            f"{drift.kind}: {distance} ({drift.count_recent:,} labels, {drift.count_before:,} before)"
        )
    return [f"{drift.kind} {drift.distance:.2f}" for drift in found if drift.is_notable]


def measure_gold_set(context: Context) -> list[list[str]]:
    """Measures the classifiers where the answer is known; the first row is the head. Takes minutes."""
    from nlp.training.evaluate import HEAD, rows

    made = [list(HEAD)]
    for row in rows(None, [], quick=True):
        context.say(" | ".join(row))
        made.append(list(row))
    return made


def publish_evaluation(context: Context, gold: list[list[str]]) -> Path:
    """Writes quality/evaluation.json and its page; returns the page."""
    from quality.drift import write_evaluation

    return write_evaluation(context.data.quality, _drifts(context), gold, context.now)


def _drifts(context: Context) -> list[Drift]:
    from quality.drift import drifts
    from warehouse.connection import connect

    with connect(context.data.warehouse, read_only=True) as connection:
        return drifts(connection, context.now)
