"""Backfill: a span read after the fact, in any order and with overlap, gives the tables of listening day by day."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.dags.real_airflow import started
from tests.forum_world import FIRST, LAST, ForumWorld, forum_world

ABOUT_LISTENING = {"rpt_source_health_daily.parquet", "rpt_source_hearing_weekly.parquet"}
"""They tell when we listened, which is what differs."""
FIRST_SEEN = re.compile("span_from$|backdated")
"""A label holds from thirty days before its account was first seen, and says so: seen later, it is backdated more."""


@pytest.fixture
def world() -> Iterator[ForumWorld]:
    with forum_world() as made:
        yield made


@pytest.fixture
def environment(tmp_path: Path, world: ForumWorld) -> dict[str, str]:
    """One company and one key for every way of listening."""
    (tmp_path / "company.toml").write_text(world.company)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIRAFE_")}
    return clean | {
        "GIRAFE_COMPANY": str(tmp_path / "company.toml"),
        "GIRAFE_PSEUDONYM_KEY": "k" * 40,
        "GIRAFE_FORGOTTEN_KEY": "f" * 40,
        "GIRAFE_NOW": LAST.isoformat(),
    }


def girafe(*arguments: str, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "girafe", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def listened_live(
    world: ForumWorld, data: Path, environment: dict[str, str], *, every: int
) -> dict[str, str]:
    """Listens every so many days, each time for what is new, and measures at the end."""
    for day in range(every, (LAST - FIRST).days + 1, every):
        world.clock = FIRST + timedelta(days=day)
        girafe("collect", "--data", str(data), **environment | {"GIRAFE_NOW": world.clock.isoformat()})
    girafe("run", "--no-collect", "--data", str(data), **environment)
    return tables(data)


def tables(data: Path) -> dict[str, str]:
    """The content hash of every fact table and mart that tells what was said."""
    marts = [
        path
        for path in (data / "warehouse" / "marts").glob("rpt_*.parquet")
        if path.name not in ABOUT_LISTENING
    ]
    with duckdb.connect(str(data / "warehouse" / "girafe.duckdb"), read_only=True) as warehouse:
        facts = warehouse.execute(
            "select table_name, schema_name || '.' || table_name from duckdb_tables() where table_name like 'fct_%'"
        ).fetchall()
        sources = dict(facts) | {path.name: f"'{path}'" for path in marts}
        found = {name: _content(warehouse, source) for name, source in sources.items()}
    assert len(found) > 20
    return found


def _content(warehouse: duckdb.DuckDBPyConnection, source: str) -> str:
    """A hash of all rows, whatever their order, without what tells when an account was first seen."""
    told = warehouse.execute(f"select * from {source}")
    kept = [n for n, column in enumerate(told.description) if not FIRST_SEEN.search(column[0])]
    rows = sorted(repr([_without_dust(row[n]) for n in kept]) for row in told.fetchall())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _without_dust(value: object) -> object:
    """Sums of floats differ in their last bit with the order of their parts."""
    return round(value, 12) if isinstance(value, float) else value


def span(first: float, last: float) -> list[str]:
    def moment(day: float) -> str:
        return (FIRST + timedelta(days=day)).isoformat()

    return ["--since", moment(first), "--until", moment(last)]


@pytest.mark.slow
def test_a_backfill_from_the_command_line_equals_listening_live(
    tmp_path: Path, world: ForumWorld, environment: dict[str, str]
) -> None:
    live = listened_live(world, tmp_path / "live", environment, every=4)
    data = ["--data", str(tmp_path / "backfilled")]
    girafe("collect", *data, *span(9, 16), **environment)  # the newest first
    girafe("collect", *data, *span(0, 5), **environment)
    girafe("collect", *data, *span(3.5, 11), **environment)  # over both ends of what is there
    girafe("run", *data, *span(0, 2), **environment)  # and once more what has been read already
    assert tables(tmp_path / "backfilled") == live


@pytest.mark.slow
def test_a_backfill_in_airflow_equals_listening_live(
    tmp_path: Path, world: ForumWorld, environment: dict[str, str]
) -> None:
    live = listened_live(world, tmp_path / "live", environment, every=8)
    data = tmp_path / "backfilled"
    with started(data, tmp_path / "company.toml", **environment) as airflow:
        airflow.backfill(
            "girafe_collect", FIRST - timedelta(days=1), FIRST + timedelta(days=9), backwards=True
        )
        airflow.settle("girafe_collect")
        airflow.backfill("girafe_collect", FIRST + timedelta(days=7), LAST, reprocess="completed")
        for dag in ("girafe_collect", "girafe_process", "girafe_publish"):
            airflow.settle(dag)
    assert tables(data) == live
