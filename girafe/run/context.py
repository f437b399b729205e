"""Context: what every stage is given: where, for whom, what time it is, and who asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from girafe import audit
from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from girafe.lock import hold
from girafe.pseudonym import NEXT_KEY_FILE, Pseudonymiser, check_same_key, load_key
from girafe.settings import Settings

QUIET = {
    "DO_NOT_TRACK": "1",
    "SCARF_NO_ANALYTICS": "true",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
}
"""Telemetry of the tools we run, switched off: a privacy product does not phone home."""


Say = Callable[[str], None]
"""Shows one line of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every stage needs: where, for whom, and what time it is."""

    data: DataDir
    settings: Settings
    now: datetime
    say: Say = lambda line: None
    who: str = "unknown"
    """Who asked for it, for the audit log."""

    def audit(self, what: str, **details: object) -> None:
        """Adds one act to the audit log, durably, before it happens."""
        audit.record(self.data, what, who=self.who, at=self.now, **details)

    def adding(self, what: str) -> AbstractContextManager[None]:
        """Keeps out what rewrites files (forget, rotate-key) while files are added."""
        return hold(self.data, "files", what, now=self.now, shared=True)

    def alone(self, what: str) -> AbstractContextManager[None]:
        """Keeps every other run away from the warehouse, the marts and the release."""
        return hold(self.data, "warehouse", what, now=self.now)

    @property
    def pseudonymiser(self) -> Pseudonymiser:
        """Made from the key in the environment or under `keys/`, the same on every machine.

        Raises UserMustAct while it is replaced.
        """
        if (self.data.keys / NEXT_KEY_FILE).exists():
            raise UserMustAct(
                "The pseudonym key is being replaced, or that was interrupted. Finish it: girafe rotate-key"
            )
        made = Pseudonymiser(load_key(self.data.keys, may_make=not self.data.is_shared))
        if self.data.is_shared:
            check_same_key(self.data.classified, made)
        return made


def be_quiet() -> None:
    """Switches telemetry off before any tool is imported; what the user set stays."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
