"""What people do by hand, in a real Airflow: Trigger in a real Chromium, every DAG nobody waits for, a model cleared.

GIRAFE_PICTURES=FOLDER keeps what the browser showed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.dags.real_airflow import RealAirflow, started
from tests.dags.test_chain import COMPANY, DAGS, lines
from tests.loopback import receiving

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ASKS_TO_LEAVE = "zoequisenva"


@contextmanager
def chromium() -> Iterator[Any]:
    """A tab of a real browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        page = browser.new_page(viewport={"width": 1500, "height": 950})
        page.set_default_timeout(120_000)
        yield page
        browser.close()


@pytest.mark.slow
def test_every_dag_and_every_button_does_what_its_page_says(tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    pictures = Path(os.environ.get("GIRAFE_PICTURES", tmp_path / "pictures"))
    pictures.mkdir(parents=True, exist_ok=True)
    file, company, data = tmp_path / "posts.jsonl", tmp_path / "company.toml", tmp_path / "data"
    posts = [*lines(), lines()[1] | {"post_id": "px", "author": {"handle": ASKS_TO_LEAVE}}]
    file.write_text("\n".join(map(json.dumps, posts)) + "\n")
    company.write_text(COMPANY)
    with (
        receiving() as room,
        started(data, company, GIRAFE_DIGEST_TO=f"{room.url.replace('http', 'json')}/digest") as airflow,
        chromium() as page,
    ):
        log_in(page, airflow)
        show(page, airflow, "/dags", pictures / "dags.png", wait_for="girafe_import")
        trigger(page, airflow, pictures / "form.png", element_file=str(file))
        for dag in ("girafe_import", "girafe_process", "girafe_publish"):
            assert airflow.end_of(dag) == "success", airflow.tasks(dag)
        assert set(airflow.tasks("girafe_process").values()) == {"success"}
        run = airflow.newest("girafe_process")
        show(page, airflow, f"/dags/girafe_process/runs/{run}", pictures / "airflow.png", wait_for="Task ID")
        airflow.trigger("girafe_evaluate")
        clear(airflow, data)
        airflow.settle("girafe_publish")  # the marts were validated again, so they are published again
        forget(airflow, data, company)
        for dag in ("girafe_housekeeping", "girafe_digest", "girafe_evaluate"):
            if dag != "girafe_evaluate":
                airflow.trigger(dag)
            assert airflow.end_of(dag) == "success", airflow.tasks(dag)
        assert airflow.tasks("girafe_digest") == {"release": "success", "deliver": "success"}
        assert set(airflow.tasks("girafe_evaluate").values()) == {"success"}
    assert [json.loads(body)["title"] for body in room.at("/digest")], "the digest has been delivered"
    assert (data / "quality" / "docs" / "evaluation" / "index.html").exists()
    for kept in (path for path in (data / "airflow").rglob("*") if path.is_file()):
        assert ASKS_TO_LEAVE.encode() not in kept.read_bytes(), kept


def log_in(page: Any, airflow: RealAirflow) -> None:
    page.goto(airflow.url)
    page.locator("input[name=username]").fill("girafe")
    page.locator("input[name=password]").fill(airflow.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Dags", exact=True).first.wait_for()


def show(page: Any, airflow: RealAirflow, path: str, picture: Path, *, wait_for: str) -> None:
    page.goto(airflow.url + path)
    page.get_by_text(wait_for).first.wait_for()
    page.wait_for_timeout(3000)  # what comes in glides into its place
    page.screenshot(path=picture)


def trigger(page: Any, airflow: RealAirflow, picture: Path, **fields: str) -> None:
    """Fills in the form of girafe_import and presses its button."""
    page.goto(f"{airflow.url}/dags/girafe_import")
    page.get_by_role("button", name="Trigger").first.click()
    form = page.get_by_role("dialog")
    for name, value in fields.items():
        form.locator(f"input[name={name}]").fill(value)
    page.screenshot(path=picture)
    form.get_by_role("button", name="Trigger").click()


def clear(airflow: RealAirflow, data: Path) -> None:
    """The whole group, then one model, each with what comes after; Airflow's command line sees it too."""
    group = [task for task in airflow.tasks("girafe_process") if task.startswith("measure.")]
    assert len(group) > 50
    for cleared in (group, ["measure.models.marts.core.fct_conversations"]):
        assert airflow.clear("girafe_process", *cleared) == "success", airflow.tasks("girafe_process")
    words = ["tasks", "states-for-dag-run", "girafe_process", airflow.newest("girafe_process")]
    script = [sys.executable, "scripts/airflow_cli.py", "--data", str(data), *words]
    told = subprocess.run(script, cwd=DAGS.parent, capture_output=True, text=True, check=True).stdout
    assert "validate_marts" in told


def forget(airflow: RealAirflow, data: Path, company: Path) -> None:
    """The account is told to girafe, its number to Airflow."""
    girafe = [sys.executable, "-m", "girafe", "forget", "--later", "forum", ASKS_TO_LEAVE]
    told = subprocess.run(
        [*girafe, "--company", str(company), "--data", str(data)], capture_output=True, text=True, check=True
    )
    airflow.trigger("girafe_forget", request=told.stdout.strip())
    assert airflow.end_of("girafe_forget") == "success"
    assert list((data / "receipts").iterdir())
