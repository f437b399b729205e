"""Review queue: which accounts of the warehouse a reviewer should see, and what landing knows of them.

The warehouse knows labels and pseudonyms, landing knows names and bios: they meet here, in memory, for one reader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from girafe.pseudonym import Pseudonymiser
from girafe.records import Account, Deletion, IsForgotten, Parser, Record, Rejected
from girafe.storage import read_all, whole_folder
from nlp.classify import parse
from nlp.links import Official, is_official
from nlp.parquet import TableWriters, read_manifest
from nlp.review import Doubt
from nlp.rows import Row
from nlp.version import CLASSIFIER_VERSION
from warehouse.connection import connect, count, is_there
from warehouse.landing import MANIFEST, landing_files, read_envelopes, write_manifest
from warehouse.tables import SPEAKER_EVIDENCE

_SURE = 0.8
_DOUBTS = """
    select l.account_id, l.voice, l.probability, l.evidence
    from raw.speaker_labels l
    where l.company_id = ? and not l.is_certain
    qualify row_number() over (partition by l.account_id order by l.observed_at desc) = 1
        and (l.voice = 'unknown' or l.probability < ? or list_contains(l.evidence, 'suggested:brand'))
    order by list_contains(l.evidence, 'suggested:brand') desc, l.probability, l.account_id
"""
_FOLDER = "reviewed/corrections"


def doubtful(
    data: DataDir,
    company_id: str,
    *,
    parsers: Mapping[str, Parser],
    pseudonymiser: Pseudonymiser,
    is_forgotten: IsForgotten,
    official: Official,
    limit: int,
) -> list[Doubt]:
    """Suggested official accounts first, then the least certain labels; at most `limit` accounts.

    Without the `official` accounts: company.toml has settled who they are, and outweighs any correction.
    """
    if not is_there(data.warehouse):
        raise UserMustAct("Nothing has been labelled yet. Run first: girafe run")
    with connect(data.warehouse, read_only=True) as connection:
        labels = connection.execute(_DOUBTS, [company_id, _SURE]).fetchall()
    profiles = _profiles(data, {label[0] for label in labels}, parsers, pseudonymiser, is_forgotten, official)
    found = [
        Doubt(account=profiles[key], voice=voice, probability=probability, codes=tuple(codes or ()))
        for key, voice, probability, codes in labels
        if key in profiles
    ]
    return found[:limit]


def _profiles(
    data: DataDir,
    wanted: set[str],
    parsers: Mapping[str, Parser],
    pseudonymiser: Pseudonymiser,
    is_forgotten: IsForgotten,
    official: Official,
) -> dict[str, Account]:
    """The fullest profile landing holds of each account wanted, the latest of equals."""
    found: dict[str, Account] = {}
    barred: set[str] = set()
    for account in _accounts(data, parsers):
        key = pseudonymiser.account(account)
        if key not in wanted:
            continue
        if account.opted_out is not None or is_forgotten(account) or is_official(account, official):
            barred.add(key)
        elif key not in found or not account.is_name_only or found[key].is_name_only:
            found[key] = account
    return {key: account for key, account in found.items() if key not in barred}


def _accounts(data: DataDir, parsers: Mapping[str, Parser]) -> Iterator[Account]:
    for path in landing_files(data.landing):
        for envelope in read_envelopes(path):
            records: Sequence[Record] | Rejected = (
                envelope if isinstance(envelope, Rejected) else parse(envelope, parsers)
            )
            if not isinstance(records, Rejected):
                yield from (record.speaker for record in records if not isinstance(record, Deletion))


def unheard(data: DataDir, corrections: Sequence[Row]) -> int:
    """How many corrections are about an account that was never heard: a spreadsheet may have changed who it is."""
    if not is_there(data.warehouse):
        return 0
    accounts = pa.table({"account_id": pa.array({row["account_id"] for row in corrections}, pa.string())})
    with connect(data.warehouse, read_only=True) as connection:
        connection.register("corrected", accounts)
        return count(
            connection,
            "select count(*) from corrected where account_id not in (from raw.account_observations select account_id)"
            " and account_id not in (from raw.account_aliases select alias_id)",
        )


def keep_corrections(data: DataDir, corrections: Sequence[Row]) -> int:
    """Adds corrections to those kept before, the later one of an account winning; returns how many are kept.

    They lie among the classified files, as evidence under pseudonyms: a warehouse rebuilt from nothing has them.
    """
    folder, name = data.classified / _FOLDER, f"{SPEAKER_EVIDENCE.name}.parquet"
    stored = read_all([folder / name])[0] if read_manifest(folder) else None
    before = pq.read_table(BytesIO(stored)).to_pylist() if stored else []
    kept: dict[tuple[str, str], Row] = {}
    for row in [*before, *corrections]:
        key = (row["account_id"], row["company_id"])
        if key not in kept or _voice_of(kept[key]) != _voice_of(row):
            kept[key] = row
    rows = [kept[key] for key in sorted(kept)]
    with whole_folder(folder, last=MANIFEST) as partial:
        with TableWriters(partial) as writers:
            writers.write({SPEAKER_EVIDENCE.name: rows})
        write_manifest(partial, _manifest(rows, partial / name))
    return len(rows)


def _voice_of(row: Row) -> list[object]:
    return [row[name] for name in SPEAKER_EVIDENCE.schema.names if name.startswith("score_")]


def _manifest(rows: Sequence[Row], written: Path) -> Row:
    """What load looks at to see a change: the digest of the corrections themselves; no run, so none is counted."""
    return {
        "classifier_version": CLASSIFIER_VERSION,
        "source": "review",
        "count_corrections": len(rows),
        "digest": hashlib.sha256(written.read_bytes()).hexdigest(),
    }
