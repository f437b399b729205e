"""Runs that fail, on a real Airflow at level DEBUG: nothing it keeps of them holds a mark of a person."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import duckdb
import pytest

from girafe.data_dir import DataDir
from tests import canaries
from tests.collectors.conftest import GOVERNANCE
from tests.dags.real_airflow import started
from tests.imports.made import workbook
from tests.loopback import serving
from tests.test_canaries import RAW, land, links_of_organisations

WHO = f"{canaries.MARK}7"
COMPANY = (
    """
[company]
name = "Ondine"
[[sources]]
name = "mastodon"
queries = ["#refused", "#misunderstood", "#moved", "#heard"]
options = {{ instances = ["{url}"] }}
"""
    + GOVERNANCE
)
TOLD = json.dumps({"error": f"User {WHO} is suspended, call 06 {canaries.DIGITS[:2]} 71 12 34"}).encode()


class _Instance(BaseHTTPRequestHandler):
    """A server that names somebody in whatever it says, headers too."""

    def do_GET(self) -> None:
        status, body = 200, json.dumps({"domain": WHO, "version": "4.3.0"}).encode()
        if "timelines" in self.path:
            body = json.dumps([{"id": WHO, "created_at": WHO, "account": WHO, "content": WHO}]).encode()
        for word, code in (("refused", 403), ("misunderstood", 400), ("moved", 302)):
            if word in self.path:
                status, body = code, TOLD
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"https://{WHO}.internal/@{WHO}")
        self.send_header("Link", f'<https://a.example/@{WHO}>; rel="prev"')
        self.send_header("Set-Cookie", f"who={WHO}")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Keeps quiet."""


@pytest.mark.slow
def test_what_airflow_keeps_of_runs_that_fail_names_nobody(tmp_path: Path) -> None:
    data, company, file = tmp_path / "data", tmp_path / "company.toml", tmp_path / "posts.xlsx"
    row = ["platform", "post_id", "created_at", "text", "handle"], ["forum", "1", WHO, WHO, WHO]
    file.write_bytes(workbook({WHO: row}).replace(b"sheet1", b"sheet9"))
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(f'[company]\nname = "Ondine"\nheadcount = "{WHO}"\n')
    marked = land(DataDir(data))
    for number, landed in enumerate(sorted(data.glob("landing/*/*/*.gz"))):
        landed.write_bytes(landed.read_bytes()[: -9 if number % 2 else -400])
    requests = data / "requests"
    requests.mkdir()
    for number, words in enumerate((f'{{"account": "{WHO}', f"mastodon {WHO} {WHO}", f"{WHO} {WHO}")):
        (requests / f"{number}.json").write_text(words)
    with serving(_Instance) as url:
        company.write_text(COMPANY.format(url=url))
        with started(data, company, AIRFLOW__LOGGING__LOGGING_LEVEL="DEBUG") as airflow:
            airflow.trigger("girafe_import", file=str(file))
            assert airflow.end_of("girafe_import") == "failed"
            airflow.trigger("girafe_process", company=str(wrong))
            assert airflow.end_of("girafe_process") == "failed"
            airflow.trigger("girafe_forget")
            assert airflow.end_of("girafe_forget") == "success", "each request is refused, and answered"
            airflow.switch_on("girafe_collect")
            airflow.trigger("girafe_collect")
            assert airflow.end_of("girafe_collect") == "failed"
            assert "mastodon.ask" in airflow.tasks("girafe_collect"), "the server was asked"
    search = canaries.Search(canaries.marks_of(marked) | {WHO}, allowed=links_of_organisations(marked))
    home = data / "airflow"
    found, searched = search.in_folder(home, but=set())
    assert found == {}
    assert searched > 10
    assert b"DEBUG" in (home / "airflow.log").read_bytes().upper()
    assert search.in_bytes((tmp_path / "up.log").read_bytes()) is None
    assert search.in_folder(data, but={*RAW, "requests", "airflow"})[0] == {}
    assert search.in_folder(requests / "answers", but=set())[0] == {}


@pytest.mark.slow
def test_what_dbt_stores_of_a_test_that_fails_and_a_night_in_which_all_fails_name_nobody(
    tmp_path: Path,
) -> None:
    """Rows behind a failing test of dbt are kept on request (DBT_STORE_FAILURES); then nothing can be tidied up."""
    data, company = tmp_path / "data", tmp_path / "company.toml"
    home = DataDir(data)
    marked = land(home)
    search = canaries.Search(canaries.marks_of(marked) | {WHO}, allowed=links_of_organisations(marked))
    options = {"AIRFLOW__LOGGING__LOGGING_LEVEL": "DEBUG", "DBT_STORE_FAILURES": "true"}
    with serving(_Instance) as url:
        company.write_text(COMPANY.format(url=url))
        with started(data, company, **options) as airflow:
            airflow.trigger("girafe_process")
            assert airflow.end_of("girafe_process") == "success"
            with duckdb.connect(str(home.warehouse)) as connection:
                for table in ("posts", "speaker_labels", "mentions", "term_labels", "organisation_links"):
                    connection.execute(f"insert into raw.{table} select * from raw.{table}")
            assert airflow.clear("girafe_process", "measure.dbt_producer_watcher") == "failed"
            with duckdb.connect(str(home.warehouse), read_only=True) as connection:
                [stored] = connection.execute(
                    "select count(*) from information_schema.tables where table_schema like '%dbt_test__audit'"
                ).fetchall()
            assert stored[0] > 3
            assert search.in_folder(data, but={*RAW, "airflow"})[0] == {}

            wrong = tmp_path / "wrong.toml"
            wrong.write_text(f'[company]\nname = "Ondine"\nheadcount = "{WHO}"\n')
            (data / "requests" / "1.json").mkdir(parents=True)
            (data / "requests" / "2.json").write_text(f'{{"platform": "mastodon", "account": "{WHO}"}}')
            airflow.switch_on("girafe_housekeeping")
            airflow.trigger("girafe_housekeeping", company=str(wrong))
            assert airflow.end_of("girafe_housekeeping") == "failed"
            nothing_done = airflow.tasks("girafe_housekeeping")
            (data / "keys" / "pseudonym.key").write_text(f"{WHO} is no key")
            airflow.trigger("girafe_housekeeping")
            assert airflow.end_of("girafe_housekeeping") == "failed"
            tasks = airflow.tasks("girafe_housekeeping")
    assert "success" not in nothing_done.values(), nothing_done
    assert (tasks["requests"], tasks["deletions"]) == ("failed", "failed"), tasks
    assert tasks["retention"] == "success", "nothing is kept longer than allowed, whatever failed before"
    found, searched = search.in_folder(data / "airflow", but=set())
    assert found == {}
    assert searched > 10
    assert search.in_bytes((tmp_path / "up.log").read_bytes()) is None
    assert search.in_folder(data, but={*RAW, "requests", "airflow", "keys"})[0] == {}
