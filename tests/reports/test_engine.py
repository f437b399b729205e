"""What draws the charts is bundled once and kept; nothing of another version, or broken, is ever used."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.engine import engine


@pytest.fixture(autouse=True)
def _a_new_process() -> None:
    engine.cache_clear()


def _kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_is_kept_and_taken_from_there_the_next_time(tmp_path: Path) -> None:
    made = engine(tmp_path)
    (name,) = _kept(tmp_path)
    before = (tmp_path / name).stat().st_mtime_ns
    engine.cache_clear()
    assert engine(tmp_path) == made == engine(None)
    assert (tmp_path / name).stat().st_mtime_ns == before


@pytest.mark.parametrize("broken", [b"", b"alert(1)"])
def test_one_that_broke_off_or_was_changed_is_made_again(tmp_path: Path, broken: bytes) -> None:
    made = engine(tmp_path)
    (name,) = _kept(tmp_path)
    (tmp_path / name).write_bytes(broken)
    engine.cache_clear()
    assert engine(tmp_path) == made
    assert (tmp_path / name).read_text() == made


def test_that_of_another_version_and_what_a_dead_run_left_go(tmp_path: Path) -> None:
    for stale in ("engine-0.1-abc.js", "engine-0.1-abc.77.part"):
        (tmp_path / stale).write_text("old")
    made = engine(tmp_path)
    (name,) = _kept(tmp_path)
    assert made != "old"
    assert (tmp_path / name).read_text() == made


def test_where_nothing_can_be_kept_the_page_is_made_all_the_same(tmp_path: Path) -> None:
    nowhere = tmp_path / "missing"
    assert engine(nowhere) == engine(None)
    assert not nowhere.exists()
