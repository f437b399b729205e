"""A real Airflow for a test: `make up` on a free port, in its own session, asked through its REST API."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 1800.0
"""Seconds to wait for a start or the end of a run: the machine may be busy."""


class RealAirflow:
    """One running installation."""

    def __init__(self, url: str, password: str) -> None:
        self.url, self.password = url, password
        login = {"username": "girafe", "password": password}
        self._token = self._call("/auth/token", login)["access_token"]

    def trigger(self, dag: str, **conf: str) -> None:
        """Starts a run, once the DAG is known."""
        _until(lambda: self._is_known(dag))
        self._call(f"/api/v2/dags/{dag}/dagRuns", {"conf": conf, "logical_date": None})

    def switch_on(self, dag: str) -> None:
        """Lets the runs of a DAG begin that is paused at first."""
        _until(lambda: self._is_known(dag))
        self._call(f"/api/v2/dags/{dag}", {"is_paused": False}, "PATCH")

    def end_of(self, dag: str) -> str:
        """The state in which the newest run ends."""
        ended = _until(lambda: next((run for run in self._runs(dag)[:1] if run["end_date"]), None))
        return str(ended["state"])

    def backfill(
        self, dag: str, since: datetime, until: datetime, *, backwards: bool = False, reprocess: str = "none"
    ) -> None:
        """Asks for every run of a span, as *Trigger, Backfill* in the UI does; the DAG is switched on for it."""
        _until(lambda: self._is_known(dag))
        # One at a time: Airflow refuses a second until its scheduler has seen that the first is done.
        asked = f"/api/v2/backfills?dag_id={dag}"
        _until(lambda: all(one["completed_at"] for one in self._call(asked)["backfills"]))
        self._call(f"/api/v2/dags/{dag}", {"is_paused": False}, "PATCH")
        self._call(
            "/api/v2/backfills",
            {
                "dag_id": dag, "from_date": since.isoformat(), "to_date": until.isoformat(),
                "run_backwards": backwards, "reprocess_behavior": reprocess, "max_active_runs": 2,
            },
        )  # fmt: skip

    def settle(self, dag: str) -> None:
        """Waits until every run of `dag`, one at least, has ended well and no new one comes for a while."""
        for _ in range(2):
            _until(lambda: (found := self._runs(dag)) and all(run["end_date"] for run in found))
            time.sleep(10)
        bad = [run["dag_run_id"] for run in self._runs(dag) if run["state"] != "success"]
        assert not bad, (dag, bad)

    def clear(self, dag: str, *tasks: str) -> str:
        """Clears tasks of the newest run with what comes after them, as the UI does; the state it then ends in."""
        run = self.newest(dag)
        self._call(
            f"/api/v2/dags/{dag}/clearTaskInstances",
            {
                "dag_run_id": run, "task_ids": list(tasks), "include_downstream": True, "only_failed": False,
                "dry_run": False,
            },
        )  # fmt: skip
        return str(
            _until(
                lambda: next(
                    (
                        one["state"]
                        for one in self._runs(dag)
                        if one["dag_run_id"] == run and one["state"] in ("success", "failed")
                    ),
                    None,
                )
            )
        )

    def newest(self, dag: str) -> str:
        """The id of the newest run."""
        return str(self._runs(dag)[0]["dag_run_id"])

    def tasks(self, dag: str) -> dict[str, str]:
        """The state of every task of the newest run."""
        run = self.newest(dag)
        found = self._call(f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances?limit=500")["task_instances"]
        return {task["task_id"]: str(task["state"]) for task in found}

    def _runs(self, dag: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call(f"/api/v2/dags/{dag}/dagRuns?order_by=-run_after")[
            "dag_runs"
        ]
        return found

    def _is_known(self, dag: str) -> bool:
        try:
            return bool(self._call(f"/api/v2/dags/{dag}"))
        except OSError:
            return False

    def _call(self, path: str, body: dict[str, Any] | None = None, method: str | None = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if hasattr(self, "_token"):
            headers["Authorization"] = f"Bearer {self._token}"
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            refused.add_note(refused.read().decode())  # Airflow's reason, which the bare error does not show
            raise


@contextmanager
def started(data: Path, company: Path, **environment: str) -> Iterator[RealAirflow]:
    """Starts scripts/airflow_up.py on a free port and stops all of it at the end."""
    said = data.parent / "up.log"
    command = [sys.executable, "scripts/airflow_up.py", "--data", str(data), "--company", str(company)]
    with said.open("wb") as log:
        up = subprocess.Popen(
            [*command, "--port", "0"], cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log
        )
    try:
        _until(lambda: "Ctrl-C" in said.read_text() or up.poll() is not None)
        told = said.read_text()
        address, password = re.search(r"http://\S+", told), re.search(r"Password\s+(\S+)", told)
        assert address, told
        assert password, told
        yield RealAirflow(address.group(), password.group(1))
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(120)


def _until(call: Any) -> Any:
    """The first true answer of `call`, asked every two seconds."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := call():
            return found
        time.sleep(2)
    raise AssertionError("It took too long; the machine may be too busy.")
