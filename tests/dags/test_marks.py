"""What Airflow remembers of an import: its database, XCom and logs hold no mark of a person, and no form takes one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from girafe.data_dir import DataDir
from girafe.run import has_landed
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
