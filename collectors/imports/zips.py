"""Zips are weighed by their list of contents before it is read: a list of millions of names is no export."""

from __future__ import annotations

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import IO

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
