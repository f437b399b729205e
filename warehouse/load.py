"""Load: classified files merged into DuckDB; any order, any number of times, the same tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import orjson
import pyarrow as pa

from girafe.data_dir import DataDir
from girafe.errors import GirafeError, InputInvalid
from girafe.pseudonym import Pseudonymiser
from girafe.settings import Settings
from girafe.storage import Place, find, local_folders, name_under, read_all
from warehouse.connection import (
    WarehouseDamaged,
    connect,
    count,
    is_remote,
    rebuilding,
    remove_abandoned_work,
    remove_warehouse,
)
from warehouse.forgotten import read_forgotten
from warehouse.landing import MANIFEST
from warehouse.merge import create_tables, merge_files
from warehouse.older import complete
from warehouse.soundness import is_sound_table
from warehouse.tables import (
    ACCOUNT_OBSERVATIONS,
    CLASSIFIED,
    COLLECTION_RUNS,
    COMPANIES,
    DELETIONS,
    OFFICIAL_ACCOUNTS,
    RAW,
    SPEAKER_EVIDENCE,
    SPEAKER_LABELS,
    Table,
)

Judge: TypeAlias = Callable[[pa.Table], pa.Table]
"""speaker_evidence rows of some accounts, `observed_at` filled -> their speaker_labels rows."""


class ClassifiedDamaged(GirafeError):
    """Parquet files of these classified folders cannot be read; they are classified again from landing."""

    def __init__(self, folders: Sequence[Place]) -> None:
        names = ", ".join(f"{folder.parent.name}/{folder.name}" for folder in folders)
        super().__init__(f"Damaged classified files: {names}.")
        self.folders = tuple(folders)


_ACCOUNTS_PER_JUDGEMENT = 100_000  # bounds memory: evidence of this many accounts at a time
_FILES_PER_MERGE = 200
_OF_POSTS = tuple(table.name for table in CLASSIFIED if table.key[0] == "post_id" and table is not DELETIONS)
"""Tables whose rows leave with their post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What one load did."""

    files: int
    """Classified folders merged in; 0 means that nothing was new."""
    posts: int
    """Posts now in the warehouse, each once."""
    accounts: int
    accounts_judged: int
    rebuilt: bool


def load_classified(
    data: DataDir,
    settings: Settings,
    *,
    judge: Judge,
    pseudonymiser: Pseudonymiser,
    rebuild: bool = False,
) -> LoadReport:
    """Merges every classified folder that is new or has changed, then judges the speakers it touched.

    One transaction: after a crash the warehouse is as before. A folder that was loaded before and has
    changed since (another classifier, another company.toml), or that is gone, means that rows may have
    to leave: then everything is loaded again from the classified files.
    """
    found = _folders(data.classified)
    remove_abandoned_work(data.warehouse)
    try:
        with connect(data.warehouse) as connection:
            known = _loaded(connection)
            if not rebuild and all(found.get(folder) == digest for folder, digest in known.items()):
                new = [folder for folder in found if folder not in known]
                return _load(connection, data, settings, judge, pseudonymiser, new, found)
    except WarehouseDamaged:
        if not rebuild:
            raise
    if is_remote(data.warehouse):
        remove_warehouse(data.warehouse)  # a crash half-way leaves it empty, and the next load fills it
        with connect(data.warehouse) as connection:
            return _load(connection, data, settings, judge, pseudonymiser, [*found], found, rebuilt=True)
    # Built beside and swapped in: a crash half-way leaves the warehouse that was there.
    fresh = rebuilding(data.warehouse)
    with connect(fresh) as connection:
        report = _load(connection, data, settings, judge, pseudonymiser, [*found], found, rebuilt=True)
        # Only the file takes the old one's place. Closing leaves in the log what a full disk did not take, silently.
        connection.execute("checkpoint")
    remove_warehouse(data.warehouse)
    fresh.replace(data.warehouse)
    return report


def _folders(root: Place) -> dict[str, str]:
    """Each complete classified folder with the digest of its manifest, oldest day first."""
    manifests = find(root, f"*/*/{MANIFEST}")
    return {
        name_under(root, manifest.parent): hashlib.sha256(content).hexdigest()
        for manifest, content in zip(manifests, read_all(manifests), strict=True)
        if content is not None
    }


def _loaded(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    create_tables(connection, RAW)
    connection.execute("create table if not exists raw.loaded_folders (folder text primary key, digest text)")
    rows = connection.execute("select folder, digest from raw.loaded_folders").fetchall()
    return dict(rows)


def _load(
    connection: duckdb.DuckDBPyConnection,
    data: DataDir,
    settings: Settings,
    judge: Judge,
    pseudonymiser: Pseudonymiser,
    folders: list[str],
    digests: dict[str, str],
    *,
    rebuilt: bool = False,
) -> LoadReport:
    _loaded(connection)
    connection.execute("begin")
    _replace(connection, COMPANIES, _company_rows(settings))
    _replace(connection, OFFICIAL_ACCOUNTS, _official_rows(settings, pseudonymiser))
    _replace(connection, COLLECTION_RUNS, _run_rows(data))
    connection.execute("create or replace temp table touched (account_id text)")
    for start in range(0, len(folders), _FILES_PER_MERGE):
        part = [data.classified / name for name in folders[start : start + _FILES_PER_MERGE]]
        complete(part)
        # DuckDB reads local files only: its S3 reader would be downloaded at run time (docs/decisions/0025).
        with local_folders(part, [f"{table.name}.parquet" for table in CLASSIFIED]) as copies:
            _refuse_damaged(part, copies, _is_readable)
            try:
                for table in CLASSIFIED:
                    merge_files(connection, table, [copy / f"{table.name}.parquet" for copy in copies])
            except duckdb.Error:
                _refuse_damaged(part, copies, _duckdb_reads)
                raise
            _note_touched(connection, copies)
    if folders:
        _apply_deletions(connection, read_forgotten(data))
        connection.executemany(
            "insert or replace into raw.loaded_folders values (?, ?)",
            [[name, digests[name]] for name in folders],
        )
    judged = _judge_touched(connection, judge) if folders else 0
    connection.execute("commit")
    return LoadReport(
        files=len(folders),
        posts=count(connection, "select count(distinct post_id) from raw.posts"),
        accounts=count(connection, "select count(distinct account_id) from raw.account_observations"),
        accounts_judged=judged,
        rebuilt=rebuilt,
    )


def _refuse_damaged(folders: Sequence[Place], copies: Sequence[Path], reads: Callable[[Path], bool]) -> None:
    """Raises ClassifiedDamaged for those whose copies cannot be read."""
    damaged = [folder for folder, copy in zip(folders, copies, strict=True) if not reads(copy)]
    if damaged:
        raise ClassifiedDamaged(damaged)


def _is_readable(folder: Path) -> bool:
    return all(
        is_sound_table(folder / f"{table.name}.parquet", set(table.schema.names)) for table in CLASSIFIED
    )


def _duckdb_reads(folder: Path) -> bool:
    """What Parquet says of itself at its end has no checksum, and DuckDB is stricter about it than Arrow."""
    try:
        with duckdb.connect(":memory:") as alone:
            for table in CLASSIFIED:
                file = str(folder / f"{table.name}.parquet")
                alone.execute("create or replace table read as from read_parquet(?)", [file])
    except duckdb.Error:
        return False
    return True


def _replace(connection: duckdb.DuckDBPyConnection, table: Table, rows: list[dict[str, object]]) -> None:
    """Sets a small table to exactly `rows`."""
    incoming = pa.Table.from_pylist(rows, schema=table.schema)
    connection.register("incoming", incoming)
    connection.execute(f"delete from raw.{table.name}")
    connection.execute(f"insert into raw.{table.name} by name select distinct * from incoming")
    connection.unregister("incoming")


def _company_rows(settings: Settings) -> list[dict[str, object]]:
    home = settings.company
    return [
        {
            "company_id": company.company_id,
            "company": company.name,
            "is_home": company is home,
            "time_zone": home.time_zone,
            "headcount": home.headcount if company is home else None,
            "headcount_on": home.headcount_date if company is home else None,
            "headcount_source": home.headcount_source if company is home else None,
        }
        for company in settings.companies
    ]


def _official_rows(settings: Settings, pseudonymiser: Pseudonymiser) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for company in settings.companies:
        for official in company.official_accounts:
            platform, _, name = official.partition(":")
            rows.append(
                {
                    "company_id": company.company_id,
                    "platform": platform,
                    "handle_key": pseudonymiser.handle(platform, name),
                    "account_key": pseudonymiser.account_id(platform, name),
                }
            )
    return rows


def _record(file: Place, content: bytes) -> dict[str, Any]:
    try:
        record: dict[str, Any] = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        remedy = (
            "`girafe classify` makes it again."
            if file.name == MANIFEST
            else "Remove it: what its run brought is kept, that it ran is not."
        )
        raise InputInvalid(f"{file} is damaged ({error}). {remedy}") from error
    return record


def _run_rows(data: DataDir) -> list[dict[str, object]]:
    """One row per collection run: what the collector wrote, completed by what classify counted.

    Runs that landed nothing have only the collector's record (`runs/`), imports only the manifest.
    """
    runs: dict[tuple[str, str], dict[str, Any]] = {}
    files = [*find(data.runs, "*/*.json"), *find(data.classified, f"*/*/{MANIFEST}")]
    names = COLLECTION_RUNS.schema.names
    for file, content in zip(files, read_all(files), strict=True):
        if content is None:
            continue
        record = _record(file, content)
        if "run_id" not in record:
            continue  # corrections of a reviewer: nothing was collected
        key = (str(record["platform"]), str(record["run_id"]))
        row = runs.setdefault(key, dict.fromkeys(names))
        source = row["source"]
        refused = max(row["count_quarantined"] or 0, record.get("count_quarantined") or 0)
        row.update({name: record[name] for name in names if record.get(name) is not None})
        # The collector knows whom it asked; the first payload may be a notice (opt_out), which is nobody.
        row["source"] = source or row["source"]
        # An import refuses lines before landing, classify refuses payloads after: the same run, both count.
        row["count_quarantined"] = refused
    for row in runs.values():
        row["health"] = row["health"] or "heard"
        for name in ("first_fetched_at", "last_fetched_at"):
            row[name] = _time(row[name])
    return [runs[key] for key in sorted(runs)]


def _time(value: object) -> object:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _note_touched(connection: duckdb.DuckDBPyConnection, folders: Iterable[Path]) -> None:
    for table in (ACCOUNT_OBSERVATIONS, SPEAKER_EVIDENCE):
        paths = [str(folder / f"{table.name}.parquet") for folder in folders]
        connection.execute("insert into touched select distinct account_id from read_parquet(?)", [paths])


def _apply_deletions(connection: duckdb.DuckDBPyConnection, forgotten: Iterable[str]) -> None:
    """Takes out every post and account that is gone, whenever the sign of it was loaded.

    The forgotten leave here too: a worker elsewhere may have begun to classify before they asked.
    """
    connection.register("asked", pa.table({"account_id": pa.array(sorted(forgotten), pa.string())}))
    connection.execute(
        "create or replace temp table gone_accounts as select account_id from asked"
        " union select account_id from raw.deletions where account_id <> ''"
    )
    connection.unregister("asked")
    connection.execute(
        "create or replace temp table gone as select post_id from raw.posts where account_id in"
        " (select account_id from gone_accounts)"
        " union select post_id from raw.deletions where post_id <> ''"
    )
    for name in _OF_POSTS:
        connection.execute(f"delete from raw.{name} where post_id in (select post_id from gone)")
    of_gone_posts = "origin in ('post', 'given') and reference in (select post_id from gone)"
    # What a deleted post said about its author no longer counts: that account is judged again.
    connection.execute(
        f"insert into touched select account_id from raw.speaker_evidence where {of_gone_posts}"
    )
    connection.execute(f"delete from raw.speaker_evidence where {of_gone_posts}")
    for name in ("account_observations", "account_aliases", "speaker_evidence", "speaker_labels"):
        connection.execute(
            f"delete from raw.{name} where account_id in (select account_id from gone_accounts)"
        )


def _judge_touched(connection: duckdb.DuckDBPyConnection, judge: Judge) -> int:
    """Judges every account that got new evidence, from all its evidence; returns how many."""
    connection.execute(
        "create or replace temp table queue as"
        " select account_id, row_number() over (order by account_id) as n"
        " from (select distinct account_id from touched)"
    )
    connection.execute("delete from raw.speaker_labels where account_id in (select account_id from queue)")
    total = count(connection, "select count(*) from queue")
    columns = ", ".join(
        f"e.{name}" if name != "observed_at" else "coalesce(e.observed_at, o.first_seen_at) as observed_at"
        for name in SPEAKER_EVIDENCE.schema.names
    )
    for start in range(0, total, _ACCOUNTS_PER_JUDGEMENT):
        # Only the newest classifier that saw an account speaks about it (`2026.12.10` > `2026.12.09`);
        # what a reviewer said is not undone by a newer one.
        evidence = connection.sql(
            f"select {columns} from raw.speaker_evidence e"
            " join queue q on q.account_id = e.account_id and q.n > ? and q.n <= ?"
            " left join raw.account_observations o"
            "   on e.origin in ('profile', 'name')"
            "   and o.account_id = e.account_id and o.profile_version = e.reference"
            " where coalesce(e.observed_at, o.first_seen_at) is not null"
            " qualify e.reference = 'review'"
            "   or e.classifier_version = max(e.classifier_version) over (partition by e.account_id)",
            params=[start, start + _ACCOUNTS_PER_JUDGEMENT],
        ).to_arrow_table()
        labels = judge(evidence.cast(SPEAKER_EVIDENCE.schema))
        connection.register("labels", labels.cast(SPEAKER_LABELS.schema))
        connection.execute("insert into raw.speaker_labels by name select * from labels")
        connection.unregister("labels")
    return total
