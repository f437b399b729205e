"""Deletions: what a platform says is gone leaves landing and the classified files too, not only the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from girafe.data_dir import DataDir
from girafe.pseudonym import Pseudonymiser
from girafe.records import Account, Deletion, Parser, Profile, Rejected
from girafe.storage import Place
from warehouse.erase import (
    classified_folders,
    clean_classified,
    clean_quarantine,
    envelopes,
    landed_of,
    read_payload,
    read_tables,
    remove_from_landing,
    stands_in,
)
from warehouse.forgotten import pseudonyms_of, read_forgotten, remember


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionReport:
    """What left because its platform, or its author's opt-out, said so."""

    payloads: int
    folders: int
    quarantine_lines: int = 0

    @property
    def summary(self) -> str:
        """One line for people."""
        return (
            f"gone at their platform: {self.payloads:,} payloads, rows of {self.folders:,} classified folders, "
            f"{self.quarantine_lines:,} quarantine lines"
        )


def propagate_deletions(
    data: DataDir, *, parsers: Mapping[str, Parser], pseudonymiser: Pseudonymiser
) -> DeletionReport:
    """Erases every post and account that a classified notice names as deleted, opted out or forgotten.

    The notices stay, so that a payload landed later is erased the next time. Called again, it finds nothing.
    Who opted out is left out by the earlier handles, too: what came under one of them alone names no account.
    What cannot be read leaves landing and quarantine if it names what a notice in landing says is gone.
    """
    gone: dict[str, tuple[set[str], set[str]]] = {}
    folders = classified_folders(data)
    opted_out: dict[str, set[str]] = {}
    for table in read_tables(folders, "deletions"):
        for row in table.to_pylist():
            accounts, posts = gone.setdefault(row["platform"], (set(), set()))
            (accounts if row["account_id"] else posts).add(row["account_id"] or row["post_id"])
            if row["reason"] == "opted_out":
                opted_out.setdefault(row["platform"], set()).add(row["account_id"])
    _remember_handles(data, folders, opted_out, parsers, pseudonymiser)
    forgotten = read_forgotten(data)
    payloads = lines = 0
    for platform, (accounts, posts) in gone.items():
        accounts |= forgotten

        def wanted(
            author: Account | None,
            post: str | None,
            platform: str = platform,
            accounts: set[str] = accounts,
            posts: set[str] = posts,
        ) -> bool:
            if author is not None:
                return not accounts.isdisjoint(pseudonyms_of(author, pseudonymiser))
            return post is not None and pseudonymiser.post(platform, post) in posts

        ids = _ids_of_notices(data, platform, parsers)
        lines += clean_quarantine(data, _of(platform, ids))
        for path in landed_of(data, platform):
            payloads += remove_from_landing(data, path, parsers, wanted, ids=ids)
    every_account = {name for accounts, _ in gone.values() for name in accounts}
    every_post = {name for _, posts in gone.values() for name in posts}
    cleaned = 0
    if gone:
        cleaned = sum(
            clean_classified(folder, every_account, every_post) for folder in classified_folders(data)
        )
    return DeletionReport(payloads=payloads, folders=cleaned, quarantine_lines=lines)


def _remember_handles(
    data: DataDir,
    folders: Sequence[Place],
    opted_out: Mapping[str, set[str]],
    parsers: Mapping[str, Parser],
    pseudonymiser: Pseudonymiser,
) -> None:
    """Puts the handles that were last theirs on the list of the forgotten, before what tells so leaves.

    Clear in a payload of that time, one is known under every later key of the pseudonyms, too.
    """
    last = _last_holders(folders) if opted_out else {}
    for platform, accounts in opted_out.items():
        handles = {handle for handle, account in last.items() if account in accounts} - accounts
        clear = {
            replace(author, account_id=None)
            for path in (landed_of(data, platform) if handles else ())
            for _, envelope in envelopes(path)
            for author in read_payload(envelope, parsers).authors
            if author.handle and pseudonymiser.handle(platform, author.handle) in handles
        }
        if handles:
            remember(data, platform, clear, handles, pseudonymiser)


def _last_holders(folders: Sequence[Place]) -> dict[str, str]:
    """Of every pseudonym of a handle, the account that held it last, as the measure has it (int_account_keys)."""
    found: dict[str, tuple[datetime, str]] = {}
    for table in read_tables(folders, "account_aliases"):
        for row in table.to_pylist():
            seen = (row["last_seen_at"], row["account_id"])
            found[row["alias_id"]] = max(seen, found.get(row["alias_id"], seen))
    return {handle: account for handle, (_, account) in found.items()}


def _of(platform: str, ids: set[str]) -> Callable[[Rejected], bool]:
    named = stands_in(ids)
    return lambda line: line.platform == platform and named(line.raw)


def _ids_of_notices(data: DataDir, platform: str, parsers: Mapping[str, Parser]) -> set[str]:
    """What is gone, by the names the platform gives it: known as long as the notice is in landing."""
    found: set[str | None] = set()
    for path in landed_of(data, platform):
        for _, envelope in envelopes(path):
            if not read_payload(envelope, parsers).is_notice:
                continue
            for record in parsers[envelope.source](envelope):
                if isinstance(record, Deletion):
                    found |= {record.post_id, record.account_id}
                elif isinstance(record, Profile):
                    found |= {record.account.account_id, record.account.handle}
    return {name for name in found if name}
