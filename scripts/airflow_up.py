"""Starts Airflow for one person: loopback only, own folder, one login; Ctrl-C stops all of it."""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from girafe.run.context import QUIET

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_COMPANY = ROOT / "sample" / "company.toml"
PATIENCE = 600
"""Seconds until every part of Airflow must be healthy."""


def sqlite(home: Path) -> dict[str, object]:
    """The database of one machine: a file, whose writers wait for their turn (docs/decisions/0040)."""
    return {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS": "girafe.airflow_sqlite.PATIENT",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_SESSION_MAKER": "girafe.airflow_sqlite.sessions",
    }


def environment(
    home: Path, data: Path, company: Path, port: int, database: Mapping[str, object] | None = None
) -> dict[str, str]:
    """Airflow's settings for this folder; nothing is read from or written to ~/airflow.

    `database`: the settings of another database than the file of `sqlite`.
    """
    url = f"http://127.0.0.1:{port}"
    settings = {
        "AIRFLOW_HOME": home,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": port,
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__SECRET_KEY": secret(home / "api.key"),
        "AIRFLOW__API_AUTH__JWT_SECRET": secret(home / "jwt.key"),
        "AIRFLOW__API__WORKERS": 1,
        "AIRFLOW__CORE__DAGS_FOLDER": ROOT / "dags",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": False,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__FERNET_KEY": fernet_key(home / "fernet.key"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": False,
        "AIRFLOW__CORE__PARALLELISM": 4,
        # Airflow writes into its audit log what it was asked, also what it refuses: a form's fields are hidden there.
        "AIRFLOW__CORE__SENSITIVE_VAR_CONN_NAMES": "conf",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "girafe:admin",
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle(ROOT / "dags")]),
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": 30,
        **(database or sqlite(home)),
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": home / "logs",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": os.environ.get("AIRFLOW__LOGGING__LOGGING_LEVEL", "INFO"),
        "AIRFLOW__LOGGING__JSON_LOGS": os.environ.get("GIRAFE_LOG") == "json",
        "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": False,
        # A second try builds anew (girafe/wiring/models.py); nothing of the first is kept in Variables.
        "AIRFLOW__COSMOS__ENABLE_WATCHER_RELIABLE_RETRY": False,
        "GIRAFE_COMPANY": company,
        "GIRAFE_DATA": data,
        "GIRAFE_TIME_ZONE": time_zone(company),
        **QUIET,
        # The tools of this environment first: Airflow starts its parts by the name `airflow`.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    return {**os.environ, **{name: str(value) for name, value in (settings | watched(os.environ)).items()}}


def watched(given: Mapping[str, str]) -> dict[str, object]:
    """Lineage and telemetry: off, unless the variables that OpenLineage and OpenTelemetry know name a receiver."""
    lineage, telemetry = bool(given.get("OPENLINEAGE_URL")), bool(given.get("OTEL_EXPORTER_OTLP_ENDPOINT"))
    protocol = given.get("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    # Airflow's traces, unlike its metrics, do not heed the protocol: without this they speak gRPC to anybody.
    exporter = "otlp_proto_grpc" if protocol == "grpc" else "otlp_proto_http"
    return {
        "AIRFLOW__OPENLINEAGE__DISABLED": not lineage,
        "AIRFLOW__OPENLINEAGE__NAMESPACE": given.get("OPENLINEAGE_NAMESPACE", "girafe"),
        "AIRFLOW__METRICS__OTEL_ON": telemetry,
        "AIRFLOW__TRACES__OTEL_ON": telemetry,
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_TRACES_EXPORTER": given.get("OTEL_TRACES_EXPORTER", exporter),
        "OTEL_SERVICE_NAME": given.get("OTEL_SERVICE_NAME", "girafe"),
    }


def secret(file: Path) -> str:
    """A secret of this installation, made on first use and readable by its owner only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(64))
    return file.read_text()


def fernet_key(file: Path) -> str:
    """The key with which Airflow encrypts connections in its database: without one they lie there in plain text."""
    return base64.urlsafe_b64encode(bytes.fromhex(secret(file))[:32]).decode()


def bundle(folder: Path) -> dict[str, object]:
    """The one folder with DAGs."""
    return {
        "name": "girafe",
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {"path": str(folder), "refresh_interval": 30},
    }


def company_file(given: Path | None = None) -> Path:
    """The company.toml that is meant: the one named, else that of this folder, else the sample's."""
    here = Path("company.toml")
    return (given or (here if here.exists() else SAMPLE_COMPANY)).resolve()


def time_zone(company: Path) -> str:
    """The company's time zone, for schedules; a company.toml with faults is reported by the first task."""
    try:
        tree = tomllib.loads(company.read_text(encoding="utf-8-sig"))
        return ZoneInfo(tree["company"]["time_zone"]).key
    # TypeError: [company] is no table, or the zone no text. ValueError: no TOML, no UTF-8, or "" for a zone.
    except (OSError, LookupError, TypeError, ValueError):
        return "Europe/Paris"


def free_port(wanted: int) -> int:
    """`wanted` if it is free on loopback, else any that is."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise SystemExit("No free port on 127.0.0.1.")


def prepare(home: Path, env: dict[str, str]) -> None:
    """Brings the metadata database up to date, makes the pools, and draws the models once."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    pools = str(home / "pools.json")
    steps = (
        ["girafe.wiring", pools],
        ["warehouse.manifest"],
        ["airflow", "db", "migrate"],
        ["airflow", "pools", "import", pools],
    )
    with (home / "prepare.log").open("w") as log:
        for step in steps:
            command = [sys.executable, "-m", *step]
            if subprocess.run(command, env=env, stdout=log, stderr=log, check=False).returncode:
                raise SystemExit(f"python -m {' '.join(step)} failed; see {log.name}")


def healthy(url: str) -> bool:
    """Whether scheduler, dag-processor, triggerer and database all answer."""
    try:
        with urllib.request.urlopen(f"{url}/api/v2/monitor/health", timeout=5) as answer:
            parts = json.load(answer)
    except (OSError, ValueError, urllib.error.URLError):
        return False
    wanted = ("metadatabase", "scheduler", "dag_processor", "triggerer")
    return all((parts.get(part) or {}).get("status") == "healthy" for part in wanted)


def password(home: Path) -> str:
    """The password Airflow made for the user `girafe` at its first start."""
    file = home / "simple_auth_manager_passwords.json.generated"
    file.chmod(0o600)
    return str(json.loads(file.read_text())["girafe"])


def stop(airflow: subprocess.Popen[bytes]) -> None:
    """Ends Airflow and everything it started: its own session is signalled as a group.

    Whoever is impatient and asks again must not stop the stopping: parts of Airflow would stay, and hold the port.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for number, patience in ((signal.SIGINT, 15), (signal.SIGTERM, 15), (signal.SIGKILL, 5)):
        try:
            os.killpg(airflow.pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            airflow.poll()
            try:
                os.killpg(airflow.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.2)


def main() -> None:
    """Starts, waits until healthy, says where and how to log in, and stays until told to stop."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=Path("data"), help="Data directory of girafe.")
    options.add_argument(
        "--company", type=Path, help="company.toml (default: ./company.toml, else the sample's)."
    )
    options.add_argument("--home", type=Path, help="AIRFLOW_HOME (default: DATA/airflow).")
    options.add_argument("--port", type=int, default=8080)
    given = options.parse_args()
    data = given.data.resolve()
    home = (given.home or data / "airflow").resolve()
    company = company_file(given.company)
    port = free_port(given.port)
    env = environment(home, data, company, port)
    print(f"Preparing Airflow in {home} ...", flush=True)
    prepare(home, env)
    log = (home / "airflow.log").open("ab")
    airflow = subprocess.Popen(
        [sys.executable, "-m", "airflow", "standalone"],
        env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    try:
        follow(airflow, f"http://127.0.0.1:{port}", home, company, data)
    except KeyboardInterrupt:
        print("\nStopping Airflow ...", flush=True)
    finally:
        stop(airflow)


def follow(airflow: subprocess.Popen[bytes], url: str, home: Path, company: Path, data: Path) -> None:
    """Says when Airflow is ready, then waits for its end."""
    print("Starting; this takes about half a minute ...", flush=True)
    deadline = time.monotonic() + PATIENCE
    while not healthy(url):
        if airflow.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"Airflow did not become healthy; see {home / 'airflow.log'}")
        time.sleep(1)
    print(f"\nAirflow   {url}\nLogin     girafe\nPassword  {password(home)}")
    print(
        f"Company   {company}\nData      {data}\nLogs      {home / 'airflow.log'}\n\nCtrl-C stops it.",
        flush=True,
    )
    airflow.wait()
    raise SystemExit(f"Airflow ended by itself; see {home / 'airflow.log'}")


if __name__ == "__main__":
    main()
