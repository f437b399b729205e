"""Landing: payloads exactly as received, one gzip per run and platform, never rewritten."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import IO

import orjson

from girafe.data_dir import DataDir
from girafe.errors import PayloadRejected, UserMustAct
from girafe.records import Envelope, Rejected
from girafe.storage import Place, find_sizes, local_copy, remove, write, written

MANIFEST = "_manifest.json"
"""The file that makes a classified folder complete, and says what is in it."""
QUARANTINE_DAMAGED = "quarantine_damaged"
_GZIP_LEVEL = 1  # landing is written once, read once: speed over size


def landing_path(root: Place, platform: str, day: datetime, run_id: str) -> Place:
    """landing/<platform>/<day>/<run>.jsonl.gz; every part is made safe for a file name."""
    return root / file_name(platform) / day.strftime("%Y-%m-%d") / f"{file_name(run_id)}.jsonl.gz"


def file_name(text: str) -> str:
    """`text` as one safe path part: no separators, no leading dot, at most 120 characters."""
    return re.sub(r"[^A-Za-z0-9_+=-]+", "_", text).strip("_")[:120] or "_"


def write_envelopes(path: Place, envelopes: Iterable[Envelope]) -> int:
    """Writes one landing file durably (fsync, then rename) and returns its number of lines.

    Nothing appears at `path` unless everything was written; nothing is written for no envelopes.
    """
    count = 0
    with atomic_gzip(path) as file:
        for envelope in envelopes:
            file.write(encode_envelope(envelope))
            count += 1
        if count == 0:
            raise _NothingWritten
    return count


def encode_envelope(envelope: Envelope) -> bytes:
    """One line of a landing file."""
    return orjson.dumps(envelope, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)


def read_envelopes(path: Place) -> Iterator[Envelope | Rejected]:
    """The envelopes of a landing file, in order; a damaged line or tail becomes a Rejected."""
    number = 0
    with local_copy(path) as copy, gzip.open(copy, "rb") as file:
        if not copy.stat().st_size:  # written whole, it has a line at least
            yield _damaged(path, 1, b"", "the file is empty, as one is whose content never reached the disk")
        while True:
            try:
                line = file.readline()
            except (OSError, EOFError, zlib.error) as error:
                _unless_unread(error, path)
                yield _damaged(path, number + 1, b"", f"the file is damaged from here on ({error})")
                return
            if not line:
                return
            number += 1
            try:
                tree = orjson.loads(line)
                tree["fetched_at"] = datetime.fromisoformat(tree["fetched_at"])
                yield Envelope(**tree)
            except (ValueError, TypeError, KeyError) as error:
                yield _damaged(path, number, line, f"not an envelope ({type(error).__name__})")


def landing_files(root: Place) -> list[Place]:
    """Every landing file, in a stable order."""
    return [path for path, _ in landing_sizes(root)]


def landing_sizes(root: Place) -> list[tuple[Place, int]]:
    """As `landing_files`, each with its size in bytes.

    Raises UserMustAct as `_found_by_day` does.
    """
    # Not by its whole ending: a copy that a tool made (x.jsonl.sync-conflict-1.gz) holds the same people.
    return _found_by_day(root, "*/*/*.gz")


def _found_by_day(root: Place, pattern: str) -> list[tuple[Place, int]]:
    """The files of `pattern` with their sizes.

    Raises UserMustAct for one in a folder that is not named by a day: no time to live would ever end for it.
    """
    found = find_sizes(root, pattern)
    for path, _ in found:
        try:
            date.fromisoformat(path.parent.name)
        except ValueError:
            raise UserMustAct(
                f"{path.parent}: girafe makes only folders named by a day, such as 2026-11-30, and knows no time to "
                "live for another. Move its files into the folder of the day they were fetched on, or remove it."
            ) from None
    return found


def classified_folder(data: DataDir, landing: Place) -> Place:
    """classified/<day>/<platform>-<run> for landing/<platform>/<day>/<run>.jsonl.gz."""
    platform, day = landing.parent.parent.name, landing.parent.name
    return data.classified / day / f"{platform}-{landing.name.removesuffix('.jsonl.gz')}"


def write_manifest(folder: Place, content: Mapping[str, object]) -> None:
    """The last file of a classified folder: what it holds and how it was made. Changed, it tells load to begin anew."""
    write(folder / MANIFEST, orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


def write_quarantine(root: Place, day: datetime, run_id: str, rejected: Iterable[Rejected]) -> int:
    """Adds one file of rejected input under quarantine/<day>/<run>.jsonl.gz; replaces an earlier try."""
    return replace_quarantine(quarantine_path(root, day, run_id), rejected)


def quarantine_path(root: Place, day: datetime, run_id: str) -> Place:
    """Where what one run had rejected lies."""
    return root / day.strftime("%Y-%m-%d") / f"{file_name(run_id)}.jsonl.gz"


def replace_quarantine(path: Place, rejected: Iterable[Rejected]) -> int:
    """Replaces one quarantine file by the lines that stay; without any, the file goes."""
    count = 0
    with atomic_gzip(path) as file:
        for item in rejected:
            file.write(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE))
            count += 1
        if count == 0:
            raise _NothingWritten
    if count == 0:
        remove(path)
    return count


def read_quarantine(root: Place) -> Iterator[tuple[Place, Rejected]]:
    """Everything in quarantine, with the file it lies in; a damaged line or tail is one line of its own.

    A damaged file must not keep others from being listed, or anybody from being forgotten. Raises UserMustAct as
    `landing_files` does.
    """
    for path, _ in _found_by_day(root, "*/*.gz"):
        with local_copy(path) as copy, gzip.open(copy, "rb") as file:
            try:
                for line in file:
                    yield path, _rejected(line, path)
            except (OSError, EOFError, zlib.error) as error:
                _unless_unread(error, path)
                yield path, _unreadable(path)


def quarantine_by_file(root: Place) -> dict[Place, list[Rejected]]:
    """Everything in quarantine, by the file it lies in."""
    found: dict[Place, list[Rejected]] = {}
    for path, line in read_quarantine(root):
        found.setdefault(path, []).append(line)
    return found


def remove_lines(root: Place, leaves: Callable[[Place, Rejected], bool], *, dry_run: bool = False) -> int:
    """Removes the lines of quarantine that leave, given their file, or only counts them; returns how many."""
    removed = 0
    for path, lines in quarantine_by_file(root).items():
        stay = [line for line in lines if not leaves(path, line)]
        removed += len(lines) - len(stay)
        if len(stay) < len(lines) and not dry_run:
            replace_quarantine(path, stay)
    return removed


def _unless_unread(error: Exception, path: Place) -> None:
    """Raises again what says nothing of the file: a disk that did not answer this once.

    Taken for damaged, the rest of the file would be classified as missing, or erased with whoever is forgotten.
    """
    if isinstance(error, OSError) and error.errno is not None:  # gzip's own have none
        raise OSError(error.errno, error.strerror, str(path)) from error


def _rejected(line: bytes, path: Place) -> Rejected:
    try:
        return Rejected(**orjson.loads(line))
    except (ValueError, TypeError):
        return _unreadable(path)


def _unreadable(path: Place) -> Rejected:
    """Stands for what cannot be read any more. Whose words these were cannot be told, so every erasure takes them."""
    return Rejected(
        source="quarantine",
        platform="",
        run_id=path.name.removesuffix(".jsonl.gz"),
        reason=QUARANTINE_DAMAGED,
        detail="A file of the quarantine is damaged; what lies in landing is read again by: girafe quarantine replay",
        position=path.name,
        raw="",
    )


def reject(envelope: Envelope, error: PayloadRejected) -> Rejected:
    """An envelope that its parser refused, as a quarantine line that can be replayed."""
    return Rejected(
        source=envelope.source,
        platform=envelope.platform,
        run_id=envelope.run_id,
        reason=error.reason,
        detail=str(error),
        position=envelope.position,
        raw=encode_envelope(envelope).decode(),
    )


class _NothingWritten(Exception):
    """Leaves `atomic_gzip` without a file: an empty run leaves no trace in landing."""


@contextmanager
def atomic_gzip(path: Place) -> Iterator[IO[bytes]]:
    """A gzip file that appears under its name only when complete and kept durably."""
    try:
        # mtime=0: the same content gives the same bytes, so a replay can be compared.
        with (
            written(path) as partial,
            partial.open("wb") as raw,
            gzip.GzipFile("", "wb", _GZIP_LEVEL, raw, mtime=0) as file,
        ):
            yield file  # type: ignore[misc]
    except _NothingWritten:
        pass


def _damaged(path: Place, number: int, line: bytes, detail: str) -> Rejected:
    return Rejected(
        source="landing",
        platform=path.parent.parent.name,
        run_id=path.name.removesuffix(".jsonl.gz"),
        reason="landing_damaged",
        detail=f"Line {number}: {detail}. Collect this window again.",
        position=f"{path.name}:{number}",
        raw=line.decode("utf-8", "replace"),
    )
