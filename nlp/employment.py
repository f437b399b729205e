"""Employment: what a profile alone says about its holder's tie to a company: chances, and an evidence code."""

from __future__ import annotations

from dataclasses import replace

from girafe.records import Account
from nlp.account_reader import account_ties, bio_features
from nlp.bio_rules import rule_code
from nlp.company import CompanyNames
from nlp.fold import fold
from nlp.ties import PARODY, Tie, coded

_READ_ALONE, _HINT = 0.85, 0.7
"""The chance from which a present job is believed that no rule reads; below it, what a hint counts at most (0065)."""
_MOST_MENTIONS = 5
"""A profile that names one company more often says nothing new, and reading each mention has its price."""


def tie(account: Account, names: CompanyNames) -> Tie | None:
    """What the profile says of the company; None if it does not name it."""
    folded = fold(account.bio)
    mentions = names.mentions(account.bio, folded)
    if not mentions:
        return None
    codes = [rule_code(folded, mention) for mention in mentions[:_MOST_MENTIONS]]
    if PARODY in codes:
        return Tie(code=PARODY, current=0.01, former=0.005)
    (chances,) = account_ties([bio_features(folded, mentions)])
    told = coded(chances, codes, origin="bio")
    if told.code == "bio:reads_current" and told.current < _READ_ALONE:
        return replace(told, code="bio:may_work_at", current=min(told.current, _HINT))
    return told if told.code is not None else replace(told, code="bio:names_company")
