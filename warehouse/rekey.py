"""Rekey: every stored pseudonym is replaced by its successor under a new key; killed anywhere, it goes on.

What still lies in landing keeps its links: there the old and the new pseudonym are both computed. What has left
landing is known by its old pseudonym only; its successor is the HMAC of that, so that all of it still belongs
together and no number changes, but it can no longer be linked with what will be collected.

On disk: keys/pseudonym.next.key from the beginning to the very end, keys/rotation-links.npy once all links are
known. Each Parquet file carries the id of its key, so that none is done twice. The old key goes last.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from girafe.data_dir import DataDir
from girafe.pseudonym import KEY_FILE, NEXT_KEY_FILE, Pseudonymiser
from girafe.storage import Place, flush, local_folders, read, remove, write, written
from warehouse.erase import classified_folders, read_table, read_tables
from warehouse.forgotten import read_entries, write_entries
from warehouse.landing import MANIFEST, write_manifest
from warehouse.tables import CLASSIFIED, PARQUET, PSEUDONYMS, Table

_LINKS = "rotation-links.npy"
_WIDTH = 26
_KEY_OF_FILE = b"girafe.key"


class Links:
    """Old pseudonym -> new one, for everything that could be computed under both keys."""

    def __init__(self, pairs: np.ndarray, new: Pseudonymiser) -> None:
        """`pairs`: n x 2 of 26 bytes, in any order, repeats allowed."""
        _, first = np.unique(pairs[:, 0], return_index=True)
        self._old, self._new, self._pseudonymiser = pairs[first, 0], pairs[first, 1], new

    def successors(self, old: list[str]) -> list[str]:
        """The new pseudonym of each old one."""
        wanted = np.array([name.encode() for name in old], dtype=f"S{_WIDTH}")
        if not len(self._old):
            return [self._pseudonymiser.again(name) for name in old]
        places = np.minimum(np.searchsorted(self._old, wanted), len(self._old) - 1)
        known = self._old[places] == wanted
        return [
            self._new[place].decode() if found else self._pseudonymiser.again(name)
            for name, place, found in zip(old, places, known, strict=True)
        ]

    def count_known(self, old: Iterable[str]) -> int:
        """How many of these stay linked with what will be collected."""
        return int(np.isin(np.array([name.encode() for name in old], dtype=f"S{_WIDTH}"), self._old).sum())


class LinksNoted:
    """Collects pairs in a few bytes each: a million posts make some four million."""

    def __init__(self) -> None:
        self._parts: list[np.ndarray] = []
        self._open: list[tuple[bytes, bytes]] = []

    def note(self, old: str, new: str) -> None:
        """Adds one pair."""
        self._open.append((old.encode(), new.encode()))
        if len(self._open) >= 100_000:
            self._close()

    def pairs(self) -> np.ndarray:
        """All of them, n x 2."""
        self._close()
        return np.concatenate(self._parts) if self._parts else np.empty((0, 2), dtype=f"S{_WIDTH}")

    def _close(self) -> None:
        if self._open:
            self._parts.append(np.array(self._open, dtype=f"S{_WIDTH}"))
            self._open = []


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeyReport:
    """What a rotation did."""

    folders: int
    accounts: int
    accounts_linked: int
    """Accounts whose past stays linked with what will be collected: they still lie in landing."""

    @property
    def summary(self) -> str:
        """One line for people."""
        apart = self.accounts - self.accounts_linked
        return (
            f"{self.accounts:,} accounts have new pseudonyms; {apart:,} of them, whose payloads left landing, "
            "can no longer be linked with what will be collected"
        )


def read_links(data: DataDir, new: Pseudonymiser) -> Links | None:
    """The links kept when the rotation was interrupted, if it had come so far."""
    try:
        pairs = np.load(io.BytesIO((data.keys / _LINKS).read_bytes()), allow_pickle=False)
    except FileNotFoundError:
        return None
    return Links(pairs, new)


def keep_links(data: DataDir, noted: LinksNoted) -> None:
    """Makes the links durable: from here on landing may change without changing them."""
    out = io.BytesIO()
    np.save(out, noted.pairs(), allow_pickle=False)
    write(data.keys / _LINKS, out.getvalue())


def check_files(data: DataDir) -> None:
    """Raises UserMustAct if a classified file is damaged: once a rotation has begun, nothing could make it again."""
    folders = classified_folders(data)
    for table in CLASSIFIED:
        for _ in read_tables(folders, table.name):
            pass


def is_done(data: DataDir, new: Pseudonymiser) -> bool:
    """True once every file is under the new key and only the keys themselves are left."""
    folders = all(_key_of(folder) == new.key_id for folder in classified_folders(data))
    return folders and all(entry.key in ("lasting", new.key_id) for entry in read_entries(data))


def rekey_files(data: DataDir, links: Links, new: Pseudonymiser) -> RekeyReport:
    """Replaces the pseudonyms of classified files and of the list of the forgotten."""
    accounts: set[str] = set()
    folders = [folder for folder in classified_folders(data) if _key_of(folder) != new.key_id]
    for folder in folders:
        with local_folders([folder], [f"{table.name}.parquet" for table in CLASSIFIED]) as [copy]:
            observed = copy / "account_observations.parquet"
            if not _is_under(observed, new):
                accounts.update(read_table(observed, columns=["account_id"])["account_id"].to_pylist())
            for table in CLASSIFIED:
                _rekey_table(folder, copy, table, links, new)
        _sign_folder(folder, new)
    entries = read_entries(data)
    stale = sorted(entry for entry in entries if entry.key not in ("lasting", new.key_id))
    fresh = links.successors([entry.pseudonym for entry in stale])
    write_entries(
        data,
        (entries - set(stale))
        | {replace(entry, pseudonym=name, key=new.key_id) for entry, name in zip(stale, fresh, strict=True)},
    )
    return RekeyReport(
        folders=len(folders), accounts=len(accounts), accounts_linked=links.count_known(accounts)
    )


def switch_key(data: DataDir) -> None:
    """Destroys the old key and the links, and makes the next key the key. Overwritten first: what a disk keeps
    of overwritten blocks is for its encryption to hide."""
    for name in (_LINKS, KEY_FILE):
        path = data.keys / name
        if path.exists():
            with path.open("r+b") as file:
                file.write(b"\0" * path.stat().st_size)
                file.flush()
                os.fsync(file.fileno())
    remove(data.keys / _LINKS)
    (data.keys / NEXT_KEY_FILE).replace(data.keys / KEY_FILE)
    flush(data.keys)


def _rekey_table(folder: Place, copy: Path, table: Table, links: Links, new: Pseudonymiser) -> None:
    if _is_under(copy / f"{table.name}.parquet", new):
        return
    rows = read_table(copy / f"{table.name}.parquet")
    for place, column in enumerate(table.schema.names):
        if column in PSEUDONYMS:
            rows = rows.set_column(place, table.schema.field(place), _successors(rows[column], links))
    rows = rows.replace_schema_metadata({_KEY_OF_FILE: new.key_id.encode()})
    with written(folder / f"{table.name}.parquet") as partial:
        pq.write_table(rows, partial, **PARQUET)


def _successors(column: pa.ChunkedArray, links: Links) -> pa.Array:
    if not len(column):
        return pa.array([], pa.string())
    values = column.combine_chunks().dictionary_encode()
    names = values.dictionary.to_pylist()
    # '' stands for "the whole account" or "one post" in deletions: it names nobody.
    fresh = [new if old else "" for old, new in zip(names, links.successors(names), strict=True)]
    return pa.array(fresh, pa.string()).take(values.indices)


def _is_under(path: Path, new: Pseudonymiser) -> bool:
    metadata = pq.read_schema(path).metadata or {}
    return bool(metadata.get(_KEY_OF_FILE) == new.key_id.encode())


def _key_of(folder: Place) -> str | None:
    key: str | None = orjson.loads(read(folder / MANIFEST)).get("key")
    return key


def _sign_folder(folder: Place, new: Pseudonymiser) -> None:
    """The manifest names the key, and by its change tells load to begin anew."""
    told = orjson.loads(read(folder / MANIFEST)) | {"key": new.key_id}
    write_manifest(folder, told)
