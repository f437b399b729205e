"""Airflow's own command line, for what `make up` has started: make airflow ARGS="dags list"."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from scripts.airflow_up import company_file, environment


def main() -> None:
    """Runs that command with the settings of the installation in the data directory."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=Path("data"), help="Data directory of girafe.")
    options.add_argument("words", nargs=argparse.REMAINDER, help="What comes after `airflow`.")
    given = options.parse_args()
    data = given.data.resolve()
    home = data / "airflow"
    if not (home / "airflow.db").exists():
        raise SystemExit(f"There is no Airflow in {home} yet; start it with: make up")
    env = environment(home, data, company_file(), 8080) | {"AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING"}
    sys.exit(subprocess.run([sys.executable, "-m", "airflow", *given.words], env=env, check=False).returncode)


if __name__ == "__main__":
    main()
