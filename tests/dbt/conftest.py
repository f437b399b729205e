"""The raw tables as the measure finds them: rows with defaults, by their real contract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from girafe.records import JUDGED_VOICES
from warehouse.connection import connect
from warehouse.dbt import build_models
from warehouse.merge import create_tables
from warehouse.tables import RAW

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
SEEN = datetime(2026, 3, 2, tzinfo=UTC)


class Raw:
    """Rows of the raw tables of one company on one platform; every id gets the company as a prefix."""

    def __init__(self, company: str = "ondine", platform: str | None = None, home: bool = True) -> None:
        self.company = company
        self.platform = platform or company
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.rows["companies"].append(
            {
                "company_id": company,
                "company": company.title(),
                "is_home": home,
                "time_zone": "Europe/Paris",
            }
        )

    def key(self, name: str | None) -> str | None:
        return None if name is None else f"{self.company}/{name}"

    def post(
        self,
        post_id: str,
        account: str,
        at: datetime = SEEN,
        *,
        reply_to: str | None = None,
        conversation: str | None = None,
        quote_of: str | None = None,
        repost_of: str | None = None,
        mentions: tuple[str, ...] = (),
        about: bool | None = True,
        version: str = "v1",
        themes: tuple[str, ...] = (),
        terms: tuple[str, ...] = (),
        sentiment: str | None = None,
        **more: Any,
    ) -> None:
        self.rows["posts"].append(
            {
                "post_id": self.key(post_id),
                "content_hash": version,
                "platform": self.platform,
                "account_id": self.key(account),
                "created_at": at,
                "first_seen_at": at,
                "last_seen_at": at,
                "reply_to_id": self.key(reply_to),
                "conversation_id": self.key(conversation and f"conversation:{conversation}"),
                "root_post_id": self.key(conversation),
                "quote_of_id": self.key(quote_of),
                "repost_of_id": self.key(repost_of),
                "is_bare_repost": False,
                "language": "fr",
                "is_question": False,
            }
            | more
        )
        of_version = {"post_id": self.key(post_id), "content_hash": version, "classifier_version": "1"}
        for name in mentions:
            keys = {"handle_key": self.key(name), "account_key": self.key(f"id:{name}")}
            self.rows["mentions"].append({"post_id": self.key(post_id), "content_hash": version} | keys)
        if about is not None:
            self.rows["post_matches"].append(
                of_version | {"company_id": self.company, "is_about": about, "probability": 0.9}
            )
        for theme in themes:
            self.rows["theme_labels"].append(of_version | {"theme": theme, "probability": 0.9})
        for term in terms:
            self.rows["term_labels"].append(of_version | {"term": term})
        if sentiment:
            self.rows["sentiment_labels"].append(of_version | {"sentiment": sentiment, "probability": 0.9})

    def label(
        self,
        account: str,
        voice: str,
        at: datetime = SEEN,
        *,
        certain: bool = True,
        probabilities: dict[str, float] | None = None,
        company: str | None = None,
    ) -> None:
        spread = probabilities or {voice: 1.0}
        self.rows["speaker_labels"].append(
            {
                "account_id": self.key(account),
                "company_id": company or self.company,
                "observed_at": at,
                "voice": voice,
                "probability": max(spread.values()),
                "is_certain": certain,
                "classifier_version": "1",
            }
            | {f"probability_{v.value}": spread.get(v.value, 0.0) for v in JUDGED_VOICES}
        )

    def people(self, *accounts: str) -> None:
        for account in accounts:
            self.label(account, "person")

    def alias(self, handle: str, account: str, at: datetime = SEEN) -> None:
        self.rows["account_aliases"].append(
            {"alias_id": self.key(handle), "account_id": self.key(account), "last_seen_at": at}
        )

    def official(self, handle: str) -> None:
        self.rows["official_accounts"].append(
            {
                "company_id": self.company,
                "platform": self.platform,
                "handle_key": self.key(handle),
                "account_key": self.key(f"id:{handle}"),
            }
        )

    def gone(self, *, post: str | None = None, account: str | None = None) -> None:
        self.rows["deletions"].append(
            {
                "post_id": self.key(post) or "",
                "account_id": self.key(account) or "",
                "platform": self.platform,
                "reason": "deleted",
                "observed_at": SEEN,
            }
        )


def write_warehouse(path: Path, *raws: Raw) -> Path:
    """A DuckDB file with exactly the tables of warehouse/tables.py, holding these rows."""
    with connect(path) as connection:
        create_tables(connection, RAW)
        for table in RAW:
            rows = [row for raw in raws for row in raw.rows[table.name]]
            incoming = pa.Table.from_pylist(rows, schema=table.schema)
            connection.register("incoming", incoming)
            connection.execute(f"insert into raw.{table.name} by name select * from incoming")
            connection.unregister("incoming")
    return path


class Measured:
    """A built warehouse, to be asked with SQL; `rpt_` names read the exported Parquet files."""

    def __init__(self, warehouse: Path, marts: Path) -> None:
        self.warehouse = warehouse
        self.marts = marts

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            return connection.execute(query).fetchall()

    def rows(self, report: str, where: str = "true") -> list[dict[str, Any]]:
        with duckdb.connect() as connection:
            path = str(self.marts / f"{report}.parquet")
            found = connection.sql(f"select * from read_parquet('{path}') where {where}")
            return found.to_arrow_table().to_pylist()

    def row(self, report: str, where: str) -> dict[str, Any]:
        [row] = self.rows(report, where)
        return row


@pytest.fixture(scope="session")
def raw_rows() -> type[Raw]:
    """Makes the rows of a company (test modules cannot import this file)."""
    return Raw


@pytest.fixture(scope="session")
def measure(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Measured]:
    """Builds the real dbt project on the rows of some companies."""

    def build(*raws: Raw, **options: Any) -> Measured:
        root = tmp_path_factory.mktemp("measure")
        warehouse = write_warehouse(root / "warehouse" / "girafe.duckdb", *raws)
        build_models(warehouse=warehouse, marts=root / "marts", project=PROJECT, **options)
        return Measured(warehouse, root / "marts")

    return build
