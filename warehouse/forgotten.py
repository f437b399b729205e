"""Forgotten: the pseudonyms of accounts that asked to be forgotten, so that they never come back.

Each identifier stands there twice: under the key of the warehouse, which finds it in classified files (and
in a backup), and under a key of its own that is never rotated, which knows it whenever it is seen again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from girafe.data_dir import DataDir
from girafe.errors import SettingsInvalid, UserMustAct
from girafe.pseudonym import Pseudonymiser, load_key
from girafe.records import Account, IsForgotten
from girafe.storage import Place, read, write

LASTING_KEY = "forgotten.key"
LASTING_VARIABLE = "GIRAFE_FORGOTTEN_KEY"


def forgotten_path(data: DataDir) -> Place:
    """One JSON line for each pseudonym."""
    return data.forgotten / "pseudonyms.jsonl"


def lasting(data: DataDir) -> Pseudonymiser:
    """The pseudonymiser of this list alone; its key outlives every `girafe rotate-key`.

    Raises SettingsInvalid where the list was written under another key.
    """
    head, _ = _read(data)
    made = Pseudonymiser(
        load_key(
            data.keys,
            data.secrets,
            name=LASTING_KEY,
            variable=LASTING_VARIABLE,
            # Under a new one nobody on the list would be known again.
            may_make=not data.is_shared and head is None,
        )
    )
    if head and head.get("key") != made.key_id:
        raise SettingsInvalid(
            f"keys/{LASTING_KEY}, or {LASTING_VARIABLE}, is not the key of {forgotten_path(data)}: nobody on it would "
            "be known again. Bring the key back from a backup."
        )
    return made


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One pseudonym of one forgotten account."""

    pseudonym: str
    platform: str
    key: str
    """`lasting`, or the id of the warehouse's key (girafe/pseudonym.py)."""


def read_entries(data: DataDir) -> set[Entry]:
    """The whole list; raises UserMustAct where it is damaged."""
    _, entries = _read(data)
    return entries


def _read(data: DataDir) -> tuple[dict[str, Any] | None, set[Entry]]:
    """The first line of the list, which says how many follow and under which key, and those.

    None where there is no list; empty where an earlier version wrote it, which knew no such line.
    """
    try:
        content = read(forgotten_path(data))
    except FileNotFoundError:
        if not data.is_shared and any((data.root / "receipts").glob("*.json")):
            raise UserMustAct(
                f"{forgotten_path(data)} is missing, and receipts say that somebody was forgotten. Bring it back from "
                "a backup."
            ) from None
        return None, set()
    try:
        head, *rest = (orjson.loads(line) for line in content.splitlines())
        if "entries" not in head:
            head, rest = {}, [head, *rest]
        entries = {Entry(**tree) for tree in rest}
        # One that was cut off at the end of a line looks whole.
        is_whole = bool(entries) and len(entries) == head.get("entries", len(entries))
    except (ValueError, TypeError):
        is_whole = False
    if not is_whole:
        raise UserMustAct(
            f"{forgotten_path(data)} is damaged, so who asked to be forgotten cannot be told. Bring it back from a "
            "backup, or remove it if nobody ever asked."
        )
    return head, entries


def read_forgotten(data: DataDir) -> frozenset[str]:
    """Every pseudonym of everyone who was forgotten, under either key."""
    return frozenset(entry.pseudonym for entry in read_entries(data))


def remember(data: DataDir, platform: str, accounts: Iterable[Account], others: Iterable[str],
             pseudonymiser: Pseudonymiser) -> None:  # fmt: skip
    """Adds accounts, and `others` that only classified files know of, durably, each once."""
    keys = {"lasting": lasting(data), pseudonymiser.key_id: pseudonymiser}
    known = read_entries(data) | {Entry(name, platform, pseudonymiser.key_id) for name in others}
    for account in accounts:
        for key, one in keys.items():
            known |= {Entry(name, platform, key) for name in pseudonyms_of(account, one)}
    write_entries(data, known)


def write_entries(data: DataDir, known: Iterable[Entry]) -> None:
    """Replaces the list, durably; there is none as long as nobody asked."""
    entries = sorted(known)
    if entries:
        head = {"entries": len(entries), "key": lasting(data).key_id}
        lines = [orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in (head, *entries)]
        write(forgotten_path(data), b"".join(lines))


def bring_list(data: DataDir, newer: DataDir) -> None:
    """Adds the list of `newer`, and the key it is under where `data` is of before anybody asked."""
    key = newer.keys / LASTING_KEY
    if key.is_file() and not (data.keys / LASTING_KEY).exists():
        write(data.keys / LASTING_KEY, key.read_bytes())
    write_entries(data, read_entries(data) | read_entries(newer))


class Forgotten:
    """Answers whether an account asked to be forgotten, by its id and by its handle."""

    def __init__(self, data: DataDir, pseudonymiser: Pseudonymiser) -> None:
        self._pseudonyms = read_forgotten(data)
        self._pseudonymisers = (pseudonymiser, lasting(data)) if self._pseudonyms else ()

    def __call__(self, account: Account) -> bool:
        """True if nothing of this account may be kept."""
        return any(
            not self._pseudonyms.isdisjoint(pseudonyms_of(account, one)) for one in self._pseudonymisers
        )


def forgotten_now(data: DataDir) -> IsForgotten:
    """Whether an account asked to be forgotten; makes no key where nobody ever asked."""
    if not read_entries(data):
        return lambda account: False
    return Forgotten(data, Pseudonymiser(load_key(data.keys, data.secrets, may_make=not data.is_shared)))


def pseudonyms_of(account: Account, pseudonymiser: Pseudonymiser) -> set[str]:
    """Every pseudonym under which an account may stand in a table."""
    found = set()
    if account.account_id is not None:
        found.add(pseudonymiser.account_id(account.platform, account.account_id))
    if account.handle is not None:
        # A file may hold é as one sign or as two; it is the same handle.
        one_sign = unicodedata.normalize("NFC", account.handle)
        two_signs = unicodedata.normalize("NFD", account.handle)
        found |= {
            pseudonymiser.handle(account.platform, handle) for handle in {account.handle, one_sign, two_signs}
        }
    return found
