"""Forgotten: the pseudonyms of accounts that asked to be forgotten, so that they never come back.

Each identifier stands there twice: under the key of the warehouse, which finds it in classified files (and
in a backup), and under a key of its own that is never rotated, which knows it whenever it is seen again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import orjson

from girafe.data_dir import DataDir
from girafe.pseudonym import Pseudonymiser, load_key
from girafe.records import Account
from girafe.storage import Place, read
from warehouse.durable import write_whole

LASTING_KEY = "forgotten.key"
LASTING_VARIABLE = "GIRAFE_FORGOTTEN_KEY"


def forgotten_path(data: DataDir) -> Place:
    """One JSON line for each pseudonym."""
    return data.forgotten / "pseudonyms.jsonl"


def lasting(data: DataDir) -> Pseudonymiser:
    """The pseudonymiser of this list alone; its key outlives every `girafe rotate-key`."""
    return Pseudonymiser(load_key(data.keys, name=LASTING_KEY, variable=LASTING_VARIABLE))


def read_forgotten(data: DataDir) -> dict[str, str]:
    """Pseudonym -> platform of everyone who was forgotten, under either key."""
    try:
        lines = read(forgotten_path(data)).splitlines()
    except FileNotFoundError:
        return {}
    return {entry["pseudonym"]: entry["platform"] for entry in map(orjson.loads, lines)}


def remember(data: DataDir, platform: str, pseudonyms: Iterable[str]) -> None:
    """Adds pseudonyms to the list, durably, each once."""
    write_forgotten(data, read_forgotten(data) | dict.fromkeys(pseudonyms, platform))


def write_forgotten(data: DataDir, known: Mapping[str, str]) -> None:
    """Replaces the list, durably."""
    lines = (
        orjson.dumps({"pseudonym": name, "platform": known[name]}, option=orjson.OPT_APPEND_NEWLINE)
        for name in sorted(known)
    )
    write_whole(forgotten_path(data), b"".join(lines))


class Forgotten:
    """Answers whether an account asked to be forgotten, by its id and by its handle."""

    def __init__(self, data: DataDir, pseudonymiser: Pseudonymiser) -> None:
        self._pseudonyms = frozenset(read_forgotten(data))
        self._pseudonymisers = (pseudonymiser, lasting(data)) if self._pseudonyms else ()

    def __call__(self, account: Account) -> bool:
        """True if nothing of this account may be kept."""
        return any(
            not self._pseudonyms.isdisjoint(pseudonyms_of(account, one)) for one in self._pseudonymisers
        )


def pseudonyms_of(account: Account, pseudonymiser: Pseudonymiser) -> set[str]:
    """Every pseudonym under which an account may stand in a table."""
    found = set()
    if account.account_id is not None:
        found.add(pseudonymiser.account_id(account.platform, account.account_id))
    if account.handle is not None:
        found.add(pseudonymiser.handle(account.platform, account.handle))
    return found
