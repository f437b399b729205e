"""Assets: what one DAG leaves for the next, announced with its row counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from airflow.sdk import Asset, get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from girafe.wiring.forms import asked_for

LANDED = Asset(name="landed", uri="girafe://landed")
"""Sources were asked, or files handed in: payloads as received have been added, or word that there are none."""
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
    """Announces what the tasks before this one brought, be it silence; skips only where nobody was asked.

    A week ends once a source was silent after it, and who opted out without a new post leaves, too: both stand in
    what was landed, and only the stages after it read that.
    """
    context = get_current_context()
    run, askers = context["dag_run"], sorted(context["task"].upstream_task_ids)
    states = context["ti"].get_task_states(dag_id=run.dag_id, task_ids=askers, run_ids=[run.run_id])
    # Failed counts, too: the run record says that the place could not be heard, which the numbers have to know.
    if not _ASKED & {str(getattr(state, "value", state)) for state in states.get(run.run_id, {}).values()}:
        raise AirflowSkipException("No source was asked, so there is nothing to process.")
    brought = _flat(context["ti"].xcom_pull(task_ids=askers))
    announce(asset, rows=sum(count for count in brought if isinstance(count, int)))


_ASKED = frozenset({"success", "failed"})
"""States of a task that has asked a source, well or in vain."""


def _flat(found: Any) -> Iterator[Any]:
    """The values in nested sequences: one per task, many per mapped task."""
    if isinstance(found, Iterable) and not isinstance(found, str):
        for part in found:
            yield from _flat(part)
    else:
        yield found
