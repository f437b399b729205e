"""What `make up` tells Airflow: secrets are encrypted, nothing is sent anywhere until a receiver is named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from scripts.airflow_up import ROOT, environment, time_zone, watched


def settings(folder: Path) -> dict[str, str]:
    return environment(folder / "airflow", folder / "data", folder / "company.toml", 8080)


def test_connections_are_encrypted_with_a_key_of_this_installation(tmp_path: Path) -> None:
    key = settings(tmp_path)["AIRFLOW__CORE__FERNET_KEY"]
    assert Fernet(key).decrypt(Fernet(key).encrypt(b"token")) == b"token"
    assert settings(tmp_path)["AIRFLOW__CORE__FERNET_KEY"] == key
    assert (tmp_path / "airflow" / "fernet.key").stat().st_mode & 0o077 == 0


def test_lineage_and_telemetry_are_off_until_a_receiver_is_named() -> None:
    silent = watched({})
    assert silent["AIRFLOW__OPENLINEAGE__DISABLED"] is True
    assert silent["AIRFLOW__METRICS__OTEL_ON"] is silent["AIRFLOW__TRACES__OTEL_ON"] is False
    lineage = watched({"OPENLINEAGE_URL": "http://127.0.0.1:5000"})
    assert lineage["AIRFLOW__OPENLINEAGE__DISABLED"] is lineage["AIRFLOW__TRACES__OTEL_ON"] is False
    telemetry = watched({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"})
    assert telemetry["AIRFLOW__METRICS__OTEL_ON"] is telemetry["AIRFLOW__TRACES__OTEL_ON"] is True
    assert telemetry["AIRFLOW__OPENLINEAGE__DISABLED"] is True
    assert telemetry["OTEL_TRACES_EXPORTER"] == "otlp_proto_http"
    assert watched({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})["OTEL_TRACES_EXPORTER"] == "otlp_proto_grpc"


def test_airflow_logs_json_where_girafe_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(tmp_path)["AIRFLOW__LOGGING__JSON_LOGS"] == "False"
    monkeypatch.setenv("GIRAFE_LOG", "json")
    assert settings(tmp_path)["AIRFLOW__LOGGING__JSON_LOGS"] == "True"


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        (b'[company]\ntime_zone = "Asia/Tokyo"\n', "Asia/Tokyo"),
        (b'\xef\xbb\xbf[company]\ntime_zone = "Asia/Tokyo"\n', "Asia/Tokyo"),
        (b'[company]\ntime_zone = "Europe/Pariss"\n', "Europe/Paris"),
        (b'[company]\ntime_zone = ""\n', "Europe/Paris"),
        (b"[company]\ntime_zone = 5\n", "Europe/Paris"),
        (b'company = "Ondine"\n', "Europe/Paris"),
        (b'[[company]]\nname = "Ondine"\n', "Europe/Paris"),
        (b'[company]\nname = "Soci\xe9t\xe9"\n', "Europe/Paris"),
    ],
)
def test_whatever_is_wrong_with_company_toml_airflow_starts_and_reads_the_dags(
    tmp_path: Path, written: bytes, zone: str
) -> None:
    file = tmp_path / "company.toml"
    file.write_bytes(written)
    assert time_zone(file) == zone


IMPATIENT = """
import os, signal, subprocess, sys, threading
from scripts.airflow_up import stop

stubborn = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print(flush=True); time.sleep(600)"
airflow = subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE, start_new_session=True)
airflow.stdout.readline()
signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
for number in (signal.SIGTERM, signal.SIGINT):
    threading.Timer(1, os.kill, (os.getpid(), number)).start()
stop(airflow)
sys.exit(airflow.poll() != -signal.SIGTERM)
"""


def test_who_asks_twice_for_airflow_to_stop_leaves_none_of_it_behind() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPATIENT], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
