"""Wiring: what every DAG shares: assets, pools, forms, patience, and the words of a failure notice.

Imported by dags/ only. It asks the clock, as girafe/cli.py does; the stages never do.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, Param, RetryDecision, RetryPolicy, get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from girafe.data_dir import STORE
from girafe.errors import (
    GirafeError,
    PayloadRejected,
    QualityFailed,
    RateLimited,
    UserMustAct,
)

if TYPE_CHECKING:
    from girafe.run import Context

LANDED = Asset(name="landed", uri="girafe://landed")
"""Payloads as received have been added."""
LOADED = Asset(name="loaded", uri="girafe://loaded")
"""The warehouse holds them, classified and found valid."""
MEASURED = Asset(name="measured", uri="girafe://measured")
"""Every mart is built and found valid."""
RELEASED = Asset(name="released", uri="girafe://released")
"""Dashboard, digest and files are out."""

DUCKDB_WRITER = "duckdb_writer"
"""One slot: an open DuckDB writer blocks every other process, readers too."""
CLASSIFIERS = "classifiers"

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""Before it no schedule runs and no backfill goes."""

TIME_ZONE = os.environ.get("GIRAFE_TIME_ZONE", "Europe/Paris")
"""Of the company; `make up` sets it from company.toml. Only schedules need it before a task runs."""


WRITER = "writer"
"""The queue of the one machine that owns DuckDB, the marts and the exports; every task is its, unless it says:"""
ANYWHERE = "default"
"""The queue of every worker. What runs here touches the store only. Where there are no queues (`make up`)
all run alike."""


def classifiers() -> int:
    """How many landing files may be classified at a time: GIRAFE_CLASSIFIERS, else all processors but one."""
    return int(os.environ.get("GIRAFE_CLASSIFIERS") or max(1, (os.cpu_count() or 2) - 1))


def platform_pool(source: str) -> str:
    """The pool of a source: at most so many requests to one platform at a time, whatever runs."""
    return f"platform_{source}"


def pools(sources: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Every pool the DAGs name, as `airflow pools import` reads them."""
    sizes = {
        DUCKDB_WRITER: (1, "One writer of the DuckDB file at a time"),
        CLASSIFIERS: (classifiers(), "Landing files classified at a time"),
        **{platform_pool(name): (1, f"Queries to {name} at a time") for name in sources},
    }
    return {
        name: {"slots": slots, "description": text, "include_deferred": False}
        for name, (slots, text) in sizes.items()
    }


def main() -> None:
    """Prints every pool as JSON; `make up` and docker-compose.yml hand it to `airflow pools import`."""
    import json
    import sys

    from collectors.registry import SOURCES

    sys.stdout.write(json.dumps(pools(tuple(SOURCES)), indent=2) + "\n")


_DEFECTS = (ValueError, TypeError, LookupError, AttributeError, ImportError, AssertionError)
"""What code raises that is wrong: the same again at the next try."""


class Patience(RetryPolicy):
    """Retries what retrying helps; fails at once where a person must act."""

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Any = None
    ) -> RetryDecision:
        """Decides from the type of the error alone: it says who must act (girafe/errors.py)."""
        if isinstance(exception, UserMustAct | QualityFailed | PayloadRejected):
            return RetryDecision.fail(reason=str(exception)[:500])
        if isinstance(exception, RateLimited):
            return RetryDecision.retry(
                delay=timedelta(seconds=exception.wait_seconds), reason="the platform asks to wait"
            )
        if isinstance(exception, _DEFECTS) and not isinstance(exception, GirafeError):
            return RetryDecision.fail(reason=f"a defect, not the weather: {exception!r}"[:500])
        return RetryDecision.default()

    def serialize(self) -> dict[str, Any]:
        """The policy has no settings."""
        return {"__type": type(self).__name__}


def patient(*, minutes: int) -> dict[str, Any]:
    """default_args: retries with backoff, a time limit for each try, and a notice when all fail."""
    return {
        "owner": "data-engineering",
        "queue": WRITER,
        "retries": 3,
        "retry_delay": timedelta(seconds=30),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(minutes=20),
        "retry_policy": Patience(),
        "execution_timeout": timedelta(minutes=minutes),
        "on_failure_callback": notify,
    }


def form(**more: Param) -> dict[str, Param]:
    """The fields of the trigger form; empty means the installation's own (`make up` sets them)."""
    return {
        "company": Param(
            "",
            type="string",
            title="Company file",
            description="A company.toml. Empty: that of the run that triggered this, else GIRAFE_COMPANY.",
        ),
        "data": Param(
            "",
            type="string",
            title="Data directory",
            description="All state. Empty: that of the run that triggered this, else GIRAFE_DATA.",
        ),
        **more,
    }


def day(title: str, description: str) -> Param:
    """A date field that may stay empty."""
    return Param(None, type=["null", "string"], format="date", title=title, description=description)


_PLACE = ("company", "data")


def place() -> dict[str, str]:
    """Company file and data directory of this run: what was asked for, else this machine's own."""
    return {
        "company": os.environ.get("GIRAFE_COMPANY", "company.toml"),
        "data": os.environ.get("GIRAFE_DATA", "data"),
        **asked_for(),
    }


def asked_for() -> dict[str, str]:
    """Company file and data directory where the form, or the run that triggered this one, names another.

    It goes with every asset event, so that a run started for another data directory stays there. What
    is a machine's own does not: the next machine has a folder of its own.
    """
    context = get_current_context()
    found: dict[str, str] = {}
    for events in (context.get("triggering_asset_events") or {}).values():
        for event in events:
            found |= {key: str(event.extra[key]) for key in _PLACE if (event.extra or {}).get(key)}
    params = context.get("params") or {}
    found |= {key: str(params[key]) for key in _PLACE if params.get(key)}
    if "data" in found and os.environ.get(STORE):
        raise UserMustAct(
            "On several machines a run cannot choose a data directory: all of them share the store. "
            "Leave the field empty, or give the other company a store and workers of its own."
        )
    return found


def here() -> Context:
    """What every stage needs, for the running task."""
    from girafe.data_dir import DataDir
    from girafe.run import Context, be_quiet
    from girafe.settings import load_settings

    be_quiet()
    found = place()
    home = DataDir.of(Path(found["data"]), os.environ)
    home.protect()
    return Context(
        data=home,
        settings=load_settings(Path(found["company"])),
        now=now(),
        say=logging.getLogger("girafe").info,
        who=_who(),
    )


def _who() -> str:
    """The run, and the person who triggered it where there was one, for the audit log."""
    run = get_current_context()["dag_run"]
    person = getattr(run, "triggering_user_name", None)
    return f"airflow {run.dag_id} {run.run_id}" + (f" ({person})" if person else "")


def now() -> datetime:
    """The clock; GIRAFE_NOW (ISO 8601) sets it, as for the command line."""
    given = os.environ.get("GIRAFE_NOW")
    return datetime.fromisoformat(given).astimezone(UTC) if given else datetime.now(UTC)


def param(name: str) -> Any:
    """A field of the trigger form, None where it is empty or this run has no such field."""
    return (get_current_context().get("params") or {}).get(name) or None


def window() -> tuple[datetime, datetime] | None:
    """The span asked for by the form, or by a backfill; None: from the cursor on."""
    since, until = param("since"), param("until")
    if since:
        first = datetime.fromisoformat(since).replace(tzinfo=UTC)
        return first, datetime.fromisoformat(until).replace(tzinfo=UTC) if until else now()
    context = get_current_context()
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    return (start, end) if context["dag_run"].run_type == "backfill" and start and end else None


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


def skip_unless(condition: bool, why: str) -> None:
    """Ends the task as skipped, which is neither good nor bad news."""
    if not condition:
        raise AirflowSkipException(why)


def deliver_digest(context: Context) -> str:
    """Sends the week that has just ended to GIRAFE_DIGEST_TO, to each address once, and says to how many."""
    from reports.deliver import deliver

    skip_unless(bool(os.environ.get("GIRAFE_DIGEST_TO")), "GIRAFE_DIGEST_TO names nobody; see exports/.")
    context.audit("digest", addresses=len(os.environ["GIRAFE_DIGEST_TO"].split()))
    return deliver(
        marts=context.data.marts,
        settings=context.settings,
        environment=os.environ,
        state=context.data.root / "digests",
        now=context.now,
    )


def send(addresses: list[str], title: str, markdown: str) -> bool:
    """Sends a message to Apprise addresses; True if every one took it."""
    from apprise import Apprise, NotifyFormat

    bell = Apprise()
    bell.add(addresses)
    return bool(bell.notify(title=title, body=markdown, body_format=NotifyFormat.MARKDOWN))


def notify(context: Mapping[str, Any]) -> None:
    """Tells people that a task has failed for good, where GIRAFE_ALERTS names a way to reach them.

    GIRAFE_ALERTS holds Apprise URLs (mailto://, slack://, ...), separated by spaces.
    """
    urls = os.environ.get("GIRAFE_ALERTS", "").split()
    title, body = failure_notice(context)
    logging.getLogger("girafe").error("%s\n%s", title, body)
    if urls:
        send(urls, title, body)


def failure_notice(context: Mapping[str, Any]) -> tuple[str, str]:
    """What broke, what is affected, and what to do, as a title and a body."""
    task = context["ti"]
    error = context.get("exception")
    expected = isinstance(error, GirafeError)
    what = str(error) if expected else f"{type(error).__name__}: {error}" if error else "no reason was given"
    remedy = (
        "Do what it says, then clear the task in the UI, or run: "
        if isinstance(error, UserMustAct | QualityFailed)
        else "It was tried as often as allowed. When the cause is gone, clear the task in the UI, or run: "
    )
    body = (
        f"{what}\n\nAffected: everything after this task. The last good release of the dashboard stays.\n"
        f"{remedy}airflow tasks clear {task.dag_id} --task-regex '^{task.task_id}$' --downstream --yes"
    )
    return f"girafe: {task.dag_id}.{task.task_id} failed", body


if __name__ == "__main__":
    main()
