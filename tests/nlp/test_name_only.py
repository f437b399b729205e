"""A sighting of a bare name never outweighs a profile, whichever came last."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from girafe.records import JUDGED_VOICES, Voice
from nlp.judge import judge
from warehouse.tables import SPEAKER_EVIDENCE


def seen(origin: str, day: int, voice: Voice) -> dict[str, Any]:
    scores = {f"score_{v.value}": (-0.01 if v is voice else -7.0) for v in JUDGED_VOICES}
    return scores | {
        "account_id": "a",
        "company_id": "c",
        "origin": origin,
        "reference": f"{origin}{day}",
        "observed_at": datetime(2026, 11, day, tzinfo=UTC),
        "codes": [],
        "classifier_version": "1",
    }


def voices(*rows: dict[str, Any]) -> list[str]:
    return judge(pa.Table.from_pylist(list(rows), schema=SPEAKER_EVIDENCE.schema))["voice"].to_pylist()


@pytest.mark.parametrize("day_of_name", [1, 2, 3])
def test_a_bare_name_says_nothing_against_a_profile(day_of_name: int) -> None:
    employee = seen("profile", 2, Voice.EMPLOYEE)
    assert voices(employee, seen("name", day_of_name, Voice.PERSON)) == ["employee"]


def test_a_bare_name_is_all_there_is_for_an_account_without_a_profile() -> None:
    assert voices(seen("name", 1, Voice.PERSON)) == ["person"]
