"""Runs import, process and publish as Airflow would, in this process; says how each run ended."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag
from airflow.utils.db import initdb

folder, conf = sys.argv[1], json.loads(sys.argv[2])
initdb()
dags = {}
for file in Path(folder).glob("*.py"):
    dags |= DagBag(dag_folder=str(file)).dags
for name in ("girafe_import", "girafe_process", "girafe_publish"):
    dag = dags[name]
    known = {key: value for key, value in conf.items() if key in dag.params}
    run = dag.test(run_conf=known)
    tasks = {f"{ti.task_id}[{ti.map_index}]": str(ti.state) for ti in run.get_task_instances()}
    sys.stdout.write("RUN " + json.dumps({"dag": name, "state": str(run.state), "tasks": tasks}) + "\n")
    if str(run.state) != "success":
        sys.exit(f"{name} failed")  # the log above says why
