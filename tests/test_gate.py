"""The governance gate: any key missing, and not one request leaves, whatever command is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from girafe.cli import main  # registers every command
from girafe.cli.app import app
from girafe.errors import GovernanceMissing
from girafe.settings import Governance
from tests.loopback import Counting, counting

assert main
KEYS = tuple(Governance.model_fields)
BLOCK = {
    "legal_basis": '"legitimate interest"',
    "purpose": '"to listen"',
    "dpia_reference": '"DPIA-1"',
    "works_council_informed_on": "2026-01-15",
    "notice_url": '"https://ondine.example/notice"',
    "dpo_contact": '"dpo@ondine.example"',
}


@pytest.fixture(scope="module")
def server() -> Iterator[Counting]:
    with counting() as server:
        yield server


def company(folder: Path, server: Counting, block: dict[str, str]) -> Path:
    lines = "".join(f"{key} = {value}\n" for key, value in block.items())
    file = folder / "company.toml"
    file.write_text(
        '[company]\nname = "Ondine"\n[[sources]]\nname = "mastodon"\nqueries = ["#ondine"]\n'
        f'options = {{ instances = ["{server.url}"] }}\n[governance]\n{lines}'
    )
    return file


def girafe(folder: Path, *arguments: str) -> Any:
    return CliRunner().invoke(
        app, [*arguments, "--company", str(folder / "company.toml"), "--data", str(folder / "data")]
    )


def test_the_keys_are_those_the_law_asks_for() -> None:
    assert set(KEYS) == set(BLOCK)


@pytest.mark.parametrize("command", [["collect"], ["run"], ["collect", "--since", "2026-11-01"]])
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("blank", ["left out", "empty"])
def test_each_key_alone_stops_a_live_run_before_the_first_request(
    tmp_path: Path, server: Counting, key: str, command: list[str], blank: str
) -> None:
    block = {name: value for name, value in BLOCK.items() if name != key}
    if blank == "empty" and key != "works_council_informed_on":
        block[key] = '"   "'
    company(tmp_path, server, block)
    before = server.requests
    done = girafe(tmp_path, *command)
    assert isinstance(done.exception, GovernanceMissing)
    assert re.search(rf"fill in {key} under", str(done.exception))
    assert server.requests == before
    assert not (tmp_path / "data" / "landing").exists()


@pytest.mark.parametrize(
    ("key", "hollow"),
    [
        ("legal_basis", '"À compléter."'),
        ("purpose", '"TODO"'),
        ("dpia_reference", '"<to be completed>"'),
        ("notice_url", '"-"'),
        ("dpo_contact", r'"\u200b"'),
        ("works_council_informed_on", "2026-11-24"),
    ],
)
def test_a_key_that_says_nothing_yet_stops_it_as_an_empty_one_does(
    tmp_path: Path, server: Counting, monkeypatch: pytest.MonkeyPatch, key: str, hollow: str
) -> None:
    company(tmp_path, server, {**BLOCK, key: hollow})
    before = server.requests
    monkeypatch.setenv("GIRAFE_NOW", "2026-11-23T06:00:00Z")
    assert re.search(rf"fill in {key} under", str(girafe(tmp_path, "collect").exception))
    assert f"not before {key} is filled in" in " ".join(girafe(tmp_path, "run", "--dry-run").output.split())
    girafe(tmp_path, "recheck")
    girafe(tmp_path, "doctor", "--online")
    assert server.requests == before


def test_from_the_day_on_which_the_works_council_was_informed_requests_leave(
    tmp_path: Path, server: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    company(tmp_path, server, {**BLOCK, "works_council_informed_on": "2026-11-24"})
    before = server.requests
    monkeypatch.setenv("GIRAFE_NOW", "2026-11-23T06:00:00Z")
    assert "2026-11-24 is still to come" in str(girafe(tmp_path, "collect").exception)
    assert server.requests == before
    monkeypatch.setenv("GIRAFE_NOW", "2026-11-24T06:00:00Z")
    girafe(tmp_path, "collect")
    assert server.requests > before


@pytest.mark.parametrize("key", KEYS)
def test_not_even_the_doctor_makes_its_cheap_call(tmp_path: Path, server: Counting, key: str) -> None:
    company(tmp_path, server, {name: value for name, value in BLOCK.items() if name != key})
    before = server.requests
    girafe(tmp_path, "doctor", "--online")
    assert server.requests == before


def test_with_every_key_the_request_leaves(tmp_path: Path, server: Counting) -> None:
    company(tmp_path, server, BLOCK)
    before = server.requests
    girafe(tmp_path, "collect")
    assert server.requests > before
