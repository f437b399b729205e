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
└── QualityFailed          an expectation failed: the flow stops, the last good exports stay
"""

from __future__ import annotations


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


class QuestionRefused(AccessDenied):
    """The platform understands who asks, but not what: a parameter it does not know, a limit it does not allow."""

    def __init__(self, message: str, *, said: bytes = b"") -> None:
        """`said`: the answer as it came, for a source that knows its codes; never shown, for it may name somebody."""
        super().__init__(message)
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
