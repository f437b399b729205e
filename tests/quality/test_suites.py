"""Every suite, whoever writes the next one: it names a table that exists and says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from quality.registry import MARTS, RAW
from warehouse import tables

REPORTS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts" / "reports" / "_reports.yml"
CONTRACTS = {model["name"]: model for model in yaml.safe_load(REPORTS.read_text())["models"]}


def test_every_raw_table_has_its_suite() -> None:
    assert {suite.TABLE.name for suite in RAW} == {table.name for table in tables.RAW}


def test_every_mart_has_its_suite() -> None:
    assert {suite.MART for suite in MARTS} == set(CONTRACTS)


@pytest.mark.parametrize("suite", MARTS, ids=lambda suite: suite.MART)
def test_a_mart_suite_speaks_of_columns_of_the_contract(suite) -> None:
    columns = {column["name"] for column in CONTRACTS[suite.MART]["columns"]}
    named = set(suite.KEY)
    for rule in suite.EXPECTATIONS:
        named |= {getattr(rule, name) for name in ("column", "column_A", "column_B") if hasattr(rule, name)}
    assert named <= columns


@pytest.mark.parametrize("suite", [*RAW, *MARTS], ids=lambda suite: suite.__name__)
def test_every_rule_has_a_note_for_the_person_who_reads_it(suite) -> None:
    rules = [*suite.EXPECTATIONS, *(r for s in getattr(suite, "SUMMARIES", ()) for r in s.expectations)]
    assert rules
    assert all(len(str(rule.notes or "")) > 20 for rule in rules)


@pytest.mark.parametrize("suite", [*RAW, *MARTS], ids=lambda suite: suite.__name__)
def test_a_suite_is_found_by_the_name_of_its_table(suite) -> None:
    name = suite.TABLE.name if hasattr(suite, "TABLE") else suite.MART
    assert Path(suite.__file__).stem == name
