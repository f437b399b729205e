"""Assets: what one DAG leaves for the next, announced with its row counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from airflow.sdk import Asset, get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from girafe.wiring.forms import asked_for

LANDED = Asset(name="landed", uri="girafe://landed")
"""Payloads as received have been added."""
LOADED = Asset(name="loaded", uri="girafe://loaded")
"""The warehouse holds them, classified and found valid."""
MEASURED = Asset(name="measured", uri="girafe://measured")
"""Every mart is built and found valid."""
RELEASED = Asset(name="released", uri="girafe://released")
"""Dashboard, digest and files are out."""
EVALUATED = Asset(name="evaluated", uri="girafe://evaluated")
"""Drift and the gold set have been measured."""


def announce(asset: Asset, **counts: int | str) -> None:
    """Adds row counts, and where they are, to the event that this task's outlet makes."""
    get_current_context()["outlet_events"][asset].extra = {**asked_for(), **counts}


def announce_landed(asset: Asset) -> None:
    """Announces the posts that the tasks before this one brought; skips where they brought nothing."""
    context = get_current_context()
    brought = context["ti"].xcom_pull(task_ids=sorted(context["task"].upstream_task_ids))
    counts = [count for count in _flat(brought) if isinstance(count, int)]
    if not any(counts):
        raise AirflowSkipException("Nothing new was heard, so there is nothing to process.")
    announce(asset, rows=sum(counts))


def _flat(found: Any) -> Iterator[Any]:
    """The values in nested sequences: one per task, many per mapped task."""
    if isinstance(found, Iterable) and not isinstance(found, str):
        for part in found:
            yield from _flat(part)
    else:
        yield found
