"""What docs/operate.md backs up is enough: a restored data directory gives identical marts."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from girafe import run as path
from girafe.data_dir import DataDir
from girafe.settings import parse_settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SETTINGS = parse_settings('[company]\nname = "Ondine"\nofficial_accounts = ["forum:ondine"]\n')
MANUAL = Path(__file__).parents[2] / "docs" / "operate.md"


def context(root: Path) -> path.Context:
    return path.Context(data=DataDir(root), settings=SETTINGS, now=NOW)


def posts(file: Path) -> Path:
    start = datetime(2026, 10, 5, 9, tzinfo=UTC)
    lines = [
        {
            "platform": "forum",
            "post_id": f"p{n}",
            "created_at": (start + timedelta(hours=n)).isoformat(),
            "text": "Qui travaille chez Ondine ?",
            "author": {"handle": f"lou{n % 30}", "voice": "person"},
            "reply_to": None if n % 3 == 0 else f"p{n - 1}",
        }
        for n in range(150)
    ]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n")
    return file


@pytest.mark.slow
def test_a_restore_by_the_manual_gives_identical_marts(tmp_path: Path) -> None:
    old, new, archive = tmp_path / "old", tmp_path / "new", tmp_path / "girafe.tgz"
    before = context(old)
    path.import_files(before, [posts(tmp_path / "posts.jsonl")])
    path.classify(before)
    path.load(before)
    path.measure(before)
    # The very commands of the manual, with its places filled in.
    create, extract = re.findall(r"^tar .*$", MANUAL.read_text(), re.MULTILINE)
    new.mkdir()
    for command in (create, extract):
        filled = re.sub(r"--file \S+", f"--file {archive}", command)
        filled = filled.replace("-C DIR .", f"-C {old} .").replace("-C NEW_DIR", f"-C {new}")
        subprocess.run(["bash", "-c", filled], check=True)
    assert not (new / "warehouse").exists()
    after = context(new)
    path.load(after, rebuild=True)
    path.measure(after)
    assert path.digest(after.data.marts) == path.digest(before.data.marts)
