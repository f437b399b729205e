"""Swap: a reader of the exports folder sees one whole release, the old one or the new one, never a mixture.

`exports` is a symbolic link to `.exports.releases/<release id>` beside it. A release is built in a hidden
folder of the same file system, flushed to disk, renamed to its id, and only then linked. A reader of several files
asks once where the link leads: opened one by one through it, they may be of two releases.
"""

from __future__ import annotations

import fcntl
import filecmp
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from girafe.errors import UserMustAct
from girafe.storage import exchange, flush, flush_all


def releases_folder(exports: Path) -> Path:
    """Where the releases behind `exports` are kept."""
    return exports.parent / f".{exports.name}.releases"


@contextmanager
def building(exports: Path) -> Iterator[Path]:
    """Yields an empty folder to build in, alone: a second publisher waits, a dead one is cleaned up.

    Raises UserMustAct where `exports` is somebody's link to elsewhere: who reads there would be left behind.
    """
    home = releases_folder(exports)
    if exports.is_symlink() and exports.resolve().parent != home.resolve():
        raise UserMustAct(
            f"{exports} is a link that girafe did not make, and would be replaced. Remove it; to have the exports "
            f"elsewhere, link from there to {exports}."
        )
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Nobody else builds while we hold the lock, so whatever is unfinished is abandoned.
        for abandoned in home.glob(".building-*"):
            _remove(abandoned)
        folder = Path(tempfile.mkdtemp(prefix=".building-", dir=home))
        folder.chmod(0o755)
        try:
            yield folder
        finally:
            _remove(folder)


def put_in_place(folder: Path, exports: Path, *, release_id: str, keep: int) -> Path:
    """Makes `folder` the release `release_id` and points `exports` at it; call inside `building`.

    A release of the same id has the same content: it stays, for whoever is reading it, and is replaced only where
    somebody has changed it. Returns the folder of the release; at most `keep` releases remain.
    """
    home, before = releases_folder(exports), exports.resolve()
    target = home / release_id
    if _holds_the_same(target, folder):
        _open_to_readers(home, target)
    else:
        _open_to_readers(home, folder)
        flush_all(folder)
        if target.exists():
            exchange(folder, target)
        else:
            folder.rename(target)
    flush(home)  # before the link, which else may be kept without what it leads to
    _link(target, exports)
    drop_old_releases(exports, keep=keep, before=before)
    return target


def drop_old_releases(exports: Path, *, keep: int, before: Path | None = None) -> None:
    """Deletes all but the `keep` newest releases, never the current one (erasure keeps only that).

    The newest of all others is the one that was current `before`, whatever the clock said when they were made.
    """
    current, home = exports.resolve(), releases_folder(exports)
    if not home.is_dir():
        return
    others = [p for p in home.iterdir() if p.name[0] != "." and p != current]
    others.sort(key=lambda path: (path == before, path.stat().st_mtime_ns), reverse=True)
    for old in others[max(keep - 1, 0) :]:
        _remove(old)


def _holds_the_same(target: Path, folder: Path) -> bool:
    if not target.is_dir():
        return False
    names, found = (sorted(path.name for path in each.iterdir()) for each in (folder, target))
    return names == found and filecmp.cmpfiles(folder, target, names, shallow=False)[0] == names


def _link(target: Path, exports: Path) -> None:
    link = target.parent / ".next"
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(target, exports.parent), target_is_directory=True)
    if exports.is_dir() and not exports.is_symlink():
        # A plain folder from before: the two names change places, so no moment is without exports.
        exchange(link, exports)
        _remove(link)
    else:
        link.replace(exports)
    flush(exports.parent)


def _open_to_readers(home: Path, folder: Path) -> None:
    """A release is for readers, whatever the mask of the process that makes it."""
    # Their names are not listed: who has a release cannot find the one before it to subtract.
    home.chmod(0o711)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
