"""Invented posts, landed for real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from girafe.data_dir import DataDir
from girafe.errors import PayloadRejected
from girafe.pseudonym import Pseudonymiser
from girafe.records import Account, Deletion, Envelope, Post, Profile, Record, Voice
from girafe.settings import Settings, parse_settings
from warehouse.landing import landing_path, write_envelopes

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def settings() -> Settings:
    return parse_settings(
        '[company]\nname = "Lumora"\naliases = ["Lumora Energie"]\ndomains = ["lumora.example"]\n'
        'official_accounts = ["mastodon:lumora@fosse.example"]\n[[competitors]]\nname = "Voltagne"\n'
    )


@pytest.fixture
def pseudonymiser() -> Pseudonymiser:
    return Pseudonymiser(b"k" * 32)


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data")


def parse(envelope: Envelope) -> Iterator[Record]:
    """A parser of a platform that does not exist; it fails in the ways parsers fail."""
    payload = dict(envelope.payload)
    kind = payload.pop("kind", "post")
    if kind == "refused":
        raise PayloadRejected("no text", reason="missing_field")
    if kind == "broken":
        raise KeyError("surprise")
    at = datetime.fromisoformat(payload.pop("at", NOON.isoformat()))
    if kind == "deletion":
        yield Deletion(platform=envelope.platform, observed_at=at, **payload)
        return
    author = payload.pop("author")
    if author.get("voice"):
        author = {**author, "voice": Voice(author["voice"])}
    account = Account(platform=envelope.platform, **author)
    if kind == "profile":
        yield Profile(account=account, observed_at=at)
        return
    for name in ("mentions",):
        if payload.get(name) is not None:
            payload[name] = tuple(payload[name])
    yield Post(platform=envelope.platform, created_at=at, observed_at=at, author=account, **payload)


@pytest.fixture
def land(data: DataDir) -> Callable[..., Path]:
    def _land(payloads: list[dict[str, Any]], run: str = "run-1", platform: str = "mastodon") -> Path:
        path = landing_path(data.landing, platform, NOON, run)
        write_envelopes(
            path,
            (
                Envelope(
                    source="invented",
                    platform=platform,
                    query="lumora",
                    fetched_at=NOON,
                    run_id=run,
                    collector_version="1",
                    payload=payload,
                    position=str(number),
                )
                for number, payload in enumerate(payloads)
            ),
        )
        return path

    return _land
