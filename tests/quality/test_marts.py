"""Nothing about fewer persons than allowed, and no way back to a person, passes the last check."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import yaml

from girafe.errors import QualityFailed
from girafe.settings import parse_settings
from quality.report import read_results
from quality.validate import validate_marts

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SETTINGS = parse_settings('[company]\nname = "Ondine"\n')
REPORTS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts" / "reports" / "_reports.yml"
PLAIN = {"varchar": "'x'", "bigint": "12", "double": "0.5", "boolean": "false", "date": "date '2026-11-16'"}
NAMED = {
    "link": "'https://oree.example/a'",
    "canary": "null",
    "voice": "'person'",
    "side": "'human'",
    "health": "'heard'",
    "state": "'silent'",
    "reason": "null",
    "sentiment": "'neutral'",
    "conversation_kind": "'other'",
    "thread_kind": "'other'",
    "opened_by": "'brand'",
}


def write(marts: Path, **changed: str) -> None:
    """Every mart of the contract with one plausible row; `changed` sets columns to other values."""
    marts.mkdir(parents=True, exist_ok=True)
    values = NAMED | changed
    for model in yaml.safe_load(REPORTS.read_text())["models"]:
        columns = ", ".join(
            f"({values.get(c['name'], PLAIN[c['data_type']])})::{c['data_type']} as {c['name']}"
            for c in model["columns"]
        )
        path = marts / f"{model['name']}.parquet"
        duckdb.execute(f"copy (select {columns}) to '{path}'")


@pytest.fixture
def marts(tmp_path: Path) -> Path:
    return tmp_path / "warehouse" / "marts"


def test_plausible_marts_pass_and_the_results_lie_in_the_data_directory(marts: Path, tmp_path: Path) -> None:
    write(marts)
    assert not validate_marts(marts, SETTINGS, NOW).findings
    assert read_results(tmp_path / "quality")["marts"]["is_good"] is True


def test_withheld_numbers_and_empty_marts_are_not_mistaken_for_bad_ones(marts: Path) -> None:
    write(marts, count_persons="null", count_active_employees="null", human_to_human_share="null")
    for path in sorted(marts.glob("*.parquet"))[::2]:
        duckdb.execute(f"create or replace temp table t as from '{path}'")
        duckdb.execute(f"copy (from t limit 0) to '{path}'")
    assert not validate_marts(marts, SETTINGS, NOW).findings


def test_what_must_not_be_published_stops_the_flow(marts: Path) -> None:
    write(
        marts,
        count_persons="4",
        count_active_employees="3",
        opened_by="'human'",
        human_to_human_share="1.2",
        activation_share_low="0.6",
        conversations_other="-1",
        # The brand with two accounts is no small group of people.
        count_accounts="2",
        side="'brand'",
    )
    (marts / "rpt_rising_themes_weekly.parquet").unlink()
    with pytest.raises(QualityFailed):
        validate_marts(marts, SETTINGS, NOW)
    results = read_results(marts.parent.parent / "quality")["marts"]
    broken = {(found["table"], found["rule"].partition(":")[0]) for found in results["failures"]}
    assert {
        ("rpt_conversation_mix_weekly", "count_persons"),
        ("rpt_activation_monthly", "count_active_employees"),
        ("rpt_conversations_weekly", "link"),
        ("rpt_conversation_mix_weekly", "human_to_human_share"),
        ("rpt_activation_monthly", "activation_share, activation_share_low"),
        ("rpt_conversation_mix_weekly", "conversations_other"),
        ("rpt_label_quality_weekly", "count_accounts"),
    } <= broken
    assert ("rpt_voices_weekly", "count_accounts") not in broken
    assert [w["table"] for w in results["warnings"]] == ["rpt_rising_themes_weekly"]


def test_without_the_headline_there_is_nothing_to_publish(marts: Path) -> None:
    marts.mkdir(parents=True)
    with pytest.raises(QualityFailed, match="girafe measure"):
        validate_marts(marts, SETTINGS, NOW)


def test_validating_again_keeps_no_class_made_for_the_pages_of_the_first(marts: Path) -> None:
    def classes() -> int:
        validate_marts(marts, SETTINGS, NOW)
        gc.collect()
        return sum(isinstance(found, type) for found in gc.get_objects())

    write(marts)
    classes()
    assert classes() == classes()


def test_a_validation_that_is_over_keeps_none_of_its_tables(marts: Path) -> None:
    write(marts)
    validate_marts(marts, SETTINGS, NOW)
    gc.collect()
    kept = [found for found in gc.get_objects() if type(found).__name__ in ("Batch", "MetricConfigurationID")]
    assert kept == []
