"""Airflow's SQLite under `make up`: a SAVEPOINT that looks before it writes is not refused because somebody wrote."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from girafe.airflow_sqlite import PATIENT, sessions


def engine(folder: Path) -> Engine:
    """As Airflow opens it: a file with a write-ahead log."""
    made = create_engine(f"sqlite:///{folder / 'airflow.db'}", connect_args=PATIENT)
    with made.begin() as connection:
        connection.execute(text("pragma journal_mode=wal"))
        connection.execute(text("create table if not exists runs (name text)"))
    return made


def a_backfill_meets_the_scheduler(made: Engine, session: Session) -> list[str]:
    """A SAVEPOINT looks; the scheduler writes; then what the SAVEPOINT is for is written."""

    def schedule() -> None:
        with made.begin() as connection:
            connection.execute(text("insert into runs values ('heartbeat')"))

    scheduler = threading.Thread(target=schedule)
    with session.begin_nested():
        session.execute(text("select count(*) from runs")).all()
        scheduler.start()
        scheduler.join(1)  # done, or waiting for its turn
        session.execute(text("insert into runs values ('backfill')"))
    session.commit()
    scheduler.join(10)
    return sorted(name for (name,) in session.execute(text("select name from runs")))


def test_a_backfill_waits_for_its_turn(tmp_path: Path) -> None:
    made = engine(tmp_path)
    with sessions(made)() as session:
        assert a_backfill_meets_the_scheduler(made, session) == ["backfill", "heartbeat"]


def test_without_it_sqlite_refuses_at_once(tmp_path: Path) -> None:
    # Should this fail one day, the driver begins as a writer by itself and girafe/airflow_sqlite.py can go.
    made = engine(tmp_path)
    with sessionmaker(made)() as session, pytest.raises(OperationalError, match="database is locked"):
        a_backfill_meets_the_scheduler(made, session)
