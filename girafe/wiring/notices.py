"""Notices: what people are told when a task fails or a run is late, and the weekly digest."""

from __future__ import annotations

import logging
import os
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from girafe import logs
from girafe.errors import Defect, GirafeError, QualityFailed, UserMustAct, quoting_nobody
from girafe.wiring.forms import skip_unless
from girafe.wiring.keys import Keys

if TYPE_CHECKING:
    from girafe.run import Context


@quoting_nobody
def deliver_digest(context: Context) -> str:
    """Sends the week that has just ended to GIRAFE_DIGEST_TO, to each address once, and says to how many."""
    from reports.deliver import deliver
    from reports.digest import week_before

    addresses = context.data.secrets.get("GIRAFE_DIGEST_TO", "").split()
    skip_unless(bool(addresses), "GIRAFE_DIGEST_TO names nobody; see exports/.")
    context.audit("digest", addresses=len(addresses), week=week_before(context.now, context.settings))
    return deliver(
        exports=context.data.exports,
        settings=context.settings,
        environment=context.data.secrets,
        state=context.data.root / "digests",
        now=context.now,
    )


def send(addresses: list[str], title: str, markdown: str) -> None:
    """Sends a message to Apprise addresses; the log says by its number which did not take it: they hold secrets."""
    from apprise import Apprise, NotifyFormat

    logs.hush()
    for number, address in enumerate(addresses, 1):
        bell = Apprise()
        if not (
            bell.add(address) and bell.notify(title=title, body=markdown, body_format=NotifyFormat.MARKDOWN)
        ):
            logging.getLogger("girafe").error("Address %d of GIRAFE_ALERTS did not take this notice.", number)


def notify(context: Mapping[str, Any]) -> None:
    """Tells people that a task has failed for good, where GIRAFE_ALERTS names a way to reach them.

    It, or the password of the connection girafe_alerts, holds Apprise URLs (mailto://, slack://, ...), separated
    by spaces.
    """
    title, body = failure_notice(context)
    logging.getLogger("girafe").error("%s\n%s", title, body)
    if urls := alerts():
        send(urls, title, body)


def alerts() -> list[str]:
    """The Apprise addresses of those who are told what failed or is late.

    Where Airflow cannot be asked for the connection, because it is what has failed, the environment must do.
    """
    try:
        return Keys(os.environ).get("GIRAFE_ALERTS", "").split()
    except Exception:
        logging.getLogger("girafe").exception("The connection girafe_alerts could not be read.")
        return os.environ.get("GIRAFE_ALERTS", "").split()


def failure_notice(context: Mapping[str, Any]) -> tuple[str, str]:
    """What broke, what is affected, and what to do, as a title and a body."""
    task = context["ti"]
    error = context.get("exception")
    expected = isinstance(error, GirafeError)
    what = str(error) if expected else type(error).__name__ if error else "no reason was given"
    # The whole run, and no other: what was done already is skipped, models are built by one task for all of them, and
    # what a query brings at last is announced by a task that ended well without it.
    body = (
        f"{what}\n\nAffected: everything after this task. The last good release of the dashboard stays.\n"
        f"{_remedy(error)} clear the run in the UI, or run: "
        f"airflow dags clear {task.dag_id} --run-id {shlex.quote(task.run_id)} --yes"
    )
    # Of many queries of one source, the one that was not heard.
    which = f" for {found}" if (found := getattr(task, "rendered_map_index", None)) else ""
    return f"girafe: {task.dag_id}.{task.task_id} failed{which}", body


def _remedy(error: Any) -> str:
    if isinstance(error, UserMustAct | QualityFailed):
        return "Do what it says, then"
    if not isinstance(error, Defect) and (error is None or isinstance(error, GirafeError | OSError)):
        return "It was tried as often as allowed. When the cause is gone,"
    return "That is a fault of girafe or of a library: report it with the task's log. When it is mended,"


async def late(minutes: int, context: Mapping[str, Any]) -> None:
    """Tells people that a run is not done when it should be; called by Airflow's triggerer."""
    import asyncio

    title, body = lateness_notice(minutes, context)
    logging.getLogger("girafe").error("%s\n%s", title, body)
    if urls := await asyncio.to_thread(alerts):
        await asyncio.to_thread(send, urls, title, body)


def lateness_notice(minutes: int, context: Mapping[str, Any]) -> tuple[str, str]:
    """Which run is late, what that means, and where to look, as a title and a body."""
    run = context.get("dag_run") or {}
    dag_id, run_id = run.get("dag_id", "a DAG"), run.get("dag_run_id", "its run")
    body = (
        f"{run_id} was queued more than {minutes} minutes ago and has not ended. It goes on.\n\n"
        "Affected: what this DAG brings is late; the last good release of the dashboard stays.\n"
        f"See what it waits for: airflow tasks states-for-dag-run {dag_id} '{run_id}'"
    )
    return f"girafe: {dag_id} is late", body
