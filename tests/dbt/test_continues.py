"""What a build takes from the last one changes nothing but its cost (docs/decisions/0093)."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.dbt import empty_marts, run_dbt

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEPT = ("fct_voice_draws", "fct_share_units", "fct_share_sums")
COUNTED = "select * exclude (change) from core.fct_share_units where change >= 0 order by all"
ANSWERS = {
    "units": COUNTED,
    "sums": "select * from core.fct_share_sums order by all",
    "draws": "select * from core.fct_voice_draws order by all",
    "intervals": "select * from core.fct_share_intervals order by all",
}
NEWS = """
    insert into raw.posts by name select * replace (
        'ondine/new' || post_id as post_id, created_at + interval 1 day as created_at,
        'ondine/p' || (hash(post_id) % 20) as account_id, post_id as reply_to_id
    ) from raw.posts where hash(post_id) % 20 = 0;
    update raw.speaker_labels set probability_person = 0.5, probability_brand = 0.5
        where account_id in ('ondine/p3', 'ondine/p4');
    delete from raw.posts where hash(post_id, 1) % 20 = 0;
    insert into raw.deletions by name select post_id, '' as account_id, platform, 'deleted' as reason,
        last_seen_at as observed_at from raw.posts where hash(post_id, 2) % 20 = 0
"""


@pytest.fixture(scope="module")
def warehouse(measure: Callable[..., Any], raw_rows: Callable[..., Any]) -> Path:
    """A world of voices in doubt over four weeks, measured, and then something new in it, not yet measured."""
    raw, chance = raw_rows(), random.Random(5)
    for number in range(20):
        brand = chance.choice((0.05, 0.3, 0.6))
        raw.label(f"p{number}", "person", certain=False, probabilities={"brand": brand, "person": 1 - brand})
    for thread in range(120):
        said = MONDAY + timedelta(hours=5.6 * thread)
        raw.post(f"{thread}", f"p{chance.randrange(20)}", said)
        for answer in range(chance.randrange(4)):
            raw.post(
                f"{thread}-{answer}",
                f"p{chance.randrange(20)}",
                said + timedelta(minutes=1 + answer),
                reply_to=f"{thread}",
            )
    path: Path = measure(raw).warehouse
    with duckdb.connect(str(path)) as connection:
        connection.execute(NEWS)
    return path


def build(path: Path, *select: str) -> dict[str, list[Any]]:
    """Runs these models and returns what the kept tables and the intervals then hold."""
    run_dbt(
        ["run", "--select", *select, "--vars", "{small_group: 5, small_group_cross: 10}"],
        warehouse=path, marts=empty_marts(path), project=PROJECT,
    )  # fmt: skip
    with duckdb.connect(str(path)) as connection:
        return {name: connection.execute(query).fetchall() for name, query in ANSWERS.items()}


def test_a_build_that_continues_gives_bit_for_bit_what_one_from_nothing_gives(warehouse: Path) -> None:
    continued = build(warehouse, "+fct_share_intervals")
    with duckdb.connect(str(warehouse)) as connection:
        changes = dict(
            connection.execute("select change, count(*) from core.fct_share_units group by all").fetchall()
        )
        for name in KEPT:
            connection.execute(f"drop table core.{name}")
    assert min(changes[0], changes[1], changes[-1]) > 20
    assert continued == build(warehouse, "+fct_share_intervals")


def test_a_sum_is_kept_if_it_is_of_the_units_of_the_last_build_and_made_anew_if_it_is_of_others(
    warehouse: Path,
) -> None:
    right = build(warehouse, "fct_share_units", "fct_share_sums")["sums"]
    with duckdb.connect(str(warehouse)) as connection:
        # Sums that are wrong, so that one sees which are taken; some say they are of other units, as those do that a
        # build killed between two tables leaves behind.
        connection.execute("update core.fct_share_sums set human = list_transform(human, lambda x: x + 1024)")
        connection.execute(
            "update core.fct_share_sums set fingerprint = fingerprint + 1 where is_conversation"
        )
        others = connection.execute(
            "select count(*) from core.fct_share_sums where is_conversation"
        ).fetchall()
    found = build(warehouse, "fct_share_units", "fct_share_sums")["sums"]
    assert others[0][0] * 2 == len(found) == len(right)
    for row, wrong in zip(right, found, strict=True):
        *cell, human, brand = row
        is_conversation = cell[4]
        assert wrong == (*cell, human if is_conversation else [x + 1024 for x in human], brand)
