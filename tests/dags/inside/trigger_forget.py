"""Triggers girafe_forget with an account instead of a request id, as a hurried person would."""

from __future__ import annotations

import copy
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag
from airflow.exceptions import ParamValidationError
from airflow.utils.db import initdb

folder, account = sys.argv[1:]
initdb()
dag = DagBag(dag_folder=str(Path(folder) / "girafe_forget.py")).dags["girafe_forget"]


def accepts(request: str) -> bool:
    """What the API server asks of a form before it stores anything of a run."""
    params = copy.deepcopy(dag.params)
    try:
        params["request"] = request
        params.validate()
    except ParamValidationError:
        return False
    return True


for wrong in (account, f"mastodon:{account}@social.example", "r-0123"):
    if accepts(wrong):
        sys.exit("an account was accepted")
if not (accepts("r-0123456789abcdef") and accepts("")):
    sys.exit("a request was refused")
sys.stdout.write("refused\n")
