"""Opt-outs: what is landed instead of the words of someone who asked not to be processed.

Only the id and the signal are kept, so that what was collected before can be erased.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from collectors.read import identifier, optional_id, text
from girafe.errors import PayloadChanged
from girafe.records import Account, Envelope, Payload, Profile, Record

NAME = "opt_out"
_TAG = re.compile(
    r"#(no[-_]?(?:bots?|index|archive|search|research|scrap(?:e|ing)|crawl(?:ing)?))\b", re.IGNORECASE
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")


def tag_in(profile: str) -> str | None:
    """The tag (#nobot and its kin) by which a name or a bio asks to be left out, if it holds one."""
    found = _TAG.search(_INVISIBLE.sub("", unicodedata.normalize("NFKC", profile)))
    return re.sub("[-_]", "", found[1].lower()) if found else None


def notice(account: Account) -> Payload:
    """The payload that stands for everything of `account`."""
    return {
        "platform": account.platform,
        "account_id": account.account_id,
        "handle": account.handle,
        "signal": account.opted_out,
    }


def parse(envelope: Envelope) -> Iterator[Record]:
    """A notice becomes a Profile that carries the signal and nothing else."""
    payload = envelope.payload
    account_id, handle = optional_id(payload.get("account_id")), optional_id(payload.get("handle"))
    if account_id is None and handle is None:
        raise PayloadChanged("The notice names no account.")
    yield Profile(
        account=Account(
            platform=text(payload.get("platform")) or envelope.platform,
            account_id=account_id,
            handle=handle,
            opted_out=identifier(payload.get("signal"), "signal"),
        ),
        observed_at=envelope.fetched_at,
    )
