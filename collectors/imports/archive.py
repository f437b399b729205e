"""Archives opened with care: nothing is unpacked to disk, no member may be endless, names are only names."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Protocol

from collectors.imports.contract import GZIP_MAGIC, File
from collectors.imports.unpacked import LARGEST_TOTAL, most_out_of
from collectors.imports.zips import DAMAGED, open_zip
from collectors.refusals import without_names
from girafe.errors import InputInvalid

LARGEST_MEMBER = 256 * 1024 * 1024
_MOST_MEMBERS = 100_000


class Archive(Protocol):
    """A zip or tar archive, read only."""

    def names(self) -> list[str]:
        """The names of its files as written inside."""
        ...

    def read(self, name: str) -> bytes:
        """One file, whole; InputInvalid if it is larger than any honest export."""
        ...


class _Budget:
    """What may still be read out of one archive, all members together."""

    def __init__(self) -> None:
        self._left = LARGEST_TOTAL

    def read(self, member: IO[bytes], name: str) -> bytes:
        """A member whole. The size an archive states about itself may lie, so what comes out is measured."""
        content = member.read(min(LARGEST_MEMBER, self._left) + 1)
        self._left -= len(content)
        if len(content) > LARGEST_MEMBER or self._left < 0:
            raise InputInvalid(f"{name} unpacks to more than {len(content) - 1:,} bytes; no export does.")
        return content


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive, self._budget = archive, _Budget()

    def names(self) -> list[str]:
        return [
            name
            for name in self._archive.namelist()
            if name and not name.endswith("/") and not is_litter(name)
        ]

    def read(self, name: str) -> bytes:
        with self._archive.open(name) as member:
            return self._budget.read(member, name)


class _Tar:
    """Links and devices are no files: a member never stands for anything outside the archive."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._members = {
            member.name: member
            for member in _listed(archive)
            if member.isreg() and not is_litter(member.name)
        }
        self._archive, self._budget = archive, _Budget()

    def names(self) -> list[str]:
        return list(self._members)

    def read(self, name: str) -> bytes:
        member = self._archive.extractfile(self._members[name])
        return b"" if member is None else self._budget.read(member, name)


def _listed(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Its members; an empty one packs to a byte or two and costs a thousand in memory."""
    for number, member in enumerate(archive):
        if number >= _MOST_MEMBERS:
            raise tarfile.ReadError(f"it lists more than {_MOST_MEMBERS:,} files; no export does")
        yield member


class _Measured(gzip.GzipFile):
    """A packed tar that ends where it grows beyond anything media and words could."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._most = most_out_of(raw)
        super().__init__(fileobj=raw, mode="rb")

    def read(self, size: int | None = -1) -> bytes:
        self._check(self.tell())
        return super().read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        # Going forward means unpacking what lies between.
        self._check(offset)
        return super().seek(offset, whence)

    def _check(self, place: int) -> None:
        if place > self._most:
            raise tarfile.ReadError(f"it unpacks to more than {self._most:,} bytes; no export does")


@contextmanager
def open_archive(file: File) -> Iterator[Archive]:
    """The archive; whatever is wrong with it becomes InputInvalid."""
    try:
        if looks_like_zip(file):
            with file.open() as raw, open_zip(raw) as packed:
                yield _Zip(packed)
        else:
            with file.raw() as raw, open_tar(raw) as rolled:
                yield _Tar(rolled)
    except DAMAGED as error:
        raise InputInvalid(
            f"{file.label} cannot be unpacked ({without_names(str(error))}); export it again."
        ) from error


def looks_like_zip(file: File) -> bool:
    """Whether it begins as a zip does, by itself or inside a gzip."""
    try:
        with file.open() as raw:
            return raw.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except (OSError, EOFError, zlib.error):
        return False  # a damaged gzip; reading says where


def read_alone(file: File) -> bytes:
    """A member handed in by itself, whole, without a byte order mark; InputInvalid if it is damaged or endless."""
    try:
        with file.open() as stream:
            content = stream.read(LARGEST_MEMBER + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputInvalid(
            f"{file.label} cannot be unpacked ({without_names(str(error))}); export it again."
        ) from error
    if len(content) > LARGEST_MEMBER:
        raise InputInvalid(f"{file.label} has more than {LARGEST_MEMBER:,} bytes; no export does.")
    return content.removeprefix(b"\xef\xbb\xbf")


def open_tar(raw: IO[bytes]) -> tarfile.TarFile:
    """A tar, plain or gzip; tarfile.ReadError if it is none."""
    raw.seek(0)
    packed = raw.read(2) == GZIP_MAGIC
    raw.seek(0)
    return tarfile.open(fileobj=_Measured(raw) if packed else raw, mode="r:")


def is_litter(name: str) -> bool:
    """What a Mac adds to every zip it packs."""
    return name.startswith("__MACOSX/") or base_name(name).startswith("._")


def base_name(name: str) -> str:
    """The last part of a name inside an archive: folders and `..` mean nothing to us."""
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2]
