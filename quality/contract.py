"""Contract: what a suite is. One file in quality/suites/ = one table, plus one line in registry.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from warehouse.tables import Table

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

Stage: TypeAlias = Literal["raw", "marts"]
"""What enters (`raw`), or what we computed from it (`marts`)."""

Parameters: TypeAlias = Mapping[str, Any]
"""What a rule or a query may name: `now`, `earliest`, `companies`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Rules on a whole table at once (volume, freshness, drift): one small frame made by DuckDB."""

    name: str
    key: tuple[str, ...]
    """The columns that say which line is meant when a rule fails."""
    sql: str
    """Reads raw.*; `$now` is the time of the validation."""
    expectations: Sequence[Expectation]


class Suite(Protocol):
    """A module of quality/suites/ for a table of `raw`."""

    TABLE: Table
    EXPECTATIONS: tuple[Expectation, ...]
    """Rules on its rows, beside its columns and its key, which quality/batches.py asks of every table; severity
    `critical` stops the flow, `warning` is recorded."""
    SUMMARIES: tuple[Summary, ...]


class MartSuite(Protocol):
    """A module of quality/suites/ for an `rpt_` table."""

    MART: str
    KEY: tuple[str, ...]
    EXPECTATIONS: tuple[Expectation, ...]
