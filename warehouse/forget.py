"""Forget: takes one account out of landing, quarantine and classified files, and remembers never to take it in.

What is computed from them (DuckDB, marts, exports) is then built again by the caller, so the numbers
equal those of a world in which the account was never seen. Killed anywhere, the same call finishes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import orjson

from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from girafe.meant import lacks_its_server, meant
from girafe.pseudonym import Pseudonymiser
from girafe.records import Account, IsForgotten, Parser, Rejected
from girafe.storage import Place, find, read, remove, write
from warehouse.erase import (
    alias_pairs,
    classified_folders,
    clean_classified,
    clean_quarantine,
    envelopes,
    is_held,
    landed_of,
    read_payload,
    redact_landing,
    remove_from_landing,
    same_account,
)
from warehouse.forgotten import lasting, pseudonyms_of, remember
from warehouse.traces import Traces


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was erased from the files: numbers and digests only, no personal data."""

    number: str
    """A digest of pseudonyms whose key stays here: it tells nobody who it is."""
    platform: str
    payloads_removed: int = 0
    payloads_naming_it: int = 0
    """Payloads of others in which its name was blanked."""
    quarantine_lines_removed: int = 0
    classified_folders_cleaned: int = 0
    """Those that held the account."""

    @property
    def was_held(self) -> bool:
        """Whether anything was kept of what the account itself said."""
        return bool(self.payloads_removed or self.classified_folders_cleaned)


def forget(
    data: DataDir,
    platform: str,
    account: str,
    *,
    parsers: Mapping[str, Parser],
    pseudonymiser: Pseudonymiser,
    on_record: Callable[[str], None] = lambda number: None,
) -> Erasure:
    """Erases the account `account` (an id, a handle, an address) of `platform` from every file past and present.

    Remembers its pseudonyms first, so that a crash half-way leaves it blocked. An account of which nothing is
    held is remembered all the same. `on_record` hears its number before anything leaves; what it raises stops the
    erasure. `finished` must follow once what is computed was built again.
    """
    asked = meant(platform, account)
    traces = Traces()
    for one in asked:
        traces.add(one)
    keyed = pseudonyms_of(asked[0], lasting(data))
    names = set().union(*(pseudonyms_of(one, pseudonymiser) for one in asked))
    erasure, found = _begun_before(data, names) or (None, set())
    files = landed_of(data, platform)
    removed, naming = _learn(files, traces, found, alias_pairs(data), parsers, pseudonymiser)
    remember(data, platform, traces.accounts, found, pseudonymiser)
    held = sum(is_held(folder, found) for folder in classified_folders(data))
    if lacks_its_server(platform, account) and not (removed or held or (erasure and erasure.was_held)):
        # Others bear the name on servers of their own: nothing of theirs may be cut.
        traces, naming = Traces(), 0

    def names_it(line: Rejected) -> bool:
        return traces.may_be_in(line.raw.encode("utf-8", "replace"))

    # Counted before anything leaves: called again after it was interrupted, the receipt still tells all of it.
    erasure = erasure or Erasure(
        number=hashlib.sha256("".join(sorted(keyed)).encode()).hexdigest()[:16],
        platform=platform,
        payloads_removed=removed,
        payloads_naming_it=naming,
        quarantine_lines_removed=clean_quarantine(data, names_it, dry_run=True),
        classified_folders_cleaned=held,
    )
    on_record(erasure.number)
    write(
        _begun_path(data, erasure.number), orjson.dumps({**as_details(erasure), "pseudonyms": sorted(found)})
    )
    clean_quarantine(data, names_it)
    for path in files:
        redact_landing(data, path, traces, parsers)
    for path in files:
        remove_from_landing(
            data,
            path,
            parsers,
            lambda author, _: author is not None and _is_known(author, found, pseudonymiser),
            notices=True,
        )
    for folder in classified_folders(data):
        clean_classified(folder, found)
    return erasure


def forget_all(
    data: DataDir, platform: str, is_forgotten: IsForgotten, *, parsers: Mapping[str, Parser]
) -> int:
    """Takes everyone on the list out of landing and quarantine, where a backup has brought them back.

    Returns how many payloads were their own. By which names others call them is known from those alone.
    """
    traces = Traces()
    files = landed_of(data, platform)
    for path in files:
        for _, envelope in envelopes(path):
            for author in filter(is_forgotten, read_payload(envelope, parsers).authors):
                traces.add(author)
    if not traces.accounts:
        return 0
    clean_quarantine(data, lambda line: traces.may_be_in(line.raw.encode("utf-8", "replace")))
    for path in files:
        redact_landing(data, path, traces, parsers)
    return sum(
        remove_from_landing(
            data, path, parsers, lambda author, _: author is not None and is_forgotten(author), notices=True
        )
        for path in files
    )


def finished(data: DataDir, number: str) -> None:
    """Says that what is computed was built again without the account, and that this was told: nothing is left."""
    remove(_begun_path(data, number))


def unfinished(data: DataDir) -> int:
    """Erasures that were interrupted; the same request, made again, finishes each."""
    return len(find(data.forgotten, "begun-*.json"))


def as_details(erasure: Erasure) -> dict[str, object]:
    """The erasure as the fields of a receipt."""
    return asdict(erasure)


def _learn(
    files: list[Place],
    traces: Traces,
    found: set[str],
    pairs: set[tuple[str, str]],
    parsers: Mapping[str, Parser],
    pseudonymiser: Pseudonymiser,
) -> tuple[int, int]:
    """Adds what landing and classified files know about the account: id, handle, address, name, pseudonyms.

    Returns how many payloads are its own and how many of others name it. Every payload is parsed: of some platforms
    an account's id or handle stands in none as it is (ada@forum.example), and one may say in clear by which other
    name it is known.
    """
    while True:
        known = len(traces.accounts)
        told = (pseudonyms_of(account, pseudonymiser) for account in traces.accounts)
        found |= same_account(found.union(*told), pairs)
        own = naming = 0
        for path in files:
            for line, envelope in envelopes(path):
                mine = [
                    author
                    for author in read_payload(envelope, parsers).authors
                    if traces.has(author) or _is_known(author, found, pseudonymiser)
                ]
                for author in mine:
                    traces.add(author)
                own += bool(mine)
                naming += not mine and traces.may_be_in(line)
        if len(traces.accounts) == known:
            return own, naming


def _is_known(account: Account, pseudonyms: set[str], pseudonymiser: Pseudonymiser) -> bool:
    return not pseudonyms.isdisjoint(pseudonyms_of(account, pseudonymiser))


def _begun_path(data: DataDir, number: str) -> Place:
    return data.forgotten / f"begun-{number}.json"


def _begun_before(data: DataDir, pseudonyms: set[str]) -> tuple[Erasure, set[str]] | None:
    """The interrupted erasure of this account, by whichever of its names it was asked for, and all its pseudonyms."""
    for path in find(data.forgotten, "begun-*.json"):
        try:
            told = orjson.loads(read(path))
            known = set(told.pop("pseudonyms"))
        except (ValueError, TypeError, KeyError) as error:
            raise UserMustAct(
                f"{path} is damaged, so whose erasure was interrupted cannot be told. Remove it, then ask again for "
                "everyone who has no receipt yet."
            ) from error
        if not pseudonyms.isdisjoint(known):
            return Erasure(**told), known
    return None
