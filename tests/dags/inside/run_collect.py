"""Runs girafe_collect as Airflow would, in this process; prints how each task ended.

Arguments: the DAGs' folder, the form as JSON, and connections to store first, as JSON by their ids.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag
from airflow.models import Connection
from airflow.utils.db import initdb
from airflow.utils.session import create_session

folder, conf = sys.argv[1], json.loads(sys.argv[2])
initdb()
with create_session() as session:
    for name, fields in json.loads(sys.argv[3] if len(sys.argv) > 3 else "{}").items():
        session.add(Connection(conn_id=name, conn_type="generic", **fields))
dag = DagBag(dag_folder=str(Path(folder) / "girafe_collect.py")).dags["girafe_collect"]
dag.deadline = None  # Airflow 3.3 cannot store an alert in dag.test(): "'dict' object has no attribute 'hex'"
run = dag.test(run_conf=conf)
sys.stdout.write("\n" + json.dumps({ti.task_id: str(ti.state) for ti in run.get_task_instances()}) + "\n")
