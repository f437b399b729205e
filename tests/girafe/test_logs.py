"""Logs: JSON lines with the id of the run where asked for; lines for people otherwise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from girafe import logs

COMPANY = '[company]\nname = "Ondine"\n'


def girafe(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIRAFE_")}
    return subprocess.run(
        [sys.executable, "-m", "girafe", *arguments],
        env=clean | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def company(folder: Path) -> list[str]:
    (folder / "company.toml").write_text(COMPANY)
    return ["--company", str(folder / "company.toml"), "--data", str(folder / "data")]


def test_every_line_is_an_object_with_the_id_of_its_run_and_its_stage(tmp_path: Path) -> None:
    done = girafe("classify", *company(tmp_path), GIRAFE_LOG="json", GIRAFE_RUN_ID="nightly-7")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {line["run_id"] for line in lines} == {"nightly-7"}
    assert [line["event"] for line in lines if line.get("stage") == "classify"] == ["started", "ended"]
    assert all(line["timestamp"].endswith("Z") and line["level"] == "info" for line in lines)
    assert any("nothing new" in line["event"] for line in lines)


def test_an_error_is_one_object_that_says_what_to_do(tmp_path: Path) -> None:
    done = girafe("run", "--company", str(tmp_path / "none.toml"), GIRAFE_LOG="json")
    [line] = [json.loads(line) for line in done.stderr.splitlines()]
    assert (done.returncode, line["exit_code"], line["level"]) == (3, 3, "error")
    assert "girafe init" in line["event"]
    assert line["run_id"].startswith("cli-")


def test_two_runs_have_two_ids_and_a_given_one_is_kept() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert logs.run_id({}, now, "a1") != logs.run_id({}, now, "b2")
    assert logs.run_id({"GIRAFE_RUN_ID": "nightly-7"}, now, "a1") == "nightly-7"


def test_people_read_plain_lines(tmp_path: Path) -> None:
    done = girafe("collect", *company(tmp_path))
    assert done.returncode == 0
    assert "nothing to collect" in done.stderr
    assert "{" not in done.stderr


def test_what_girafe_says_of_a_stage_is_not_buried_under_what_a_library_says_of_itself() -> None:
    """In Airflow, where everything from INFO on is logged, a task that validates had 230 lines about closures."""
    script = (
        "import logging; logging.basicConfig(level=logging.INFO)\n"
        "from girafe.run import be_quiet; be_quiet()\n"
        "import great_expectations as gx\n"
        "gx.get_context(mode='ephemeral')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "Skipping registering function" not in done.stderr
