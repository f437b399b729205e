"""Airflow's SQLite: who wants to write waits for its turn. `make up` names the two parts in Airflow's settings.

Airflow opens SAVEPOINTs, looks, and then writes. In SQLite such a transaction begins as a reader, and a reader
may not become a writer once somebody else has written: "database is locked" at once, however patient it is. So a
backfill from the UI failed with 503 whenever the scheduler wrote in between, which it does every second.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, sessionmaker

PATIENT: dict[str, Any] = {"timeout": 60}
"""Arguments of each connection: seconds to wait for another writer. SQLite's own 5 are too few on a busy machine."""


def sessions(engine: Engine) -> sessionmaker[Session]:
    """What Airflow makes its sessions with, as it would itself; a SAVEPOINT takes the writer's turn first."""
    event.listen(engine, "savepoint", _take_turn)
    return sessionmaker(engine, autoflush=False, expire_on_commit=False)


def _take_turn(connection: Connection, _: str) -> None:
    """Begins as a writer where nothing has been begun: Python's driver begins only at the first change of a row."""
    if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
        connection.exec_driver_sql("BEGIN IMMEDIATE")
