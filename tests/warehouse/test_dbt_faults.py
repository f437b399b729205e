"""What dbt says when it fails is told by who must act: who makes room on a disk corrects no SQL."""

from __future__ import annotations

import os
import signal
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from girafe.errors import QualityFailed
from girafe.run import DBT_PROJECT
from tests.killing import run_and_die
from warehouse.connection import DiskRefuses
from warehouse.dbt import empty_marts, fault_of, keep_marts, run_dbt, surroundings


def told(message: str | None, exception: object = None) -> Exception:
    node = SimpleNamespace(resource_type="model", name="fct_posts", original_file_path="models/fct_posts.sql")
    results: list[Any] = [SimpleNamespace(status="success", message="OK", node=node)]
    if message:
        results.append(SimpleNamespace(status="error", message=message, node=node))
    outcome = SimpleNamespace(result=SimpleNamespace(results=results), exception=exception)
    return fault_of(
        outcome, warehouse=Path("w/girafe.duckdb"), project=Path("dbt"), log=Path("w/logs/dbt.log")
    )


@pytest.mark.parametrize(
    ("message", "exception"),
    [
        (
            "TransactionContext Error: Failed to commit: Could not write file\n'x.wal': No space left on device",
            None,
        ),
        (None, OSError(28, "No space left on device")),
        (None, OSError(30, "Read-only file system")),
    ],
)
def test_a_full_disk_is_no_fault_of_a_model(message: str | None, exception: object) -> None:
    fault = told(message, exception)
    assert isinstance(fault, DiskRefuses)
    assert "make room" in str(fault)


def test_a_model_that_fails_is_named_with_its_file() -> None:
    fault = told("Binder Error: no column x")
    assert isinstance(fault, QualityFailed)
    assert "dbt/models/fct_posts.sql" in str(fault)


OTHERS = {"DBT_EMPTY": "1", "DBT_TARGET": "prod", "DBT_PROFILE": "acme", "DBT_WARN_ERROR": "perhaps"}


def test_what_is_set_for_another_dbt_project_of_this_machine_does_not_reach_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in OTHERS.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "marts").mkdir()
    done = run_dbt(
        ["compile", "--inline", "select * from {{ ref('voices') }}"],
        warehouse=tmp_path / "w" / "girafe.duckdb",
        marts=tmp_path / "marts",
        project=DBT_PROJECT,
    )
    assert "limit 0" not in done.results[0].node.compiled_code  # every model would be built of nothing
    assert {name: os.environ[name] for name in OTHERS} == OTHERS


def test_the_rows_behind_a_failing_test_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBT_STORE_FAILURES", "true")
    monkeypatch.setenv("DBT_EMPTY", "1")
    with surroundings({}):
        assert [name for name in os.environ if name.startswith("DBT_")] == ["DBT_STORE_FAILURES"]


def test_ctrl_c_while_dbt_works_is_no_fault_of_it(tmp_path: Path) -> None:
    import_module("dbt.cli.main")
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    # dbt needs seconds to read the models for the first time. A signal that meets Python in the midst of a finaliser
    # is lost, as a key pressed once may be: the next is not.
    signal.setitimer(signal.ITIMER_REAL, 0.3, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            run_dbt(
                ["parse"],
                warehouse=tmp_path / "w" / "girafe.duckdb",
                marts=tmp_path / "marts",
                project=DBT_PROJECT,
            )
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.forks
def test_marts_are_put_in_place_together_and_all_of_them_by_a_second_try(tmp_path: Path) -> None:
    """Half of two builds would pass a validation. Airflow runs the task again, and not dbt: its files stay."""
    warehouse, marts = tmp_path / "warehouse" / "girafe.duckdb", tmp_path / "warehouse" / "marts"

    def shown() -> dict[str, str]:
        return {path.name: path.read_text() for path in marts.glob("rpt_*")}

    before: dict[str, str] = {}
    died, step = True, 0
    while died:
        step += 1
        fresh = empty_marts(warehouse)
        built = {f"rpt_{letter}.parquet": f"{letter} {step}" for letter in "abcd"}
        for name, content in built.items():
            (fresh / name).write_text(content)
        died = run_and_die(lambda: keep_marts(warehouse, marts), step=step).died
        assert shown() in (before, built), step
        keep_marts(warehouse, marts)
        assert shown() == built, step
        before = built | {"rpt_of_no_model.parquet": "stale"}
        (marts / "rpt_of_no_model.parquet").write_text("stale")
    assert step > len(built)
    assert [path.name for path in marts.parent.iterdir() if path.name.startswith(".")] == []
