"""Watch: one dbt model as one task that takes no worker: it waits in the triggerer for dbt's word about it.

Cosmos' own watching task starts a process to look, and a second one to end. With 51 models on two cores that
cost more than the build itself (docs/decisions/0022).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowRescheduleException
from airflow.triggers.base import (
    BaseTrigger,
    StartTriggerArgs,
    TaskFailedEvent,
    TaskSuccessEvent,
    TriggerEvent,
)

if TYPE_CHECKING:
    from airflow.sdk import Context

_PAUSE = 1.5
"""Seconds between two looks."""
_STARTED = frozenset({"running", "success", "failed", "skipped", "upstream_failed", "removed"})
"""States of the build in which what it has said so far is of this try, not of an earlier one."""
_GOOD = frozenset({"success", "pass", "no-op"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What dbt said of one model."""

    is_good: bool
    text: str


def word(*, dag_id: str, run_id: str, node: str, build: str) -> Word | None:
    """What the task `build` of this run has said of `node`; None: nothing yet."""
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance
    from airflow.sdk.execution_time.xcom import XCom
    from cosmos.operators._watcher.state import get_dbt_event_xcom_key, get_status_xcom_key

    def said(key: str) -> dict[str, Any] | None:
        found = XCom.get_one(run_id=run_id, key=key, task_id=build, dag_id=dag_id)
        return found if isinstance(found, dict) else None

    states = RuntimeTaskInstance.get_task_states(dag_id=dag_id, task_ids=[build], run_ids=[run_id])
    state = states.get(run_id, {}).get(build)
    state = str(getattr(state, "value", state))
    if state not in _STARTED:
        return None
    if (found := said(get_status_xcom_key(node))) is None:
        if state == "running":
            return None
        return Word(is_good=False, text=f"not built, because {build} ended as {state}; its log says why")
    status = str(found.get("status"))
    text = str((said(get_dbt_event_xcom_key(node)) or {}).get("msg") or status)
    return Word(is_good=status in _GOOD, text=text)


class ModelTrigger(BaseTrigger):
    """Waits until the task `build` has said what became of `node`, and ends the task with it."""

    def __init__(self, node: str, build: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.node = node
        self.build = build

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """What the triggerer needs to make it again after a restart."""
        return f"{__name__}.{type(self).__name__}", {"node": self.node, "build": self.build}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yields one event: the task is done, or has failed."""
        from asgiref.sync import sync_to_async

        ti: Any = self.task_instance
        look = sync_to_async(
            lambda: word(dag_id=ti.dag_id, run_id=ti.run_id, node=self.node, build=self.build)
        )
        while (found := await look()) is None:
            await asyncio.sleep(_PAUSE)
        if found.is_good:
            _log.info("%s: %s", self.node, found.text)
            yield TaskSuccessEvent(xcoms={"return_value": found.text})
        else:
            _log.error("%s: %s", self.node, found.text)
            yield TaskFailedEvent()


class ModelTask(BaseOperator):
    """The task of one dbt model. It opens nothing and runs nothing; `build` does the work."""

    start_from_trigger = True
    ui_color = "#f4e3c1"

    def __init__(self, *, node: str, build: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.node = node
        self.build = build
        self.start_trigger_args = StartTriggerArgs(
            trigger_cls=f"{ModelTrigger.__module__}.{ModelTrigger.__name__}",
            trigger_kwargs={"node": node, "build": build},
            next_method="execute",
            next_kwargs=None,
            timeout=None,
        )

    def execute(self, context: Context) -> str:
        """Looks once and comes back later: for `dag.test()`, which has no triggerer."""
        ti: Any = context["ti"]
        found = word(dag_id=ti.dag_id, run_id=ti.run_id, node=self.node, build=self.build)
        if found is None:
            again = datetime.now(UTC) + timedelta(seconds=_PAUSE)
            raise AirflowRescheduleException(again)  # type: ignore[no-untyped-call]
        if not found.is_good:
            raise AirflowFailException(f"{self.node}: {found.text}")
        return found.text
