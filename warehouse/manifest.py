"""Manifest: what dbt knows of the project, kept in a file, so that Airflow draws the models without running dbt.

At install and in the image: python -m warehouse.manifest
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

_PARSED = ("models", "macros", "seeds", "tests")


def manifest(project: Path) -> Path:
    """The manifest of `project`, made anew only if a file of the project is younger.

    It lies with the installation (the source tree may be read-only, and is left alone).
    """
    made = Path(sys.prefix) / "var" / "girafe" / "manifest.json"
    youngest = max(path.stat().st_mtime for path in project_files(project))
    if not made.exists() or made.stat().st_mtime < youngest:
        # Imported here: it brings DuckDB, which whoever only draws does without.
        from warehouse.dbt import run_dbt

        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "girafe.duckdb"
            run_dbt(["parse"], warehouse=place, marts=place.parent, project=project)
            made.parent.mkdir(parents=True, exist_ok=True)
            partial = made.with_name(f".{made.name}.{os.getpid()}.part")
            shutil.copyfile(place.parent / "dbt" / "target" / made.name, partial)
            partial.replace(made)
    return made


def project_files(project: Path) -> list[Path]:
    """The files that dbt reads of a project, and their folders: those know of a file that has left."""
    below = [path for folder in _PARSED for path in (project / folder).rglob("*")]
    return [*below, *project.glob("*.yml")]


if __name__ == "__main__":
    manifest(Path(__file__).resolve().parent.parent / "dbt_project")
