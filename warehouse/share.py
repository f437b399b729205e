"""Share: one machine becomes several, or one again: what all of them need goes into the store, or comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from girafe.storage import Place, copy_tree, fetch_tree


def share(data: DataDir) -> dict[str, int]:
    """Copies what machines share from the data directory into its store; returns files by folder.

    Nothing is removed, and doing it again changes nothing. Raises UserMustAct without a store.
    """
    return {name: copy_tree(here, there) for name, here, there in _pairs(data)}


def bring_back(data: DataDir) -> dict[str, int]:
    """Copies what lies in the store into the data directory: for a backup, or to be one machine again."""
    return {name: fetch_tree(there, here) for name, here, there in _pairs(data)}


def _pairs(data: DataDir) -> Iterator[tuple[str, Path, Place]]:
    if not data.is_shared:
        raise UserMustAct("There is no store. Name it first: GIRAFE_STORE=s3://bucket/folder")
    alone = DataDir(data.root)
    for name in ("landing", "quarantine", "classified", "runs", "cursors", "forgotten"):
        here, there = getattr(alone, name), getattr(data, name)
        if here != there:
            yield name, here, there
