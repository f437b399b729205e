"""What dbt knows of the models, as Airflow draws them and the page about them shows them."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from girafe.errors import UserMustAct
from girafe.run import DBT_PROJECT
from warehouse.manifest import manifest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    (made / "models").mkdir(parents=True)
    (made / "dbt_project.yml").write_text("name: girafe\nversion: 1.0.0\nprofile: girafe\n")
    shutil.copy(DBT_PROJECT / "profiles.yml", made)
    (made / "models" / "old.sql").write_text("select 1 as one")
    return made


def models(file: Path) -> set[str]:
    return {node["name"] for node in json.loads(file.read_bytes())["nodes"].values()}


def test_another_project_gives_another_manifest_however_old_its_files_are(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "installed"))
    first = manifest(project)
    assert manifest(project) == first
    assert models(first) == {"old"}
    (project / "models" / "old.sql").rename(project / "models" / "new.sql")
    for path in (project / "models" / "new.sql", project / "models"):
        os.utime(path, (0, 0))  # as an archive, a package or `rsync --times` leaves them
    second = manifest(project)
    assert models(second) == {"new"}
    assert [*second.parent.iterdir()] == [second]


def test_where_the_installation_may_not_be_written_it_lies_with_the_data(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.write_text("no folder: not even root can write below")
    monkeypatch.setattr(sys, "prefix", str(closed))
    with pytest.raises(UserMustAct, match=r"-m warehouse\.manifest"):
        manifest(project)
    made = manifest(project, spare=tmp_path / "data")
    assert made.is_relative_to(tmp_path / "data")
    assert models(made) == {"old"}
    assert manifest(project, spare=tmp_path / "data") == made


def test_it_is_on_the_disk_before_it_has_its_name(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made once for an installation: left empty when the machine loses its power, it would stay so."""
    kept: set[int] = set()
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (kept.add(os.fstat(file).st_ino), fsync(file)))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "installed"))
    assert manifest(project).stat().st_ino in kept
