"""One way to import a file, and everything it left behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors.imports.land import import_file
from collectors.imports.report import ImportReport
from collectors.registry import PARSERS
from girafe.data_dir import DataDir
from girafe.records import Post, Profile, Rejected
from warehouse.landing import landing_files, read_envelopes, read_quarantine

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CONSENT = 'account = "ada-m"\ngiven_on = 2026-11-01\npurpose = "to listen"\n'


@dataclass
class Imported:
    """What an import left behind."""

    report: ImportReport
    posts: dict[str, Post]
    profiles: list[Profile]
    rejected: list[Rejected]
    landed_lines: int


@pytest.fixture
def land(tmp_path: Path) -> Callable[..., Imported]:
    def go(content: bytes, name: str = "export.csv", *, consent: str = CONSENT, **more: Any) -> Imported:
        here = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        here.mkdir()
        data, path = DataDir(here / "data"), here / name
        path.write_bytes(content)
        path.with_name(f"{path.name}.consent.toml").write_text(consent)
        report = import_file(path, data, now=NOW, **more)
        envelopes = [found for file in landing_files(data.landing) for found in read_envelopes(file)]
        assert not any(isinstance(found, Rejected) for found in envelopes)
        records = [
            record
            for found in envelopes
            if not isinstance(found, Rejected)
            for record in PARSERS[found.source](found)
        ]
        return Imported(
            report=report,
            posts={record.post_id: record for record in records if isinstance(record, Post)},
            profiles=[record for record in records if isinstance(record, Profile)],
            rejected=[found for _, found in read_quarantine(data.quarantine)],
            landed_lines=len(envelopes),
        )

    return go
