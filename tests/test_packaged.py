"""A wheel holds what the packages in it read."""

from __future__ import annotations

import tomllib
from importlib import import_module
from pathlib import Path

from collectors.imports.mapping import SHIPPED
from girafe.run import DBT_PROJECT

ROOT = Path(__file__).resolve().parents[1]


def test_what_is_read_from_beside_the_packages_is_packaged_with_them() -> None:
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    packaged = set(targets["wheel"]["packages"])
    beside = (SHIPPED, DBT_PROJECT, import_module("sample.seed").COMPANY)
    assert {path.relative_to(ROOT).parts[0] for path in beside} <= packaged
