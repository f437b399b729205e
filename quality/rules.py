"""Rules: the few shapes of expectation that many suites share, each with the note people read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.row_conditions import ComparisonCondition

from warehouse.tables import Table

PSEUDONYM = "^[a-z2-7]{26}$"
"""What girafe/pseudonym.py writes: nothing else that names a person or a post may pass classify."""

LINK = r"^https?://(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+/[A-Za-z0-9._~:/?@!$&()*+,;=%-]*$"
"""What nlp/links.py lets pass."""

NO_LINK = (
    "An address that is not plainly http(s) reached the warehouse. Do not publish; correct nlp/links.py, remove "
    "classified/, then run: girafe classify && girafe load --rebuild"
)

HEADLINE = "rpt_conversation_mix_weekly"

CRITICAL = FailureSeverity.CRITICAL
WARNING = FailureSeverity.WARNING


def columns_of(table: Table) -> Expectation:
    """The table has exactly the columns of warehouse/tables.py."""
    return gxe.ExpectTableColumnsToMatchSet(
        column_set=list(table.schema.names),
        exact_match=True,
        notes="The warehouse was made by another version of girafe. Run: girafe load --rebuild",
    )


def one_row_per_key(table: Table) -> Expectation:
    """No two rows share the key of warehouse/tables.py."""
    notes = f"{table.grain.capitalize()}: two rows share a key. Run: girafe load --rebuild"
    if len(table.key) == 1:
        return gxe.ExpectColumnValuesToBeUnique(column=table.key[0], notes=notes)
    return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.key), notes=notes)


def filled(*columns: str) -> Iterable[Expectation]:
    """These columns always hold a value."""
    for column in columns:
        yield gxe.ExpectColumnValuesToNotBeNull(
            column=column,
            notes=f"Every row has {column}. A parser lost it: see `girafe quarantine list`, then the parser.",
        )


def pseudonyms(*columns: str) -> Iterable[Expectation]:
    """These columns hold pseudonyms or nothing; a platform's own identifier must never get here."""
    for column in columns:
        yield gxe.ExpectColumnValuesToMatchRegex(
            column=column,
            regex=PSEUDONYM,
            notes="An identifier reached the warehouse without its pseudonym. Do not share the warehouse; "
            "correct classify, remove classified/, then run: girafe classify && girafe load --rebuild",
        )


def matching(column: str, regex: str, notes: str) -> Expectation:
    """The column holds only texts of this form (or nothing)."""
    return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=regex, notes=notes)


def one_of(
    column: str, values: Iterable[Any] | dict[str, str], *, severity: FailureSeverity = CRITICAL
) -> Expectation:
    """The column holds only these values, or those of a parameter (or nothing)."""
    return gxe.ExpectColumnValuesToBeInSet(
        column=column,
        value_set=values if isinstance(values, dict) else list(values),
        severity=severity,
        notes=f"{column} has a value nobody defined (docs/method.md). A parser or a classifier changed.",
    )


def between(
    column: str, low: Any, high: Any, notes: str, *, severity: FailureSeverity = CRITICAL
) -> Expectation:
    """The column's values lie in [low, high]; None leaves that end open."""
    return gxe.ExpectColumnValuesToBeBetween(
        column=column, min_value=low, max_value=high, severity=severity, notes=notes
    )


def probability(*columns: str) -> Iterable[Expectation]:
    """These columns lie in 0..1."""
    for column in columns:
        yield between(column, 0, 1, f"{column} is a probability; the classifier wrote something else.")


def plausible_time(*columns: str) -> Iterable[Expectation]:
    """These times are neither before the web nor later than tomorrow."""
    for column in columns:
        yield between(
            column,
            {"$PARAMETER": "earliest"},
            {"$PARAMETER": "latest"},
            f"{column} cannot be true: a clock or a time format is wrong. Correct the source file or its "
            "parser and import it again.",
            severity=WARNING,
        )


def ordered(later: str, earlier: str) -> Expectation:
    """`later` is never before `earlier`."""
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=later,
        column_B=earlier,
        or_equal=True,
        ignore_row_if="either_value_is_missing",
        notes=f"{later} is before {earlier}: the merge went wrong. Run: girafe load --rebuild",
    )


def written(mart: str, column: str) -> Expectation:
    """The mart was written at all; without the headline's there is nothing to publish."""
    return gxe.ExpectColumnToExist(
        column=column,
        severity=CRITICAL if mart == HEADLINE else WARNING,
        notes=f"dbt did not write {mart}. Run: girafe measure",
    )


def counts(*columns: str) -> Iterable[Expectation]:
    """These columns count things: never negative (null where withheld)."""
    for column in columns:
        yield between(
            column, 0, None, f"{column} is a count; a model subtracts. See it in dbt_project/models."
        )


def shares(*columns: str) -> Iterable[Expectation]:
    """These columns lie in 0..1 (null where withheld or not computable)."""
    for column in columns:
        yield between(column, 0, 1, f"{column} is a share in 0..1; a model divides the wrong numbers.")


def differences(*columns: str) -> Iterable[Expectation]:
    """These columns are differences of shares: -1..1."""
    for column in columns:
        yield between(column, -1, 1, f"{column} is a difference of shares; a model subtracts other things.")


def interval(column: str) -> Iterable[Expectation]:
    """`<column>_low` <= `<column>` <= `<column>_high`."""
    for high, low in ((column, f"{column}_low"), (f"{column}_high", column)):
        yield gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=high,
            column_B=low,
            or_equal=True,
            ignore_row_if="either_value_is_missing",
            notes=f"{column} lies outside its own 95 % interval; the interval is computed from other rows.",
        )


def not_yet(column: str) -> Expectation:
    """No period begins after today."""
    return between(
        column,
        None,
        {"$PARAMETER": "today"},
        f"{column} lies in the future: posts with a wrong date make weeks that have not been. Look at the "
        "warnings on raw.posts.created_at.",
        severity=WARNING,
    )


def no_small_group(
    column: str, *, only_where: ComparisonCondition | None = None, cross: bool = False
) -> Expectation:
    """No published number of persons is above 0 and below the small-group threshold of company.toml."""
    return gxe.ExpectColumnValuesToNotBeInSet(
        column=column,
        value_set={"$PARAMETER": "too_few_cross" if cross else "too_few"},
        row_condition=only_where,
        notes=f"{column} shows a group so small that persons can be recognised. Do not publish; the model "
        "must withhold the cell and its complement (docs/governance.md).",
    )


def withheld(column: str, *, only_where: ComparisonCondition) -> Expectation:
    """The column is empty on the rows named."""
    return gxe.ExpectColumnValuesToBeNull(
        column=column,
        row_condition=only_where,
        notes=f"{column} leads to what a person wrote. Do not publish; correct the model.",
    )
