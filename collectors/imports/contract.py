"""The import contract: what a module must define so that `girafe import` reads its files.

A format is a module with a name, `recognises`, `rows` and `parse`, plus one line in registry.py.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol

from collectors.imports.unpacked import unpacked
from collectors.imports.zips import DAMAGED, open_zip
from collectors.refusals import without_names
from girafe.errors import InputInvalid
from girafe.records import Envelope, Payload, Record

GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a format may look at to recognise its files."""

    name: str
    """The file's name in lower case, without `.gz`."""
    start: str
    """The first megabyte, unpacked and decoded; empty for an archive."""
    objects: tuple[dict[str, Any], ...] = ()
    """The JSON objects among the first lines."""
    rows: tuple[tuple[str, ...], ...] = ()
    """The first rows, if it is a table (CSV, XLSX, Parquet)."""
    members: tuple[str, ...] = ()
    """The names inside, if it is a zip or tar archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to import."""

    path: Path
    label: str
    """Its name as positions show it."""
    now: datetime = datetime(2100, 1, 1, tzinfo=UTC)
    """When it is imported: no post was written later."""
    notes: list[str] = field(default_factory=list)
    """What a reader decided on the way and a person should know: which sheet, which date order."""
    member: str | None = None
    """The one file inside `path`, where that is a zip around a table or around lines."""

    def raw(self) -> IO[bytes]:
        """Its bytes as they are; every reader comes through here.

        InputInvalid where it cannot be unpacked at all: locked, or packed in a way Python does not know.
        """
        if self.member is None:
            return self.path.open("rb")
        member, packed = self.member, replace(self, member=None).open()
        try:
            return unpacked(packed, lambda packed: open_zip(packed).open(member))
        except DAMAGED as error:
            packed.close()
            raise InputInvalid(
                f"{self.label} cannot be unpacked ({without_names(str(error))}): unpack it yourself and import what is "
                "in it, or export it again."
            ) from error

    def open(self) -> IO[bytes]:
        """Its bytes, unpacked if it is gzip, whatever it is called."""
        raw = self.raw()
        packed = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        return unpacked(raw, gzip.open) if packed else raw

    def beside(self, ending: str) -> str | None:
        """The words of the file of the same name and `ending`, if there is one that can be read."""
        try:
            return self.path.with_name(f"{self.path.name}{ending}").read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing read from a file: becomes one envelope."""

    platform: str
    payload: Payload
    position: str
    raw: bytes | str = b""
    """As it stood in the file, for the quarantine."""
    is_platform_read: bool = False
    """The row itself says its platform; else the format or its mapping does, which name no person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """One thing that could not be read, and why."""

    reason: str
    detail: str
    position: str
    raw: bytes | str = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """One thing that is left out on purpose; it is counted under its reason and not kept."""

    reason: str
    """A stable code, the same for every row of its kind: `not_public`, `repost`, ..."""
    position: str


class Format(Protocol):
    """A module in collectors/imports, or a mapping, as mypy checks it in registry.py."""

    @property
    def NAME(self) -> str:
        """What --format calls it."""
        ...

    @property
    def ABOUT(self) -> str:
        """What such a file is, in a few words, for `girafe formats`."""
        ...

    @property
    def VERSION(self) -> str:
        """Raise it when the same file should be read again."""
        ...

    @property
    def PARSER(self) -> str:
        """The name under which registry.PARSERS knows the parser of its payloads."""
        ...

    def recognises(self, head: Head) -> bool:
        """Whether a file that begins so is of this format."""
        ...

    def rows(self, file: File) -> Iterator[Row | Bad | Skipped]:
        """What is in the file, streamed: one answer for each thing in it, so that counts add up."""
        ...

    def parse(self, envelope: Envelope) -> Iterator[Record]:
        """Posts and profiles of one payload; pure. None: it holds no words of anybody to count."""
        ...
