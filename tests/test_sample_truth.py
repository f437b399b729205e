"""The demo against the truth: exactly where labels are given, within the interval where they are inferred."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from collectors.imports.land import import_file
from girafe import run as path
from girafe.data_dir import DataDir
from girafe.settings import load_settings
from sample import seed

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SAMPLE = Path(seed.COMPANY).parent
TRUTH: dict[str, Any] = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
COUNTED = [stage for stage in path.AFTER_COLLECT if stage[0] in ("classify", "load", "measure")]
CONVERSATIONS = {
    "human_to_human": "conversations_human_to_human",
    "brand_to_human": "conversations_brand_to_human",
    "other": "conversations_other",
    "monologue": "monologues",
}
EXCHANGES = {
    kind: f"exchanges_{kind}"
    for kind in (
        "human_to_human", "brand_to_human", "human_to_brand", "brand_to_brand", "with_other", "unresolved",
    )
}  # fmt: skip
Week = dict[str, Any]


def measured(root: Path, *, files: tuple[Path, ...], landed: bool) -> dict[tuple[str, str], Week]:
    """The rows of the conversation mix over all platforms and languages, by company and week."""
    here = path.Context(data=DataDir(root), settings=load_settings(seed.COMPANY), now=NOW)
    if landed:
        seed.seed_data(here.data)
    for file in files:
        import_file(file, here.data, now=NOW)
    path.run_stages(here, COUNTED, lambda _name, call: call())
    rows = pq.read_table(here.data.marts / "rpt_conversation_mix_weekly.parquet").to_pylist()
    return {
        (row["company_id"], row["week_start"].isoformat()): row
        for row in rows
        if row["platform"] == row["language"] == "all"
    }


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Week]:
    files = (SAMPLE / "given.jsonl.gz",)
    return measured(tmp_path_factory.mktemp("given"), files=files, landed=False)


@pytest.fixture(scope="module")
def inferred(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Week]:
    return measured(tmp_path_factory.mktemp("inferred"), files=seed.IMPORTS, landed=True)


@pytest.mark.parametrize("week", TRUTH["weeks"])
@pytest.mark.parametrize(("what", "columns"), [("conversations", CONVERSATIONS), ("exchanges", EXCHANGES)])
def test_with_labels_given_every_count_of_every_week_is_the_truth(
    given: dict[tuple[str, str], Week], week: str, what: str, columns: dict[str, str]
) -> None:
    for company, headline in TRUTH["headline_given"].items():
        true = headline[what]["weeks"].get(week, {})
        found = given.get((company, week), {})
        assert {kind: found.get(column, 0) for kind, column in columns.items()} == {
            kind: true.get(kind, 0) for kind in columns
        }, company


@pytest.mark.parametrize(
    ("what", "share"),
    [("conversations", "human_to_human_share"), ("exchanges", "exchange_human_to_human_share")],
)
def test_with_labels_inferred_the_true_share_lies_in_the_interval(
    inferred: dict[tuple[str, str], Week], what: str, share: str
) -> None:
    true = TRUTH["headline"]["sillon"][what]["weeks"]
    outside = {
        week: (true[week]["share"], row[f"{share}_low"], row[f"{share}_high"])
        for week in TRUTH["weeks"]
        if not (row := inferred["sillon", week])[f"{share}_low"]
        <= true[week]["share"]
        <= row[f"{share}_high"]
    }
    # A 95 % interval misses one week in twenty by design; eight weeks may hold one miss, not two.
    assert len(outside) <= 1, outside
