"""Seed: puts the bundled sample into a data directory, as eight weeks of collection would have left it."""

from __future__ import annotations

import shutil
from pathlib import Path

from girafe.data_dir import DataDir

_HERE = Path(__file__).parent
COMPANY = _HERE / "company.toml"
"""The settings that go with the sample."""
IMPORTS: tuple[Path, ...] = (
    _HERE / "imports" / "forum-usagers.jsonl.gz",
    _HERE / "imports" / "linkedin-zeeschuimer.ndjson.gz",
    _HERE / "imports" / "Basic_LinkedInDataExport.zip",
)
"""Files a person hands in: to be read through `girafe import`."""


def seed_data(data: DataDir) -> None:
    """Copies landing files and run records; what is there already under the same name is replaced."""
    shutil.copytree(_HERE / "landing", data.landing, dirs_exist_ok=True)
    shutil.copytree(_HERE / "runs", data.runs, dirs_exist_ok=True)
