"""The governance gate in Airflow: the first task is red, and no source is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.loopback import counting

INSIDE = Path(__file__).parent / "inside"
DAGS = Path(__file__).parents[2] / "dags"


def test_a_missing_key_stops_the_dag_before_the_first_request(tmp_path: Path, run_python: Any) -> None:
    with counting() as server:
        company = tmp_path / "company.toml"
        company.write_text(
            '[company]\nname = "Ondine"\n[[sources]]\nname = "mastodon"\nqueries = ["#ondine"]\n'
            f'options = {{ instances = ["{server.url}"] }}\n[governance]\nlegal_basis = "x"\npurpose = "x"\n'
        )
        conf = json.dumps({"company": str(company), "data": str(tmp_path / "data")})
        said = run_python(INSIDE / "run_collect.py", str(DAGS), conf)
    told = json.loads(said.splitlines()[-1])
    assert told["governance"] == "failed"
    assert "success" not in {state for name, state in told.items() if ".ask" in name or ".queries" in name}
    assert told["landed"] == "skipped", "nobody was asked, so there is no news"
    assert server.requests == 0
