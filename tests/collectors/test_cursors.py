"""How far a place has been read: what was read joins it, what leaves a gap moves nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors.contract import Window
from collectors.cursors import Cursor, next_window
from collectors.ledger import Ledger
from girafe.errors import UserMustAct

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def hours(number):
    return NOW + timedelta(hours=number)


READ = Cursor(start=hours(-10), until=hours(-5), memory={"etag": "a"})


@pytest.mark.parametrize(
    ("start", "end", "joined"),
    [
        (-5, 0, (-10, 0)),
        (-6, -1, (-10, -1)),
        (-20, -10, (-20, -5)),
        (-8, -6, (-10, -5)),
        (-4, 0, (-10, -5)),
        (-20, -11, (-10, -5)),
    ],
)
def test_a_window_joins_what_was_read_unless_a_gap_lies_between(start, end, joined):
    after = READ.joined(Window(start=hours(start), end=hours(end)), {"etag": "b"})
    assert (after.start, after.until) == (hours(joined[0]), hours(joined[1]))
    is_joined = (start, end) not in ((-4, 0), (-20, -11))
    assert after.memory == {"etag": "b" if is_joined else "a"}


def test_the_next_window_goes_back_by_the_overlap_and_never_begins_behind_now():
    overlap, lookback = timedelta(hours=1), timedelta(days=7)
    assert next_window(READ, now=NOW, overlap=overlap, lookback=lookback).start == hours(-6)
    assert next_window(None, now=NOW, overlap=overlap, lookback=lookback).start == NOW - lookback
    # The clock was wrong when the cursor was written: it may not lie in the future for ever.
    ahead = Cursor(start=hours(-10), until=hours(50))
    assert next_window(ahead, now=NOW, overlap=overlap, lookback=lookback) == Window(start=hours(-1), end=NOW)


@pytest.mark.parametrize("left", [b"", b'{"month": "20', b"\0\0", b"[]"])
def test_a_damaged_ledger_is_not_taken_for_an_unspent_one(tmp_path: Path, left: bytes) -> None:
    path = tmp_path / "x" / "ledger.json"
    Ledger(path)["month"] = "2026-11:148"
    assert Ledger(path)["month"] == "2026-11:148"
    path.write_bytes(left)
    with pytest.raises(UserMustAct, match="what x has spent is not known"):
        Ledger(path)
