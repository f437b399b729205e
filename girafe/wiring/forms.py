"""Forms: the fields of the trigger form, and what a running task learns from them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from airflow.sdk import Param, get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from girafe import moments
from girafe.data_dir import STORE
from girafe.errors import UserMustAct
from girafe.wiring.keys import Keys

if TYPE_CHECKING:
    from girafe.run import Context

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""Before it no schedule runs; a backfill may go further back."""

TIME_ZONE = os.environ.get("GIRAFE_TIME_ZONE", "Europe/Paris")
"""Of the company; `make up` sets it from company.toml. Only schedules need it before a task runs."""


def form(**more: Param) -> dict[str, Param]:
    """The fields of the trigger form; empty means the installation's own (`make up` sets them)."""
    return {
        "company": line(
            "Company file", "A company.toml. Empty: that of the run that triggered this, else GIRAFE_COMPANY."
        ),
        "data": line(
            "Data directory", "All state. Empty: that of the run that triggered this, else GIRAFE_DATA."
        ),
        **more,
    }


def line(title: str, description: str, *, pattern: str | None = None) -> Param:
    """A text field that may stay empty; without `null` the form in the browser would insist on an answer.

    `pattern` is a regular expression that an answer must match.
    """
    more: dict[str, Any] = {"pattern": pattern} if pattern else {}
    return Param(None, type=["null", "string"], title=title, description=description, **more)


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
    events = [event for some in (context.get("triggering_asset_events") or {}).values() for event in some]
    places = [
        {key: str(event.extra[key]) for key in _PLACE if (event.extra or {}).get(key)} for event in events
    ]
    params = context.get("params") or {}
    chosen = {key: str(params[key]) for key in _PLACE if params.get(key)}
    # While a DAG is paused, events gather, and one run answers all of them.
    if any(place != places[0] for place in places) and len(chosen) < len(_PLACE):
        told = sorted({", ".join(place.values()) or "the usual ones" for place in places})
        raise UserMustAct(
            "What started this run concerns several company files or data directories, and a run is for one of each. "
            f"Trigger this DAG by hand, once for each of these: {'; '.join(told)}."
        )
    found = {**(places[0] if places else {}), **chosen}
    if "data" in found and os.environ.get(STORE):
        raise UserMustAct(
            "On several machines a run cannot choose a data directory: all of them share the store. "
            "Leave the field empty, or give the other company a store and workers of its own."
        )
    return found


def here() -> Context:
    """What every stage needs, for the running task."""
    from girafe.data_dir import DataDir
    from girafe.run import Context, be_quiet, sign_in
    from girafe.settings import load_settings

    be_quiet()
    found = place()
    home = DataDir.of(Path(found["data"]), os.environ, Keys(os.environ))
    home.protect()
    sign_in(home)
    run = get_current_context()["dag_run"].run_id
    return Context(
        data=home,
        settings=load_settings(Path(found["company"])),
        now=now(),
        say=structlog.get_logger("girafe").bind(run_id=run).info,
        who=_who(),
        run_id=run,
    )


def _who() -> str:
    """The run, and the person who triggered it where there was one, for the audit log."""
    run = get_current_context()["dag_run"]
    person = getattr(run, "triggering_user_name", None)
    return f"airflow {run.dag_id} {run.run_id}" + (f" ({person})" if person else "")


def now() -> datetime:
    """The clock; GIRAFE_NOW (ISO 8601) sets it, as for the command line."""
    return moments.now(os.environ)


def param(name: str) -> Any:
    """A field of the trigger form, None where it is empty or this run has no such field."""
    return (get_current_context().get("params") or {}).get(name) or None


def window() -> tuple[datetime, datetime] | None:
    """The span asked for by the form, or by a backfill; None: from the cursor on.

    Raises UserMustAct for a span that holds nothing or has no beginning: a slip of the hand, as for `girafe collect`.
    """
    given = (param(name) for name in ("since", "until"))
    since, until = (moments.moment(day) if day else None for day in given)
    if asked := moments.span(since, until, now(), names=("Since", "Until")):
        return asked
    context = get_current_context()
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    if context["dag_run"].run_type != "backfill" or not start or not end:
        return None
    # Airflow hands out pendulum's own kind of datetime, which no stage knows how to write down.
    return datetime.fromisoformat(start.isoformat()), datetime.fromisoformat(end.isoformat())


def skip_unless(condition: bool, why: str) -> None:
    """Ends the task as skipped, which is neither good nor bad news."""
    if not condition:
        raise AirflowSkipException(why)
