"""Twelve faults, each recognised by name; a calm week stays calm, and a blind week is never called calm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from girafe.settings import parse_settings
from quality.report import ValidationReport
from quality.silence import REASONS, Hearing, SourceWeek, as_findings, hearings, judge
from warehouse.connection import connect
from warehouse.merge import create_tables
from warehouse.tables import RAW

MONDAY = date(2026, 9, 7)
GOOD = SourceWeek(source="forum", week=MONDAY, runs=7, payloads=40, posts_read=40, posts=40)
QUIET = replace(GOOD, payloads=0, posts_read=0, posts=0)


def after_six_good_weeks(last: SourceWeek, *, usual: SourceWeek = GOOD) -> Hearing:
    """The judgement on `last`, in the seventh week."""
    before = [replace(usual, week=MONDAY + timedelta(weeks=n)) for n in range(6)]
    return judge([*before, replace(last, week=MONDAY + timedelta(weeks=6))])[-1]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(replace(QUIET, runs=0), "no_run", id="scheduler stopped"),
        pytest.param(replace(QUIET, blind_runs=7, detail="401"), "refused", id="key expired"),
        pytest.param(replace(QUIET, blind_runs=7, detail="429"), "refused", id="rate limited all week"),
        pytest.param(replace(QUIET, blind_runs=7, detail="no route"), "refused", id="host unreachable"),
        pytest.param(replace(QUIET, payloads=30, quarantined=30), "unreadable", id="format changed"),
        pytest.param(replace(QUIET, payloads=30), "nothing_read", id="posts moved to another field"),
        pytest.param(replace(QUIET, opted_out=30), "opt_outs_only", id="opt-out flag misread"),
        pytest.param(replace(QUIET, payloads=3, opted_out=30), "opt_outs_only", id="and some profiles"),
        pytest.param(replace(QUIET, payloads=40, posts_read=40), "stale", id="cursor stands still"),
        pytest.param(replace(QUIET, blind_runs=7, mute_runs=7), "mute", id="the canary hears nothing either"),
        pytest.param(QUIET, "implausible", id="empty answers that mean no"),
        pytest.param(replace(GOOD, posts=2, posts_read=2), "collapsed", id="paging broken after page one"),
    ],
)
def test_a_fault_is_named_and_the_week_is_not_called_calm(fault: SourceWeek, reason: str) -> None:
    hearing = after_six_good_weeks(fault)
    assert (hearing.state, hearing.reason) == ("blind", reason)
    assert hearing.note.startswith(REASONS[reason].split("{")[0][:20])


def test_a_week_that_was_partly_blind_is_heard_and_says_so() -> None:
    hearing = after_six_good_weeks(replace(GOOD, blind_runs=2, detail="503"))
    assert (hearing.state, hearing.reason) == ("heard", "partly")
    assert "2 of 7 runs" in hearing.note
    assert "503" in hearing.note


def test_when_all_sources_fall_silent_at_once_none_is_believed() -> None:
    rare = replace(GOOD, posts=2, posts_read=2, payloads=2)
    weeks = [
        replace(week, source=source, week=MONDAY + timedelta(weeks=n))
        for source in ("forum", "mastodon")
        for n, week in enumerate([rare, rare, QUIET])
    ]
    assert {h.reason for h in judge(weeks) if h.week == MONDAY + timedelta(weeks=2)} == {"all_at_once"}


def test_a_calm_week_of_a_source_that_says_little_is_calm() -> None:
    rare = replace(GOOD, posts=2, posts_read=2, payloads=2)
    assert after_six_good_weeks(QUIET, usual=rare).state == "silent"


def test_a_busy_week_and_a_slower_one_are_both_heard() -> None:
    for posts in (15, 40, 400):
        assert after_six_good_weeks(replace(GOOD, posts=posts)).reason == ""


def test_weeks_before_the_first_run_and_the_running_week_are_not_judged(tmp_path: Path) -> None:
    now = datetime(2026, 9, 30, 12, tzinfo=UTC)
    settings = parse_settings('[company]\nname = "Ondine"\n[[sources]]\nname = "forum"\n')
    with connect(tmp_path / "w.duckdb") as connection:
        create_tables(connection, RAW)
        connection.execute(
            "insert into raw.collection_runs select *, null, null, null from (values"
            " ('forum', 'forum', 'a', '2026-09-08', '2026-09-08', 3, 3, 0, 0, 'heard', null),"
            " ('forum', 'forum', 'b', '2026-09-22', '2026-09-22', 0, 0, 0, 0, 'blind', 'key expired'),"
            " ('file', 'girafe_jsonl', 'c', '2026-08-01', '2026-08-01', 9, 9, 0, 0, 'heard', null))"
        )
        found = hearings(connection, settings, now)
    assert [(h.week, h.state, h.reason) for h in found] == [
        (date(2026, 9, 7), "silent", ""),
        (date(2026, 9, 14), "blind", "no_run"),
        (date(2026, 9, 21), "blind", "refused"),
    ]
    assert "key expired" in found[-1].note


def test_the_report_names_what_could_not_be_heard_for_whoever_looks_at_the_asset() -> None:
    deaf = Hearing(source="mastodon", week=date(2026, 3, 2), state="blind", reason="refused")
    report = ValidationReport(
        stage="raw", checked_at=datetime(2026, 3, 9, tzinfo=UTC), rows={}, count_rules=1,
        findings=tuple(as_findings([deaf])), docs=Path("docs"),
    )  # fmt: skip
    assert report.unheard == "mastodon: refused"
    assert replace(report, findings=()).unheard == "nothing"
