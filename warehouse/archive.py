"""Archive: what of a data directory cannot be made again, in one file that proves itself whole.

In it: payloads, classified files, runs, cursors, keys, what was forgotten, the papers of erasures, company.toml.
Not in it, because it is computed: the warehouse, the marts, quality, exports. Who holds an archive holds the
key: it must be kept as the data itself.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from glob import escape
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from girafe.data_dir import PRIVATE, DataDir
from girafe.errors import InputInvalid, UserMustAct
from girafe.storage import everything, flush, remove, write, written
from warehouse.erase import UNPACKED
from warehouse.soundness import is_sound

KEPT = tuple(name for name in PRIVATE if name not in ("warehouse", "quality", ".locks"))
"""The folders of a data directory that go into an archive."""
_INDEX = "girafe-backup.json"
_COMPANY = "company.toml"
_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveReport:
    """What an archive holds."""

    archive: Path
    files: int
    bytes_inside: int
    made_at: datetime
    damaged: tuple[str, ...] = ()
    """Files that were damaged when they went in, as the data directory holds them."""

    @property
    def summary(self) -> str:
        """One line for people."""
        size = self.archive.stat().st_size / 1e6 if self.archive.exists() else 0.0
        return (
            f"{self.files:,} files, {self.bytes_inside / 1e6:,.1f} MB in {size:,.1f} MB, "
            f"made {self.made_at:%Y-%m-%d %H:%M} UTC"
        )


def write_archive(
    data: DataDir,
    company: Path,
    archive: Path,
    now: datetime,
    before: Callable[[], object] = lambda: None,
) -> ArchiveReport:
    """Writes the archive whole or not at all, readable by its owner only; nothing may change meanwhile.

    Damaged files go in as they are: an older archive may hold them whole, and this one everything else.
    Raises UserMustAct if it would lie in a folder of the data directory, which may be cleared, or exists already;
    `before` is called when neither is so.
    """
    if data.is_shared:
        raise UserMustAct(
            "Payloads and classified files lie in a store, not in this folder. Back the store up with its own "
            "versions or replication, and this folder's keys with it (docs/operate.md)."
        )
    archive = archive.absolute()
    if archive.exists():
        raise UserMustAct(f"{archive} exists already. Name another file, or remove it.")
    folder, root = archive.parent.resolve(), data.root.resolve()
    if folder != root and folder.is_relative_to(root):
        raise UserMustAct(f"{archive} lies inside the data it would hold. Name a file elsewhere.")
    before()
    hashes: dict[str, str] = {}
    damaged: list[str] = []
    size = 0
    _remove_abandoned(archive)
    with written(archive) as partial, tarfile.open(partial, mode="w:gz", compresslevel=1) as tar:
        for name, path in _members(data, company):
            content = path.read_bytes()
            hashes[name] = hashlib.sha256(content).hexdigest()
            size += len(content)
            if not is_sound(name, content):
                damaged.append(name)
            _add(tar, name, content, path.stat().st_mtime)
        index = {"format": _FORMAT, "made_at": now.astimezone(UTC).isoformat(), "files": hashes}
        _add(tar, _INDEX, orjson.dumps(index), now.timestamp())
    return ArchiveReport(
        archive=archive, files=len(hashes), bytes_inside=size, made_at=now, damaged=tuple(damaged)
    )


def read_archive(archive: Path, data: DataDir, company: Path) -> ArchiveReport:
    """Puts an archive into an empty data directory, and company.toml where there is none yet.

    Nothing is put in place before every file was found whole. Until `end_restore` nothing else runs; killed before,
    the same call begins anew. Raises InputInvalid for an archive that is not girafe's or is damaged, UserMustAct if
    the directory is not empty.
    """
    if data.is_shared:
        raise UserMustAct(
            "Restore into a folder without GIRAFE_STORE; then copy what is shared to the store."
        )
    inhabited = [name for name in KEPT if next(everything(data.root / name), None)]
    if inhabited and not data.restoring.exists():
        raise UserMustAct(
            f"{data.root} is not empty ({', '.join(inhabited)}). Restore into another folder: --data NEW. If a restore "
            "was stopped while it built the release, all is in place: girafe run --no-collect"
        )
    data.root.mkdir(parents=True, exist_ok=True)
    for abandoned in data.root.glob(UNPACKED):
        shutil.rmtree(abandoned)
    fresh = data.root / UNPACKED.replace("*", str(os.getpid()))
    try:
        index = _unpack(archive, fresh)
        data.restoring.touch()
        flush(data.root)
        for name in KEPT:
            _replace_content(data.root / name, fresh / name)
        _remove_abandoned(company)
        if (fresh / _COMPANY).exists() and not company.exists():
            write(company, (fresh / _COMPANY).read_bytes())
        size = sum(path.stat().st_size for name in KEPT for path in (data.root / name).rglob("*"))
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    made_at = datetime.fromisoformat(index["made_at"])
    return ArchiveReport(archive=archive, files=len(index["files"]), bytes_inside=size, made_at=made_at)


def _replace_content(folder: Path, by: Path) -> None:
    """Not the folder itself: it may be a disk that is mounted there, or a link to where there is room."""
    for old in folder.iterdir() if folder.is_dir() else ():
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)
        else:
            old.unlink()
    if by.is_dir():
        folder.mkdir(mode=0o700, exist_ok=True)
        for path in by.iterdir():
            shutil.move(path, folder / path.name)


def end_restore(data: DataDir) -> None:
    """What was put in place is durable and may be worked with."""
    os.sync()
    remove(data.restoring)


def _remove_abandoned(file: Path) -> None:
    """Removes what a killed call left of `file`: of an archive, it holds the key."""
    for partial in file.parent.glob(f".{escape(file.name)}.*.part"):
        partial.unlink()


def _members(data: DataDir, company: Path) -> Iterator[tuple[str, Path]]:
    """Every file with its name inside, in a stable order; what is half written (`.part`) stays out."""
    for name in KEPT:
        for path in sorted(everything(data.root / name)):
            # The stages read what lies behind it, so an archive without it is not whole.
            if path.is_symlink():
                raise UserMustAct(
                    f"{path} is a link, and an archive holds no links. Put what it leads to in its place, or mount it "
                    "there, then run the same command again."
                )
            if path.is_file() and path.suffix != ".part":
                yield path.relative_to(data.root).as_posix(), path
    if company.exists():
        yield _COMPANY, company


def _add(tar: tarfile.TarFile, name: str, content: bytes, modified: float) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(content), int(modified), 0o600
    tar.addfile(entry, io.BytesIO(content))


def _unpack(archive: Path, to: Path) -> dict[str, Any]:
    """Unpacks below `to` and checks every file against the index."""
    to.mkdir(mode=0o700)
    try:
        with tarfile.open(archive, "r:gz") as tar:
            tar.extractall(to, filter="data")
        index: dict[str, Any] = orjson.loads((to / _INDEX).read_bytes())
        names = {name: PurePosixPath(name) for name in index["files"]}
    except (OSError, EOFError, tarfile.TarError, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise InputInvalid(f"{archive} is no backup of girafe, or is damaged ({error}).") from error
    for name, path in names.items():
        inside = path.parts[0] in (*KEPT, _COMPANY)
        whole = (to / path).is_file() and _hash(to / path) == index["files"][name]
        if not (inside and whole):
            raise InputInvalid(f"{archive} is damaged: {name} is not what was written. Use another backup.")
    found = {path.relative_to(to).as_posix() for path in to.rglob("*") if path.is_file()}
    if found - set(names) - {_INDEX}:
        raise InputInvalid(f"{archive} holds files its index does not name. Use another backup.")
    return index


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
