"""Forget: takes one account out of landing, quarantine and classified files, and signs a receipt.

What is computed from them (DuckDB, marts, exports) is then built again by the caller, so the numbers
equal those of a world in which the account was never seen.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from girafe.data_dir import DataDir
from girafe.errors import GirafeError
from girafe.pseudonym import Pseudonymiser
from girafe.records import Account, Deletion, Envelope, Post, Record, Rejected
from warehouse.forgotten import pseudonyms_of, remember
from warehouse.landing import (
    MANIFEST,
    atomic_gzip,
    classified_folder,
    encode_envelope,
    file_name,
    read_envelopes,
    read_quarantine,
    replace_quarantine,
)
from warehouse.tables import CLASSIFIED

Parser: TypeAlias = Callable[[Envelope], Iterator[Record]]

ERASED = "erased"
_SHORTEST_WORD = 4
_SHORTEST_NAME = 5  # a display name as short as "Ann" would be cut out of other people's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was erased: numbers and digests only, no personal data."""

    number: str
    platform: str
    erased_at: datetime
    payloads_removed: int
    payloads_redacted: int
    quarantine_lines_removed: int
    classified_folders_changed: int
    signature: str = ""
    """HMAC-SHA-256 over the other fields with the installation's key: shows who issued it."""


@dataclass(slots=True)
class _Traces:
    """Everything one account is recognised by, as far as the payloads tell."""

    accounts: set[Account] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    def add(self, account: Account) -> None:
        self.accounts.add(account)
        named = (account.account_id, account.handle, account.url)
        self.texts.update(text for text in named if text)
        if len(account.display_name.strip()) >= _SHORTEST_NAME:
            self.texts.add(account.display_name.strip())

    def may_be_in(self, line: bytes) -> bool:
        """A quick look: could any of it stand in this line of JSON?"""
        lowered = line.decode("utf-8", "replace").casefold()
        return any(orjson.dumps(text).decode()[1:-1].casefold() in lowered for text in self.texts)

    def erase(self, value: Any) -> Any:
        """JSON without them: whole words in texts; short or numeric ids only as a whole text or after @."""
        if isinstance(value, str):
            for text in sorted(self.texts, key=len, reverse=True):
                if value.casefold() == text.casefold():
                    return ERASED
                at = "@" if text.isdecimal() or len(text) < _SHORTEST_WORD else "@?"
                value = re.sub(rf"(?<!\w){at}{re.escape(text)}(?!\w)", ERASED, value, flags=re.IGNORECASE)
            return value
        if isinstance(value, dict):
            return {key: self.erase(inner) for key, inner in value.items()}
        return [self.erase(inner) for inner in value] if isinstance(value, list) else value


def forget(
    data: DataDir,
    platform: str,
    account: str,
    *,
    parsers: Mapping[str, Parser],
    pseudonymiser: Pseudonymiser,
    now: datetime,
) -> Receipt:
    """Erases the account `account` (an id or a handle) of `platform` from every file past and present.

    Remembers its pseudonyms first, so that a crash half-way leaves it blocked and a second call goes on.
    An account of which nothing is held is remembered all the same.
    """
    asked = account.strip().removeprefix("@")
    traces = _Traces()
    traces.add(Account(platform=platform, account_id=asked, handle=asked))
    landed = sorted((data.landing / file_name(platform)).glob("*/*.jsonl.gz"))
    for path in landed:
        _learn(path, traces, parsers)
    pseudonyms = {name for known in traces.accounts for name in pseudonyms_of(known, pseudonymiser)}
    remember(data, platform, pseudonyms)
    removed = redacted = folders = 0
    for path in landed:
        gone, blanked = _clean_landing(path, traces, parsers)
        removed, redacted = removed + gone, redacted + blanked
        if gone or blanked:
            folders += _drop_classified(data, path)
    for folder in sorted(path.parent for path in data.classified.glob(f"*/*/{MANIFEST}")):
        folders += _clean_classified(folder, pseudonyms)
    return Receipt(
        number=hashlib.sha256("".join(sorted(pseudonyms)).encode()).hexdigest()[:16],
        platform=platform,
        erased_at=now,
        payloads_removed=removed,
        payloads_redacted=redacted,
        quarantine_lines_removed=_clean_quarantine(data.quarantine, traces),
        classified_folders_changed=folders,
    )


def write_receipt(data: DataDir, receipt: Receipt, key: bytes) -> Path:
    """Signs the receipt and keeps it under receipts/."""
    unsigned = {name: value for name, value in _fields(receipt).items() if name != "signature"}
    body = orjson.dumps(unsigned, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
    signature = hmac.new(key, body, hashlib.sha256).hexdigest()
    path = data.root / "receipts" / f"{receipt.erased_at:%Y%m%dT%H%M%S}-{receipt.number}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    signed = unsigned | {"signature": signature}
    path.write_bytes(orjson.dumps(signed, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))
    return path


def _fields(receipt: Receipt) -> dict[str, Any]:
    return {name: getattr(receipt, name) for name in receipt.__dataclass_fields__}


def _learn(path: Path, traces: _Traces, parsers: Mapping[str, Parser]) -> None:
    """Adds what the payloads of one landing file know about the account: its id, handle, address, name."""
    for line, envelope in _lines(path):
        if not traces.may_be_in(line):
            continue
        for account in _authors(envelope, parsers):
            if _is_one_of(account, traces):
                traces.add(account)


def _clean_landing(path: Path, traces: _Traces, parsers: Mapping[str, Parser]) -> tuple[int, int]:
    """Rewrites a landing file without the account; returns payloads removed and redacted."""
    with gzip.open(path, "rb") as file:
        if not any(traces.may_be_in(line) for line in file):
            return 0, 0
    removed = redacted = kept = 0
    with atomic_gzip(path) as out:
        for line, envelope in _lines(path):
            if traces.may_be_in(line):
                if any(_is_one_of(author, traces) for author in _authors(envelope, parsers)):
                    removed += 1
                    continue
                # Somebody else's payload that names the account: the name goes, their words stay.
                without = encode_envelope(replace(envelope, payload=traces.erase(envelope.payload)))
                redacted += without != line
                line = without
            out.write(line)
            kept += 1
    if kept == 0:
        path.unlink()
    return removed, redacted


def _lines(path: Path) -> Iterator[tuple[bytes, Envelope]]:
    for envelope in read_envelopes(path):
        # A damaged line cannot be shown to be free of the account, so it is not kept.
        if not isinstance(envelope, Rejected):
            yield encode_envelope(envelope), envelope


def _authors(envelope: Envelope, parsers: Mapping[str, Parser]) -> list[Account]:
    try:
        records = list(parsers[envelope.source](envelope))
    except (GirafeError, KeyError, TypeError, ValueError, AttributeError):
        return []
    return [
        record.author if isinstance(record, Post) else record.account
        for record in records
        if not isinstance(record, Deletion)
    ]


def _is_one_of(account: Account, traces: _Traces) -> bool:
    return any(
        account.platform == known.platform
        and (
            (account.account_id is not None and account.account_id == known.account_id)
            or (account.handle is not None and _same_handle(account.handle, known.handle))
        )
        for known in traces.accounts
    )


def _same_handle(one: str, other: str | None) -> bool:
    return other is not None and one.removeprefix("@").casefold() == other.removeprefix("@").casefold()


def _clean_quarantine(root: Path, traces: _Traces) -> int:
    """Lines that cannot be parsed and name the account go whole."""
    by_file: dict[Path, list[Rejected]] = {}
    for path, line in read_quarantine(root):
        by_file.setdefault(path, []).append(line)
    removed = 0
    for path, lines in by_file.items():
        stay = [line for line in lines if not traces.may_be_in(line.raw.encode("utf-8", "replace"))]
        if len(stay) < len(lines):
            removed += len(lines) - len(stay)
            replace_quarantine(path, stay)
    return removed


def _drop_classified(data: DataDir, landing: Path) -> int:
    """Removes what was classified from a landing file that has changed; it is classified again."""
    folder = classified_folder(data, landing)
    if not folder.exists():
        return 0
    shutil.rmtree(folder)
    return 1


def _clean_classified(folder: Path, pseudonyms: set[str]) -> int:
    """Takes the account out of Parquet files whose landing file has left already."""
    names = pa.array(sorted(pseudonyms))
    posts = pq.read_table(folder / "posts.parquet", columns=["post_id", "account_id"])
    own = posts.filter(pc.is_in(posts["account_id"], value_set=names))["post_id"].combine_chunks()
    changed = 0
    for table in CLASSIFIED:
        path = folder / f"{table.name}.parquet"
        rows = pq.read_table(path)
        gone = pa.array([False] * rows.num_rows, pa.bool_())
        for column in ("account_id", "account_key", "handle_key", "alias_id"):
            if column in rows.column_names and table.name != "deletions":
                gone = pc.or_(gone, pc.is_in(rows[column], value_set=names))
        if "post_id" in rows.column_names:
            gone = pc.or_(gone, pc.is_in(rows["post_id"], value_set=own))
        if pc.any(gone).as_py():
            changed += 1
            partial = path.with_suffix(".part")
            pq.write_table(rows.filter(pc.invert(gone)), partial)
            partial.replace(path)
    if changed:
        manifest = folder / MANIFEST
        told = orjson.loads(manifest.read_bytes())
        # A changed manifest tells load that rows have left.
        told["erasures"] = told.get("erasures", 0) + 1
        manifest.write_bytes(orjson.dumps(told))
    return min(changed, 1)
