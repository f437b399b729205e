"""Batches: the frames a validation looks at, read from DuckDB or from exported Parquet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from quality.contract import MartSuite, Parameters, Suite, Summary
from quality.engine import Batch
from quality.rules import columns_of, one_row_per_key, written
from quality.suspects import Frame, as_frame, frame_of
from warehouse.tables import Table

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def raw_batches(
    connection: duckdb.DuckDBPyConnection, suites: Iterable[Suite], parameters: Parameters
) -> list[Batch]:
    """One batch per suite, then one per summary, small enough for memory whatever the table's size.

    Summaries join tables: where one is of another version, a rule on its columns stops the flow and none is read.
    """
    batches: list[Batch] = []
    summaries: list[Summary] = []
    are_whole = True
    for suite in suites:
        table = suite.TABLE
        rules = (columns_of(table), one_row_per_key(table), *suite.EXPECTATIONS)
        frame = _frame(connection, table, rules, parameters)
        batches.append(
            Batch(
                name=table.name,
                rows=frame.rows,
                key=table.key,
                expectations=rules,
                count_rows=frame.count_rows,
                offenders=frame.offenders,
            )
        )
        are_whole &= set(frame.rows.columns) >= set(table.schema.names)
        summaries += suite.SUMMARIES
    return [*batches, *(_summary(connection, summary, parameters) for summary in summaries if are_whole)]


def mart_batches(marts: Path, suites: Iterable[MartSuite]) -> list[Batch]:
    """One batch per `rpt_` table; one that was not written gets the rule that it must be."""
    batches = []
    for suite in suites:
        path = marts / f"{suite.MART}.parquet"
        is_there = path.exists()
        # Rounded: an interval that ends at -1e-17 is right, and a share may exceed its end by as little.
        rows = pd.read_parquet(path).round(9) if is_there else pd.DataFrame()
        batches.append(
            Batch(
                name=suite.MART,
                rows=rows,
                key=suite.KEY,
                expectations=suite.EXPECTATIONS if is_there else (written(suite.MART, suite.KEY[0]),),
                count_rows=len(rows),
            )
        )
    return batches


def _frame(
    connection: duckdb.DuckDBPyConnection, table: Table, rules: Sequence[Expectation], parameters: Parameters
) -> Frame:
    try:
        return frame_of(connection, table, rules, parameters)
    except duckdb.CatalogException:  # no such table
        return Frame(rows=pd.DataFrame(), count_rows=0, offenders={})
    except duckdb.BinderException:  # a column is missing: the rule on columns says so
        rows = as_frame(connection, f"select * from raw.{table.name} limit 100")
        return Frame(rows=rows, count_rows=len(rows), offenders={})


def _summary(connection: duckdb.DuckDBPyConnection, summary: Summary, parameters: Parameters) -> Batch:
    named = {name: value for name, value in parameters.items() if re.search(rf"\${name}\b", summary.sql)}
    rows = as_frame(connection, summary.sql, named)
    return Batch(
        name=summary.name,
        rows=rows,
        key=summary.key,
        expectations=summary.expectations,
        count_rows=len(rows),
    )
