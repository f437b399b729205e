"""Patience: what is tried again, for how long a task may run, and who hears when it fails or is late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import RetryDecision, RetryPolicy
from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from girafe.errors import (
    Defect,
    GirafeError,
    PayloadRejected,
    QualityFailed,
    RateLimited,
    UserMustAct,
    told_of,
)
from girafe.wiring.notices import late, notify
from girafe.wiring.pools import WRITER

_DEFECTS = (ValueError, TypeError, LookupError, AttributeError, ImportError, AssertionError)
"""What code raises that is wrong: the same again at the next try."""
_LONGEST = 86_400.0
"""Seconds a task waits because a platform asks for it: some ask for a century, and a run must end to be told of."""


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
                delay=timedelta(seconds=min(exception.wait_seconds, _LONGEST)),
                reason="the platform asks to wait",
            )
        if type(exception).__name__ == "CosmosDbtRunError":  # not imported: Cosmos costs a second
            return RetryDecision.fail(reason="a model or a test failed; the same data fails it again")
        if isinstance(exception, Defect):
            return RetryDecision.fail(reason=str(exception)[:500])
        if isinstance(exception, _DEFECTS) and not isinstance(exception, GirafeError):
            return RetryDecision.fail(reason=f"a defect, not the weather: {told_of(exception)}"[:500])
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


def within(*, minutes: int) -> DeadlineAlert:
    """A run that has not ended so long after it was queued is told to people, while it goes on."""
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(minutes=minutes),
        callback=AsyncCallback(late, kwargs={"minutes": minutes}),
    )
