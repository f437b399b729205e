"""What Airflow remembers of an import: its database, XCom and logs hold no mark of a person, and no form takes one."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from girafe.data_dir import DataDir
from girafe.run import has_landed
from scripts.airflow_up import environment
from tests import canaries
from tests.test_canaries import RAW

INSIDE = Path(__file__).parent / "inside"
DAGS = Path(__file__).parents[2] / "dags"


def test_an_import_leaves_no_mark_in_airflow(
    tmp_path: Path, airflow_environment: dict[str, str], run_python: Any
) -> None:
    marked = [one for one in canaries.envelopes() if one.source == "girafe_jsonl"]
    file, company, data = tmp_path / "posts.jsonl", tmp_path / "company.toml", tmp_path / "data"
    broken = [f'{{"broken": "{canaries.MARK}', f'{{"platform": "forum", "text": "{canaries.MARK}"}}']
    file.write_text("\n".join([*(json.dumps(one.payload) for one in marked), *broken]))
    company.write_text('[company]\nname = "Ondine"\n')
    conf = json.dumps({"company": str(company), "data": str(data), "file": str(file)})
    said = run_python(INSIDE / "run_import.py", str(DAGS), conf)
    assert "success" in said
    assert has_landed(DataDir(data))
    search = canaries.Search(canaries.marks_of(marked))
    home = Path(airflow_environment["AIRFLOW_HOME"])
    assert (home / "airflow.db").exists()
    assert search.in_folder(home, but=set())[0] == {}
    assert search.in_folder(data, but=RAW)[0] == {}
    assert search.in_bytes(said.encode()) is None


def test_an_account_cannot_be_typed_into_the_form(run_python: Any) -> None:
    assert "refused" in run_python(INSIDE / "trigger_forget.py", str(DAGS), "zqxcanaryhandle")


def test_an_account_that_somebody_tries_to_type_in_is_refused_and_not_even_in_the_audit_log(
    tmp_path: Path, airflow_environment: dict[str, str], run_python: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = environment(tmp_path / "airflow", tmp_path / "data", tmp_path / "company.toml", 8080)
    hides = "AIRFLOW__CORE__SENSITIVE_VAR_CONN_NAMES"
    monkeypatch.setitem(airflow_environment, hides, told[hides])  # as `make up` does
    monkeypatch.setitem(airflow_environment, "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS", "True")
    wrong, right = {"request": f"@{canaries.MARK}"}, {"request": "r-0123456789abcdef"}
    said = run_python(INSIDE / "ask_to_forget.py", str(DAGS), json.dumps([wrong, right]))
    assert json.loads(said.splitlines()[-1]) == [[400, None], [200, right]]
    home = Path(airflow_environment["AIRFLOW_HOME"])
    with sqlite3.connect(home / "airflow.db") as memory:
        [(asked,)] = memory.execute("select count(*) from log where event = 'trigger_dag_run'").fetchall()
    assert asked == 2, "Airflow wrote down that it was asked"
    assert canaries.Search({canaries.MARK}).in_folder(home, but=set())[0] == {}
