"""Another pseudonym key: other names for the same people, and not one byte of a mart changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
ACCOUNTS = range(24)


def world(raw: Any, named: Callable[[int], str]) -> Any:
    """Two dozen accounts that one run saw at one moment, unsure labels, and conversations of equal size."""
    for number in ACCOUNTS:
        brand = 0.2 + number / 40
        voice = "brand" if brand > 0.5 else "person"
        raw.label(named(number), voice, certain=False, probabilities={"brand": brand, "person": 1 - brand})
        raw.rows["account_observations"].append(
            {
                "account_id": raw.key(named(number)),
                "platform": raw.platform,
                "first_seen_at": MONDAY - timedelta(days=1),
                "last_seen_at": MONDAY,
                "followers": 50,
            }
        )
        at = MONDAY + timedelta(minutes=number)
        raw.post(f"opens {named(number)}", named(number), at)
        for behind in (1, 2):
            other = named((number + behind) % len(ACCOUNTS))
            raw.post(
                f"answer {behind} {named(number)}",
                other,
                at + timedelta(hours=behind),
                reply_to=f"opens {named(number)}",
            )
    opened = [f"opens {named(number)}" for number in (3, 4)]
    for number in ACCOUNTS[5:17]:  # enough persons for the list of single conversations
        for post in opened:
            raw.post(f"{post} {named(number)}", named(number), MONDAY + timedelta(days=1), reply_to=post)
    raw.post("next week", named(0), MONDAY + timedelta(days=8))
    return raw


def test_no_byte_of_a_mart_depends_on_the_pseudonym_key(
    raw_rows: Callable[..., Any], measure: Callable[..., Any]
) -> None:
    one = measure(world(raw_rows(), lambda number: f"{number:02}"))
    other = measure(world(raw_rows(), lambda number: f"{number * 7 % 24:02}"))
    assert one.rows("rpt_conversations_weekly"), "single conversations are told"
    for mart in sorted(path.stem for path in one.marts.glob("rpt_*.parquet")):
        assert one.rows(mart) == other.rows(mart), mart
