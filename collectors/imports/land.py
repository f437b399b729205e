"""Import: a file is recognised, streamed and landed row by row; what cannot be read is set aside.

The run is named after the file's content, so importing the same file again changes nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

import orjson

from collectors.imports.choose import choose_format, refuse_packed, unwrapped
from collectors.imports.contract import Bad, File, Format, Row, Skipped
from collectors.imports.earlier import earlier_readings, forget_earlier
from collectors.imports.girafe_jsonl import is_platform
from collectors.imports.platforms import Believed, Read
from collectors.imports.report import ImportReport, remember_example
from collectors.runs import RunRecord, write_run
from girafe.data_dir import DataDir
from girafe.errors import InputInvalid, PayloadRejected
from girafe.records import Deletion, Envelope, IsForgotten, Post, Record, Rejected
from girafe.storage import find
from warehouse.forgotten import forgotten_now
from warehouse.landing import (
    atomic_gzip,
    encode_envelope,
    file_name,
    landing_path,
    write_quarantine,
)

OPTED_OUT = "opted_out"
FORGOTTEN = "forgotten"
"""Rows of somebody who asked to be forgotten: nothing of them is kept, not even that a line was refused."""
NO_WORDS = "no_words"
"""Rows whose parser finds nobody's words in them: an advertisement, a withheld post, a repeated one."""
_MOST_PLATFORMS = 64
_KEPT_RAW = 64 * 1024
_ROWS_PER_PROGRESS = 100_000

Say = Callable[[str], None]


def import_file(
    path: Path,
    data: DataDir,
    *,
    format: str = "auto",
    now: datetime,
    dry_run: bool = False,
    say: Say = lambda line: None,
) -> ImportReport:
    """Lands a file; raises InputInvalid if it cannot be read at all or its format is not known.

    With `dry_run` everything is read and counted and nothing is written. `say` hears how far it is.
    """
    file = File(path=path, label=path.name.encode("utf-8", "replace").decode(), now=now)
    digest = _digest(file)
    file = unwrapped(file)
    refuse_packed(file)
    reader = choose_format(format, file)
    run_id = f"{reader.VERSION}-{digest}"
    if find(data.runs, f"*/*-{file_name(run_id)}.json"):
        if not dry_run:
            return ImportReport(file=file.label, format=reader.NAME, run_id=run_id, already_imported=True)
        file.notes.append("it was imported before: nothing would change")
    earlier = earlier_readings(data, digest, run_id)
    for source in sorted({reading.source for reading in earlier}):
        file.notes.append(f"this takes the place of what was read of it before, as {source}")
    landing = _Landing(
        data=data, file=file, reader=reader, run_id=run_id, now=now, is_dry=dry_run, say=say,
        is_forgotten=forgotten_now(data),
    )  # fmt: skip
    # The quarantine pulls: rows are landed as they pass, and only the refused ones come out.
    refused = landing.refused(reader.rows(file))
    if dry_run:
        for _ in refused:
            pass
    else:
        write_quarantine(data.quarantine, now, run_id, refused)
        forget_earlier(data, earlier, digest, run_id, now)
        _record(landing)
    return landing.report()


def _digest(file: File) -> str:
    digest = hashlib.blake2b(digest_size=10)
    try:
        with file.path.open("rb") as stream:
            while part := stream.read(1 << 20):
                digest.update(part)
    except OSError as error:
        raise InputInvalid(f"{file.label} cannot be read ({error.strerror}).") from error
    return digest.hexdigest()


@dataclass(slots=True, kw_only=True)
class _Landing:
    """The open landing files of one import, one per platform, and what went where."""

    data: DataDir
    file: File
    reader: Format
    run_id: str
    now: datetime
    is_dry: bool
    say: Say
    is_forgotten: IsForgotten
    rows: int = 0
    landed: Counter[str] = field(default_factory=Counter)
    posts: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    examples: list[str] = field(default_factory=list)
    _files: dict[str, IO[bytes]] = field(default_factory=dict)
    _ids: set[int] = field(default_factory=set)
    """Of the posts landed, as numbers: a million of them fit."""
    _believed: Believed = field(init=False)

    def __post_init__(self) -> None:
        self._believed = Believed(was_landed=self._was_landed)

    def refused(self, rows: Iterator[Row | Bad | Skipped]) -> Iterator[Rejected]:
        """Lands every good row; yields what was refused. Files appear when all rows have passed."""
        with ExitStack() as stack:
            for row in rows:
                self.rows += 1
                if self.rows % _ROWS_PER_PROGRESS == 0:
                    self.say(f"{self.file.label}: {self.rows:,} rows read, {self.landed.total():,} landed")
                answer = self._land(row, stack) if isinstance(row, Row) else row
                if isinstance(answer, Skipped):
                    self.skipped[answer.reason] += 1
                elif answer is not None:
                    self.rejected[answer.reason] += 1
                    remember_example(self.examples, answer.reason, answer.position, answer.detail)
                    yield self._rejected(answer, self._believed.name_of(row) if isinstance(row, Row) else "")
            for left in self._believed.left():
                self.rejected[left.reason] += 1
                remember_example(self.examples, left.reason, left.position, left.detail)
                yield self._rejected(left, "")

    def _was_landed(self, platform: str) -> bool:
        return bool(find(self.data.runs, f"*/{file_name(platform)}-*.json"))

    def _land(self, row: Row, stack: ExitStack) -> Bad | Skipped | None:
        envelope = Envelope(
            source=self.reader.PARSER,
            platform=row.platform,
            query="import",
            fetched_at=self.now,
            run_id=self.run_id,
            collector_version=self.reader.VERSION,
            payload=row.payload,
            position=row.position,
        )
        try:
            records = list(self.reader.parse(envelope))
            line = encode_envelope(envelope)
        except PayloadRejected as error:
            return Bad(reason=error.reason, detail=str(error), position=row.position, raw=row.raw)
        except (orjson.JSONEncodeError, RecursionError) as error:
            return Bad(reason="too_deep", detail=f"Cannot be kept ({error}).", position=row.position,
                       raw=row.raw)  # fmt: skip
        if not records:
            return Skipped(reason=NO_WORDS, position=row.position)
        speakers = [record.speaker for record in records if not isinstance(record, Deletion)]
        if any(map(self.is_forgotten, speakers)):
            return Skipped(reason=FORGOTTEN, position=row.position)
        signal = next((account.opted_out for account in speakers if account.opted_out), None)
        if signal is not None:
            detail = f"The author asked not to be processed ({signal}); their words were not kept."
            return Bad(reason=OPTED_OUT, detail=detail, position=row.position)
        is_new = row.platform not in self._files and not self._believed.waits(row.platform)
        if is_new and len(self._files) + self._believed.count_waiting >= _MOST_PLATFORMS:
            detail = f"The file names more than {_MOST_PLATFORMS} platforms; is the column right?"
            return Bad(reason="too_many_platforms", detail=detail, position=row.position, raw=row.raw)
        for read in self._believed.passing(Read(row=row, line=line, records=records)):
            self._write(read.row.platform, read.line, stack)
            self._count(read.row.platform, read.records)
        return None

    def _write(self, platform: str, line: bytes, stack: ExitStack) -> None:
        file = self._files.get(platform)
        if file is None:
            path = landing_path(self.data.landing, platform, self.now, self.run_id)
            opened = open(os.devnull, "wb") if self.is_dry else atomic_gzip(path)  # noqa: PTH123, SIM115
            file = self._files[platform] = stack.enter_context(opened)
        file.write(line)

    def _count(self, platform: str, records: Iterable[Record]) -> None:
        self.landed[platform] += 1
        for record in records:
            if isinstance(record, Post):
                self.posts[platform] += 1
                self._ids.add(hash((platform, record.post_id)))
                self.first = min(self.first or record.created_at, record.created_at)
                self.last = max(self.last or record.created_at, record.created_at)

    def _rejected(self, bad: Bad, platform: str) -> Rejected:
        raw = bad.raw if isinstance(bad.raw, str) else bad.raw[:_KEPT_RAW].decode("utf-8", "replace")
        return Rejected(
            source=self.reader.NAME,
            platform=platform if is_platform(platform) else "",
            run_id=self.run_id,
            reason=bad.reason,
            detail=bad.detail,
            position=bad.position,
            raw=raw[:_KEPT_RAW],
        )

    def report(self) -> ImportReport:
        """What became of the file."""
        notes, repeated = list(self.file.notes), self.posts.total() - len(self._ids)
        if repeated:
            notes.append(f"{repeated:,} rows repeat the id of another row; all rows of one id are one post")
        return ImportReport(
            file=self.file.label,
            format=self.reader.NAME,
            run_id=self.run_id,
            rows=self.rows,
            landed=dict(self.landed),
            rejected=dict(self.rejected),
            skipped=dict(self.skipped),
            posts=self.posts.total(),
            first=self.first,
            last=self.last,
            notes=tuple(notes),
            examples=tuple(self.examples),
            dry_run=self.is_dry,
        )


def _record(landing: _Landing) -> None:
    """One run record per platform; it also marks the file as imported, so it comes last."""
    # Refused lines often name no platform; the first record carries them all.
    opted_out = landing.rejected[OPTED_OUT]
    refused = landing.rejected.total() - opted_out
    for platform in sorted(landing.landed) or ["import"]:
        heard = landing.landed[platform]
        write_run(
            landing.data,
            RunRecord(
                platform=platform,
                source=landing.reader.NAME,
                run_id=landing.run_id,
                first_fetched_at=landing.now,
                last_fetched_at=landing.now,
                count_payloads=heard + refused,  # what came, read or not: the share of the unread needs both
                count_posts=landing.posts[platform],
                count_quarantined=refused,
                count_opted_out=opted_out,
                health="heard" if heard else "blind" if refused else "silent",
                health_detail="" if heard or not refused else "No line of the file could be read.",
            ),
        )
        refused = opted_out = 0
