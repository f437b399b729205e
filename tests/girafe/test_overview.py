"""The overview: what `girafe status` knows of an installation, and what it advises."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.runs import Health, RunRecord, write_run
from girafe.data_dir import DataDir
from girafe.overview import Advice, overview

NOW = datetime(2026, 11, 16, 6, tzinfo=UTC)


def ran(data: DataDir, source: str, health: Health) -> None:
    write_run(
        data,
        RunRecord(
            platform=source, source=source, run_id=f"{source}-1", first_fetched_at=NOW, last_fetched_at=NOW,
            count_payloads=1, count_posts=0, count_quarantined=1, count_opted_out=0, health=health, health_detail="",
        ),
    )  # fmt: skip


def advised(data: DataDir) -> list[Advice]:
    """With something landed, for before that there is nothing else to say."""
    landed = Path(str(data.landing)) / "mastodon" / "2026-11-16" / "mastodon-1.jsonl.gz"
    landed.parent.mkdir(parents=True, exist_ok=True)
    landed.touch()
    return [advice for advice in overview(data, NOW, ["mastodon"]).advice if advice.verdict == "act"]


def test_a_file_that_could_not_be_read_is_no_source_to_be_asked_again(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    for source in ("mastodon", "girafe_jsonl"):
        ran(data, source, "blind")
    assert [line.source for line in overview(data, NOW, ["mastodon"]).sources] == ["mastodon"]
    assert [advice.text.split()[0] for advice in advised(data) if "--source" in advice.command] == [
        "mastodon"
    ]


@pytest.mark.parametrize("damage", ["gone", "changed", "none"])
def test_a_release_that_is_not_as_it_was_published_is_told_and_can_be_made_again(
    tmp_path: Path, damage: str
) -> None:
    data = DataDir(tmp_path)
    data.exports.mkdir()
    page = data.exports / "dashboard.html"
    page.write_bytes(b"<p>79 %</p>")
    said = {page.name: {"sha256": hashlib.sha256(page.read_bytes()).hexdigest(), "bytes": 11}}
    (data.exports / "manifest.json").write_text(json.dumps({"files": said}))
    if damage == "gone":
        page.unlink()
    elif damage == "changed":
        page.write_bytes(b"<p>97 %</p>")
    told = [advice for advice in advised(data) if advice.command == "girafe publish"]
    assert len(told) == (damage != "none")
