"""Engine: the only place that runs Great Expectations; frames and rules in, findings and Data Docs out.

Importing Great Expectations takes seconds, so nothing imports this module before it is needed.
"""

from __future__ import annotations

import logging
import os
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from girafe.later import when_used, without
from quality.contract import Parameters, Stage
from quality.docs import build_docs
from quality.report import Finding

# Before the import: Great Expectations reads it once and would otherwise report its use to its maker.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

# It draws charts, tests distributions and asks databases; none of our rules does, and these are a third of its start.
with when_used("scipy.stats", "altair"), without("sqlalchemy"):
    import great_expectations as gx
    from great_expectations.data_context.data_context.context_factory import project_manager
    from great_expectations.expectations.expectation import Expectation

_EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One frame and the rules it must keep."""

    name: str
    rows: pd.DataFrame
    key: tuple[str, ...]
    expectations: Sequence[Expectation]
    count_rows: int
    """Rows of the table behind the frame, which may be a part of it."""
    offenders: Mapping[int, int] = field(default_factory=dict)
    """Position of a rule -> rows of the whole table that break it, where known."""


def run(
    stage: Stage, batches: Sequence[Batch], parameters: Parameters, now: datetime, docs: Path
) -> list[Finding]:
    """Validates every batch, writes the Data Docs to `docs`, and returns the rules that do not hold."""
    # This one logger sets its own level and would print a line for a folder nobody needs.
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    frames = context.data_sources.add_pandas(stage)
    findings: list[Finding] = []
    for batch in batches:
        # Copies: Great Expectations writes ids into the objects it is given.
        rules = [expectation.copy() for expectation in batch.expectations]
        suite = context.suites.add(gx.ExpectationSuite(name=f"{stage}.{batch.name}", expectations=rules))
        whole = frames.add_dataframe_asset(batch.name).add_batch_definition_whole_dataframe("rows")
        definition = context.validation_definitions.add(
            gx.ValidationDefinition(name=suite.name, data=whole, suite=suite)
        )
        run_it = partial(
            definition.run,
            batch_parameters={"dataframe": batch.rows},
            expectation_parameters=dict(parameters),
            run_id=gx.RunIdentifier(run_name=stage, run_time=now),
        )
        outcome = run_it(result_format="BASIC")
        if not outcome.success:
            # Which rows they are costs a fifth more, and is asked only where there are some.
            outcome = run_it(
                result_format={
                    "result_format": "COMPLETE",
                    "unexpected_index_column_names": list(batch.key),
                    "partial_unexpected_count": _EXAMPLES,
                }
            )
        findings += _findings(batch, outcome.results)
    build_docs(context, docs)
    _forget()
    return findings


def _forget() -> None:
    """Lets go of what Great Expectations keeps of a validation: its frames and metrics, and classes.

    The last context stays in a global until the next takes its place, by then among everything that run has made. The
    classes it makes anew for each page it draws `typing` remembers: some 20 KB a class and eight a validation, until
    its caches of 128 are full of them.
    """
    project_manager.set_project(None)
    for clear in typing._cleanups:  # type: ignore[attr-defined]
        clear()


def _findings(batch: Batch, results: Sequence[Any]) -> list[Finding]:
    return [_finding(batch, number, result) for number, result in enumerate(results) if not result.success]


def _finding(batch: Batch, number: int, result: Any) -> Finding:
    config = result.expectation_config
    note = str(config.notes or "")
    if (result.exception_info or {}).get("raised_exception"):
        note = f"The rule could not be checked: {result.exception_info['exception_message']}. {note}"
    kwargs = config.kwargs
    pair = [kwargs[name] for name in ("column_A", "column_B") if name in kwargs]
    column = kwargs.get("column") or ", ".join(kwargs.get("column_list") or pair) or "the table"
    found = result.result or {}
    seen = int(found.get("unexpected_count") or 0)
    return Finding(
        table=batch.name,
        rule=f"{column}: {config.type.removeprefix('expect_')}",
        severity=str(getattr(config.severity, "value", config.severity)),
        count_rows=batch.count_rows,
        count_bad=max(seen, batch.offenders.get(number, 0)),
        examples=tuple(
            _key(batch, row) for row in (found.get("partial_unexpected_index_list") or [])[:_EXAMPLES]
        ),
        note=note,
    )


def _key(batch: Batch, row: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={row[name]}" for name in batch.key if name in row)
