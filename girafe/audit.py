"""Audit: who exported, erased or re-keyed what, and when; append-only, each line chained to the one before.

A line changed, removed or put in between breaks the chain; a line cut off the end is missed because the
newest hash is also kept beside the keys. No line holds personal data of those who are listened to.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from girafe.storage import write

_START = "0" * 64


class AuditBroken(UserMustAct):
    """The audit log is not what was written; the message names the first line that is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act."""

    number: int
    """From 1 on."""
    at: datetime
    who: str
    """The account on this machine, or the Airflow run and who started it."""
    what: str
    """publish, digest, review_export, review_take, backup, restore, share, forget, request, discard, rotate_key."""
    details: Mapping[str, str]
    hash: str


def record(data: DataDir, what: str, *, who: str, at: datetime, **details: object) -> Entry:
    """Appends one act durably; raises OSError if it cannot be kept, so that the act does not happen either.

    `details` are written as text: ids and counts, never anything about a person listened to.
    """
    with _locked(data) as file:
        lines = _lines(_whole_lines(file), _path(data))
        previous = lines[-1]["hash"] if lines else _START
        body = {
            "number": len(lines) + 1,
            "at": at.astimezone(UTC).isoformat(),
            "who": who,
            "what": what,
            "details": {name: str(value) for name, value in sorted(details.items())},
        }
        line = body | {"hash": _hash(previous, body)}
        content = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
        if os.write(file, content) < len(content):  # as far as the disk had room
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(_path(data)))
        os.fsync(file)
        _write_head(data, line)
    return _entry(line)


def read(data: DataDir) -> list[Entry]:
    """Every entry, oldest first, after the chain was checked; raises AuditBroken where it does not hold."""
    path = _path(data)
    # Before the log: what is added meanwhile must not look like lines that are missing.
    head = _read_head(data)
    content = path.read_bytes() if path.exists() else b""
    # What a kill or a full disk left of a line that was never finished is none: the next act cuts it off.
    lines = _lines(content[: content.rfind(b"\n") + 1], path)
    previous = _START
    for number, line in enumerate(lines, 1):
        body = {name: line[name] for name in ("number", "at", "who", "what", "details")}
        if line["number"] != number or line["hash"] != _hash(previous, body):
            raise AuditBroken(
                f"Line {number} of {path} was changed, or a line before it is missing. "
                "Compare it with a backup."
            )
        previous = line["hash"]
    # Killed between the two writes, the head is one line behind; it is never ahead.
    if head["number"] > len(lines) or (head["number"] and lines[head["number"] - 1]["hash"] != head["hash"]):
        raise AuditBroken(
            f"{path} ends at line {len(lines)}, but {head['number']} were written. Compare it with a backup."
        )
    return [_entry(line) for line in lines]


def _path(data: DataDir) -> Path:
    return data.root / "audit" / "log.jsonl"


def _head_path(data: DataDir) -> Path:
    return data.keys / "audit.head"


@contextmanager
def _locked(data: DataDir) -> Iterator[int]:
    path = _path(data)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _whole_lines(file: int) -> bytes:
    """The lines so far; what a full disk left of a line that was never finished is cut off."""
    content = os.pread(file, os.fstat(file).st_size, 0)
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.ftruncate(file, whole)
    return content[:whole]


def _lines(content: bytes, path: Path) -> list[dict[str, Any]]:
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        try:
            tree = orjson.loads(line)
            found.append({name: tree[name] for name in ("number", "at", "who", "what", "details", "hash")})
        except (ValueError, TypeError, KeyError) as error:
            raise AuditBroken(
                f"Line {number} of {path} cannot be read: it was damaged or changed. Compare it with a backup."
            ) from error
    return found


def _hash(previous: str, body: Mapping[str, object]) -> str:
    return hashlib.sha256(previous.encode() + orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _write_head(data: DataDir, line: Mapping[str, object]) -> None:
    write(_head_path(data), orjson.dumps({"number": line["number"], "hash": line["hash"]}))


def _read_head(data: DataDir) -> dict[str, Any]:
    path = _head_path(data)
    try:
        found = orjson.loads(path.read_bytes())
        return {"number": int(found["number"]), "hash": found["hash"]}
    except FileNotFoundError:
        return {"number": 0}
    except (ValueError, TypeError, KeyError) as error:
        raise AuditBroken(f"{path} is damaged. Compare it with a backup.") from error


def _entry(line: dict[str, Any]) -> Entry:
    return Entry(**line | {"at": datetime.fromisoformat(line["at"])})
