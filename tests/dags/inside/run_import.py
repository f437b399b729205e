"""Runs girafe_import as Airflow would, in this process; prints how it ended."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag
from airflow.utils.db import initdb

folder, conf = sys.argv[1], json.loads(sys.argv[2])
initdb()
dag = DagBag(dag_folder=str(Path(folder) / "girafe_import.py")).dags["girafe_import"]
dag.deadline = None  # Airflow 3.3 cannot store an alert in dag.test(): "'dict' object has no attribute 'hex'"
run = dag.test(run_conf=conf)
sys.stdout.write(f"\n{run.state}\n")
