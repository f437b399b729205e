"""Review: uncertain accounts go out to one reader and come back as corrections, which win over the model.

What goes out holds names and bios: it is written where the reviewer asked for it and never to the warehouse.
What is kept of a correction is a pseudonym, a company, a voice and a time.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from girafe.errors import InputInvalid
from girafe.pseudonym import Pseudonymiser
from girafe.records import JUDGED_VOICES, Account, Voice
from nlp.company import CompanyNames
from nlp.explain import explained
from nlp.version import CLASSIFIER_VERSION

COLUMNS = (
    "platform",
    "account_id",
    "handle",
    "display_name",
    "bio",
    "voice",
    "probability",
    "why",
    "corrected_voice",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An account whose label a person should look at, and why."""

    account: Account
    voice: str
    probability: float
    codes: tuple[str, ...]


def rows_of(doubts: Iterable[Doubt], language: str) -> Iterator[dict[str, str]]:
    """The lines a reviewer sees, reasons in `fr` or `en`."""
    for doubt in doubts:
        account = doubt.account
        yield {
            "platform": account.platform,
            "account_id": account.account_id or "",
            "handle": account.handle or "",
            "display_name": account.display_name,
            "bio": account.bio,
            "voice": doubt.voice,
            "probability": f"{doubt.probability:.2f}",
            "why": " ".join(explained(doubt.codes)[language]),
            "corrected_voice": "",
        }


def write_review(file: IO[str], rows: Iterable[dict[str, str]]) -> int:
    """Writes the reviewer's CSV, in which no cell can be a formula; returns the number of accounts."""
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    count = 0
    for row in rows:
        writer.writerow(
            {name: f"'{cell}" if cell.startswith(_FORMULA) else cell for name, cell in row.items()}
        )
        count += 1
    return count


def read_corrections(
    file: IO[str], *, names: CompanyNames, pseudonymiser: Pseudonymiser, at: datetime
) -> list[dict[str, object]]:
    """The corrections of a reviewed CSV as rows of speaker_evidence, of origin `given`: certain in any case.

    Raises InputInvalid with the line that cannot be read; then nothing is taken.
    """
    rows = []
    reader = csv.DictReader(file)
    missing = {"platform", "account_id", "handle", "corrected_voice"} - set(reader.fieldnames or ())
    if missing:
        raise InputInvalid(f"This is no review file: it has no column {', '.join(sorted(missing))}.")
    for number, row in enumerate(reader, 2):
        voice = (row.get("corrected_voice") or "").strip().lower()
        if not voice:
            continue
        if voice not in {each.value for each in Voice}:
            raise InputInvalid(
                f"line {number}: {voice!r} is no voice; write one of {', '.join(v.value for v in Voice)}"
            )
        if not (row["platform"] and (row["account_id"] or row["handle"])):
            raise InputInvalid(f"line {number}: platform and account_id or handle are missing")
        rows.append(_correction(row, Voice(voice), names, pseudonymiser, at))
    return rows


def _correction(
    row: dict[str, str], voice: Voice, names: CompanyNames, pseudonymiser: Pseudonymiser, at: datetime
) -> dict[str, object]:
    plain = {name: cell.removeprefix("'") for name, cell in row.items() if isinstance(cell, str)}
    account = Account(
        platform=plain["platform"], account_id=plain["account_id"] or None, handle=plain["handle"] or None
    )
    return {
        "account_id": pseudonymiser.account(account),
        "company_id": names.company_id,
        "origin": "given",
        "reference": "review",
        "observed_at": at,
        "codes": ["reviewed"],
        **{f"score_{judged.value}": 0.0 if judged is voice else None for judged in JUDGED_VOICES},
        "classifier_version": CLASSIFIER_VERSION,
    }
