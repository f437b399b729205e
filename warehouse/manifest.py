"""Manifest: what dbt knows of the project, kept in a file, so that Airflow draws the models without running dbt.

At install and in the image: python -m warehouse.manifest
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from girafe.errors import UserMustAct
from girafe.storage import flush

_PARSED = ("models", "macros", "seeds", "tests")


def manifest(project: Path, *, spare: Path | None = None) -> Path:
    """The manifest of `project`, made anew only if a file of the project, or dbt, is another.

    It lies with the installation (the source tree may be read-only, and is left alone); in the folder `spare` where
    whoever runs this may not write there. Raises UserMustAct if there is none.
    """
    installed = Path(sys.prefix) / "var" / "girafe"
    folders = [installed, spare] if spare else [installed]
    name = f"manifest-{fingerprint(project)[:16]}.json"
    for folder in folders:
        if (folder / name).exists():
            return folder / name
    # Imported here: it brings DuckDB, which whoever only draws does without.
    from warehouse.dbt import run_dbt

    with tempfile.TemporaryDirectory() as place:
        warehouse = Path(place) / "girafe.duckdb"
        run_dbt(["parse"], warehouse=warehouse, marts=warehouse.parent, project=project)
        made = warehouse.parent / "dbt" / "target" / "manifest.json"
        for folder in folders:
            try:
                return _keep(made, folder / name)
            except OSError as error:
                refused = error
    raise UserMustAct(
        f"{installed} cannot be written ({refused.strerror}). Whoever installed girafe runs, once: "
        f"{sys.executable} -m warehouse.manifest"
    )


def _keep(made: Path, to: Path) -> Path:
    to.parent.mkdir(parents=True, exist_ok=True)
    partial = to.with_name(f".{to.name}.{os.getpid()}.part")
    shutil.copyfile(made, partial)
    flush(partial)  # it is made once for an installation: left empty by a power cut, it would stay so
    partial.replace(to)
    for other in to.parent.glob("manifest*.json"):
        if other != to:
            other.unlink(missing_ok=True)
    return to


def fingerprint(project: Path, variables: Mapping[str, int] | None = None) -> str:
    """Changes when a file of the dbt project, a variable of the build or dbt itself does."""
    found = hashlib.sha256(repr((variables, version("dbt-core"), version("dbt-duckdb"))).encode())
    for path in sorted(project_files(project)):
        found.update(path.relative_to(project).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def project_files(project: Path) -> list[Path]:
    """The files that dbt reads of a project."""
    below = [path for folder in _PARSED for path in (project / folder).rglob("*") if path.is_file()]
    return [*below, *project.glob("*.yml")]


if __name__ == "__main__":
    manifest(Path(__file__).resolve().parent.parent / "dbt_project")
