"""An Airflow of their own for the tests: home, database and logs in a temporary folder, no telemetry."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.airflow_up import fernet_key

DAGS = Path(__file__).parents[2] / "dags"


@pytest.fixture(scope="session")
def airflow_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings for a subprocess; the test process itself never imports Airflow, which keeps global state."""
    home = tmp_path_factory.mktemp("airflow")
    settings = {
        "AIRFLOW_HOME": home,
        "AIRFLOW__CORE__DAGS_FOLDER": DAGS,
        "AIRFLOW__CORE__FERNET_KEY": fernet_key(home / "fernet.key"),  # as `make up` does
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "GX_ANALYTICS_ENABLED": "false",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    return {**os.environ, **{name: str(value) for name, value in settings.items()}}


@pytest.fixture(scope="session")
def run_python(airflow_environment: dict[str, str]) -> Callable[..., str]:
    """Runs a script in that Airflow and returns what it printed; its end is shown if it fails."""

    def run(script: Path, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(script), *arguments],
            env=airflow_environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        # Beside the database, so that a search of this Airflow's memory reads it too.
        (Path(airflow_environment["AIRFLOW_HOME"]) / "stderr.log").write_text(done.stderr)
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
        return done.stdout

    return run
