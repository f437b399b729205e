"""Keys of platforms: a DAG takes them from Airflow's connections, and leaves them nowhere."""

from __future__ import annotations

import ast
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from girafe.data_dir import DataDir
from girafe.run import has_landed
from tests import canaries
from tests.collectors.conftest import GOVERNANCE
from tests.collectors.worlds import NOW, encode, mastodon

ROOT = Path(__file__).parents[2]
TOKEN = f"{canaries.MARK}-token-of-the-instance"


@pytest.fixture
def instance() -> Iterator[tuple[str, list[str | None]]]:
    """A Mastodon that shows its timeline to those with the token, and what it was asked with."""
    asked: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers.get("authorization"))
            parts = urlsplit(self.path)
            body, headers = encode(mastodon(parts.path, dict(parse_qsl(parts.query)), ""))
            self.send_response_only(200 if asked[-1] == f"Bearer {TOKEN}" else 401)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keeps quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    server.server_close()


def test_a_token_in_a_connection_reaches_the_platform_and_nothing_else(
    tmp_path: Path,
    airflow_environment: dict[str, str],
    run_python: Any,
    instance: tuple[str, list[str | None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host, asked = instance
    company, data = tmp_path / "company.toml", tmp_path / "data"
    company.write_text(
        '[company]\nname = "Ondine"\n[[sources]]\nname = "mastodon"\nqueries = ["#ondine"]\n'
        f'options = {{ instances = ["http://{host}"] }}\n{GOVERNANCE}'
    )
    monkeypatch.setitem(airflow_environment, "GIRAFE_NOW", NOW.isoformat())
    monkeypatch.setitem(airflow_environment, "AIRFLOW__LOGGING__LOGGING_LEVEL", "INFO")  # as in production
    conf = json.dumps({"company": str(company), "data": str(data), "source": "mastodon"})
    connections = json.dumps({"girafe_mastodon": {"password": f"{host}={TOKEN}"}})
    said = run_python(ROOT / "tests/dags/inside/run_collect.py", str(ROOT / "dags"), conf, connections)
    states = json.loads([line for line in said.splitlines() if line.startswith("{")][-1])
    assert states["mastodon.ask"] == "success", said[-3000:]
    assert set(asked) == {f"Bearer {TOKEN}"}
    assert has_landed(DataDir(data))
    # Neither logs, XCom, rendered fields and the database of Airflow nor what girafe keeps.
    search = canaries.Search({TOKEN})
    assert search.in_bytes(said.encode()) is None
    home = Path(airflow_environment["AIRFLOW_HOME"])
    assert (home / "airflow.db").exists()
    assert search.in_folder(home, but=set())[0] == {}
    assert search.in_folder(data, but=set())[0] == {}


def test_every_key_a_source_reads_has_a_connection() -> None:
    from collectors.registry import SOURCES
    from girafe.wiring.keys import CONNECTIONS

    read = {name for source in SOURCES.values() for name in source.SECRETS}
    for file in (ROOT / "collectors/sources").glob("*.py"):
        read |= _names_read(ast.parse(file.read_text()))
    assert {"MASTODON_TOKENS", "YOUTUBE_API_KEY"} <= read
    assert read <= set(CONNECTIONS)
    described = (ROOT / "docs" / "operate.md").read_text()
    assert [name for name, _ in CONNECTIONS.values() if f"`{name}`" not in described] == []


def _names_read(tree: ast.AST) -> set[str]:
    """Every NAME in `secrets["NAME"]` and `secrets.get("NAME")`."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=ast.Name(id="secrets"), slice=ast.Constant(value=str(name))):
                found.add(name)
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="secrets")), args=[ast.Constant(value=str(name)), *_]
            ):
                found.add(name)
    return found
