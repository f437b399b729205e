"""One way to collect from a source played by a function, and to see what landed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from collectors.collect import collect
from collectors.contract import Window
from girafe.records import Post
from tests.collectors.landed import landed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


DAY = Window(start=NOW - timedelta(days=1), end=NOW)


BLUESKY = {"BLUESKY_HANDLE": "girafe.example", "BLUESKY_APP_PASSWORD": "xxxx"}


@pytest.fixture
def run(client_for, data, settings_with):
    def go(source, handler, options="", secrets=(), window=DAY):
        settings = settings_with(f'[[sources]]\nname = "{source}"\noptions = {{ {options} }}')
        http = client_for(handler, "pds.example", "feeds.example", "forum.example", "api.example", "t.me")
        return collect(
            source, "Ondine", settings=settings, data=data, http=http, secrets=dict(secrets), window=window
        )

    return go


def posts(data):
    return {record.post_id: record for record in landed(data) if isinstance(record, Post)}
