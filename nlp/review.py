"""Review: uncertain accounts go out to one reader and come back as corrections, which win over the model.

What goes out holds names and bios: it is written where the reviewer asked for it and never to the warehouse.
What is kept of a correction is a pseudonym, a company, a voice and a time.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO

import numpy as np
import pyarrow as pa

from girafe.errors import InputInvalid
from girafe.pseudonym import Pseudonymiser
from girafe.records import JUDGED_VOICES, Account, Voice
from nlp.calibration import VOICES, calibrate, choose
from nlp.company import CompanyNames
from nlp.explain import explained
from nlp.profile import score_profiles
from nlp.version import CLASSIFIER_VERSION
from warehouse.tables import SPEAKER_EVIDENCE

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
_SURE = 0.8
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def uncertain(accounts: Sequence[Account], names: CompanyNames) -> Iterator[dict[str, str]]:
    """Accounts whose voice is unknown, likely wrong or suggested as the brand's own, least certain first."""
    scored = [row[0] for row in score_profiles(accounts, [names])]
    if not scored:
        return
    probabilities = calibrate(np.array([score.scores for score in scored]))
    voices = [VOICES[place] for place in choose(probabilities)]
    for place in np.argsort(probabilities.max(axis=1), kind="stable").tolist():
        account, codes, best = accounts[place], scored[place].codes, float(probabilities[place].max())
        if best >= _SURE and voices[place] is not Voice.UNKNOWN and "suggested:brand" not in codes:
            continue
        yield {
            "platform": account.platform,
            "account_id": account.account_id or "",
            "handle": account.handle or "",
            "display_name": account.display_name,
            "bio": account.bio,
            "voice": voices[place].value,
            "probability": f"{best:.2f}",
            "why": " ".join(explained(codes)["fr"]),
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
) -> pa.Table:
    """The corrections of a reviewed CSV as evidence of origin `given`: certain, whatever the model says."""
    rows = []
    for number, row in enumerate(csv.DictReader(file), 2):
        voice = (row.get("corrected_voice") or "").strip().lower()
        if not voice:
            continue
        if voice not in {each.value for each in Voice}:
            raise InputInvalid(
                f"line {number}: {voice!r} is no voice; write one of {', '.join(v.value for v in Voice)}"
            )
        rows.append(_correction(row, Voice(voice), names, pseudonymiser, at))
    return pa.Table.from_pylist(rows, schema=SPEAKER_EVIDENCE.schema)


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
