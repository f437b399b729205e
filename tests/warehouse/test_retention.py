"""Retention: payloads leave on time, by platform, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from girafe.data_dir import DataDir
from girafe.records import Envelope, Rejected
from girafe.settings import parse_settings
from warehouse.landing import landing_path, read_quarantine, write_envelopes, write_quarantine
from warehouse.retention import enforce

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
SETTINGS = parse_settings(
    '[company]\nname = "Orée"\n[retention]\nraw_days = 30\ndays_by_platform = { reddit = 20, forum = 3 }\n'
)


def land(data: DataDir, platform: str) -> Path:
    envelope = Envelope(
        source=platform, platform=platform, query="q", fetched_at=NOON, run_id="r", collector_version="1",
        payload={"text": "bonjour"},
    )  # fmt: skip
    path = landing_path(data.landing, platform, NOON, "r")
    write_envelopes(path, [envelope])
    return path


@pytest.mark.parametrize(
    ("platform", "days"),
    [("mastodon", 30), ("forum", 3), ("reddit", 2), ("linkedin", 2)],
)
def test_a_payload_leaves_when_its_time_is_up_and_not_before(
    tmp_path: Path, platform: str, days: int
) -> None:
    data = DataDir(tmp_path)
    path = land(data, platform)
    midnight = NOON.replace(hour=0)
    enforce(data, SETTINGS, midnight + timedelta(days=days, seconds=-1))
    assert path.exists()
    report = enforce(data, SETTINGS, midnight + timedelta(days=days))
    assert not path.exists()
    assert report.files == (path,)


def test_a_dry_run_removes_nothing(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    path = land(data, "mastodon")
    report = enforce(data, SETTINGS, NOON + timedelta(days=99), dry_run=True)
    assert report.files == (path,)
    assert path.exists()


def test_quarantine_keeps_to_the_same_times_line_by_line(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    lines = [
        Rejected(source=p, platform=p, run_id="r", reason="x", detail="d", position="1", raw="bonjour")
        for p in ("linkedin", "mastodon")
    ]
    write_quarantine(data.quarantine, NOON, "r", lines)
    report = enforce(data, SETTINGS, NOON + timedelta(days=5))
    assert report.quarantine_lines == 1
    assert [line.platform for _, line in read_quarantine(data.quarantine)] == ["mastodon"]
    enforce(data, SETTINGS, NOON + timedelta(days=99))
    assert list(data.quarantine.rglob("*.gz")) == []
