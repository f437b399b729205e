"""Retries help against the weather; a person's job, a broken rule and a defect fail at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SCRIPT = """
import json
from girafe import errors
from girafe.wiring.notices import failure_notice
from girafe.wiring.patience import Patience
from warehouse.connection import WarehouseBusy

class Task:
    dag_id, task_id, run_id = "girafe_collect", "mastodon.ask", "manual__2026-11-28T05:00:00+00:00"

cases = {
    "key": errors.AccessDenied("The key has expired. Renew it."),
    "gate": errors.GovernanceMissing("fill in purpose"),
    "rule": errors.QualityFailed("3 of 9 rows"),
    "defect": KeyError("text"),
    "limit": errors.RateLimited("slow down", wait_seconds=90),
    "century": errors.RateLimited("slow down", wait_seconds=3.2e9),
    "endless": errors.RateLimited("slow down", wait_seconds=1e305),
    "down": errors.SourceUnavailable("503"),
    "busy": WarehouseBusy("open elsewhere"),
    "disk": OSError("no space left"),
}
found = {}
for name, error in cases.items():
    decision = Patience().evaluate(error, 1, 3)
    delay = decision.retry_delay
    found[name] = [decision.action.value, delay.total_seconds() if delay else None]
title, body = failure_notice({"ti": Task, "exception": cases["key"]})
told = {name: failure_notice({"ti": Task, "exception": error})[1] for name, error in cases.items()}
print(json.dumps({"found": found, "title": title, "body": body, "told": told}))
"""


def test_the_type_of_an_error_decides_and_the_notice_says_what_to_run(
    tmp_path: Path, run_python: Any
) -> None:
    import json

    script = tmp_path / "ask.py"
    script.write_text(SCRIPT)
    said = json.loads(run_python(script).splitlines()[-1])
    assert said["found"] == {
        "key": ["fail", None],
        "gate": ["fail", None],
        "rule": ["fail", None],
        "defect": ["fail", None],
        "limit": ["retry", 90.0],
        "century": ["retry", 86_400.0],
        "endless": ["retry", 86_400.0],
        "down": ["default", None],
        "busy": ["default", None],
        "disk": ["default", None],
    }
    assert said["title"] == "girafe: girafe_collect.mastodon.ask failed"
    assert "The key has expired. Renew it." in said["body"]
    # That run only, and all of it: what a query brings at last is announced by a task that was green without it.
    whole = "airflow dags clear girafe_collect --run-id manual__2026-11-28T05:00:00+00:00 --yes"
    assert said["body"].endswith(whole)
    assert "last good release of the dashboard stays" in said["body"]
    assert {name for name, body in said["told"].items() if "Do what it says" in body} == {
        "key",
        "gate",
        "rule",
    }
    assert {name for name, body in said["told"].items() if "a fault of girafe" in body} == {"defect"}
    assert {n for n, b in said["told"].items() if "as often as allowed" in b} == {
        "limit",
        "century",
        "endless",
        "down",
        "busy",
        "disk",
    }
