"""Models: dbt through Cosmos in WATCHER mode: one task builds, every model is a task that can be seen."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import BaseOperator, Context, TaskGroup, get_parsing_context

from girafe.wiring.forms import here
from girafe.wiring.pools import DUCKDB_WRITER, WRITER

if TYPE_CHECKING:
    from cosmos.dbt.graph import DbtNode


def models(group_id: str) -> TaskGroup:
    """The task group that builds and tests every model; the rpt_ files wait for `keep_marts`.

    Rendered from the manifest (no dbt runs while a DAG file is read). Tests run inside the build, each
    before the models that read what it tests.
    """
    running = get_parsing_context().task_id
    if running and not running.startswith(f"{group_id}."):
        # A worker reads this file to run another task of the DAG: it need not wait for Cosmos.
        with TaskGroup(group_id) as elsewhere:
            EmptyOperator(task_id="elsewhere")
        return elsewhere
    from cosmos import DbtTaskGroup, ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
    from cosmos.constants import DbtResourceType, ExecutionMode, LoadMode, TestBehavior

    from girafe.run import DBT_PROJECT
    from warehouse.manifest import manifest

    group: TaskGroup = DbtTaskGroup(
        group_id=group_id,
        project_config=ProjectConfig(
            dbt_project_path=DBT_PROJECT, manifest_path=manifest(DBT_PROJECT), install_dbt_deps=False
        ),
        profile_config=ProfileConfig(
            profile_name="girafe", target_name="girafe", profiles_yml_filepath=DBT_PROJECT / "profiles.yml"
        ),
        execution_config=ExecutionConfig(
            execution_mode=ExecutionMode.WATCHER,
            setup_operator_args={
                "pool": DUCKDB_WRITER,
                "queue": WRITER,  # Cosmos would fall back to the default one, where no warehouse is
                "task_display_name": "dbt build",
                "pre_execute": _any_try_builds,
                "interceptors": [_for_this_run],
                "post_execute": _let_go,
                # Cosmos leaves tests out where no task shows them; here the build runs them all the same.
                "dbt_cmd_flags": ["--resource-type", "test"],
            },
        ),
        render_config=RenderConfig(
            load_method=LoadMode.DBT_MANIFEST,
            test_behavior=TestBehavior.NONE,
            group_nodes_by_folder=True,
            emit_datasets=False,
            node_converters={DbtResourceType.MODEL: _model_task, DbtResourceType.SEED: _model_task},
        ),
        operator_args={"append_env": True, "install_deps": False},
    )
    return group


def _model_task(*, node: DbtNode, task_id: str, dag: Any, task_group: Any, **_: Any) -> BaseOperator:
    """How Cosmos renders a model or seed: under its own name, in the folder it lies in."""
    from girafe.wiring.watch import ModelTask

    producer = next(task_id for task_id in dag.task_ids if task_id.endswith(".dbt_producer_watcher"))
    return ModelTask(
        task_id=task_id.removesuffix("_run").removesuffix("_seed"),
        node=node.unique_id,
        build=producer,
        doc_md=node.description if hasattr(node, "description") else None,
        dag=dag,
        task_group=task_group,
        retries=0,
        retry_policy=None,
        on_failure_callback=None,  # the build has told it already, for all of them at once
    )


def _any_try_builds(context: Context) -> None:
    """Lets a second try build again: Cosmos skips it, for fear of two builds at once.

    The pool with one slot keeps them apart, and a build starts from the raw tables each time.
    """
    context["ti"] = _FirstTry(context["ti"])  # type: ignore[typeddict-item]


class _FirstTry:
    """A running task that says it is at its first try."""

    try_number = 1

    def __init__(self, ti: Any) -> None:
        self._ti = ti

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ti, name)


def _for_this_run(context: Context, operator: Any) -> None:
    """Tells dbt which warehouse, which thresholds and where its files go, and keeps every other run away.

    Raises Busy or WarehouseBusy, which trying again helps.
    """
    from girafe.run import measuring
    from warehouse.dbt import surroundings

    run = here()
    operator.alone = ExitStack()  # held until `_let_go`, or the end of this process where the build fails
    operator.alone.enter_context(run.alone("girafe measure"))
    operator.env, operator.vars = measuring(run)
    operator.alone.enter_context(surroundings(operator.env))


def _let_go(context: Context, _: Any) -> None:
    """Frees the warehouse before the task counts as done: what comes next may start while this process still ends."""
    from warehouse.dbt import close_duckdb

    build: Any = context["task"]
    close_duckdb()
    build.alone.close()
