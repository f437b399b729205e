"""Classify: one landing file becomes one folder of pseudonymised tables, whole or not at all."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

import orjson

from girafe.data_dir import DataDir
from girafe.errors import PayloadRejected
from girafe.pseudonym import Pseudonymiser
from girafe.records import Deletion, Envelope, IsForgotten, Parser, Post, Profile, Record, Rejected
from girafe.settings import Settings
from girafe.storage import Place, whole_folder
from nlp.company import names_of_all
from nlp.links import official_accounts, official_accounts_of
from nlp.parquet import TableWriters, read_manifest
from nlp.version import CLASSIFIER_VERSION
from warehouse.forgotten import pseudonyms_of
from warehouse.landing import (
    MANIFEST,
    classified_folder,
    landing_files,
    read_envelopes,
    reject,
    write_manifest,
    write_quarantine,
)
from warehouse.tables import CLASSIFIED

if TYPE_CHECKING:
    from nlp.edge_counts import EdgeCounter
    from nlp.rows import Row, RowMaker

Progress: TypeAlias = Callable[[str], None]

_BATCH = 10_000
_LINES_PER_PROGRESS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifyReport:
    """What became of one landing file."""

    landing: Place
    folder: Place
    payloads: int
    posts: int
    quarantined: int
    opted_out: int
    skipped: bool
    """It had been classified under the same fingerprint before."""


@dataclass(kw_only=True)
class _Counts:
    """What one pass over a landing file has seen so far."""

    is_forgotten: IsForgotten
    payloads: int = 0
    posts: int = 0
    first: datetime | None = None
    last: datetime | None = None
    source: str = ""
    run_id: str = ""
    """As its payloads say: a file that a tool has copied beside itself, under another name, is the same run."""
    opted_out: dict[str, Row] = field(default_factory=dict)
    """Deletion rows of accounts that have opted out, by each of their pseudonyms."""
    left_out: set[str] = field(default_factory=set)
    """The same accounts, each once."""
    stored: set[str] = field(default_factory=set)
    """Pseudonyms of accounts of which something was stored."""

    def note(self, envelope: Envelope) -> None:
        self.payloads += 1
        self.source = self.source or envelope.source
        self.run_id = self.run_id or envelope.run_id
        self.first = min(self.first or envelope.fetched_at, envelope.fetched_at)
        self.last = max(self.last or envelope.fetched_at, envelope.fetched_at)


def fingerprint(settings: Settings) -> str:
    """Changes when the classifier or what company.toml tells it changes: then files are classified again."""
    companies = [
        company.model_dump(
            mode="json",
            include={
                "name",
                "aliases",
                "negative_aliases",
                "common_word",
                "sector",
                "official_accounts",
                "domains",
            },
        )
        for company in settings.companies
    ]
    known = {
        "version": CLASSIFIER_VERSION,
        "companies": companies,
        "tables": [str(t) for t in CLASSIFIED],
        # What is only counted is counted by week here, and the week is the company's.
        "time_zone": settings.company.time_zone,
    }
    return hashlib.sha256(orjson.dumps(known, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def classify_pending(
    data: DataDir,
    *,
    settings: Settings,
    parsers: Mapping[str, Parser],
    pseudonymiser: Pseudonymiser,
    is_forgotten: IsForgotten = lambda account: False,
    progress: Progress | None = None,
    files: Sequence[Place] | None = None,
) -> list[ClassifyReport]:
    """Classifies what is not yet classified under the current fingerprint: `files`, or all that has landed.

    A file that has left since it was listed (its time was up, whoever spoke in it is forgotten) is passed over.
    """
    reports = []
    for path in landing_files(data.landing) if files is None else files:
        try:
            report = classify_file(
                path,
                data=data,
                settings=settings,
                parsers=parsers,
                pseudonymiser=pseudonymiser,
                is_forgotten=is_forgotten,
                progress=progress,
            )
        except FileNotFoundError:
            if path.exists():
                raise
            if progress:
                progress(f"{path.name} has left landing meanwhile")
            continue
        reports.append(report)
    return reports


def classify_file(
    path: Place,
    *,
    data: DataDir,
    settings: Settings,
    parsers: Mapping[str, Parser],
    pseudonymiser: Pseudonymiser,
    is_forgotten: IsForgotten = lambda account: False,
    progress: Progress | None = None,
) -> ClassifyReport:
    """Classifies one landing file, in batches, so that its size does not matter to memory.

    What cannot be read goes to quarantine. The same file under the same fingerprint gives the same bytes, so
    doing it again is skipped.
    """
    folder, mark = classified_folder(data, path), fingerprint(settings)
    manifest = read_manifest(folder)
    if manifest.get("fingerprint") == mark:
        return _report(path, folder, manifest, skipped=True)
    # Imported here: where nothing is new, nobody waits for spaCy.
    from nlp.edge_counts import EdgeCounter
    from nlp.rows import RowMaker

    run, day = path.name.removesuffix(".jsonl.gz"), datetime.fromisoformat(path.parent.name)
    name = f"{path.parent.parent.name}-{run}"
    with whole_folder(folder, last=MANIFEST) as partial:
        opted_out: frozenset[str] = frozenset()
        while True:
            counts = _Counts(is_forgotten=is_forgotten)
            maker = RowMaker(
                companies=names_of_all(settings.companies),
                pseudonymiser=pseudonymiser,
                official=official_accounts(settings),
                is_forgotten=is_forgotten,
            )
            counter = EdgeCounter(
                companies=maker.companies,
                official=[official_accounts_of(company) for company in settings.companies],
                time_zone=ZoneInfo(settings.company.time_zone),
            )
            with TableWriters(partial) as writers:
                rejected = _write(path, parsers, maker, counter, writers, counts, opted_out, progress)
                quarantined = write_quarantine(data.quarantine, day, name, rejected)
            late = frozenset(counts.opted_out) & counts.stored
            if not late:
                break
            # Somebody's opt-out came after their posts in this file: read it again without them.
            opted_out |= late
        if not path.exists():  # it left while it was read, so what was made of it may not come after it
            raise FileNotFoundError(path.name)
        manifest = _manifest(path, run, mark, counts, quarantined)
        write_manifest(partial, manifest)
    return _report(path, folder, manifest, skipped=False)


def _write(
    path: Place,
    parsers: Mapping[str, Parser],
    maker: RowMaker,
    counter: EdgeCounter,
    writers: TableWriters,
    counts: _Counts,
    opted_out: frozenset[str],
    progress: Progress | None,
) -> Iterator[Rejected]:
    """Writes the rows of a landing file batch by batch; yields what could not be read."""
    batch: list[tuple[Envelope, Post | Profile]] = []
    deletions: list[Row] = []
    for envelope in read_envelopes(path):
        if isinstance(envelope, Rejected):
            yield envelope
            continue
        counts.note(envelope)
        records = parse(envelope, parsers)
        if isinstance(records, Rejected):
            yield records
            continue
        for record in records:
            if isinstance(record, Deletion):
                deletions.append(_deletion(record, maker.pseudonymiser))
            elif isinstance(record, Post) and record.counted is not None:
                # Not even a notice of who left is kept: after its time, nothing of a member is.
                if record.author.opted_out is None and not counts.is_forgotten(record.author):
                    counter.add(record, record.counted)
                    counts.posts += 1
            elif not _is_opted_out(record, maker.pseudonymiser, counts, opted_out):
                batch.append((envelope, record))
        if len(batch) >= _BATCH:
            _flush(batch, maker, writers, counts)
        if progress is not None and counts.payloads % _LINES_PER_PROGRESS == 0:
            progress(f"{path.name}: {counts.payloads:,} payloads classified")
    _flush(batch, maker, writers, counts)
    writers.write(
        {"deletions": [*deletions, *counts.opted_out.values()], "edge_counts": list(counter.rows())}
    )


def parse(envelope: Envelope, parsers: Mapping[str, Parser]) -> list[Record] | Rejected:
    """All records of an envelope or none: half a payload would look like a whole one."""
    parser = parsers.get(envelope.source)
    if parser is None:
        detail = f"No parser is registered for {envelope.source!r}. Add it to the registry and replay."
        return reject(envelope, PayloadRejected(detail, reason="no_parser"))
    try:
        records = list(parser(envelope))
        if not {envelope.platform}.issuperset(map(_platform, records)):
            # What stands in a payload may be anything, a name too; what is stored is where it was landed.
            raise PayloadRejected(
                "It names another platform than it was landed under.", reason="other_platform"
            )
        return records
    except PayloadRejected as error:
        return reject(envelope, error)
    except Exception as error:
        # Whatever a stranger's payload does to a parser, the other payloads are still read.
        detail = f"The parser failed ({type(error).__name__}, {_where(error)}). Please report it."
        return reject(envelope, PayloadRejected(detail, reason="parser_failed"))


def _where(error: Exception) -> str:
    """The line of code that failed. What it says of itself may quote a person: int("Ada") does."""
    *_, (frame, number) = traceback.walk_tb(error.__traceback__)
    return f"{PurePath(frame.f_code.co_filename).name}:{number}"


def _platform(record: Record) -> str:
    return record.account.platform if isinstance(record, Profile) else record.platform


def _is_opted_out(
    record: Post | Profile, pseudonymiser: Pseudonymiser, counts: _Counts, opted_out: frozenset[str]
) -> bool:
    account = record.speaker
    key = pseudonymiser.account(account)
    reason = "opted_out" if account.opted_out is not None else None
    if counts.is_forgotten(account):
        reason = "forgotten"
    if reason is None and key not in opted_out and key not in counts.opted_out:
        counts.stored.add(key)
        return False
    if reason is not None:
        counts.left_out.add(key)
        # Their words may have come under the handle alone, from a file. Who was forgotten has a list for that.
        names = pseudonyms_of(account, pseudonymiser) if reason == "opted_out" else {key}
        for name in sorted(names):
            row = counts.opted_out.setdefault(
                name, _gone(account.platform, reason, record.observed_at, account=name)
            )
            row["observed_at"] = min(row["observed_at"], record.observed_at)
    return True


def _deletion(record: Deletion, pseudonymiser: Pseudonymiser) -> Row:
    post = "" if record.post_id is None else pseudonymiser.post(record.platform, record.post_id)
    account = (
        "" if record.account_id is None else pseudonymiser.account_id(record.platform, record.account_id)
    )
    return _gone(record.platform, "deleted", record.observed_at, post=post, account=account)


def _gone(platform: str, reason: str, at: datetime, *, post: str = "", account: str = "") -> Row:
    return {"post_id": post, "account_id": account, "platform": platform, "reason": reason, "observed_at": at}


def _flush(
    batch: list[tuple[Envelope, Post | Profile]], maker: RowMaker, writers: TableWriters, counts: _Counts
) -> None:
    if batch:
        rows = maker.make(batch)
        counts.posts += len(rows["posts"])
        writers.write(rows)
        batch.clear()


def _manifest(path: Place, run: str, mark: str, counts: _Counts, quarantined: int) -> dict[str, Any]:
    """What load and the health report need to know; no clock in it, so that a second run writes the same."""
    return {
        "fingerprint": mark,
        "classifier_version": CLASSIFIER_VERSION,
        "tables": sorted(table.name for table in CLASSIFIED),
        "landing": "/".join(path.parts[-3:]),
        "platform": path.parent.parent.name,
        "source": counts.source,
        "run_id": counts.run_id or run,
        "count_payloads": counts.payloads,
        "count_posts": counts.posts,
        "count_quarantined": quarantined,
        "count_opted_out": len(counts.left_out),
        "first_fetched_at": counts.first and counts.first.isoformat(),
        "last_fetched_at": counts.last and counts.last.isoformat(),
    }


def _report(path: Place, folder: Place, manifest: Mapping[str, Any], *, skipped: bool) -> ClassifyReport:
    return ClassifyReport(
        landing=path,
        folder=folder,
        payloads=manifest["count_payloads"],
        posts=manifest["count_posts"],
        quarantined=manifest["count_quarantined"],
        opted_out=manifest["count_opted_out"],
        skipped=skipped,
    )
