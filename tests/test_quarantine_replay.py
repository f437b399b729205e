"""Quarantine from end to end: bad rows in, the cause corrected, read again, and every row counted exactly once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from girafe import audit
from girafe.cli.app import app
from girafe.data_dir import DataDir

MAPPING = """
name = "survey"
about = "A table of ours"
platform = "forum"
time_zone = "Europe/Paris"
day_first = true
[columns]
post_id = ["Id"]
created_at = ["When"]
text = ["Words"]
handle = ["{handle}"]
"""
ROWS = """Id,When,Words,Member,Nick
1,02/11/2026 09:00,Qui travaille chez Ondine ?,lou,lou
2,02/11/2026 09:05,"Moi, chez Ondine depuis un an.",,max
3,02/11/2026 09:10,Merci pour Ondine !,lou,lou
4,the other day,Ondine aussi,eve,eve
"""


@pytest.fixture
def girafe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command in a folder with a company, and returns what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIRAFE_PSEUDONYM_KEY", "k" * 40)
    Path("company.toml").write_text('[company]\nname = "Ondine"\n')
    Path("posts.csv").write_text(ROWS)

    def run(*arguments: str, day: int) -> str:
        monkeypatch.setenv("GIRAFE_NOW", f"2026-11-{day:02d}T12:00:00+00:00")
        done = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return run


def heaps(girafe: Any, day: int) -> dict[str, int]:
    listed = json.loads(girafe("quarantine", "list", "--json", day=day))
    return {heap["reason"]: heap["count"] for heap in listed}


def posts(girafe: Any, day: int) -> list[str]:
    """The posts in the warehouse, as often as they are there."""
    girafe("classify", day=day)
    girafe("load", day=day)
    with duckdb.connect("data/warehouse/girafe.duckdb", read_only=True) as warehouse:
        return sorted(text for (text,) in warehouse.execute("select post_id from raw.posts").fetchall())


def test_after_the_mapping_is_corrected_every_row_is_counted_once(girafe: Any) -> None:
    Path("survey.toml").write_text(MAPPING.format(handle="Member"))
    girafe("import", "posts.csv", "--format", "survey.toml", day=9)
    assert sum(heaps(girafe, 9).values()) == 2  # one has no author where the mapping looks, one no date
    assert len(posts(girafe, 9)) == 2
    girafe("quarantine", "replay", day=10)  # nothing has been corrected yet
    assert sum(heaps(girafe, 10).values()) == 2

    Path("survey.toml").write_text(MAPPING.format(handle="Nick"))
    girafe("import", "posts.csv", "--format", "survey.toml", day=10)
    first = posts(girafe, 10)
    assert len(first) == len(set(first)) == 3
    (left,) = heaps(girafe, 10).items()
    assert left[1] == 1

    for _ in range(2):
        girafe("quarantine", "replay", day=11)
        girafe("import", "posts.csv", "--format", "survey.toml", day=11)
        assert posts(girafe, 11) == first
        assert heaps(girafe, 11) == dict([left])
    assert "1 lines" in girafe("quarantine", "discard", "survey", left[0], day=11)
    assert heaps(girafe, 11) == {}
    (act,) = audit.read(DataDir(Path("data")))
    told = {name: act.details[name] for name in ("source", "reason", "lines")}
    assert (act.what, told) == ("discard", {"source": "survey", "reason": left[0], "lines": "1"})


def test_what_a_corrected_mapping_reads_takes_the_place_of_what_it_read_before(girafe: Any) -> None:
    """Else the same three posts would be counted on two platforms, or once at the wrong hour."""
    Path("survey.toml").write_text(MAPPING.format(handle="Nick").replace('"forum"', '"web"'))
    girafe("import", "posts.csv", "--format", "survey.toml", day=9)
    wrong = posts(girafe, 9)

    Path("survey.toml").write_text(MAPPING.format(handle="Nick"))
    for dry in (["--dry-run"], []):
        said = girafe("import", "posts.csv", "--format", "survey.toml", *dry, day=10)
        assert "takes the place of what was read of it before, as survey" in said
    right = posts(girafe, 10)
    assert len(wrong) == len(right) == 3
    assert not set(wrong) & set(right)
    assert "nothing to do" in girafe("import", "posts.csv", "--format", "survey.toml", day=11)
    assert sum(heaps(girafe, 11).values()) == 1

    Path("survey.toml").write_text(MAPPING.format(handle="Nick").replace('"forum"', '"web"'))
    girafe("import", "posts.csv", "--format", "survey.toml", day=12)
    assert posts(girafe, 12) == wrong
