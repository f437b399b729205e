"""Silence and refusal are news: what follows a collection starts whenever somebody was asked (else: test_gate)."""

from __future__ import annotations

import json
import sqlite3
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.collectors.conftest import GOVERNANCE
from tests.loopback import serving

INSIDE = Path(__file__).parent / "inside"
DAGS = Path(__file__).parents[2] / "dags"


class _Instance(BaseHTTPRequestHandler):
    """A Mastodon that has nothing to show of one tag, and shows another to nobody."""

    def do_GET(self) -> None:
        body = b"[]" if "timelines" in self.path else b'{"domain": "a.example", "version": "4.3.0"}'
        self.send_response(403 if "refused" in self.path else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Keeps quiet."""


def test_what_follows_a_collection_starts_after_silence_and_after_a_refusal(
    tmp_path: Path, airflow_environment: dict[str, str], run_python: Any
) -> None:
    def collect(tag: str) -> tuple[dict[str, str], int]:
        """How each task ended, and how often what follows has been started so far."""
        conf = {"company": str(company), "data": str(tmp_path / "data"), "source": "mastodon"}
        company.write_text(
            f'[company]\nname = "Ondine"\n[[sources]]\nname = "mastodon"\nqueries = ["#{tag}"]\ncanary = []\n'
            f'options = {{ instances = ["{url}"] }}\n{GOVERNANCE}'
        )
        said = run_python(INSIDE / "run_collect.py", str(DAGS), json.dumps(conf))
        states = json.loads([line for line in said.splitlines() if line.startswith("{")][-1])
        home = Path(airflow_environment["AIRFLOW_HOME"])
        with sqlite3.connect(home / "airflow.db") as memory:
            [(events,)] = memory.execute("select count(*) from asset_event").fetchall()
        return states, events

    company = tmp_path / "company.toml"
    with serving(_Instance) as url:
        states, first = collect("ondine")
        assert (states["mastodon.ask"], states["landed"]) == ("success", "success"), (
            "a week of silence ends, too"
        )
        states, second = collect("refused")
        assert (states["mastodon.ask"], states["landed"]) == ("failed", "success"), "deafness is counted"
    assert second == first + 1
