"""docs/governance.md names, for each safeguard, a test that attacks it: each of them exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "governance.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def test_each_test_that_is_named_exists() -> None:
    assert len(NAMED) > 20
    for file, name in NAMED:
        assert re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.M), (
            f"{file}::{name}"
        )


def test_each_safeguard_names_a_test() -> None:
    rows = [
        line for line in PAGE.split("attacked by |")[1].split("\n\n")[0].splitlines() if line.startswith("| ")
    ]
    assert len(rows) > 15
    for row in rows:
        assert "::test_" in row, row


def test_each_file_that_is_named_exists() -> None:
    for name in re.findall(r"`((?:girafe|nlp|collectors|dbt_project|warehouse|tests)/[\w/.]*)`", PAGE):
        assert (ROOT / name).exists(), name
