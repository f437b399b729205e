"""Context: what every stage is given: where, for whom, what time it is, and who asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from girafe import audit, logs
from girafe.data_dir import REMOTE, DataDir
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
    "ORT_DISABLE_TELEMETRY": "1",
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
    run_id: str = ""
    """Of this run, in every line of its log."""

    def audit(self, what: str, **details: object) -> None:
        """Adds one act to the audit log, durably, before it happens."""
        run = {"run": self.run_id} if self.run_id else {}
        audit.record(self.data, what, who=self.who, at=self.now, **run, **details)

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
        made = Pseudonymiser(load_key(self.data.keys, self.data.secrets, may_make=not self.data.is_shared))
        check_same_key(self.data.classified, made)
        return made


def sign_in(data: DataDir) -> None:
    """Hands the token of MotherDuck to DuckDB, in this process and those it starts, if the warehouse is there."""
    if not data.warehouse_name.startswith(REMOTE) or os.environ.get(_HANDED):
        return
    token, file = (data.secrets.get(name) for name in ("MOTHERDUCK_TOKEN", "MOTHERDUCK_TOKEN_FILE"))
    if file and not token:
        token = Path(file).read_text().strip()
    if token:
        os.environ[_HANDED] = token


_HANDED = "motherduck_token"


def be_quiet() -> None:
    """Switches telemetry off before any tool is imported, unless the user set it, and hushes indiscreet logs."""
    logs.hush()
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
