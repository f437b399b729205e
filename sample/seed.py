"""Seed: puts the bundled sample into a data directory, as eight weeks of collection would have left it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from girafe.data_dir import DataDir
from girafe.storage import copy_tree

_HERE = Path(__file__).parent
COMPANY = _HERE / "company.toml"
"""The settings that go with the sample."""
IMPORTS: tuple[Path, ...] = (
    _HERE / "imports" / "forum-usagers.jsonl.gz",
    _HERE / "imports" / "linkedin-zeeschuimer.ndjson.gz",
    _HERE / "imports" / "Basic_LinkedInDataExport.zip",
)
"""Files a person hands in: to be read through `girafe import`."""
NOW = datetime(2026, 11, 16, 6, tzinfo=UTC)
"""The Monday morning after its last week, 07:00 in the company's time zone: the moment a demo looks at it.

With the real clock, the same demo would say another thing each day: that no source has been heard since.
"""


def seed_data(data: DataDir) -> None:
    """Copies landing files and run records; what is there already under the same name is replaced."""
    copy_tree(_HERE / "landing", data.landing)
    copy_tree(_HERE / "runs", data.runs)
