"""Archives opened with care: nothing is unpacked to disk, no member may be endless, names are only names."""

from __future__ import annotations

import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Protocol

from collectors.imports.contract import File
from girafe.errors import InputInvalid

LARGEST_MEMBER = 256 * 1024 * 1024
DAMAGED = (
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    tarfile.TarError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    KeyError,
    UnicodeError,
    struct.error,
)
"""What the archive modules let through when an archive is not as it should be."""


class Archive(Protocol):
    """A zip or tar archive, read only."""

    def names(self) -> list[str]:
        """The names of its files as written inside."""
        ...

    def read(self, name: str) -> bytes:
        """One file, whole; InputInvalid if it is larger than any honest export."""
        ...


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def names(self) -> list[str]:
        return [info.filename for info in self._archive.infolist() if not info.is_dir()]

    def read(self, name: str) -> bytes:
        with self._archive.open(name) as member:
            return _bounded(member.read(LARGEST_MEMBER + 1), name)


class _Tar:
    def __init__(self, archive: tarfile.TarFile) -> None:
        self._members = {member.name: member for member in archive if member.isfile()}
        self._archive = archive

    def names(self) -> list[str]:
        return list(self._members)

    def read(self, name: str) -> bytes:
        member = self._archive.extractfile(self._members[name])
        return b"" if member is None else _bounded(member.read(LARGEST_MEMBER + 1), name)


def _bounded(content: bytes, name: str) -> bytes:
    # The size an archive states about itself may lie, so what comes out is measured.
    if len(content) > LARGEST_MEMBER:
        raise InputInvalid(f"{name} unpacks to more than {LARGEST_MEMBER:,} bytes; no export does.")
    return content


@contextmanager
def open_archive(file: File) -> Iterator[Archive]:
    """The archive; whatever is wrong with it becomes InputInvalid."""
    try:
        with file.raw() as raw:
            if zipfile.is_zipfile(raw):
                with zipfile.ZipFile(raw) as packed:
                    yield _Zip(packed)
            else:
                raw.seek(0)
                with tarfile.open(fileobj=raw) as rolled:
                    yield _Tar(rolled)
    except DAMAGED as error:
        raise InputInvalid(f"{file.label} cannot be unpacked ({error}); export it again.") from error


def base_name(name: str) -> str:
    """The last part of a name inside an archive: folders and `..` mean nothing to us."""
    return PurePosixPath(name.replace("\\", "/")).name
