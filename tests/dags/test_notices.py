"""Who is told, and how: a failure and a late run reach a real mail server, with the command to run."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.loopback import receiving
from tests.reports.conftest import all_tables, write

SCRIPT = """
import asyncio, os
from apprise.plugins.slack import NotifySlack
from girafe import errors
from girafe.wiring.notices import late, notify

NotifySlack.webhook_url = os.environ["SLACK"]  # Slack itself is out of reach

class Task:
    dag_id, task_id, run_id = "girafe_collect", "mastodon.ask", "manual__2026-11-28T05:00:00+00:00"
    rendered_map_index = "#ondine"

notify({"ti": Task, "exception": errors.AccessDenied("The key of mastodon has expired. Renew it.")})
run = {"dag_id": "girafe_process", "dag_run_id": "manual__2026"}
asyncio.run(late(minutes=180, context={"dag_run": run}))
"""


class Box:
    """What the mail server was given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        found = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        self.mails.append(found)
        return "250 OK"


@pytest.fixture
def mail() -> Iterator[tuple[Box, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def test_a_failure_and_a_late_run_are_told_by_mail_and_in_slack(
    tmp_path: Path, airflow_environment: dict[str, str], mail: tuple[Box, int]
) -> None:
    box, port = mail
    alerts = f"mailto://127.0.0.1:{port}?from=girafe@ondine.example&to=data@ondine.example"
    alerts += " nonsense://secret-token json://127.0.0.1:9/secret-token"
    alerts += " slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#data"
    script = tmp_path / "tell.py"
    script.write_text(SCRIPT)
    with receiving() as slack:
        done = subprocess.run(
            [sys.executable, str(script)],
            env=airflow_environment | {"GIRAFE_ALERTS": alerts, "SLACK": slack.url},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    for number, times in enumerate((0, 2, 2), 1):  # of both notices
        assert done.stdout.count(f"Address {number} of GIRAFE_ALERTS did not take this notice.") == times
    assert "secret-token" not in done.stdout + done.stderr
    failed, late = box.mails
    assert failed["to"] == "data@ondine.example"
    assert "girafe_collect.mastodon.ask failed for #ondine" in failed["subject"]
    body = failed.get_body(("plain", "html")).get_content()  # type: ignore[union-attr]
    for said in ("has expired", "Affected:", "last good release", "airflow dags clear girafe_collect"):
        assert said in body, said
    assert "girafe_process is late" in late["subject"]
    assert "states-for-dag-run girafe_process" in late.get_body(("plain", "html")).get_content()  # type: ignore[union-attr]
    told = [json.loads(body) for _, body in slack.sent]
    assert [message["channel"] for message in told] == ["#data", "#data"]
    for said in ("girafe_collect.mastodon.ask failed", "has expired", "airflow dags clear girafe_collect"):
        assert said in slack.sent[0][1].decode(), said
    assert "girafe_process is late" in slack.sent[1][1].decode()


DELIVER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from girafe import audit
from girafe.data_dir import DataDir
from girafe.run import Context
from girafe.settings import parse_settings
from girafe.wiring.notices import deliver_digest
from tests.reports.conftest import COMPANY

data = DataDir.of(Path(sys.argv[1]), os.environ)
now = datetime(2026, 3, 30, 5, tzinfo=UTC)
print(deliver_digest(Context(data=data, settings=parse_settings(COMPANY), now=now)))
(act,) = audit.read(data)
print(act.what, act.details["addresses"], act.details["week"])
"""


def test_the_digest_leaves_for_its_addresses_and_the_audit_log_says_which_week(
    tmp_path: Path, airflow_environment: dict[str, str], mail: tuple[Box, int]
) -> None:
    box, port = mail
    script, data = tmp_path / "deliver.py", tmp_path / "data"
    script.write_text(DELIVER)
    write(data / "exports", all_tables())
    sending = {
        "GIRAFE_DIGEST_TO": "comms@lumen.example",
        "GIRAFE_MAIL_FROM": "girafe@lumen.example",
        "GIRAFE_SMTP_HOST": "127.0.0.1",
        "GIRAFE_SMTP_PORT": str(port),
        "GIRAFE_SMTP_ENCRYPTION": "none",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(
        [sys.executable, str(script), str(data)],
        env=airflow_environment | sending,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "1 by mail" in done.stdout
    assert done.stdout.splitlines()[-1] == "digest 1 2026-03-23"
    assert [sent["to"] for sent in box.mails] == ["comms@lumen.example"]
