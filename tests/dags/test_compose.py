"""The team set-up keeps its promises on paper: pinned, limited, loopback only, no root, secrets in files."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from scripts import check_image, cluster, services

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
ANYWHERE, WRITER = "default", "writer"  # of girafe.wiring, which brings all of Airflow with it
AIRFLOW = {"init", "api-server", "scheduler", "dag-processor", "triggerer", "worker", "writer"}
OTHERS = {"postgres", "redis", "s3", "exports"}

every_service = pytest.mark.parametrize("name", sorted(SERVICES))


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_is_valid_by_the_compose_specification() -> None:
    # Variables as `docker compose config` would fill them in: with their defaults.
    filled = re.sub(r"(?<!\$)\$\{\w+:?-([^}]*)\}", r"\1", TEXT)
    assert "${" not in filled
    parsed = PyCompose.from_yaml(yaml.safe_dump(yaml.safe_load(filled)))
    parsed.validate()
    assert set(parsed.service_names()) == set(SERVICES)


def test_the_team_has_every_part() -> None:
    assert set(SERVICES) == AIRFLOW | OTHERS


@every_service
def test_images_are_pinned_to_an_exact_version(name: str) -> None:
    assert re.search(r":\d+\.\d+(\.\d+)?(-[a-z]+)?$", SERVICES[name]["image"]), SERVICES[name]["image"]


@every_service
def test_memory_processes_and_logs_are_limited(name: str) -> None:
    assert re.fullmatch(r"\d+[mg]", SERVICES[name]["mem_limit"])
    assert SERVICES[name]["pids_limit"] <= 512
    assert SERVICES[name]["logging"]["options"]["max-size"]


@every_service
def test_nobody_is_root_or_can_become_it(name: str) -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", SERVICES[name]["user"])
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]
    assert not SERVICES[name].get("privileged")


def test_only_the_two_pages_for_people_have_ports_and_only_on_loopback() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(ports) == {"api-server", "exports"}
    assert all(port.startswith("127.0.0.1:") for found in ports.values() for port in found)


def test_what_holds_data_is_on_a_network_without_a_way_out() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all(SERVICES[name]["networks"] == ["inside"] for name in ("postgres", "redis", "s3"))
    assert SERVICES["exports"]["networks"] == ["outside"]


@every_service
def test_a_service_that_stays_has_a_health_check_and_comes_back(name: str) -> None:
    if name == "init":
        assert SERVICES[name]["restart"] == "no"
    else:
        assert SERVICES[name]["healthcheck"]["test"]
        assert SERVICES[name]["restart"] == "unless-stopped"


@every_service
def test_a_service_waits_for_a_state_and_not_only_for_a_start(name: str) -> None:
    for other, wanted in SERVICES[name].get("depends_on", {}).items():
        state = "service_completed_successfully" if other == "init" else "service_healthy"
        # The web server needs the writer's volume only, not its work.
        assert wanted["condition"] == ("service_started" if name == "exports" else state)


@every_service
def test_what_a_service_names_is_defined(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
    assert set(service.get("depends_on", ())) <= set(SERVICES)
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert {config["source"] for config in service.get("configs", ())} <= set(COMPOSE["configs"])
    volumes = {volume.partition(":")[0] for volume in service.get("volumes", ())}
    assert {volume for volume in volumes if not volume.startswith(".")} <= set(COMPOSE["volumes"])


def test_no_volume_and_no_secret_is_left_over() -> None:
    used = {
        volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())
    }
    assert set(COMPOSE["volumes"]) <= used
    named = {secret for service in SERVICES.values() for secret in service.get("secrets", ())}
    assert set(COMPOSE["secrets"]) == named


@every_service
def test_no_secret_stands_in_the_environment(name: str) -> None:
    secrets = set(SERVICES[name].get("secrets", ()))
    for key, value in SERVICES[name].get("environment", {}).items():
        if re.search(r"PASSWORD|SECRET|KEY|CONN(?!_NAMES)|BACKEND|BROKER|CREDENTIALS", key):
            assert "/run/secrets/" in value, key
        assert "@" not in value, key
        for secret in re.findall(r"/run/secrets/(\w+)", value):
            # One key is the writer's alone: who does not sign cannot.
            assert secret in secrets or secret == "receipt_key", (name, key)


def test_what_a_form_holds_is_hidden_in_the_audit_log_of_airflow() -> None:
    assert SERVICES["api-server"]["environment"]["AIRFLOW__CORE__SENSITIVE_VAR_CONN_NAMES"] == "conf"


def test_only_one_service_owns_the_warehouse_and_it_alone_serves_the_writers_queue() -> None:
    queues = {
        name: service["command"][service["command"].index("--queues") + 1].split(",")
        for name, service in SERVICES.items()
        if "celery" in service.get("command", ())
    }
    assert queues == {"worker": [ANYWHERE], "writer": [WRITER, ANYWHERE]}
    owners = {name for name in AIRFLOW if "data:/data" in SERVICES[name]["volumes"]}
    assert owners == {"writer"}
    assert "data:/data:ro" in SERVICES["exports"]["volumes"]


def test_the_cluster_without_containers_has_the_same_queues() -> None:
    assert sorted(cluster.WORKERS.values()) == sorted(
        SERVICES[name]["command"][SERVICES[name]["command"].index("--queues") + 1]
        for name in ("worker", "writer")
    )


def test_every_secret_is_a_file_that_the_script_makes(tmp_path: Path) -> None:
    secrets = script("compose_secrets")
    made = secrets.write(tmp_path / "secrets")
    assert {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()} == set(made)
    assert secrets.write(tmp_path / "secrets") == []
    assert oct((tmp_path / "secrets").stat().st_mode)[-3:] == "700"
    for key in ("pseudonym_key", "forgotten_key", "receipt_key"):
        assert len((tmp_path / "secrets" / key).read_bytes()) >= 32


def test_every_variable_is_explained() -> None:
    explained = (ROOT / "docs" / "operate.md").read_text()
    for name in set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT)):
        assert f"`{name}`" in explained, name


def test_the_image_is_built_from_the_lock_in_stages_and_does_not_run_as_root() -> None:
    stages = {stage.name: stage for stage in check_image.parse((ROOT / "Dockerfile").read_text())}
    for name in ("build", "build-store"):
        runs = " ".join(rest for word, rest in stages[name].steps if word == "RUN")
        assert "--frozen" in runs
        assert "--require-hashes" in runs
    for name in {service["build"]["target"] for service in SERVICES.values() if "build" in service}:
        # Tools stay behind in the stages that built: nothing is installed in what is shipped but Debian's packages.
        assert ("USER", "10001") in stages[name].steps
        assert not any("pip" in rest or "uv " in rest for word, rest in stages[name].steps if word == "RUN")
    assert "secrets" in (ROOT / ".dockerignore").read_text().split()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The web server of docker-compose.yml with a release, a real nginx on a free port."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if nginx is None:
        pytest.skip("nginx is missing: apt-get install nginx-light")
    home = tmp_path_factory.mktemp("web")
    home.chmod(0o755)
    (home / ".exports.releases" / "r1").mkdir(parents=True)
    (home / "landing").mkdir()
    (home / "landing" / "raw.jsonl").write_text("somebody's words")
    (home / ".exports.releases" / "r1" / "dashboard.html").write_text("<title>d</title>")
    (home / ".exports.releases" / "r1" / ".hidden").write_text("x")
    (home / "exports").symlink_to(home / ".exports.releases" / "r1")
    [port] = services.free_ports(1)
    config = COMPOSE["configs"]["exports_server"]["content"]
    assert "$" not in config, "compose would fill it in"
    config = config.replace("listen 8080", f"listen 127.0.0.1:{port}").replace(
        "/data/exports", str(home / "exports")
    )
    (home / "nginx.conf").write_text(
        f"{'user root; ' if os.geteuid() == 0 else ''}daemon off; pid {home}/pid; "
        f"error_log {home}/error.log; events {{}} http {{ access_log off; {config} }}"
    )
    with services.running([nginx, "-p", str(home), "-c", str(home / "nginx.conf")], log=home / "log"):
        services.wait_until(lambda: services.listens(port), "nginx", seconds=10, log=home / "error.log")
        yield f"http://127.0.0.1:{port}"


def ask(url: str, method: str = "GET") -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=5) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


@pytest.mark.cluster
def test_the_web_server_shows_the_release_with_strict_headers_and_nothing_else(served: str) -> None:
    status, headers = ask(f"{served}/")
    assert status == 200
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "nginx/" not in headers["Server"]
    assert ask(f"{served}/health")[0] == 204
    for path in (
        "/.hidden",
        "/../landing/raw.jsonl",
        "/%2e%2e/landing/raw.jsonl",
        "/landing/raw.jsonl",
        "/none",
    ):
        assert ask(served + path)[0] in (400, 404), path
    assert ask(f"{served}/dashboard.html", "DELETE")[0] in (403, 405)


@pytest.mark.cluster
def test_the_s3_of_the_team_starts_with_its_very_arguments_and_wants_a_key(tmp_path: Path) -> None:
    """In a network of its own, so that its fixed ports meet nobody."""
    script("compose_secrets").write(tmp_path / "secrets")
    (tmp_path / "store").mkdir()
    words = [
        word.replace("/store", str(tmp_path / "store")).replace("/run/secrets", str(tmp_path / "secrets"))
        for word in SERVICES["s3"]["command"]
    ]
    [weed] = [services.program("weed")]
    inside = (
        "ip link set lo up; "
        f"{shlex.join([weed, *words])} > {tmp_path}/log 2>&1 & "
        "for i in $(seq 300); do curl -sf -o /dev/null http://127.0.0.1:8333/healthz && break; sleep 0.2; done; "
        "curl -s -o /dev/null -w '%{http_code} ' http://127.0.0.1:8333/; "
        f"AWS_ENDPOINT_URL_S3=http://127.0.0.1:8333 AWS_SHARED_CREDENTIALS_FILE={tmp_path}/secrets/s3_credentials "
        f"GIRAFE_STORE=s3://girafe/store {services.sys.executable} -c "
        '\'from scripts.compose_init import make_bucket; make_bucket("s3://girafe/store"); '
        'make_bucket("s3://girafe/store"); print("bucket made")\'; '
        "kill -9 $!"
    )
    began = time.monotonic()
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", inside],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "403 bucket made" in done.stdout, (done.stdout, done.stderr[-2000:], time.monotonic() - began)
