"""Forgotten: the pseudonyms of accounts that asked to be forgotten, so that they never come back."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import orjson

from girafe.data_dir import DataDir
from girafe.pseudonym import Pseudonymiser
from girafe.records import Account


def _path(data: DataDir) -> Path:
    return data.root / "forgotten" / "pseudonyms.jsonl"


def read_forgotten(data: DataDir) -> dict[str, str]:
    """Pseudonym -> platform of everyone who was forgotten."""
    try:
        lines = _path(data).read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    return {entry["pseudonym"]: entry["platform"] for entry in map(orjson.loads, lines)}


def remember(data: DataDir, platform: str, pseudonyms: Iterable[str]) -> None:
    """Adds pseudonyms to the list, durably, each once."""
    known = read_forgotten(data) | dict.fromkeys(pseudonyms, platform)
    path = _path(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.part")
    with partial.open("wb") as file:
        for pseudonym in sorted(known):
            entry = {"pseudonym": pseudonym, "platform": known[pseudonym]}
            file.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


class Forgotten:
    """Answers whether an account asked to be forgotten, by its id and by its handle."""

    def __init__(self, data: DataDir, pseudonymiser: Pseudonymiser) -> None:
        self._pseudonyms = frozenset(read_forgotten(data))
        self._pseudonymiser = pseudonymiser

    def __call__(self, account: Account) -> bool:
        """True if nothing of this account may be kept."""
        return bool(self._pseudonyms) and not self._pseudonyms.isdisjoint(
            pseudonyms_of(account, self._pseudonymiser)
        )


def pseudonyms_of(account: Account, pseudonymiser: Pseudonymiser) -> set[str]:
    """Every pseudonym under which an account may stand in a table."""
    found = set()
    if account.account_id is not None:
        found.add(pseudonymiser.account_id(account.platform, account.account_id))
    if account.handle is not None:
        found.add(pseudonymiser.handle(account.platform, account.handle))
    return found
