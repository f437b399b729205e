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
from girafe.storage import flush, write

_START = "0" * 64
_REMEDY = (
    "Bring audit/log.jsonl and keys/audit.head back from a backup, or put both aside: a new log begins then."
)


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

    Raises AuditBroken where lines are missing at the end, or one cannot be read. `details` are written as text: ids
    and counts, never anything about a person listened to.
    """
    with _locked(data) as file:
        content = os.pread(file, os.fstat(file).st_size, 0)
        # A line written behind those that are left would hide that others are missing.
        lines = _lines(content, _read_head(data), _path(data))
        os.ftruncate(file, content.rfind(b"\n") + 1)
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
        if not lines:  # its name, too: the head must not be kept without it
            flush(_path(data).parent)
            flush(data.root)
        _write_head(data, line)
    return _entry(line)


def read(data: DataDir) -> list[Entry]:
    """Every entry, oldest first, after the chain was checked; raises AuditBroken where it does not hold."""
    path = _path(data)
    # Before the log: what is added meanwhile must not look like lines that are missing.
    head = _read_head(data)
    content = path.read_bytes() if path.exists() else b""
    lines = _lines(content, head, path)
    previous = _START
    for number, line in enumerate(lines, 1):
        body = {name: line[name] for name in ("number", "at", "who", "what", "details")}
        if line["number"] != number or line["hash"] != _hash(previous, body):
            raise AuditBroken(
                f"Line {number} of {path} was changed, or a line before it is missing. {_REMEDY}"
            )
        previous = line["hash"]
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


def _lines(content: bytes, head: Mapping[str, Any], path: Path) -> list[dict[str, Any]]:
    """The lines so far; what a kill or a full disk left of one that was never finished is none."""
    found: list[dict[str, Any]] = []
    for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), 1):
        try:
            tree = orjson.loads(line)
            found.append({name: tree[name] for name in ("number", "at", "who", "what", "details", "hash")})
        except (ValueError, TypeError, KeyError) as error:
            raise AuditBroken(
                f"Line {number} of {path} cannot be read: it was damaged or changed. {_REMEDY}"
            ) from error
    # Killed between the two writes, the head is one line behind; it is never ahead.
    if head["number"] > len(found) or (head["number"] and found[head["number"] - 1]["hash"] != head["hash"]):
        raise AuditBroken(f"{path} ends at line {len(found)}, but {head['number']} were written. {_REMEDY}")
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
        raise AuditBroken(f"{path} is damaged. {_REMEDY}") from error


def _entry(line: dict[str, Any]) -> Entry:
    return Entry(**line | {"at": datetime.fromisoformat(line["at"])})
