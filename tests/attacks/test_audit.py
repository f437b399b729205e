# ruff: noqa: E501 (tables are wide)
"""The audit: every package is listed, a licence nobody judged stops it, and a known vulnerability is found."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from scripts.audit import (
    Package,
    advisories,
    installed,
    is_allowed,
    known_against,
    known_in_safety_db,
    not_allowed,
)

ROOT = Path(__file__).parents[2]
RULES = tomllib.loads((ROOT / "config" / "licences.toml").read_text())


def test_the_audit_writes_an_sbom_and_a_licence_list_of_every_package_and_says_what_it_did_not_check(
    tmp_path,
):
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "audit.py", "--build", tmp_path],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "NOT CHECKED" in done.stdout
    made = json.loads((tmp_path / "sbom.cdx.json").read_text())
    assert made["bomFormat"] == "CycloneDX"
    listed = {
        component["name"].lower().replace("_", "-").replace(".", "-") for component in made["components"]
    }
    names = {each.name for each in installed()}
    assert names <= listed
    assert {"duckdb", "spacy", "httpx"} <= names
    words = (tmp_path / "licences.md").read_text()
    assert all(f"| {name} |" in words for name in names)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("MIT", True), ("GPL-3.0-only", False), ("MIT OR GPL-3.0-only", True), ("MIT AND GPL-3.0-only", False),
     ("MPL-2.0 AND (Apache-2.0 OR MIT)", True), ("(GPL-3.0-only OR MIT) AND BSD", True), ("(MIT)", True), ("", False), ("Proprietary", False)],
)  # fmt: skip
def test_a_licence_is_allowed_only_if_all_it_asks_for_is(expression, expected):
    assert is_allowed(expression, RULES["allowed"]) is expected


def test_a_package_under_an_unknown_licence_is_named():
    [problem] = not_allowed([Package("greedy", "1.0", "All rights reserved")], RULES)
    assert "greedy 1.0" in problem


@pytest.mark.parametrize(
    ("version", "is_hit"),
    [("1.0", False), ("1.1", True), ("1.9", True), ("2.0", False), ("2.1rc1", False), ("3.5", True)],
)
def test_a_known_vulnerability_is_found_in_offline_data(tmp_path, version, is_hit):
    record = {
        "id": "OSV-0000-1", "summary": "invented",
        "affected": [{"package": {"ecosystem": "PyPI", "name": "Some_Package"}, "versions": ["3.5"],
                      "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.1"}, {"fixed": "2.0"}]}]}],
    }  # fmt: skip
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.writestr("OSV-0000-1.json", json.dumps(record))
        packed.writestr(
            "OSV-0000-2.json", json.dumps(record | {"id": "OSV-0000-2", "withdrawn": "2026-01-01T00:00:00Z"})
        )
    found = known_against([Package("some-package", version, "MIT")], advisories(tmp_path / "all.zip"))
    assert found == ([f"some-package {version}: OSV-0000-1 invented"] if is_hit else [])


@pytest.mark.parametrize(
    ("version", "is_hit"), [("1.0", True), ("1.9", False), ("2.0rc1", True), ("2.0", False)]
)
def test_older_data_is_read_with_the_day_it_is_of(tmp_path, version, is_hit):
    advisory = {
        "advisory": "invented",
        "cve": "CVE-0000-1",
        "id": "pyup.io-1",
        "specs": ["<1.5", ">=2.0rc1,<=2.0rc9"],
    }
    data = tmp_path / "insecure_full.json"
    data.write_text(json.dumps({"$meta": {"timestamp": 1625119202}, "some-package": [advisory]}))
    found, day = known_in_safety_db([Package("some-package", version, "MIT")], data)
    assert day == "2021-07-01"
    assert found == ([f"some-package {version}: pyup.io-1 CVE-0000-1"] if is_hit else [])
