"""The chain for real: a file lands, and a real scheduler carries it to a release, every model green."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from girafe.data_dir import DataDir
from tests import canaries
from tests.dags.real_airflow import started
from tests.loopback import receiving
from tests.test_canaries import RAW, land, links_of_organisations

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


@pytest.mark.airflow
def test_a_landed_file_becomes_a_release_in_airflow(tmp_path: Path) -> None:
    file, company, data = tmp_path / "posts.jsonl", tmp_path / "company.toml", tmp_path / "data"
    file.write_text("\n".join(json.dumps(line) for line in lines()) + "\n")
    company.write_text(COMPANY)
    marked = land(DataDir(data))
    with receiving() as watcher, started(data, company, **watched_by(watcher.url)) as airflow:
        airflow.trigger("girafe_import", file=str(file))
        assert airflow.end_of("girafe_import") == "success"
        assert airflow.end_of("girafe_process") == "success", airflow.tasks("girafe_process")
        models = {path.stem for path in DAGS.parent.glob("dbt_project/models/**/*.sql")}
        seen = {task.rpartition(".")[2]: state for task, state in airflow.tasks("girafe_process").items()}
        assert {name: seen.get(name) for name in models} == dict.fromkeys(models, "success")
        assert airflow.end_of("girafe_publish") == "success", airflow.tasks("girafe_publish")
    assert (data / "exports" / "dashboard.html").stat().st_size > 10_000
    assert (data / "exports" / "digest.md").exists()
    assert (data / "quality" / "docs" / "marts" / "index.html").exists()
    # Airflow's own memory too: database, XCom, rendered fields, logs, what the tasks printed.
    search = canaries.Search(canaries.marks_of(marked), allowed=links_of_organisations(marked))
    found, searched = search.in_folder(data, but=RAW)
    assert found == {}
    assert searched > 100
    home = data / "airflow"  # its database and the log of every task
    assert (home / "airflow.db").exists()
    assert search.in_folder(home, but=set())[0] == {}
    assert search.in_bytes((tmp_path / "up.log").read_bytes()) is None
    # And those who watch: lineage names the tasks and the assets, telemetry counts and times them.
    check_lineage([json.loads(body) for body in watcher.at("/api/v1/lineage")])
    spans, metrics = b"".join(watcher.at("/v1/traces")), b"".join(watcher.at("/v1/metrics"))
    assert b"girafe_process" in spans
    assert b"airflow." in metrics
    assert search.in_bytes(b"\n".join(body for _, body in watcher.sent)) is None


def watched_by(url: str) -> dict[str, str]:
    """What switches OpenLineage and OpenTelemetry on."""
    return {
        "OPENLINEAGE_URL": url,
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        "OTEL_METRIC_EXPORT_INTERVAL": "5000",
    }


def check_lineage(events: list[dict[str, Any]]) -> None:
    """Every stage began and ended, under the namespace of this installation."""
    ended = {event["job"]["name"] for event in events if event.get("eventType") == "COMPLETE"}
    assert {"girafe_import.land", "girafe_process.load", "girafe_process.validate_marts"} <= ended, ended
    assert {event["job"]["namespace"] for event in events if "job" in event} == {"girafe"}
