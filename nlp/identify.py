"""Identify: what every pseudonym in the landing files is under the new key; judges nothing, keeps no text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from girafe.pseudonym import Pseudonymiser, Rekeying
from girafe.records import Deletion, Envelope, Parser, Post, Profile, Record, Rejected
from girafe.settings import Settings
from girafe.storage import Place
from nlp.rows import RowMaker
from warehouse.landing import read_envelopes

_BATCH = 1_000


def note_pseudonyms(
    files: Sequence[Place],
    *,
    settings: Settings,
    parsers: Mapping[str, Parser],
    old: Pseudonymiser,
    new_key: bytes,
    note: Callable[[str, str], None],
) -> None:
    """Tells `note` (old, new) for everything classify would store of these files and of official accounts."""
    name = Rekeying(old, new_key, note)
    for company in settings.companies:
        for official in company.official_accounts:
            platform, _, handle = official.partition(":")
            name.handle(platform, handle)
            name.account_id(platform, handle)
    maker = RowMaker(companies=(), pseudonymiser=name)
    for path in files:
        batch: list[tuple[Envelope, Post | Profile]] = []
        for envelope in read_envelopes(path):
            if isinstance(envelope, Rejected):
                continue
            for record in _records(envelope, parsers):
                if isinstance(record, Deletion):
                    _note_deletion(record, name)
                else:
                    batch.append((envelope, record))
            if len(batch) >= _BATCH:
                maker.identify(batch)
                batch.clear()
        maker.identify(batch)


def _records(envelope: Envelope, parsers: Mapping[str, Parser]) -> list[Record]:
    try:
        return list(parsers[envelope.source](envelope))
    except Exception:
        # What a parser cannot read stands in no table.
        return []


def _note_deletion(record: Deletion, name: Pseudonymiser) -> None:
    if record.post_id is not None:
        name.post(record.platform, record.post_id)
    if record.account_id is not None:
        name.account_id(record.platform, record.account_id)
