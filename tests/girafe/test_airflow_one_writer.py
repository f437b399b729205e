"""Airflow's API on SQLite: a click does not stand still because a task's report has not yet been committed."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import Depends, FastAPI

from girafe.airflow_one_writer import OneWriter

PATIENCE = 2.0
"""Seconds for which a connection waits for another writer."""


def api(file: Path) -> FastAPI:
    """Two requests as Airflow makes them: one commits when it is left, one writes its audit line in the event loop."""
    made = FastAPI()

    def session() -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(file, timeout=PATIENCE, check_same_thread=False)
        yield connection
        connection.commit()
        connection.close()

    @made.post("/report")
    def report(own: sqlite3.Connection = Depends(session)) -> str:  # noqa: B008
        own.execute("insert into said values ('report')")
        time.sleep(0.3)  # the event loop takes the click meanwhile
        return "done"

    @made.post("/click")
    async def click() -> str:
        own = sqlite3.connect(file, timeout=PATIENCE)
        own.execute("insert into said values ('click')")
        own.commit()
        own.close()
        return "done"

    @made.get("/look")
    async def look() -> str:
        return "seen"

    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database of Airflow's kind: a file with a write-ahead log."""
    made = tmp_path / "airflow.db"
    with sqlite3.connect(made) as own:
        own.execute("pragma journal_mode=wal")
        own.execute("create table said (what text)")
    return made


def said(file: Path) -> list[str]:
    """What was written, sorted."""
    with sqlite3.connect(file) as own:
        return sorted(what for (what,) in own.execute("select what from said"))


async def a_click_while_a_task_reports(app: FastAPI) -> tuple[int, int]:
    """The status of both answers; 500 for an error that nobody caught."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://airflow") as client:
        report = asyncio.create_task(client.post("/report"))
        await asyncio.sleep(0.1)
        click = await client.post("/click")
        return (await report).status_code, click.status_code


def test_a_click_waits_until_the_report_is_committed(file: Path) -> None:
    app = api(file)
    app.add_middleware(OneWriter)
    assert asyncio.run(a_click_while_a_task_reports(app)) == (200, 200)
    assert said(file) == ["click", "report"]


def test_without_it_the_loop_waits_for_the_file_and_the_file_for_the_loop(file: Path) -> None:
    # Should Airflow write its audit log elsewhere one day, the plugin can go; this only shows what it is for.
    assert asyncio.run(a_click_while_a_task_reports(api(file))) == (200, 500)


def test_who_only_reads_does_not_wait(file: Path) -> None:
    app = api(file)
    app.add_middleware(OneWriter)

    async def look_while_a_task_reports() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://a") as client:
            report = asyncio.create_task(client.post("/report"))
            await asyncio.sleep(0.1)
            assert (await client.get("/look")).json() == "seen"
            assert not report.done()
            await report

    asyncio.run(look_while_a_task_reports())


@pytest.mark.parametrize(("database", "asks"), [("sqlite:////tmp/a.db", "1"), ("postgresql://a@b/c", "0")])
def test_airflow_finds_it_and_only_sqlite_needs_it(tmp_path: Path, database: str, asks: str) -> None:
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "from airflow import plugins_manager as p; print(len(p.get_fastapi_plugins()[1]))",
        ],
        env=os.environ
        | {
            "AIRFLOW_HOME": str(tmp_path),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split()[-1] == asks, found.stdout + found.stderr
