"""Review: uncertain accounts go out to one reader and come back as corrections, which win over the model.

What goes out holds names and bios: it is written where the reviewer asked for it and never to the warehouse.
What is kept of a correction is a pseudonym, a company, a voice and a time.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from girafe.errors import InputInvalid
from girafe.pseudonym import Pseudonymiser
from girafe.records import JUDGED_VOICES, Account, IsForgotten, Voice
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
_IDENTITY = ("account_id", "handle")
_NEEDED = {"platform", "account_id", "handle", "corrected_voice"}
_FORMULA = ("=", "+", "-", "@", "|", "%")
_SEPARATORS = ",;\t"
"""A spreadsheet writes the one of its language; no column's name has any of them."""
_LOST = "\ufffd"
_POWER_OF_TEN = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_EXACT_DIGITS = 15
"""Of a longer number a spreadsheet makes the rest noughts."""
_LONGEST_CELL = 1_000_000
"""A bio may be longer than the csv module takes by itself."""


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
        writer.writerow({name: _kept(name, _harmless(cell[:_LONGEST_CELL])) for name, cell in row.items()})
        count += 1
    return count


def _kept(name: str, cell: str) -> str:
    """With an apostrophe in front where a spreadsheet would make a number or a date (`sept2`) of who it is."""
    is_read = name in _IDENTITY and cell[:1] != "'" and any(map(str.isdecimal, cell))
    return f"'{cell}" if is_read else cell


def _harmless(cell: str) -> str:
    """With an apostrophe in front where a program could see a formula, past what nobody sees; and where there is
    one already, so that taking one away gives the cell back as it was."""
    seen = next((c for c in cell if unicodedata.category(c) not in ("Cc", "Cf", "Zs", "Zl", "Zp")), "")
    is_read = unicodedata.normalize("NFKC", seen) in _FORMULA or cell.startswith(("\t", "\r", "'"))
    return f"'{cell}" if is_read else cell


def decoded(content: bytes) -> str:
    """A review file as text, however a spreadsheet saved it: UTF-8, or what Excel calls Unicode text.

    Which code page anything else was saved in cannot be known, and a letter it lacks became a question mark: both
    come out as the mark for a lost letter. They do no harm in a bio; of who is meant, `read_corrections` refuses them.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("ascii", "replace").replace("?", _LOST)


def read_corrections(
    text: str,
    *,
    names: CompanyNames,
    pseudonymiser: Pseudonymiser,
    is_forgotten: IsForgotten,
    at: datetime,
) -> list[dict[str, object]]:
    """The corrections of a reviewed CSV as rows of speaker_evidence, of origin `given`: certain in any case.

    A file may be older than a wish to be forgotten: such a line is passed over. Raises InputInvalid with the line
    that cannot be read; then nothing is taken.
    """
    csv.field_size_limit(2 * _LONGEST_CELL)
    head = text.partition("\n")[0]
    # With its line ends as they are: a bio may have some of its own.
    # Strict, or a quote that is never closed would take all lines behind it with it, unsaid.
    separator = max(_SEPARATORS, key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(_corrections(reader, names, pseudonymiser, is_forgotten, at))
    except csv.Error as error:
        raise InputInvalid(f"line {reader.line_num}: this is no CSV.") from error


def _corrections(
    reader: csv.DictReader[str],
    names: CompanyNames,
    pseudonymiser: Pseudonymiser,
    is_forgotten: IsForgotten,
    at: datetime,
) -> Iterator[dict[str, object]]:
    columns = list(reader.fieldnames or ())
    if missing := _NEEDED - set(columns):
        raise InputInvalid(f"This is no review file: it has no column {', '.join(sorted(missing))}.")
    if twice := {name for name in _NEEDED if columns.count(name) > 1}:
        raise InputInvalid(f"Two columns are called {', '.join(sorted(twice))}; keep the one that counts.")
    for number, row in enumerate(reader, 2):
        voice = (row.get("corrected_voice") or "").strip().lower()
        if not voice:
            continue
        if voice not in {each.value for each in Voice}:
            # Not repeated: what stands in the wrong column may be a name.
            raise InputInvalid(
                f"line {number}: corrected_voice is no voice; write one of {', '.join(v.value for v in Voice)}"
            )
        account = _account(row)
        if account is None:
            raise InputInvalid(f"line {number}: platform and account_id or handle are missing")
        _refuse_what_was_changed(row, number)
        if not is_forgotten(account):
            yield _correction(account, Voice(voice), names, pseudonymiser, at)


def _account(row: dict[str, str | None]) -> Account | None:
    """Whose line it is. A spreadsheet may leave a short line, whose last cells are none."""
    platform, account_id, handle = (
        (row.get(name) or "").removeprefix("'") for name in ("platform", "account_id", "handle")
    )
    if not (platform and (account_id or handle)):
        return None
    return Account(platform=platform, account_id=account_id or None, handle=handle or None)


def _refuse_what_was_changed(row: dict[str, str | None], number: int) -> None:
    """Raises InputInvalid for who is no longer who it was: the correction would be lost, or be another's."""
    cell = row.get("account_id") or row.get("handle") or ""
    if _LOST in cell:
        raise InputInvalid(f"line {number}: letters of the account were lost on saving; save as CSV UTF-8.")
    is_noughts = cell.isdecimal() and len(cell) > _EXACT_DIGITS and not cell[_EXACT_DIGITS:].strip("0")
    if is_noughts or _POWER_OF_TEN.fullmatch(cell):
        raise InputInvalid(
            f"line {number}: a spreadsheet has rounded the account's number. Export the review again, in which "
            "numbers are kept as text, and copy your corrections into it."
        )


def _correction(
    account: Account, voice: Voice, names: CompanyNames, pseudonymiser: Pseudonymiser, at: datetime
) -> dict[str, object]:
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
