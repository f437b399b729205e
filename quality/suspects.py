"""Suspects: DuckDB finds every row that may break a rule, so that Great Expectations judges a small frame.

A million posts in pandas would cost gigabytes and minutes. Each rule is written once, as a Great
Expectations object; here it is read as SQL to count its offenders in the whole table and to bring
them, with a fixed sample of the others, into the frame that is then validated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from quality.contract import Parameters
from warehouse.tables import Table

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.expectations.expectation import Expectation

WHOLE_TABLE = 20_000
"""Tables up to this many rows are validated whole."""
_SAMPLE = 5_000
_SUSPECTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What Great Expectations gets to see of a table."""

    rows: pd.DataFrame
    count_rows: int
    """Rows of the whole table."""
    offenders: dict[int, int]
    """Position of a rule -> rows of the whole table that break it, where SQL can tell."""


def frame_of(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    expectations: Sequence[Expectation],
    parameters: Parameters,
) -> Frame:
    """The rows of raw.<table> to validate: all of a small table, else suspects and a fixed sample."""
    rules = {
        number: rule
        for number, expectation in enumerate(expectations)
        if (rule := offence(expectation, parameters)) is not None
    }
    count, offenders = _count(connection, table, rules)
    if count <= WHOLE_TABLE:
        rows = as_frame(connection, f"select * from raw.{table.name}")
    else:
        suspects = [sql for number, sql in rules.items() if offenders[number]]
        parts = [f"(select * from raw.{table.name} where {sql} limit {_SUSPECTS})" for sql in suspects]
        key = ", ".join(table.key)
        parts.append(f"(select * from raw.{table.name} where hash({key}) % {max(1, count // _SAMPLE)} = 0)")
        # `union`, not `union all`: a suspect that is also in the sample must not look like a duplicate.
        rows = as_frame(connection, " union ".join(parts))
        rows = _with_duplicates(connection, table, rows, expectations, offenders)
    return Frame(rows=rows, count_rows=count, offenders=offenders)


def offence(expectation: Expectation, parameters: Parameters) -> str | None:
    """The SQL condition of a row that breaks the rule, or None where a single row cannot break it."""
    rule: Any = expectation
    match type(expectation).__name__:
        case "ExpectColumnValuesToNotBeNull":
            return f"{rule.column} is null"
        case "ExpectColumnValuesToMatchRegex":
            return f"not regexp_matches({rule.column}, {_literal(rule.regex, parameters)})"
        case "ExpectColumnValuesToBeInSet":
            values = ", ".join(_literal(value, parameters) for value in _resolved(rule.value_set, parameters))
            return f"{rule.column} not in ({values})" if values else f"{rule.column} is not null"
        case "ExpectColumnValuesToBeBetween":
            ends = [
                f"{rule.column} {sign} {_literal(end, parameters)}"
                for sign, end in (("<", rule.min_value), (">", rule.max_value))
                if end is not None
            ]
            return f"({' or '.join(ends)})"
        case "ExpectColumnPairValuesAToBeGreaterThanB":
            return f"{rule.column_A} {'<' if rule.or_equal else '<='} {rule.column_B}"
        case _:
            return None


def as_frame(
    connection: duckdb.DuckDBPyConnection, sql: str, named: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """The rows as pandas holds them; through Arrow, because DuckDB's own way uses what pandas deprecates."""
    frame: pd.DataFrame = connection.sql(sql, params=dict(named or {})).to_arrow_table().to_pandas()
    return frame


def _resolved(value: Any, parameters: Parameters) -> Any:
    if isinstance(value, dict) and "$PARAMETER" in value:
        return parameters[value["$PARAMETER"]]
    return value


def _literal(value: Any, parameters: Parameters) -> str:
    """A constant of a rule, or a parameter of ours, as SQL; data never comes here."""
    value = _resolved(value, parameters)
    if isinstance(value, bool | int | float):
        return str(value)
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    kind = "timestamptz " if hasattr(value, "tzinfo") else ""
    return kind + "'" + text.replace("'", "''") + "'"


def _count(
    connection: duckdb.DuckDBPyConnection, table: Table, rules: dict[int, str]
) -> tuple[int, dict[int, int]]:
    columns = "".join(f", count(*) filter (where {sql})" for sql in rules.values())
    found = connection.execute(f"select count(*){columns} from raw.{table.name}").fetchall()
    count, *offenders = found[0]
    return count, dict(zip(rules, offenders, strict=True))


def _with_duplicates(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    rows: pd.DataFrame,
    expectations: Sequence[Expectation],
    offenders: dict[int, int],
) -> pd.DataFrame:
    """Adds the rows that share a key, if any: 64 bits a row are kept to find out, not the keys."""
    unique = [n for n, rule in enumerate(expectations) if type(rule).__name__ in _UNIQUENESS]
    key = ", ".join(table.key)
    sql = f"select count(*) - count(distinct hash({key})) from raw.{table.name}"
    ((twice,),) = connection.execute(sql).fetchall()
    if not unique or not twice:
        return rows
    double = as_frame(
        connection,
        f"select * from raw.{table.name} qualify count(*) over (partition by {key}) > 1 limit {_SUSPECTS}",
    )
    offenders.update(dict.fromkeys(unique, int(twice)))
    import pandas as pd

    return pd.concat([rows, double], ignore_index=True)


_UNIQUENESS = frozenset({"ExpectColumnValuesToBeUnique", "ExpectCompoundColumnsToBeUnique"})
