"""Two releases a week apart, subtracted: no difference of what they publish of the same people is a small group."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from girafe.settings import parse_settings
from reports.release import publish

MONDAY = datetime(2026, 9, 28, 9, tzinfo=UTC)
WEEKS = (7, 8)
"""How many weeks the two releases know: the second is made in the midst of a month."""
PERSONS = {"count_persons", "count_accounts", "count_accounts_with_reach", "count_active_employees"}
KEYS = ("company_id", "week_start", "month_start", "block_start", "platform", "language", "voice", "theme",
        "thread_kind", "conversation_kind", "family", "sentiment", "term")  # fmt: skip


@pytest.fixture(scope="module")
def released(
    measure: Callable[..., Any], raw_rows: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    """The folders of both; every week some colleagues speak for the first time in their month."""
    made = []
    for weeks in WEEKS:
        chance, raw = random.Random(11), raw_rows("ondine")
        raw.rows["companies"][0] |= {"headcount": 400, "headcount_source": "report"}
        for name in (f"{kind}{number}" for kind in ("employee", "person") for number in range(40)):
            raw.label(name, name.rstrip("0123456789"))
        for week in range(weeks):
            for turn in range(24):
                who = f"{chance.choice(('employee', 'person'))}{chance.randrange(40)}"
                at = MONDAY + timedelta(weeks=week, hours=6 * turn)
                raw.post(f"{week}-{turn}", who, at, reply_to=f"{week}-{turn - 1}" if turn % 3 else None,
                         themes=("management",), sentiment="neutral", terms=("salary",))  # fmt: skip
        marts, exports = measure(raw).marts, tmp_path_factory.mktemp("release") / "exports"
        settings = parse_settings('[company]\nname = "Ondine"\n')
        publish(marts=marts, exports=exports, settings=settings, with_pdf=False)
        made.append(exports)
    return made


def persons(exports: Path) -> dict[tuple[str, ...], range]:
    """What every number of persons in the CSV files may be, by file, column and what it is about."""
    found: dict[tuple[str, ...], range] = {}
    for path in sorted(exports.glob("rpt_*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                about = tuple(row.get(key, "") for key in KEYS)
                step = 5 if row.get("is_month_complete") == "false" else 1
                for name in PERSONS & set(row):
                    if row[name]:
                        number = int(row[name])
                        # A number that is no whole step was not rounded.
                        found[path.stem, name, *about] = range(
                            number, number + (1 if number % step else step)
                        )
    return found


def test_what_grew_between_two_releases_is_no_small_group(released: list[Path]) -> None:
    before, after = map(persons, released)
    both = before.keys() & after.keys()
    grown = {key: {new - old for new in after[key] for old in before[key]} for key in both}
    assert {key: by for key, by in grown.items() if len(by) == 1 and 0 < abs(min(by)) < 5} == {}
    assert len(both) > 50


def test_a_running_month_is_told_in_steps_and_its_share_tells_no_more(released: list[Path]) -> None:
    running = 0
    for exports in released:
        with (exports / "rpt_activation_monthly.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                counts = [int(row[f"count_active_employees{end}"]) for end in ("", "_low", "_high")]
                assert float(row["activation_share"]) == counts[0] / 400
                if row["is_month_complete"] == "false":
                    running += 1
                    assert [count % 5 for count in counts] == [0, 0, 0], row
    assert running == len(WEEKS)
