"""Landing what was said, and looking up what is gone, at a platform played by a function."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collectors import gone
from collectors.registry import SOURCES
from girafe.records import Deletion, Envelope
from tests.collectors.landed import landed
from warehouse.landing import landing_path, write_envelopes

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def land(data):
    def go(source, *payloads, position=""):
        platform = SOURCES[source].PLATFORM
        envelopes = [
            Envelope(source=source, platform=platform, query="Ondine", fetched_at=NOW, run_id="r",
                     collector_version="1", payload=payload, position=position)
            for payload in payloads
        ]  # fmt: skip
        write_envelopes(landing_path(data.landing, platform, NOW, "r"), envelopes)

    return go


@pytest.fixture
def look(client_for, data, settings_with):
    def go(source, handler, options):
        settings = settings_with(f'[[sources]]\nname = "{source}"\noptions = {{ {options} }}')
        http = client_for(
            handler, "a.example", "pds.example", "api.example", "b.example", "feeds.example", "t.me"
        )
        names = (name for module in SOURCES.values() for name in module.SECRETS)
        secrets = dict.fromkeys(names, "t")
        report = gone.look_up_gone(
            source, settings=settings, data=data, http=http, secrets=secrets, sources=SOURCES
        )  # fmt: skip
        return report, [record.post_id for record in landed(data) if isinstance(record, Deletion)]

    return go
