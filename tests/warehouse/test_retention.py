"""Retention: payloads leave on time, by platform, and nothing else does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collectors.imports.land import import_file
from collectors.registry import SOURCES
from girafe.data_dir import DataDir
from girafe.errors import SettingsInvalid
from girafe.records import Envelope, Rejected
from girafe.settings import parse_settings
from warehouse.landing import landing_path, read_quarantine, write_envelopes, write_quarantine
from warehouse.retention import enforce, time_to_live

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
    [("mastodon", 30), ("forum", 3), ("reddit", 2), ("linkedin", 1)],
)
def test_a_payload_leaves_on_the_last_run_before_its_time_is_up(
    tmp_path: Path, platform: str, days: int
) -> None:
    data = DataDir(tmp_path)
    path = land(data, platform)
    midnight = NOON.replace(hour=0)
    enforce(data, SETTINGS, midnight + timedelta(days=days, hours=-12, seconds=-1))
    assert path.exists()
    report = enforce(data, SETTINGS, midnight + timedelta(days=days, hours=-12))
    assert not path.exists()
    assert report.files == (path,)


@pytest.mark.parametrize("platform", sorted({source.PLATFORM for source in SOURCES.values()} | {"forum"}))
@pytest.mark.parametrize("landed_at", [0, 3, 4, 12, 23])
def test_travelling_through_time_no_payload_is_ever_older_than_it_may_be(
    tmp_path: Path, platform: str, landed_at: int
) -> None:
    """Landed at some hour, with the runs at 03:30 and 15:30 in Paris, through the change to winter time."""
    landed = datetime(2026, 10, 23, landed_at, 59, tzinfo=UTC)
    allowed = {"linkedin": 24, "reddit": 48, "forum": 72}.get(platform, 30 * 24)
    data = DataDir(tmp_path)
    envelope = Envelope(
        source=platform, platform=platform, query="q", fetched_at=landed, run_id="r", collector_version="1",
        payload={"text": "bonjour"},
    )  # fmt: skip
    path = landing_path(data.landing, platform, landed, "r")
    write_envelopes(path, [envelope])
    turn = datetime(2026, 10, 23, 3, 30, tzinfo=ZoneInfo("Europe/Paris"))
    while path.exists():
        turn += timedelta(hours=12)  # on the clock on the wall: 13 hours in the night of the change
        now = turn.astimezone(UTC)
        if now > landed:
            enforce(data, SETTINGS, now)
            assert now - landed <= timedelta(hours=allowed), "older than it may be when it leaves"
    assert now - landed > timedelta(hours=max(0, allowed - 36)), "and not much earlier than it must"


def test_no_mapping_of_a_company_may_lengthen_what_a_platform_allows() -> None:
    generous = parse_settings(
        '[company]\nname = "Orée"\n[retention]\nraw_days = 366\n'
        "days_by_platform = { reddit = 300, linkedin = 300, youtube = 300 }\n"
    )
    days = {name: time_to_live(generous, name).days for name in ("reddit", "linkedin", "youtube", "x")}
    assert days == {"reddit": 2, "linkedin": 1, "youtube": 30, "x": 366}


def test_a_refused_line_that_names_no_platform_is_kept_no_longer_than_one_of_linkedin(tmp_path: Path) -> None:
    data, file = DataDir(tmp_path / "data"), tmp_path / "capture.ndjson"
    capture = {
        "item_id": "7527699880027577464", "timestamp_collected": 1795161600000,
        "source_platform": "linkedin.com", "source_platform_url": "https://www.linkedin.com/feed/",
        "data": {"commentary": "Ondine recrute"},
    }  # fmt: skip
    cut = json.dumps({**capture, "item_id": "7527699880027577465"})[:-20]
    file.write_text(f"{json.dumps(capture)}\n{cut}\n")
    import_file(file, data, format="zeeschuimer", now=NOON)
    assert "not_json" in {line.reason for _, line in read_quarantine(data.quarantine)}
    enforce(data, SETTINGS, NOON + timedelta(hours=12))
    assert [line.raw for _, line in read_quarantine(data.quarantine)] == []


def test_a_time_counts_for_a_platform_however_its_name_is_written(tmp_path: Path) -> None:
    written = parse_settings(
        '[company]\nname = "Orée"\n[retention]\ndays_by_platform = { X = 1, Forum = 9, forum = 3 }\n'
    )
    data = DataDir(tmp_path)
    paths = [land(data, platform) for platform in ("x", "forum")]
    enforce(data, written, NOON + timedelta(days=1))
    assert [path.exists() for path in paths] == [False, True]
    enforce(data, written, NOON + timedelta(days=3))
    assert not paths[1].exists()


def test_a_time_for_a_source_whose_payloads_lie_under_other_names_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match=r":4: .*facebook and instagram"):
        parse_settings('[company]\nname = "Orée"\n[retention]\ndays_by_platform = { Meta = 7 }\n')


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


def test_a_time_holds_however_company_toml_spells_the_network() -> None:
    """The Article 30 record would else promise what nobody keeps."""
    spelt = parse_settings(
        '[company]\nname = "Orée"\nofficial_accounts = ["Twitter:oree"]\n[retention]\n'
        'days_by_platform = { LinkedIn = 1, Twitter = 3, x = 5, "Reddit.com" = 1, Forum = 2 }\n'
    )
    days = {name: time_to_live(spelt, name).days for name in ("linkedin", "x", "reddit", "forum")}
    assert days == {"linkedin": 1, "x": 3, "reddit": 1, "forum": 2}
    assert spelt.company.official_accounts == ("x:oree",)
