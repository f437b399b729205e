"""Erase: takes accounts and posts out of landing, quarantine and classified files; may be killed anywhere.

Classified folders go before the landing file they were made from changes, and an account's own payloads go
last of all, because they are what tells by which names it is known. Called again, it finishes.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from errno import ENOENT
from pathlib import Path
from typing import TypeAlias

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from girafe.data_dir import PRIVATE, DataDir
from girafe.errors import GirafeError, UserMustAct
from girafe.records import Account, Deletion, Envelope, Parser, Post, Profile, Record, Rejected
from girafe.storage import Place, everything, find, local_folders, read, remove, remove_folder, written
from warehouse.landing import (
    MANIFEST,
    QUARANTINE_DAMAGED,
    atomic_gzip,
    classified_folder,
    encode_envelope,
    file_name,
    landing_files,
    read_envelopes,
    remove_lines,
    write_manifest,
)
from warehouse.tables import CLASSIFIED, PARQUET
from warehouse.traces import Traces

Wanted: TypeAlias = Callable[[Account | None, str | None], bool]
"""True for an account and a post id (of the platform at hand) that must leave."""

_FOLDERS_AT_A_TIME = 100
_LEFT = re.compile(r".*\.part|\..*\.old")
"""What a killed process leaves; `.old`: what classify of an earlier version had put aside then."""
UNPACKED = ".restore.*"
"""Where a backup is unpacked before anything of it is put in place."""
_ACCOUNT_COLUMNS = ("account_id", "account_key", "handle_key", "alias_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One payload as its parser reads it."""

    authors: tuple[Account, ...]
    posts: tuple[str, ...]
    is_notice: bool
    """It only says that something is gone, or that somebody asked to be left out."""
    is_readable: bool


def read_payload(envelope: Envelope, parsers: Mapping[str, Parser]) -> Found:
    """Who speaks in a payload, and in which posts."""
    try:
        records = list(parsers[envelope.source](envelope))
    except (GirafeError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return Found(authors=(), posts=(), is_notice=False, is_readable=False)
    return Found(
        authors=tuple(record.speaker for record in records if not isinstance(record, Deletion)),
        posts=tuple(record.post_id for record in records if isinstance(record, Post)),
        is_notice=bool(records) and all(map(_is_notice, records)),
        is_readable=True,
    )


def _is_notice(record: Record) -> bool:
    return isinstance(record, Deletion) or (isinstance(record, Profile) and bool(record.account.opted_out))


def remove_abandoned(data: DataDir) -> int:
    """Removes what killed processes left half-written; only while nobody else may write. Returns how many."""
    inside = (path for name in PRIVATE for path in everything(data.root / name))
    left = [path for path in inside if _LEFT.fullmatch(path.name)]
    left += data.root.glob(UNPACKED)  # beside them, whole payloads and keys
    for path in left:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return len(left)


def landed_of(data: DataDir, platform: str) -> list[Place]:
    """The landing files of one platform, in a stable order."""
    return [path for path in landing_files(data.landing) if path.parent.parent.name == file_name(platform)]


def envelopes(path: Place) -> Iterator[tuple[bytes, Envelope]]:
    """The readable lines of a landing file; a damaged one cannot be shown to be free of anybody."""
    for envelope in read_envelopes(path):
        if not isinstance(envelope, Rejected):
            yield encode_envelope(envelope), envelope


def redact_landing(data: DataDir, path: Place, traces: Traces, parsers: Mapping[str, Parser]) -> None:
    """Takes the account's names, and its words where they are quoted, out of other people's payloads."""

    def redacted(line: bytes, envelope: Envelope) -> bytes:
        if not traces.may_be_in(line):
            return line
        if any(traces.has(author) for author in read_payload(envelope, parsers).authors):
            return line  # their own: it goes last
        return encode_envelope(replace(envelope, payload=traces.erase(envelope.payload)))

    if any(redacted(line, envelope) != line for line, envelope in envelopes(path)):
        _rewrite(data, path, redacted)


def remove_from_landing(
    data: DataDir,
    path: Place,
    parsers: Mapping[str, Parser],
    wanted: Wanted,
    *,
    ids: Iterable[str] = (),
    notices: bool = False,
) -> int:
    """Removes every payload in which a wanted account or post speaks; returns how many.

    A notice stays, for it keeps out whom it names, unless the list of the forgotten does so (`notices`). Who
    speaks in one that cannot be read nobody can tell: it leaves if one of `ids` stands in it as a value.
    """
    named = stands_in(ids)

    def leaves(envelope: Envelope) -> bool:
        found = read_payload(envelope, parsers)
        if not found.is_readable:
            return named(encode_envelope(envelope).decode())
        return (notices or not found.is_notice) and (
            any(wanted(author, None) for author in found.authors)
            or any(wanted(None, post) for post in found.posts)
        )

    count = sum(leaves(envelope) for _, envelope in envelopes(path))
    if count:
        _rewrite(data, path, lambda line, envelope: b"" if leaves(envelope) else line)
    return count


def _rewrite(data: DataDir, path: Place, line_of: Callable[[bytes, Envelope], bytes]) -> None:
    """Replaces a landing file; what was classified from it goes first and is made again."""
    # The manifest first: a folder without it is not there for anybody, however far its removal came.
    remove_folder(classified_folder(data, path), first=MANIFEST)
    kept = 0
    with atomic_gzip(path) as out:
        for line, envelope in envelopes(path):
            changed = line_of(line, envelope)
            out.write(changed)
            kept += bool(changed)
    if kept == 0:
        remove(path)


def stands_in(ids: Iterable[str]) -> Callable[[str], bool]:
    """Whether one of the ids is a value, text or number, of a payload written as JSON."""
    words = "|".join(re.escape(name) for name in sorted(set(ids)))
    pattern = re.compile(rf'"(?:{words})"|[:\[,]\s*(?:{words})\s*[,\]}}]') if words else None
    return lambda text: pattern is not None and pattern.search(text) is not None


def clean_quarantine(data: DataDir, is_theirs: Callable[[Rejected], bool], *, dry_run: bool = False) -> int:
    """Removes lines that name somebody, whole: they cannot be read, so they cannot be redacted.

    What a damaged file hides leaves too: it might name them.
    """
    return remove_lines(
        data.quarantine,
        lambda _, line: line.reason == QUARANTINE_DAMAGED or is_theirs(line),
        dry_run=dry_run,
    )


def alias_pairs(data: DataDir) -> set[tuple[str, str]]:
    """Every pseudonym of a handle in classified files, with that of the account it was seen on."""
    pairs: set[tuple[str, str]] = set()
    for table in read_tables(classified_folders(data), "account_aliases"):
        pairs.update(zip(table["alias_id"].to_pylist(), table["account_id"].to_pylist(), strict=True))
    return pairs


def same_account(names: set[str], pairs: set[tuple[str, str]]) -> set[str]:
    """`names` and every other pseudonym that `pairs` tell to be the same account."""
    found, before = set(names), 0
    while len(found) > before:
        before = len(found)
        for alias, account in pairs:
            if alias in found or account in found:
                found |= {alias, account}
    return found


def classified_folders(data: DataDir) -> list[Place]:
    """Every complete classified folder, in a stable order."""
    return [manifest.parent for manifest in find(data.classified, f"*/*/{MANIFEST}")]


def read_tables(folders: Sequence[Place], name: str) -> Iterator[pa.Table]:
    """One table of each classified folder; elsewhere many folders are fetched at a time."""
    for start in range(0, len(folders), _FOLDERS_AT_A_TIME):
        with local_folders(folders[start : start + _FOLDERS_AT_A_TIME], [f"{name}.parquet"]) as copies:
            yield from (read_table(copy / f"{name}.parquet") for copy in copies)


def read_table(file: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """One classified table, whole and as it was written: what is written again from it gets new checksums.

    Raises UserMustAct if it is damaged.
    """
    try:
        return pq.read_table(file, columns=columns, page_checksum_verification=True)
    except (OSError, ValueError, pa.ArrowException) as error:
        if isinstance(error, OSError) and error.errno not in (None, ENOENT):
            raise
        raise UserMustAct(
            f"{file.parent.parent.name}/{file.parent.name}/{file.name} of the classified files is damaged. Have it "
            "made again (girafe load --rebuild) or bring its folder back from a backup, then run this command again."
        ) from error


def is_held(folder: Place, accounts: Iterable[str]) -> bool:
    """Whether one classified folder holds any of the accounts (by pseudonym)."""
    names, nothing = pa.array(sorted(accounts), pa.string()), pa.array([], pa.string())
    columns = {
        table.name: [name for name in _ACCOUNT_COLUMNS if name in table.schema.names]
        for table in CLASSIFIED
        if table.name != "deletions"
    }
    with local_folders([folder], [f"{name}.parquet" for name in columns]) as [copy]:
        return any(
            pc.any(_gone(read_table(copy / f"{name}.parquet", columns=named), names, nothing)).as_py()
            for name, named in columns.items()
            if named
        )


def clean_classified(folder: Place, accounts: Iterable[str], posts: Iterable[str] = ()) -> bool:
    """Takes accounts and posts (by pseudonym) out of one classified folder; True if it held any of them."""
    names = pa.array(sorted(accounts), pa.string())
    with local_folders([folder], [f"{table.name}.parquet" for table in CLASSIFIED]) as [copy]:
        own = read_table(copy / "posts.parquet", columns=["post_id", "account_id"])
        spoken = own.filter(pc.is_in(own["account_id"], value_set=names))["post_id"].to_pylist()
        leaving = pa.array(sorted({*posts, *spoken}), pa.string())
        gone = {
            table.name: _gone(read_table(copy / f"{table.name}.parquet"), names, leaving)
            for table in CLASSIFIED
            if table.name != "deletions"  # the notice itself stays: it keeps them out of the warehouse
        }
        changed = [name for name, rows in gone.items() if pc.any(rows).as_py()]
        if changed:
            # First, so that load begins anew whatever happens next.
            _mark_changed(folder)
        # Posts come last: they tell which rows of the other tables belong to the account.
        for name in reversed(changed):
            rows = read_table(copy / f"{name}.parquet").filter(pc.invert(gone[name]))
            with written(folder / f"{name}.parquet") as partial:
                pq.write_table(rows, partial, **PARQUET)
    return bool(changed)


def _gone(rows: pa.Table, accounts: pa.Array, posts: pa.Array) -> pa.ChunkedArray | pa.Array:
    columns = {name: accounts for name in _ACCOUNT_COLUMNS} | {"post_id": posts, "reference": posts}
    gone = pa.array([False] * rows.num_rows, pa.bool_())
    for column, leaving in columns.items():
        if column in rows.column_names:
            gone = pc.or_(gone, pc.is_in(rows[column], value_set=leaving))
    return gone


def _mark_changed(folder: Place) -> None:
    """A changed manifest tells load that rows have left."""
    told = orjson.loads(read(folder / MANIFEST))
    told["erasures"] = told.get("erasures", 0) + 1
    write_manifest(folder, told)
