"""A fifth of a million posts fits into a fifth of the memory a million is allowed (docs/decisions/0086)."""

from __future__ import annotations

import runpy
from pathlib import Path

import duckdb

from warehouse.dbt import empty_marts, run_dbt

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
WRITE = runpy.run_path(str(Path(__file__).with_name("million_posts.py")))["write"]


def test_newest_versions_of_posts_need_no_more_memory_than_a_million_is_allowed(tmp_path: Path) -> None:
    # A fifth of connection.MEMORY_LIMIT. All names joined five times at once need more; as they are joined today, half.
    path = tmp_path / "girafe.duckdb"
    WRITE(path, 200_000)
    run_dbt(
        ["run", "--select", "+int_posts_latest", "--vars", "{small_group: 5, small_group_cross: 10}"],
        warehouse=path, marts=empty_marts(path), project=PROJECT,
    )  # fmt: skip
    [compiled] = (tmp_path / "dbt" / "target" / "compiled").rglob("int_posts_latest.sql")
    limits = {"memory_limit": "200MB", "threads": 2, "preserve_insertion_order": "false"}
    with duckdb.connect(str(path), config=limits | {"temp_directory": str(tmp_path / "spill")}) as connection:
        connection.execute(f"create or replace temp table newest as {compiled.read_text()}")
        assert connection.execute("select count(*) from newest").fetchall() == [(200_000,)]
