"""Errors: the type says who must act.

GirafeError
├── UserMustAct            a person must change something; retrying is useless
│   ├── SettingsInvalid    company.toml or the environment: names the line and the remedy
│   ├── GovernanceMissing  the gate before live collection is not passed
│   ├── AccessDenied       a platform refuses: key missing, expired or not allowed
│   │   └── QuestionRefused  it does not accept the question as it was put
│   ├── InputInvalid       a file handed in cannot be read at all
│   └── StoreRefused       the S3 store says no: key, bucket or right is missing
├── RetryLater             the same call may work later
│   ├── RateLimited        the platform asks to wait (`wait_seconds`)
│   ├── SourceUnavailable  timeout, 5xx, truncated answer
│   └── StoreUnreachable   the S3 store does not answer
├── PayloadRejected        one payload cannot be read: it goes to quarantine, the run goes on
│   └── PayloadChanged     its shape is not the one the parser knows
├── QualityFailed          an expectation failed: the flow stops, the last good exports stay
└── Defect                 a fault of girafe or of a library: report it
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import PurePath
from typing import ParamSpec, TypeVar

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C ended."""
STOPPED = "Stopped. The same command, run again, goes on from there."

P = ParamSpec("P")
T = TypeVar("T")


class GirafeError(Exception):
    """Everything girafe raises on purpose; its message says what to do next."""


class UserMustAct(GirafeError):
    """A person must change something; retrying is useless."""


class SettingsInvalid(UserMustAct):
    """company.toml or the environment is wrong; the message names the line and the remedy."""


class GovernanceMissing(UserMustAct):
    """The governance block is incomplete, so no request leaves."""


class AccessDenied(UserMustAct):
    """A platform refuses: the key is missing, expired or not allowed to do this."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        """`status`: of the answer, where the platform gave one."""
        super().__init__(message)
        self.status = status


class QuestionRefused(AccessDenied):
    """The platform understands who asks, but not what: a parameter it does not know, a limit it does not allow."""

    def __init__(self, message: str, *, status: int | None = None, said: bytes = b"") -> None:
        """`said`: the answer as it came, for a source that knows its codes; never shown, for it may name somebody."""
        super().__init__(message, status=status)
        self.said = said


class InputInvalid(UserMustAct):
    """A file handed in cannot be read at all."""


class StoreRefused(UserMustAct):
    """The store of several machines refuses: its key, its bucket or a right is missing."""


class RetryLater(GirafeError):
    """The same call may work later."""


class RateLimited(RetryLater):
    """The platform asks to wait `wait_seconds`."""

    def __init__(self, message: str, *, wait_seconds: float) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class SourceUnavailable(RetryLater):
    """Timeout, server error or truncated answer."""


class StoreUnreachable(RetryLater):
    """The store of several machines does not answer, or broke off."""


class PayloadRejected(GirafeError):
    """One payload cannot be read; `reason` is a stable code, the message is for people."""

    reason = "rejected"

    def __init__(self, message: str, *, reason: str | None = None) -> None:
        super().__init__(message)
        if reason is not None:
            self.reason = reason


class PayloadChanged(PayloadRejected):
    """The payload's shape is not the one the parser knows."""

    reason = "payload_changed"


class QualityFailed(GirafeError):
    """An expectation failed: the flow stops before marts change."""


class Defect(GirafeError):
    """A fault of girafe or of a library; the message says which kind and where, and quotes nothing."""


def told_of(error: BaseException) -> str:
    """The kind of a fault and where it happened, innermost last. Its own words may quote a person: int("Ada") does."""
    frames = [
        f"{PurePath(frame.f_code.co_filename).name}:{number} {frame.f_code.co_name}"
        for frame, number in traceback.walk_tb(error.__traceback__)
    ]
    return f"{type(error).__name__} at {' > '.join(frames[-_FRAMES:])}"


_FRAMES = 8


def quoting_nobody(call: Callable[P, T]) -> Callable[P, T]:
    """Around work on what people wrote: a fault inside leaves as a Defect, without its words and without its cause.

    What girafe raises on purpose passes, and what the machine says (OSError, MemoryError), but nothing that lies
    behind it: Airflow logs whole chains. Libraries raise OSErrors with words of their own (a picture nobody knows, an
    address that was asked for): they stay OSErrors, which trying again may help, and lose their words.
    """

    @wraps(call)
    def quiet(*args: P.args, **kwargs: P.kwargs) -> T:
        fault: Exception
        try:
            return call(*args, **kwargs)
        except (GirafeError, OSError, MemoryError) as error:
            if not isinstance(error, OSError) or _is_of_the_machine(error):
                error.__cause__ = error.__context__ = None
                raise
            fault = _without_words(error)
        except Exception as error:
            fault = Defect(f"A fault of girafe: {told_of(error)}. Please report this line.")
        except BaseException as error:
            # A time limit or a person ends it: what was being handled at that moment is nobody's business either.
            error.__cause__ = error.__context__ = None
            raise
        # Raised out here, where no other error is being handled and becomes its context.
        raise fault

    return quiet


def _without_words(error: OSError) -> OSError:
    """Where it happened, with the number of the system if it has one: pyarrow tells a full disk in words of its own."""
    return OSError(told_of(error)) if error.errno is None else OSError(error.errno, told_of(error))


def _is_of_the_machine(error: OSError) -> bool:
    """Whether all it says is a number of the system, its usual words, and the name of a file."""
    return error.errno is not None and error.strerror == os.strerror(error.errno)
