"""A world without network or clock: real client, real files, a platform played by a function."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from collectors.http import Http, Manners
from collectors.outward import Bounded
from girafe.data_dir import DataDir
from girafe.settings import Settings, parse_settings

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

GOVERNANCE = """
[governance]
legal_basis = "legitimate interest"
purpose = "to listen"
dpia_reference = "DPIA-1"
works_council_informed_on = 2018-01-15
notice_url = "https://ondine.example/notice"
dpo_contact = "dpo@ondine.example"
"""


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.slept: list[float] = []

    def clock(self) -> datetime:
        return self.now

    def ticks(self) -> float:
        return self.now.timestamp()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def time() -> Time:
    return Time()


Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def client_for(time: Time) -> Callable[..., Http]:
    """The real polite client, speaking to `handler` instead of a network."""

    def make(handler: Handler, *hosts: str, **manners: float) -> Http:
        return Http(
            client=httpx.Client(transport=Bounded(httpx.MockTransport(handler))),
            clock=time.clock,
            ticks=time.ticks,
            sleep=time.sleep,
            chance=random.Random(7).random,
            manners=Manners(**manners),  # type: ignore[arg-type]
            allowed_hosts=frozenset(hosts),
        )

    return make


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data")


@pytest.fixture
def settings_with() -> Callable[[str], Settings]:
    """Settings for the invented company Ondine, with the [[sources]] given and a complete gate."""

    def make(sources: str = "") -> Settings:
        return parse_settings(f'[company]\nname = "Ondine"\n{sources}\n{GOVERNANCE}')

    return make
