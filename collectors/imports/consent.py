"""Consent: a person's own export is read only where their agreement is recorded in a file beside it."""

from __future__ import annotations

import tomllib
from datetime import date

from collectors.imports.contract import File
from girafe.errors import InputInvalid

_CONSENT = ".consent.toml"
_CONSENT_HELP = """write {name} beside it:
    account = "ada-martin"      # the end of the person's profile address, linkedin.com/in/ada-martin
    given_on = 2026-11-02       # when the person agreed
    purpose = "..."             # to what"""


def consent_beside(file: File) -> dict[str, str]:
    """Whose export it is, when they agreed and to what; InputInvalid, saying what to write, where that is missing."""
    asked = f"{file.label} is a person's own export and needs that person's consent; " + _CONSENT_HELP.format(
        name=f"{file.label}{_CONSENT}"
    )
    try:
        tree = tomllib.loads(file.beside(_CONSENT) or "")
    except (ValueError, RecursionError) as error:
        raise InputInvalid(asked) from error
    given_on, account, purpose = tree.get("given_on"), tree.get("account"), tree.get("purpose")
    if not isinstance(given_on, date) or not isinstance(account, str) or not account.strip() or not purpose:
        raise InputInvalid(asked)
    return {"account": account.strip(), "given_on": given_on.isoformat(), "purpose": str(purpose)}
