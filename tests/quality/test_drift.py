"""Drift: an unchanged mix is calm, a changed one is told by its label, and too few labels say nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quality.drift import Drift, drifts, write_evaluation
from warehouse.connection import connect
from warehouse.merge import create_tables
from warehouse.tables import RAW

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def measured(tmp_path: Path, *, recent_unknown: int, of: int = 200) -> Drift:
    """The drift of voices where a tenth used to be unknown and `recent_unknown` of `of` are now."""
    with connect(tmp_path / "w.duckdb") as connection:
        create_tables(connection, RAW)
        for days, unknown in ((90, of // 10), (5, recent_unknown)):
            connection.execute(
                "insert into raw.speaker_labels by name select 'a' || i || '-' || $days as account_id, 'ondine' as"
                " company_id, $when::timestamptz as observed_at, if(i < $unknown, 'unknown', 'person') as voice,"
                " 0.9 as probability, false as is_certain, '1' as classifier_version from range($of) t(i)",
                {"days": days, "when": NOW - timedelta(days=days), "unknown": unknown, "of": of},
            )
        return next(d for d in drifts(connection, NOW) if d.kind == "voice")


@pytest.mark.parametrize(("recent_unknown", "distance"), [(20, 0.0), (30, 0.05), (120, 0.5)])
def test_the_distance_is_half_the_sum_of_the_differences(
    tmp_path: Path, recent_unknown: int, distance: float
) -> None:
    found = measured(tmp_path, recent_unknown=recent_unknown)
    assert found.distance == pytest.approx(distance)
    assert found.is_notable == (distance > 0.25)


def test_few_labels_tell_nothing(tmp_path: Path) -> None:
    found = measured(tmp_path, recent_unknown=50, of=50)
    assert found.distance is None
    assert not found.is_notable


def test_the_page_shows_drift_and_gold_set_and_escapes_them(tmp_path: Path) -> None:
    found = measured(tmp_path, recent_unknown=120)
    page = write_evaluation(tmp_path, [found], [["measure", "value"], ["kind", "<0.9>"]], NOW)
    text = page.read_text()
    assert "distance 0.50" in text
    assert "&lt;0.9&gt;" in text
    assert json.loads((tmp_path / "evaluation.json").read_text())["drift"][0]["is_notable"] is True
