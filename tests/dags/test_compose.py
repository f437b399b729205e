"""The team set-up keeps its promises on paper: pinned, limited, loopback only, no root, secrets in files."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
AIRFLOW = {"init", "api-server", "scheduler", "dag-processor", "triggerer", "worker"}

every_service = pytest.mark.parametrize("name", sorted(SERVICES))


def test_the_team_has_every_part() -> None:
    assert set(SERVICES) == AIRFLOW | {"postgres", "redis", "exports"}


@every_service
def test_images_are_pinned(name: str) -> None:
    tag = SERVICES[name]["image"].partition(":")[2]
    assert re.match(r"\d+\.\d+", tag), SERVICES[name]["image"]


@every_service
def test_memory_is_limited(name: str) -> None:
    assert re.fullmatch(r"\d+[mg]", SERVICES[name]["mem_limit"])


@every_service
def test_ports_listen_on_loopback_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", ()))


@every_service
def test_a_service_that_stays_has_a_health_check_and_comes_back(name: str) -> None:
    if name == "init":
        assert SERVICES[name]["restart"] == "no"
    else:
        assert SERVICES[name]["healthcheck"]["test"]
        assert SERVICES[name]["restart"] == "unless-stopped"


@every_service
def test_what_a_service_names_is_defined(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
    assert set(service.get("depends_on", ())) <= set(SERVICES)
    volumes = {volume.partition(":")[0] for volume in service.get("volumes", ())}
    assert {volume for volume in volumes if not volume.startswith(".")} <= set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", sorted(AIRFLOW))
def test_airflow_runs_without_root_and_without_capabilities(name: str) -> None:
    assert SERVICES[name]["user"] == "10001:10001"
    assert SERVICES[name]["cap_drop"] == ["ALL"]


@every_service
def test_no_secret_stands_in_the_environment(name: str) -> None:
    for key, value in SERVICES[name].get("environment", {}).items():
        if re.search(r"PASSWORD|SECRET|KEY|CONN|URL$|BACKEND", key) and not key.endswith("BASE_URL"):
            assert "/run/secrets/" in value or value.startswith("http://api-server"), key
        assert "://" not in value or "@" not in value, key


def test_every_secret_is_a_file_that_the_script_makes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("compose_secrets", ROOT / "scripts" / "compose_secrets.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made = script.write(tmp_path / "secrets")
    assert {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()} == set(made)
    assert script.write(tmp_path / "secrets") == []
    assert oct((tmp_path / "secrets").stat().st_mode)[-3:] == "700"


def test_the_image_is_built_from_the_lock_and_does_not_run_as_root() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "--frozen" in text
    assert "--require-hashes" in text
    assert re.search(r"^USER 10001$", text, re.MULTILINE)
    assert "secrets" in (ROOT / ".dockerignore").read_text().split()
