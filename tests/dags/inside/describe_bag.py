"""Prints what Airflow sees in dags/ as one JSON object: errors, processor seconds per file, and each DAG's promises."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

# Once per process, not per file: what every DAG file shares.
import airflow.sdk  # noqa: F401
from airflow.dag_processing.dagbag import DagBag

import girafe.wiring  # noqa: F401
from girafe.run import DBT_PROJECT
from warehouse.dbt import manifest

manifest(DBT_PROJECT)  # as `make up` does, so that no DAG file waits for dbt
import cosmos  # noqa: E402, F401

dags, errors, seconds = {}, {}, {}
for file in sorted(Path(sys.argv[1]).glob("*.py")):
    started = time.process_time()
    bag = DagBag(dag_folder=str(file))
    seconds[file.name] = time.process_time() - started
    errors |= bag.import_errors
    for name, dag in bag.dags.items():
        dags[name] = {
            "file": file.name,
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
                }
                for task in dag.tasks
            },
        }
sys.stdout.write(json.dumps({"dags": dags, "errors": errors, "seconds": seconds}) + "\n")
