"""Triggers girafe_forget with an account instead of a request id, as a hurried person would."""

from __future__ import annotations

import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag
from airflow.exceptions import ParamValidationError
from airflow.utils.db import initdb

folder, account = sys.argv[1:]
initdb()
dag = DagBag(dag_folder=str(Path(folder) / "girafe_forget.py")).dags["girafe_forget"]
for wrong in (account, f"mastodon:{account}@social.example", "r-0123"):
    try:
        # What the API server does before it stores anything of a run.
        dag.params.deep_merge({"request": wrong}).validate()
    except ParamValidationError:
        sys.stdout.write("refused\n")
    else:
        sys.exit("an account was accepted")
dag.params.deep_merge({"request": "r-0123456789abcdef"}).validate()
