"""The dbt project keeps its own rules; its build takes empty data, fails plainly and writes nothing here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from girafe.errors import QualityFailed, UserMustAct
from reports import digest, sections
from warehouse.dbt import build_models, write_docs
from warehouse.manifest import manifest as known_of
from warehouse.tables import RAW

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
LAYERS = {
    "staging": ("stg_", {"source"}),
    "intermediate": ("int_", {"staging", "intermediate", "seed"}),
    "core": (("dim_", "fct_"), {"staging", "intermediate", "core", "seed"}),
    "reports": ("rpt_", {"staging", "intermediate", "core", "reports", "seed"}),
}

LOGIC = re.compile(
    r"\b(join|where|group by|having|qualify|over|case|if|union|intersect|except|distinct|unnest|filter|limit)\b"
    r"|\{\{(?!\s*(ref\(|source\(|contract\(|name\b))"
)
"""Anything beyond choosing, renaming and casting columns, filling gaps (coalesce) and emptying them (nullif)."""

WITHOUT_UNIT_TEST = {
    "stg_hearings": "reads a file, which no unit test can give it: see what_the_silence_detector_wrote below",
}


@pytest.fixture(scope="module")
def built(measure: Callable[..., Any], raw_rows: Callable[..., Any]) -> Any:
    """A build with its unit tests, on a company nobody has spoken about yet."""
    return measure(raw_rows(), with_unit_tests=True)


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    found = json.loads(known_of(PROJECT).read_text())
    assert isinstance(found, dict)
    return found


def models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def layer(node: dict[str, Any]) -> str:
    return str(node["fqn"][-2]) if node["resource_type"] == "model" else str(node["resource_type"])


def test_every_model_is_named_after_its_layer_and_reads_only_layers_before_it(
    manifest: dict[str, Any],
) -> None:
    known = manifest["nodes"] | manifest["sources"]
    for name, node in models(manifest).items():
        prefix, allowed = LAYERS[layer(node)]
        assert node["name"].startswith(prefix), name
        read = {layer(known[parent]) for parent in node["depends_on"]["nodes"]}
        assert read <= allowed, f"{name} reads {read - allowed}"


def test_every_model_says_its_grain_in_its_first_line_and_has_described_columns(
    manifest: dict[str, Any], built: Any
) -> None:
    for node in models(manifest).values():
        assert node["raw_code"].startswith("-- grain: one row per "), node["name"]
        assert node["description"], node["name"]
        real = {row[0] for row in built.ask(f"describe {node['schema']}.{node['name']}")}
        told = {name for name, column in node["columns"].items() if column["description"]}
        assert real == told, f"{node['name']}: {real ^ told}"


def test_every_table_we_compute_has_a_test_of_its_grain(manifest: dict[str, Any]) -> None:
    tested = {
        test["attached_node"]
        for test in manifest["nodes"].values()
        if test.get("test_metadata", {}) and test["test_metadata"]["name"] == "one_row_per"
    }
    computed = {name for name, node in models(manifest).items() if layer(node) != "staging"}
    assert computed <= tested, computed - tested


def test_every_model_with_logic_has_a_unit_test_that_says_in_a_sentence_what_it_holds(
    manifest: dict[str, Any],
) -> None:
    tests = manifest["unit_tests"].values()
    tested = {parent for test in tests for parent in test["depends_on"]["nodes"]}
    with_logic = {
        name
        for name, node in models(manifest).items()
        if LOGIC.search(re.sub(r"\{#.*?#\}|--[^\n]*", "", node["raw_code"], flags=re.DOTALL))
    }
    assert len(with_logic) > 30
    missing = {name.split(".")[-1] for name in with_logic - tested}
    assert missing == set(WITHOUT_UNIT_TEST), missing
    assert all(len(test["name"].split("_")) >= 5 for test in tests)


def test_every_report_has_an_enforced_contract_and_a_reader(manifest: dict[str, Any]) -> None:
    reports = {name for name, node in models(manifest).items() if layer(node) == "reports"}
    read = {
        parent for exposure in manifest["exposures"].values() for parent in exposure["depends_on"]["nodes"]
    }
    assert reports == read
    assert all(manifest["nodes"][name]["contract"]["enforced"] for name in reports)


def test_the_exposures_name_what_each_page_reads(manifest: dict[str, Any]) -> None:
    named = {
        exposure["name"]: {parent.split(".")[-1] for parent in exposure["depends_on"]["nodes"]}
        for exposure in manifest["exposures"].values()
    }
    assert named["hr_dashboard"] == {
        table for module in (sections.hero, *sections.SECTIONS) for table in module.READS
    }
    assert named["weekly_digest"] == set(digest.READS)


def test_the_sources_are_exactly_the_raw_tables(manifest: dict[str, Any]) -> None:
    assert {source["name"] for source in manifest["sources"].values()} == {table.name for table in RAW}


def test_names_and_columns_that_shares_need_stand_beside_them(manifest: dict[str, Any]) -> None:
    for node in models(manifest).values():
        if layer(node) != "reports":
            continue
        for column, about in node["columns"].items():
            assert re.fullmatch(r"[a-z][a-z0-9_]*", column)
            if about["data_type"] == "boolean":
                assert column.startswith(("is_", "has_")), f"{node['name']}.{column}"
            if column.endswith("_low"):
                assert column.removesuffix("_low") + "_high" in node["columns"], column


def test_no_file_of_the_project_can_be_taken_for_a_python_package_or_plugin() -> None:
    assert not list(PROJECT.rglob("__init__.py"))
    assert not list(PROJECT.rglob("dbt_*.py"))


def test_no_data_gives_reports_with_columns_and_without_rows(built: Any, manifest: dict[str, Any]) -> None:
    for node in models(manifest).values():
        if layer(node) == "reports":
            table = pq.read_table(built.marts / f"{node['name']}.parquet")
            assert table.num_rows == 0
            assert table.column_names == list(node["columns"])


def test_a_second_build_gives_the_same_files_and_leaves_the_source_tree_alone(
    measure: Callable[..., Any], built: Any
) -> None:
    before = {path.name: path.read_bytes() for path in built.marts.iterdir()}
    (built.marts / "rpt_no_longer_there.parquet").write_bytes(b"")
    build_models(warehouse=built.warehouse, marts=built.marts, project=PROJECT)
    assert {path.name: path.read_bytes() for path in built.marts.iterdir()} == before
    assert not (PROJECT / "target").exists()
    assert not (PROJECT / "logs").exists()


def test_what_the_silence_detector_wrote_becomes_a_report_and_nothing_is_made_of_no_file(
    built: Any, tmp_path: Path
) -> None:
    file = tmp_path / "hearing's.json"
    told = {"source": "mastodon", "week": "2026-03-02", "state": "blind", "reason": "no_run", "note": "x"}
    heard = told | {"week": "2026-03-09", "state": "heard", "reason": "", "note": ""}
    results = []
    for found in ([told, heard], [], None):
        if found is not None:
            file.write_text(json.dumps(found), encoding="utf-8")
        build_models(
            warehouse=built.warehouse,
            marts=built.marts,
            project=PROJECT,
            hearing=None if found is None else file,
        )
        results.append(pq.read_table(built.marts / "rpt_source_hearing_weekly.parquet").to_pylist())
    assert [(row["state"], row["reason"]) for row in results[0]] == [("blind", "no_run"), ("heard", None)]
    assert results[1:] == [[], []]


def test_the_models_are_documented_on_one_static_page_that_tells_nothing_of_the_machine(
    built: Any, tmp_path: Path
) -> None:
    page, again = tmp_path / "models.html", tmp_path / "again.html"
    for to in (page, again):
        build_models(warehouse=built.warehouse, marts=built.marts, project=PROJECT, docs=to)
    text = page.read_text(encoding="utf-8")
    assert "rpt_conversation_mix_weekly" in text
    assert "How much of the conversation is human to human" in text
    assert "INLINE DATA" not in text
    assert '"send_anonymous_usage_stats": false' in text
    for secret in (str(built.warehouse.parent), str(PROJECT.parent), 'invocation_id":', 'generated_at":'):
        assert secret not in text, secret
    assert again.read_bytes() == page.read_bytes()


def test_the_page_of_the_models_is_written_again_only_if_they_have_changed(
    built: Any, tmp_path: Path
) -> None:
    page = tmp_path / "models.html"

    def write() -> int:
        write_docs(warehouse=built.warehouse, project=PROJECT, to=page)
        return page.stat().st_ino

    first = write()
    assert write() == first
    page.write_text(page.read_text(encoding="utf-8").replace("-->", "of other models -->"), encoding="utf-8")
    assert write() != first
    assert "of other models" not in page.read_text(encoding="utf-8")


def test_a_failure_names_the_model_and_leaves_the_marts_as_they_were(built: Any) -> None:
    import duckdb

    before = {path.name: path.read_bytes() for path in built.marts.iterdir()}
    with duckdb.connect(str(built.warehouse)) as connection:
        connection.execute("alter table raw.companies rename time_zone to somewhere")
    with pytest.raises(QualityFailed, match=r"model stg_companies .*staging/stg_companies\.sql") as failure:
        build_models(warehouse=built.warehouse, marts=built.marts, project=PROJECT)
    assert "girafe measure" in str(failure.value)
    assert {path.name: path.read_bytes() for path in built.marts.iterdir()} == before


def test_a_project_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserMustAct, match=r"make demo"):
        build_models(warehouse=tmp_path / "w.duckdb", marts=tmp_path, project=tmp_path)
