"""What every DAG owes to the people who run it, and to the one writer of DuckDB."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Template

DAGS = Path(__file__).parents[2] / "dags"
INSIDE = Path(__file__).parent / "inside"
WRITERS = {
    ("girafe_process", "load"),
    ("girafe_process", "measure.dbt_producer_watcher"),
    ("girafe_process", "keep_marts"),
    # Readers of the file hold the pool too: an open writer would refuse them.
    ("girafe_process", "validate_raw"),
    ("girafe_publish", "release"),
    ("girafe_digest", "release"),
    ("girafe_evaluate", "drift"),
    ("girafe_evaluate", "page"),
    ("girafe_forget", "erase"),
    ("girafe_housekeeping", "requests"),
    ("girafe_housekeeping", "deletions"),
}


@pytest.fixture(scope="module")
def bag(airflow_environment: dict[str, str], run_python: Any) -> dict[str, Any]:
    return json.loads(run_python(INSIDE / "describe_bag.py", str(DAGS)).splitlines()[-1])


def test_every_file_parses_without_errors(bag: dict[str, Any]) -> None:
    assert bag["errors"] == {}
    assert {dag["file"] for dag in bag["dags"].values()} == {file.name for file in DAGS.glob("*.py")}


def test_the_chain_is_there(bag: dict[str, Any]) -> None:
    assert set(bag["dags"]) >= {
        "girafe_collect",
        "girafe_import",
        "girafe_process",
        "girafe_publish",
        "girafe_digest",
        "girafe_evaluate",
        "girafe_housekeeping",
    }


def test_a_file_parses_in_less_than_a_second(bag: dict[str, Any]) -> None:
    # Processor seconds: the machine may be busy. No file does work; importing Cosmos to draw is the dearest.
    # The others take 0.04 s on a quiet machine, up to 0.3 on a fresh clone where every core tests.
    assert sorted(bag["seconds"].values())[len(bag["seconds"]) // 2] < 0.5
    assert max(bag["seconds"].values()) < 1.0


def test_every_dag_says_what_it_does_how_to_rerun_it_and_what_to_do_when_it_is_red(
    bag: dict[str, Any],
) -> None:
    for name, dag in bag["dags"].items():
        for heading in ("### What it does", "### How to re-run it", "### When it is red"):
            assert heading in dag["doc"], f"{name} lacks {heading}"


def test_a_mapped_task_has_a_name_that_the_metadata_database_takes(bag: dict[str, Any]) -> None:
    """A query may be longer than the 250 characters there are for the name of a mapped task."""
    told = [task["name_of_a_mapped_one"] for dag in bag["dags"].values() for task in dag["tasks"].values()]
    templates = [template for template in told if template]
    assert len(templates) >= 2
    for template in templates:
        named = {"op_kwargs": {"query": "#ondine OR " * 60, "source": "mastodon"}}
        assert len(Template(template).render(task=named)) <= 250, template


def test_every_dag_has_tags_a_form_and_time_limits(bag: dict[str, Any]) -> None:
    for name, dag in bag["dags"].items():
        assert "girafe" in dag["tags"], name
        assert {"company", "data"} <= set(dag["params"]), name
        assert dag["timeouts"], name


def test_every_field_of_a_form_may_stay_empty_in_the_browser(bag: dict[str, Any]) -> None:
    # A field that is text and nothing else is one the form insists on: the button stays grey.
    assert {name: dag["insists_on"] for name, dag in bag["dags"].items() if dag["insists_on"]} == {}


def test_every_task_has_an_owner_and_retries_except_the_gate_that_a_person_must_open(
    bag: dict[str, Any],
) -> None:
    for name, dag in bag["dags"].items():
        for task_id, task in dag["tasks"].items():
            assert task["owner"] == "data-engineering", (name, task_id)
            watches = task_id.startswith("measure.models.") or task_id.startswith("measure.seeds.")
            once = task_id == "governance" or watches
            retries = (
                6 if task_id == "deliver" else 3
            )  # a grey-listing mail server takes a quarter of an hour
            assert task["retries"] == (0 if once else retries), (name, task_id)


def test_every_dbt_model_is_a_task_that_can_be_seen(bag: dict[str, Any]) -> None:
    project = DAGS.parent / "dbt_project"
    models = {path.stem for path in project.glob("models/**/*.sql")}
    tasks = bag["dags"]["girafe_process"]["tasks"]
    shown = {name.rpartition(".")[2]: name for name in tasks if name.startswith("measure.models.")}
    assert set(shown) == models
    for name in shown.values():
        assert tasks[name]["from_trigger"], f"{name} would take a worker only to look"
    conversations = tasks[shown["fct_conversations"]]["upstream"]
    assert shown["int_threads"] in conversations, "dbt's arrows are Airflow's arrows"


def test_marts_change_only_when_every_model_and_test_is_good(bag: dict[str, Any]) -> None:
    tasks = bag["dags"]["girafe_process"]["tasks"]
    before = set(tasks["keep_marts"]["upstream"])
    assert "measure.dbt_producer_watcher_done" in before
    assert any(name.endswith("rpt_voices_weekly") for name in before)
    assert tasks["validate_marts"]["upstream"] == ["keep_marts"]


def test_a_run_that_is_late_is_told(bag: dict[str, Any]) -> None:
    assert all(dag["deadline"] for dag in bag["dags"].values())


def test_whoever_opens_duckdb_waits_for_the_one_slot(bag: dict[str, Any]) -> None:
    for dag, task in WRITERS:
        assert bag["dags"][dag]["tasks"][task]["pool"] == "duckdb_writer", (dag, task)


def test_only_what_touches_nothing_but_the_store_may_run_on_any_worker(bag: dict[str, Any]) -> None:
    anywhere = {
        (dag, task.rpartition(".")[2])
        for dag, told in bag["dags"].items()
        for task, queue in ((name, told["tasks"][name]["queue"]) for name in told["tasks"])
        if queue != "writer"
    }
    assert anywhere == {("girafe_process", "classify"), ("girafe_collect", "ask")}


def test_no_source_is_asked_before_the_governance_gate_has_opened(bag: dict[str, Any]) -> None:
    tasks = bag["dags"]["girafe_collect"]["tasks"]
    assert tasks["governance"]["upstream"] == []
    for task_id, task in tasks.items():
        if task_id.endswith(".queries"):
            assert task["upstream"] == ["governance"]
        if task_id.endswith(".ask"):
            source = task_id.removesuffix(".ask")
            assert task["upstream"] == [f"{source}.queries"]
            assert task["pool"] == f"platform_{source}"


def test_the_stages_are_linked_by_assets(bag: dict[str, Any]) -> None:
    makers = {
        asset: (dag, task)
        for dag, found in bag["dags"].items()
        for task, promises in found["tasks"].items()
        for asset in promises["outlets"]
        if dag != "girafe_import"
    }
    assert makers == {
        "landed": ("girafe_collect", "landed"),
        "loaded": ("girafe_process", "validate_raw"),
        "measured": ("girafe_process", "validate_marts"),
        "released": ("girafe_publish", "release"),
        "evaluated": ("girafe_evaluate", "page"),
    }
