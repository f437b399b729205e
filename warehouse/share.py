"""Share: one machine becomes several, or one again: what all of them need goes into the store, or comes back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from girafe.storage import Place, copy_tree, fetch_tree
from warehouse.erase import classified_folders
from warehouse.forgotten import read_entries
from warehouse.landing import landing_files


def share(data: DataDir, before: Callable[[], object] = lambda: None) -> dict[str, int]:
    """Copies what machines share from the data directory into its store; returns files by folder.

    Nothing is removed, and doing it again changes nothing. Raises UserMustAct without a store, and where somebody who
    was forgotten there would come back; `before` is called when neither is so, before the first file is copied.
    """
    _check(data, into=data)
    before()
    copied = {name: copy_tree(here, there) for name, here, there in _pairs(data)}
    os.sync()  # once it is said to be done, what it was copied from may be given up
    return copied


def bring_back(data: DataDir, before: Callable[[], object] = lambda: None) -> dict[str, int]:
    """Copies what lies in the store into the data directory: for a backup, or to be one machine again.

    Raises UserMustAct and calls `before` as `share` does.
    """
    _check(data, into=DataDir(data.root))
    before()
    copied = {name: fetch_tree(there, here) for name, here, there in _pairs(data)}
    os.sync()
    return copied


def _check(data: DataDir, *, into: DataDir) -> None:
    """Both must know the same forgotten, or who left one is still held by the other; what is empty holds nobody."""
    if not data.is_shared:
        raise UserMustAct("There is no store. Name it first: GIRAFE_STORE=s3://bucket/folder")
    is_inhabited = landing_files(into.landing) or classified_folders(into)
    if is_inhabited and read_entries(data) != read_entries(DataDir(data.root)):
        raise UserMustAct(
            f"{data.root} and the store do not know the same people who asked to be forgotten, so what left one would "
            "come back from the other. Copy into a folder or a store that is empty."
        )


def _pairs(data: DataDir) -> Iterator[tuple[str, Path, Place]]:
    alone = DataDir(data.root)
    # The forgotten first: if it ends too early, nobody is there without the list.
    for name in ("forgotten", "landing", "quarantine", "classified", "runs", "cursors"):
        here, there = getattr(alone, name), getattr(data, name)
        if here != there:
            yield name, here, there
