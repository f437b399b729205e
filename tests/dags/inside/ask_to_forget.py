"""Asks the API of Airflow for a run of girafe_forget, with each of the forms given; prints the status of each answer.

Arguments: the DAGs' folder, and the forms as a JSON list.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from airflow.api_fastapi.app import create_app
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
from airflow.utils.db import initdb
from fastapi.testclient import TestClient

folder, forms = sys.argv[1], json.loads(sys.argv[2])
initdb()
DagBundlesManager().sync_bundles_to_db()
sync_bag_to_db(DagBag(dag_folder=str(Path(folder) / "girafe_forget.py")), "dags-folder", None)
answers = []
with TestClient(create_app(apps="core")) as client:
    client.headers["Authorization"] = f"Bearer {client.get('/auth/token').json()['access_token']}"
    for form in forms:
        body = {"conf": form, "logical_date": None}
        answer = client.post("/api/v2/dags/girafe_forget/dagRuns", json=body)
        answers.append([answer.status_code, answer.json().get("conf")])
sys.stdout.write("\n" + json.dumps(answers) + "\n")
