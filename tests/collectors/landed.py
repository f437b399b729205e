"""What landed, as classify would read it."""

from __future__ import annotations

from collectors.registry import PARSERS
from girafe.data_dir import DataDir
from girafe.records import Record, Rejected
from warehouse.landing import landing_files, read_envelopes


def landed(data: DataDir) -> list[Record]:
    """Every record the landing files hold, file by file; a line that cannot be read fails the test."""
    records: list[Record] = []
    for path in landing_files(data.landing):
        for envelope in read_envelopes(path):
            assert not isinstance(envelope, Rejected)
            records.extend(PARSERS[envelope.source](envelope))
    return records
