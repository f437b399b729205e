"""Import: a file is recognised, streamed and landed line by line; what cannot be read is set aside.

The run is named after the file's content, so importing the same file again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

import orjson

from collectors.imports.contract import Bad, File, Format, Head, Row
from collectors.imports.head import read_head
from collectors.imports.mapped import Mapped
from collectors.imports.mapping import read_mapping
from collectors.registry import FORMATS
from collectors.runs import RunRecord, write_run
from girafe.data_dir import DataDir
from girafe.errors import InputInvalid, PayloadRejected
from girafe.records import Envelope, Post, Profile, Record, Rejected
from warehouse.landing import atomic_gzip, encode_envelope, file_name, landing_path, write_quarantine

OPTED_OUT = "opted_out"
_MOST_PLATFORMS = 64
_KEPT_RAW = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of one file."""

    file: str
    format: str
    run_id: str
    landed: Mapping[str, int]
    """Lines landed, per platform."""
    rejected: Mapping[str, int]
    """Lines in quarantine, per reason."""
    already_imported: bool = False

    @property
    def summary(self) -> str:
        """One sentence for people."""
        if self.already_imported:
            return f"{self.file}: imported before, nothing to do"
        landed = ", ".join(f"{count:,} {platform}" for platform, count in sorted(self.landed.items()))
        text = f"{self.file}: {landed or 'nothing'} landed ({self.format})"
        if self.rejected:
            reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(self.rejected.items()))
            text += f"; {sum(self.rejected.values()):,} to quarantine ({reasons})"
        return text


def import_file(path: Path, data: DataDir, *, format: str = "auto", now: datetime) -> ImportReport:
    """Lands a file; raises InputInvalid if it cannot be read at all or its format is not known."""
    file = File(path=path, label=path.name.encode("utf-8", "replace").decode())
    digest = _digest(file)
    reader = _chosen(format, file)
    run_id = f"{reader.VERSION}-{digest}"
    if any(data.runs.glob(f"*/*-{file_name(run_id)}.json")):
        return ImportReport(
            file=file.label, format=reader.NAME, run_id=run_id, landed={}, rejected={}, already_imported=True
        )
    landing = _Landing(data=data, reader=reader, run_id=run_id, now=now)
    # The quarantine pulls: rows are landed as they pass, and only the refused ones come out.
    write_quarantine(data.quarantine, now, run_id, landing.refused(reader.rows(file)))
    _record(landing)
    return ImportReport(
        file=file.label,
        format=reader.NAME,
        run_id=run_id,
        landed=dict(landing.landed),
        rejected=dict(landing.rejected),
    )


def _digest(file: File) -> str:
    digest = hashlib.blake2b(digest_size=10)
    try:
        with file.path.open("rb") as stream:
            while part := stream.read(1 << 20):
                digest.update(part)
    except OSError as error:
        raise InputInvalid(f"{file.label} cannot be read ({error.strerror}).") from error
    return digest.hexdigest()


def _chosen(name: str, file: File) -> Format:
    if name.endswith(".toml"):
        return Mapped(read_mapping(Path(name)))
    if name != "auto":
        if name not in FORMATS:
            raise InputInvalid(f"{name!r} is not a format; known are {', '.join(sorted(FORMATS))}.")
        return FORMATS[name]
    head = read_head(file)
    for reader in FORMATS.values():
        if reader.recognises(head):
            return reader
    if _looks_like_lines(head):
        return FORMATS["girafe_jsonl"]
    raise InputInvalid(
        f"{file.label}: no known format recognised. Name it with --format ({', '.join(sorted(FORMATS))}); "
        "docs/formats.md describes each."
    )


def _looks_like_lines(head: Head) -> bool:
    """A JSON Lines file whose first lines are all damaged is still worth reading on."""
    return head.name.endswith((".jsonl", ".ndjson")) or head.start.lstrip().startswith("{")


@dataclass(slots=True)
class _Landing:
    """The open landing files of one import, one per platform, and what went where."""

    data: DataDir
    reader: Format
    run_id: str
    now: datetime
    landed: Counter[str] = field(default_factory=Counter)
    posts: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    _files: dict[str, IO[bytes]] = field(default_factory=dict)

    def refused(self, rows: Iterator[Row | Bad]) -> Iterator[Rejected]:
        """Lands every good row; yields what was refused. Files appear when all rows have passed."""
        with ExitStack() as stack:
            for row in rows:
                bad = row if isinstance(row, Bad) else self._land(row, stack)
                if bad is not None:
                    self.rejected[bad.reason] += 1
                    yield self._rejected(bad, row.platform if isinstance(row, Row) else "")

    def _land(self, row: Row, stack: ExitStack) -> Bad | None:
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
        signal = _opt_out(records)
        if signal is not None:
            detail = f"The author asked not to be processed ({signal}); their words were not kept."
            return Bad(reason=OPTED_OUT, detail=detail, position=row.position)
        file = self._files.get(row.platform)
        if file is None:
            if len(self._files) >= _MOST_PLATFORMS:
                return Bad(
                    reason="too_many_platforms",
                    detail=f"The file names more than {_MOST_PLATFORMS} platforms; is the column right?",
                    position=row.position,
                    raw=row.raw,
                )
            path = landing_path(self.data.landing, row.platform, self.now, self.run_id)
            file = self._files[row.platform] = stack.enter_context(atomic_gzip(path))
        file.write(line)
        self.landed[row.platform] += 1
        self.posts[row.platform] += sum(isinstance(record, Post) for record in records)
        return None

    def _rejected(self, bad: Bad, platform: str) -> Rejected:
        raw = bad.raw if isinstance(bad.raw, str) else bad.raw[:_KEPT_RAW].decode("utf-8", "replace")
        return Rejected(
            source=self.reader.NAME,
            platform=platform,
            run_id=self.run_id,
            reason=bad.reason,
            detail=bad.detail,
            position=bad.position,
            raw=raw[:_KEPT_RAW],
        )


def _opt_out(records: Iterable[Record]) -> str | None:
    for record in records:
        if isinstance(record, Post) and record.author.opted_out:
            return record.author.opted_out
        if isinstance(record, Profile) and record.account.opted_out:
            return record.account.opted_out
    return None


def _record(landing: _Landing) -> None:
    """One run record per platform; it also marks the file as imported, so it comes last."""
    # Refused lines often name no platform; the first record carries them all.
    opted_out = landing.rejected[OPTED_OUT]
    refused = sum(landing.rejected.values()) - opted_out
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
                count_payloads=heard,
                count_posts=landing.posts[platform],
                count_quarantined=refused,
                count_opted_out=opted_out,
                health="heard" if heard else "blind",
                health_detail="" if heard else "No line of the file could be read.",
            ),
        )
        refused = opted_out = 0
