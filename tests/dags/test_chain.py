"""The chain for real: a file lands, and Airflow's own runner carries it to a release."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from girafe.data_dir import DataDir
from tests import canaries
from tests.test_canaries import RAW, land, links_of_organisations

INSIDE = Path(__file__).parent / "inside"
DAGS = Path(__file__).parents[2] / "dags"
START = datetime(2026, 10, 5, 9, tzinfo=UTC)
COMPANY = '[company]\nname = "Ondine"\nofficial_accounts = ["forum:ondine"]\n'


def lines() -> list[dict[str, Any]]:
    """Sixty threads of three posts by invented people; the brand answers in every third."""
    return [
        {
            "platform": "forum",
            "post_id": f"p{thread}-{turn}",
            "created_at": (START + timedelta(hours=8 * thread, minutes=5 * turn)).isoformat(),
            "text": ("Qui travaille chez Ondine ?", "Moi, chez Ondine depuis un an.", "Merci !")[turn],
            "author": {"handle": author, "voice": None if author == "ondine" else "person"},
            "reply_to": None if turn == 0 else f"p{thread}-{turn - 1}",
        }
        for thread in range(60)
        for turn in range(3)
        for author in ["ondine" if turn == 1 and thread % 3 == 0 else f"lou{(thread + turn) % 25}"]
    ]


def test_a_landed_file_becomes_a_release_in_airflow(
    tmp_path: Path, airflow_environment: dict[str, str], run_python: Any
) -> None:
    file, company, data = tmp_path / "posts.jsonl", tmp_path / "company.toml", tmp_path / "data"
    file.write_text("\n".join(json.dumps(line) for line in lines()) + "\n")
    company.write_text(COMPANY)
    marked = land(DataDir(data))
    conf = json.dumps({"company": str(company), "data": str(data), "file": str(file)})
    said = run_python(INSIDE / "run_chain.py", str(DAGS), conf)
    runs = {r["dag"]: r for r in map(json.loads, (s[4:] for s in said.splitlines() if s.startswith("RUN ")))}
    assert {name: run["state"] for name, run in runs.items()} == {
        "girafe_import": "success",
        "girafe_process": "success",
        "girafe_publish": "success",
    }, runs
    assert "classify[0]" in runs["girafe_process"]["tasks"]
    assert (data / "exports" / "dashboard.html").stat().st_size > 10_000
    assert (data / "exports" / "digest.md").exists()
    assert (data / "quality" / "docs" / "marts" / "index.html").exists()
    # Airflow's own memory too: database, XCom, rendered fields, logs, what the tasks printed.
    search = canaries.Search(canaries.marks_of(marked), allowed=links_of_organisations(marked))
    found, searched = search.in_folder(data, but=RAW)
    assert found == {}
    assert searched > 100
    home = Path(airflow_environment["AIRFLOW_HOME"])
    assert (home / "airflow.db").exists()
    assert search.in_folder(home, but=set())[0] == {}
    assert search.in_bytes(said.encode()) is None
