"""Validate: what enters the warehouse before it is measured, and what was measured before it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from girafe.data_dir import DataDir
from girafe.errors import InputInvalid
from girafe.settings import Settings
from quality.contract import Stage
from quality.report import Finding, write_results, write_tree
from quality.report import ValidationReport as ValidationReport
from quality.silence import Hearing, as_findings, hearings
from warehouse.connection import connect, is_there

if TYPE_CHECKING:
    from quality.engine import Batch

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web nobody posted on it
_CLOCK_SKEW = timedelta(days=1)


def validate_raw(data: DataDir, settings: Settings, now: datetime) -> ValidationReport:
    """Checks every table of `raw`, records what it finds under data.quality, then raises QualityFailed.

    Warnings (volume, freshness, drift) are recorded and do not raise.
    """
    # Imported here: Great Expectations takes seconds, and nobody else should wait for it.
    from quality.batches import raw_batches
    from quality.registry import RAW

    if not is_there(data.warehouse):
        raise InputInvalid("There is no warehouse to validate yet. Run: girafe load")
    parameters = _parameters(settings, now)
    with connect(data.warehouse, read_only=True) as connection:
        batches = raw_batches(connection, RAW, parameters)
        heard = _hearings(connection, settings, now)
    write_tree(data.hearing, heard)
    return _validate("raw", batches, parameters, now, data.quality, more=as_findings(heard))


def validate_marts(marts: Path, settings: Settings, now: datetime) -> ValidationReport:
    """Checks every `rpt_` Parquet file in `marts` before it may become a release, as `validate_raw` does.

    Records under the `quality` of the data directory that holds `marts`.
    """
    from quality.batches import mart_batches
    from quality.registry import MARTS

    parameters = _parameters(settings, now)
    return _validate("marts", mart_batches(marts, MARTS), parameters, now, marts.parent.parent / "quality")


def _parameters(settings: Settings, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "earliest": _EARLIEST,
        "latest": now + _CLOCK_SKEW,
        "today": now.date(),
        "companies": [company.company_id for company in settings.companies],
        "sources": [source.name for source in settings.sources if source.enabled],
        "too_few": list(range(1, settings.privacy.small_group)),
        "too_few_cross": list(range(1, settings.privacy.small_group_cross)),
    }


def _hearings(connection: duckdb.DuckDBPyConnection, settings: Settings, now: datetime) -> list[Hearing]:
    """What each source let us hear; nothing where the tables are of another version, which a rule names."""
    try:
        return hearings(connection, settings, now)
    except (duckdb.CatalogException, duckdb.BinderException):
        return []


def _validate(
    stage: Stage,
    batches: list[Batch],
    parameters: dict[str, Any],
    now: datetime,
    quality: Path,
    *,
    more: Sequence[Finding] = (),
) -> ValidationReport:
    from quality.docs import write_index
    from quality.engine import run

    docs = quality / "docs" / stage
    docs.parent.mkdir(parents=True, exist_ok=True)
    findings = (*run(stage, batches, parameters, now, docs), *more)
    rows = {batch.name: batch.count_rows for batch in batches}
    write_index(docs, f"girafe: {stage}, {now:%Y-%m-%d %H:%M} UTC", findings, rows)
    report = ValidationReport(
        stage=stage,
        checked_at=now,
        rows=rows,
        count_rules=sum(len(batch.expectations) for batch in batches),
        findings=findings,
        docs=docs / "index.html",
    )
    write_results(quality, report)
    report.raise_failures()
    return report
