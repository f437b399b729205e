"""Storage: whole files, read and written the same way on a local disk and on S3 (any fsspec URL).

A place is a `Path` on this machine or a `UPath` such as s3://bucket/girafe/landing. A file appears whole or not
at all: locally it is written beside, brought to disk and renamed; on S3 it is one upload, which the
store makes visible at its end. What is elsewhere is copied whole before it is read, so that a line which breaks
off in mid-file is an error of the network and never looks like a file that is damaged.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias

from girafe.errors import GirafeError, SettingsInvalid, StoreRefused, StoreUnreachable

if TYPE_CHECKING:
    from upath import UPath

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_PASSWORD = re.compile(r"[^/@:]*:(?!\d*/).*@")
"""Not the port of an address; a key may have a / in it."""

Place: TypeAlias = "Path | UPath"
"""A file or folder, here or elsewhere; `place / "name"`, `.name` and `.parent` work on both."""


def place(text: str | Path) -> Place:
    """`s3://bucket/folder` (or another fsspec URL) as a place elsewhere; anything else is a local path."""
    scheme, separator, rest = str(text).partition("://")
    if not separator:
        return Path(text)
    if scheme == "file":
        return Path(rest)
    if _PASSWORD.match(rest):  # messages, logs and `girafe doctor` show the address
        raise SettingsInvalid(
            f"The address of a store ({scheme}://...) holds a password. Take it out; keys come from the environment: "
            f"AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or FSSPEC_{scheme.upper()}_PASSWORD and the like."
        )
    from upath import UPath

    try:
        # Other workers write too: a listing that is remembered would hide what they brought.
        found: UPath = UPath(str(text).rstrip("/"), protocol=scheme, use_listings_cache=False)
        # Opened now, so that a missing driver is told at the start.
        _ = found.fs
    except (ImportError, ValueError) as error:
        raise SettingsInvalid(f"{text}: cannot be used as a store ({error}).") from error
    return found


def find(root: Place, pattern: str) -> list[Place]:
    """The files under `root` that match `pattern` (`*/*/*.jsonl.gz`: as deep as it has parts), in order."""
    return [found for found, _ in find_sizes(root, pattern)]


def find_sizes(root: Place, pattern: str) -> list[tuple[Place, int]]:
    """As `find`, each with its size in bytes; elsewhere this is one listing, however many files there are."""
    found: list[tuple[Place, int]] = []
    if isinstance(root, Path):
        for path in _matching(root, pattern.split("/")):
            with suppress(FileNotFoundError):  # another worker was faster and it is gone
                status = path.stat()
                if S_ISREG(status.st_mode):
                    found.append((path, status.st_size))
        return found
    wanted, prefix = pattern.split("/"), root.path.rstrip("/") + "/"
    listed = {key.removeprefix(prefix): told for key, told in _listed(root).items() if key.startswith(prefix)}
    for parts in sorted(name.split("/") for name in listed):
        if len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted)):
            name = "/".join(parts)
            found.append((root / name, int(listed[name]["size"] or 0)))
    return found


def _matching(folder: Path, parts: Sequence[str]) -> Iterator[Path]:
    """As `Path.glob`, in order, but a folder that may not be read is an error and not an empty one.

    What girafe holds of a person would otherwise be "nothing", and what was classified "no posts".
    """
    try:
        paths = sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    for path in paths:
        if fnmatchcase(path.name, parts[0]):
            if len(parts) == 1:
                yield path
            else:
                yield from _matching(path, parts[1:])


def everything(root: Path) -> Iterator[Path]:
    """Every file and folder under a local folder, if it is there; as `_matching`, none is passed over unread.

    Nor what lies behind a link: the stages read it.
    """

    def refuse(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise error

    for folder, folders, files in os.walk(root, onerror=refuse, followlinks=True):
        yield from (Path(folder, name) for name in (*folders, *files))


def read(file: Place) -> bytes:
    """A small file, whole; raises FileNotFoundError if there is none."""
    if isinstance(file, Path):
        return file.read_bytes()
    with told(file):
        content: bytes = file.fs.cat_file(file.path)
    return content


def read_all(files: Sequence[Place]) -> list[bytes | None]:
    """Many small files, elsewhere at the same time; None for each that is not there."""
    contents: list[bytes | None] = []
    away = [file for file in files if not isinstance(file, Path)]
    fetched: dict[str, Any] = {}
    if away:
        with told(away[0]):
            fetched = away[0].fs.cat([file.path for file in away], on_error="return")
    for file in files:
        try:
            if isinstance(file, Path):
                contents.append(file.read_bytes())
                continue
            with told(file):
                content = fetched[file.path]
                if isinstance(content, Exception):
                    raise content
                contents.append(content)
        except FileNotFoundError:
            contents.append(None)
    return contents


def write(file: Place, content: bytes) -> None:
    """A small file that appears whole or not at all, for its owner only, and is kept durably when this returns."""
    if isinstance(file, Path):
        with written(file) as partial:
            partial.write_bytes(content)
        return
    with told(file, writing=True):
        file.fs.pipe_file(file.path, content)


@contextmanager
def written(file: Place) -> Iterator[Path]:
    """A local path to fill; it becomes `file` (mode 0600), whole and durably, unless the block raises."""
    if not isinstance(file, Path):
        with TemporaryDirectory(prefix="girafe-") as folder:
            partial = Path(folder) / file.name
            yield partial
            with told(file, writing=True):
                file.fs.put_file(str(partial), file.path)
        return
    new = [folder for folder in (file.parent, *file.parent.parents) if not folder.exists()]
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        partial.touch(mode=0o600)
        yield partial
        with partial.open("rb") as done:
            os.fsync(done.fileno())
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    # Its name, too: a cursor or a receipt that is written next must not be kept without it.
    for named in (file.parent, *(folder.parent for folder in new)):
        flush(named)


def flush(path: Path) -> None:
    """Makes durable what a file holds, or of a folder the names in it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_all(folder: Path) -> None:
    """Makes durable everything under a folder, and its names."""
    for path in everything(folder):
        flush(path)
    flush(folder)


@contextmanager
def local_copy(file: Place) -> Iterator[Path]:
    """`file` itself where it is local, else a copy that goes when the block ends."""
    if isinstance(file, Path):
        yield file
        return
    with TemporaryDirectory(prefix="girafe-") as folder:
        copy = Path(folder) / file.name
        with told(file):
            file.fs.get_file(file.path, str(copy))
        yield copy


@contextmanager
def local_folders(folders: Sequence[Place], names: Sequence[str]) -> Iterator[list[Path]]:
    """Each folder itself where it is local, else a copy of its files `names`, fetched at the same time."""
    local = [folder for folder in folders if isinstance(folder, Path)]
    away = [folder for folder in folders if not isinstance(folder, Path)]
    if not away:
        yield local
        return
    with TemporaryDirectory(prefix="girafe-") as spool:
        copies = [Path(spool) / str(number) for number in range(len(away))]
        for copy in copies:
            copy.mkdir()
        with told(away[0]):
            away[0].fs.get(
                [(folder / name).path for folder in away for name in names],
                [str(copy / name) for copy in copies for name in names],
            )
        yield copies


@contextmanager
def whole_folder(target: Place, *, last: str) -> Iterator[Path]:
    """A local folder to fill, which takes the place of `target` if nothing goes wrong.

    Elsewhere its file `last` is uploaded after all others: a folder counts as complete when it holds that file.
    """
    if isinstance(target, Path):
        with renamed_folder(target, target.parent.parent / f".{target.name}.part") as partial:
            yield partial
        return
    with TemporaryDirectory(prefix="girafe-") as folder:
        partial = Path(folder)
        yield partial
        names = [name for name in sorted(path.name for path in partial.iterdir()) if name != last]
        with told(target, writing=True):
            target.fs.put([str(partial / name) for name in names], [(target / name).path for name in names])
            target.fs.put_file(str(partial / last), (target / last).path)


@contextmanager
def renamed_folder(target: Path, partial: Path) -> Iterator[Path]:
    """Yields `partial`, a folder of the same disk, emptied; it takes the place of `target` as in `whole_folder`."""
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        # Under its name it must be whole: its payloads may leave landing before a disk writes it by itself.
        flush_all(partial)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            # In one step: killed between two, what was there would be gone, and its payloads may have left landing.
            exchange(partial, target)
        else:
            partial.rename(target)
        for named in (target.parent, target.parent.parent):
            flush(named)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def exchange(one: Path, other: Path) -> None:
    """Two files or folders of one disk change names in one step: at no moment is either name without one."""
    libc = ctypes.CDLL(None, use_errno=True)
    swap = getattr(libc, "renameat2", None)
    if swap and swap(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return
    # No such call here (other than Linux, or an old file system): two renames, a blink apart.
    aside = one.with_name(f"{one.name}.aside.part")
    other.rename(aside)
    one.rename(other)
    aside.rename(one)


def remove(file: Place) -> None:
    """The file goes, if it is there; it does not come back when the machine loses its power."""
    if isinstance(file, Path):
        with suppress(FileNotFoundError):
            file.unlink()
            flush(file.parent)
        return
    with told(file), suppress(FileNotFoundError):
        file.fs.rm_file(file.path)


def remove_folder(folder: Place, *, first: str) -> bool:
    """The folder goes, its file `first` before all others; returns whether there was one."""
    if isinstance(folder, Path):
        there = folder.exists()
        remove(folder / first)
        shutil.rmtree(folder, ignore_errors=True)
        if there:
            flush(folder.parent)
        return there
    keys = [key for key in _listed(folder) if key.startswith(f"{folder.path}/")]
    remove(folder / first)
    rest = [key for key in keys if not key.endswith(f"/{first}")]
    if rest:
        with told(folder):
            folder.fs.rm(rest)
    return bool(keys)


def remove_if_empty(folder: Place) -> None:
    """An empty local folder goes; elsewhere folders are only names."""
    if isinstance(folder, Path) and folder.exists() and not any(folder.iterdir()):
        folder.rmdir()


def copy_tree(source: Path, target: Place) -> int:
    """Copies a local folder and returns how many files that were; one of the same name is replaced."""
    if isinstance(target, Path):
        return fetch_tree(source, target)
    names = sorted(path.relative_to(source).as_posix() for path in everything(source) if path.is_file())
    if names:
        with told(target, writing=True):
            target.fs.put([str(source / name) for name in names], [(target / name).path for name in names])
    return len(names)


def fetch_tree(source: Place, target: Path) -> int:
    """Copies everything under `source` into a local folder and returns how many files that were."""
    if isinstance(source, Path):
        files = [path for path in everything(source) if path.is_file()]
        for file in files:  # not their modes: an installation may be read-only, or open to everybody
            copied = target / file.relative_to(source)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copied)
        return len(files)
    prefix = source.path.rstrip("/") + "/"
    names = [key.removeprefix(prefix) for key in _listed(source) if key.startswith(prefix)]
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
    if names:
        with told(source):
            source.fs.get([prefix + name for name in names], [str(target / name) for name in names])
    return len(names)


def name_under(root: Place, file: Place) -> str:
    """The name of `file` as seen from `root`, with `/` between its parts."""
    return PurePosixPath(*file.parts[len(root.parts) :]).as_posix()


def _listed(root: UPath) -> dict[str, Any]:
    """Every key under `root` with its size; raises StoreRefused where there is not even a bucket."""
    with told(root):
        try:
            listed: dict[str, Any] = root.fs.find(root.path, detail=True)
        except FileNotFoundError:
            listed = {}
        # An empty answer also comes from a bucket that is not there, which must not look like silence.
        if not listed and not root.fs.exists(_bucket(root)):
            raise _no_bucket(root)
    return listed


def _bucket(place: UPath) -> str:
    return str(place.path).lstrip("/").partition("/")[0]


def _no_bucket(where: UPath) -> StoreRefused:
    return StoreRefused(
        f"{where}: there is no {_bucket(where)!r} in the store. Create it, or correct GIRAFE_STORE."
    )


@contextmanager
def told(where: UPath, *, writing: bool = False) -> Iterator[None]:
    """Turns what a store client raises into our errors, which say who must act; no key ever stands in one."""
    try:
        yield
    except FileNotFoundError as error:
        if writing:
            raise StoreRefused(
                f"There is no {_bucket(where)!r} in the store. Create it, or correct the URL."
            ) from error
        raise
    except GirafeError:
        raise
    except Exception as error:
        kind = type(error).__name__
        if isinstance(error, PermissionError) or "Credentials" in kind:
            raise StoreRefused(
                f"{where}: the store refuses ({kind}). Check the key it was given (AWS_ACCESS_KEY_ID, "
                "AWS_SHARED_CREDENTIALS_FILE) and what that key may do."
            ) from error
        raise StoreUnreachable(f"{where}: the store cannot be reached ({kind}: {error}).") from error
