"""What could not be read is counted by reason, and read again once its parser is corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from girafe.data_dir import DataDir
from girafe.errors import PayloadChanged
from girafe.pseudonym import Pseudonymiser
from girafe.records import Account, Envelope, Post
from girafe.settings import parse_settings
from nlp.classify import classify_pending
from warehouse.landing import landing_path, write_envelopes
from warehouse.quarantine import discard, heaps, replay

DAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
SETTINGS = parse_settings('[company]\nname = "Ondine"\n')


def envelope(number: int, **payload: Any) -> Envelope:
    return Envelope(
        source="forum", platform="forum", query="Ondine", fetched_at=DAY, run_id="run-1",
        collector_version="1", payload={"id": number, **payload},
    )  # fmt: skip


def parse(envelope: Envelope) -> Iterator[Post]:
    """Knows `text` only, as the forum sent it until it changed."""
    yield post(envelope, "text")


def corrected(envelope: Envelope) -> Iterator[Post]:
    yield post(envelope, "text" if "text" in envelope.payload else "body")


def post(envelope: Envelope, key: str) -> Post:
    if key not in envelope.payload:
        raise PayloadChanged("The forum calls its text otherwise.")
    return Post(
        platform="forum", post_id=str(envelope.payload["id"]), created_at=DAY, observed_at=DAY,
        text=envelope.payload[key], author=Account(platform="forum", handle="lou"),
    )  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    found = DataDir(tmp_path)
    lines = [envelope(1, text="Bonjour"), envelope(2, body="Bonsoir"), envelope(3, body="Salut")]
    write_envelopes(landing_path(found.landing, "forum", DAY, "run-1"), lines)
    return found


def classify(data: DataDir, parser: Any) -> int:
    reports = classify_pending(
        data, settings=SETTINGS, parsers={"forum": parser}, pseudonymiser=Pseudonymiser(b"k" * 32)
    )
    return sum(report.posts for report in reports)


def test_a_heap_says_how_many_since_when_and_why(data: DataDir) -> None:
    assert classify(data, parse) == 1
    (heap,) = heaps(data)
    assert (heap.source, heap.reason, heap.count, heap.first_day) == (
        "forum",
        "payload_changed",
        2,
        "2026-11-02",
    )
    assert "otherwise" in heap.example


def test_after_a_fix_a_replay_brings_back_what_was_set_aside(data: DataDir) -> None:
    classify(data, parse)
    assert replay(data, reason="another").again == 0
    assert replay(data).again == 1
    assert classify(data, corrected) == 3
    assert heaps(data) == []


def test_a_replay_without_a_fix_leaves_all_as_it_was(data: DataDir) -> None:
    classify(data, parse)
    replay(data)
    assert classify(data, parse) == 1
    assert heaps(data)[0].count == 2


def test_a_heap_can_be_thrown_away(data: DataDir) -> None:
    classify(data, parse)
    assert discard(data, source="forum", reason="payload_changed") == 2
    assert heaps(data) == []
