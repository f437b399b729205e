"""Merge: two sightings of a row become one by rules that do not depend on their order."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.connection import count
from warehouse.tables import Table

_SQL_TYPES = {
    pa.string(): "text",
    pa.bool_(): "boolean",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.date32(): "date",
    pa.timestamp("us", tz="UTC"): "timestamptz",
    pa.list_(pa.string()): "text[]",
}


def sql_type(kind: pa.DataType) -> str:
    """The DuckDB type that holds an Arrow type of tables.py."""
    return _SQL_TYPES[kind]


def create_tables(connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> None:
    """Creates raw.<name> for each table that is not there yet."""
    connection.execute("create schema if not exists raw")
    for table in tables:
        columns = ", ".join(f"{field.name} {sql_type(field.type)}" for field in table.schema)
        connection.execute(f"create table if not exists raw.{table.name} ({columns})")
        _add_new_columns(connection, table)


def _add_new_columns(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """A warehouse made by an older girafe gets the columns that have come since, empty."""
    known = {name for name, *_ in connection.execute(f"describe raw.{table.name}").fetchall()}
    for field in table.schema:
        if field.name not in known:
            connection.execute(f"alter table raw.{table.name} add column {field.name} {sql_type(field.type)}")


def merge_files(connection: duckdb.DuckDBPyConnection, table: Table, files: Iterable[Path]) -> None:
    """Merges Parquet files of `table` into raw.<name> by its key."""
    paths = [str(path) for path in files]
    if not paths:
        return
    names = ", ".join(table.schema.names)
    key = ", ".join(table.key)
    connection.execute(
        f"create or replace temp table delta as {_merged(table, f'select {names} from read_parquet(?)')}",
        [paths],
    )
    old = count(connection, f"select count(*) from (from raw.{table.name} limit 1)")
    if old:
        connection.execute(
            f"create or replace temp table merged as {_merged(table, _both(table, names, key))}"
        )
        same = " and ".join(f"t.{name} = delta.{name}" for name in table.key)
        connection.execute(f"delete from raw.{table.name} as t using delta where {same}")
    source = "merged" if old else "delta"
    connection.execute(f"insert into raw.{table.name} by name select * from {source}")
    connection.execute("drop table if exists delta")
    connection.execute("drop table if exists merged")


def _both(table: Table, names: str, key: str) -> str:
    return (
        f"select {names} from delta union all "
        f"select {names} from raw.{table.name} semi join delta using ({key})"
    )


def _merged(table: Table, rows: str) -> str:
    """One row per key: extremes for `minimum` and `maximum`, the greatest row for the rest.

    The greatest row (first by `latest`, then by all columns) is a total order, so the result is the
    same whatever the order of the rows.
    """
    rest = [name for name in table.schema.names if name not in (*table.key, *table.minimum, *table.maximum)]
    key = ", ".join(table.key)
    columns = [
        *table.key,
        *(f"min({name}) as {name}" for name in table.minimum),
        *(f"max({name}) as {name}" for name in table.maximum),
    ]
    if not rest:
        return f"select {', '.join(columns)} from ({rows}) group by {key}"
    order = [table.latest, *rest] if table.latest else rest
    fields = ", ".join(f"{name} := {name}" for name in dict.fromkeys(order))
    columns.append(f"max(struct_pack({fields})) as greatest")
    picked = ", ".join(f"greatest.{name} as {name}" for name in rest)
    kept = ", ".join((*table.key, *table.minimum, *table.maximum))
    return f"select {kept}, {picked} from (select {', '.join(columns)} from ({rows}) group by {key})"
