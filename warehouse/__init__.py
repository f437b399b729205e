"""LAND, LOAD, KEEP: files as received, then one DuckDB. May be imported by every stage."""
