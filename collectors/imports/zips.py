"""Zips are weighed by their list of contents before it is read: a list of millions of names is no export."""

from __future__ import annotations

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

from collectors.refusals import without_names
from girafe.errors import InputInvalid

_LARGEST_LIST = 32 * 1024 * 1024
"""Bytes: some 300,000 names of usual length; read, each costs ten times its size in memory."""
_END, _FAR_END, _LOCATOR = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_LONGEST_END = 22 + 65_535
DAMAGED = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    LookupError,
    ArithmeticError,
    UnicodeError,
    struct.error,
)
"""What the archive modules let through when an archive is not as it should be."""


def open_zip(raw: IO[bytes] | Path) -> zipfile.ZipFile:
    """The archive, its list read; zipfile.BadZipFile if it is none, or if its list is larger than any export's."""
    if isinstance(raw, Path):
        with raw.open("rb") as weighed:
            _weigh(weighed)
    else:
        _weigh(raw)
        raw.seek(0)
    return zipfile.ZipFile(raw)


def _weigh(raw: IO[bytes]) -> None:
    """What an archive states of its list is how much of it is read, so a lie gains nothing."""
    size = raw.seek(0, io.SEEK_END)
    start = max(0, size - _LONGEST_END)
    raw.seek(start)
    tail = raw.read()
    # As zipfile finds it: at the very end, else before the longest of comments.
    at_end = tail[-22:].startswith(_END) and tail.endswith(b"\x00\x00")
    place = len(tail) - 22 if at_end else tail.rfind(_END)
    if place < 0:
        return  # opening it says that it is none
    stated = [int.from_bytes(tail[place + 12 : place + 16], "little") % 0xFFFFFFFF]
    # The far end stands before its locator, or where that says; which of the two is read depends on the version.
    locator = _at(raw, start + place - 20, 20)
    if locator.startswith(_LOCATOR):
        for far in (start + place - 76, int.from_bytes(locator[8:16], "little")):
            record = _at(raw, far, 56) if far <= size else b""
            stated += [int.from_bytes(record[40:48], "little")] if record.startswith(_FAR_END) else []
    if max(stated) > _LARGEST_LIST:
        raise zipfile.BadZipFile(
            f"its list of contents has {max(stated):,} bytes; no export has so many files"
        )


def _at(raw: IO[bytes], place: int, length: int) -> bytes:
    raw.seek(max(0, place))
    return raw.read(length)


def open_member(packed: IO[bytes], name: str, label: str) -> IO[bytes]:
    """One file of a zip, to be read as any other: damage met on the way is an OSError.

    InputInvalid where it cannot be unpacked at all: locked with a password, or packed in a way Python does not know.
    """
    return io.BufferedReader(_Member(packed, name, label))


class _Member(io.RawIOBase):
    def __init__(self, packed: IO[bytes], name: str, label: str) -> None:
        self._packed = packed
        try:
            self._member = open_zip(packed).open(name)
        except DAMAGED as error:
            packed.close()
            raise InputInvalid(
                f"{label} cannot be unpacked ({without_names(str(error))}): unpack it yourself and import what is in "
                "it, or export it again."
            ) from error

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            content = self._member.read(len(buffer))
        except DAMAGED as error:
            raise OSError(without_names(str(error))) from error
        buffer[: len(content)] = content
        return len(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return self._member.seek(offset, whence)
        except DAMAGED as error:
            raise OSError(without_names(str(error))) from error

    def tell(self) -> int:
        return self._member.tell()

    def close(self) -> None:
        # Not opened at all, where the archive would not have it.
        if not self.closed and hasattr(self, "_member"):
            self._member.close()
            self._packed.close()
        super().close()
