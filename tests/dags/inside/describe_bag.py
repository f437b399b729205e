"""Prints what Airflow sees in dags/ as one JSON object: errors, processor seconds per file, and each DAG's promises."""

from __future__ import annotations

import json
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

# As the dag-processor does: it imports this once, and each file is read by a fork of it that reads no other.
import airflow.dag_processing.manager
from airflow.api_fastapi.execution_api.app import InProcessExecutionAPI
from airflow.dag_processing.dagbag import DagBag

from warehouse.manifest import manifest


def read(file: str) -> dict[str, Any]:
    """What one file holds, and what reading it cost."""
    started = time.process_time()
    bag = DagBag(dag_folder=file)
    seconds = time.process_time() - started
    dags = {name: describe(dag, Path(file).name) for name, dag in bag.dags.items()}
    return {"dags": dags, "errors": bag.import_errors, "seconds": {Path(file).name: seconds}}


def describe(dag: Any, file: str) -> dict[str, Any]:
    """The promises of one DAG."""
    return {
        "file": file,
        "doc": dag.doc_md or "",
        "tags": sorted(dag.tags),
        "deadline": bool(dag.deadline),
        "params": sorted(dag.params),
        "insists_on": [
            field for field in dag.params if dag.params.get_param(field).schema.get("type") == "string"
        ],
        "timeouts": all(task.execution_timeout for task in dag.tasks),
        "tasks": {
            task.task_id: {
                "owner": task.owner,
                "retries": task.retries,
                "pool": task.pool,
                "queue": task.queue,
                "from_trigger": bool(getattr(task, "start_from_trigger", False)),
                "upstream": sorted(task.upstream_task_ids),
                "outlets": [outlet.name for outlet in task.outlets],
                "name_of_a_mapped_one": getattr(task, "map_index_template", None),
            }
            for task in dag.tasks
        },
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    manifest(folder.parent / "dbt_project")  # as `make up` does, so that no DAG file waits for dbt
    assert airflow.dag_processing.manager
    assert InProcessExecutionAPI().transport
    told: dict[str, dict[str, Any]] = {"dags": {}, "errors": {}, "seconds": {}}
    files = [str(file) for file in sorted(folder.glob("*.py"))]
    with get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        for found in pool.imap(read, files, chunksize=1):
            for part, values in found.items():
                told[part] |= values
    sys.stdout.write(json.dumps(told) + "\n")
