"""Runs girafe_collect as Airflow would, in this process; prints how each task ended."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag
from airflow.utils.db import initdb

folder, conf = sys.argv[1], json.loads(sys.argv[2])
initdb()
dag = DagBag(dag_folder=str(Path(folder) / "girafe_collect.py")).dags["girafe_collect"]
run = dag.test(run_conf=conf)
sys.stdout.write("\n" + json.dumps({ti.task_id: str(ti.state) for ti in run.get_task_instances()}) + "\n")
