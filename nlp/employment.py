"""Employment: what a profile alone says about its holder's tie to a company: chances, and an evidence code."""

from __future__ import annotations

from dataclasses import replace

from girafe.records import Account
from nlp.account_reader import account_features, account_ties
from nlp.bio_rules import rule_code
from nlp.company import CompanyNames
from nlp.fold import fold
from nlp.ties import Tie, coded

READ_ALONE, _HINT = 0.85, 0.7
"""The chance from which a present job is believed that no rule reads; below it, what a hint counts at most (0065)."""
_OUTRIGHT = frozenset({"bio:parody"})
"""Said of the whole profile, whatever stands around the name."""
_MOST_MENTIONS = 5
"""A profile that names one company more often says nothing new, and reading each mention has its price."""


def tie(account: Account, names: CompanyNames) -> Tie | None:
    """What the profile says of the company; None if it does not name it."""
    folded = fold(account.bio)
    mentions = names.mentions(account.bio, folded)[:_MOST_MENTIONS]
    if not mentions:
        return None
    codes = [rule_code(folded, mention) for mention in mentions]
    outright = next((code for code in codes if code in _OUTRIGHT), None)
    if outright is not None:
        return Tie(code=outright, current=0.01, former=0.005)
    features = account_features(account.bio, (), names)
    assert features is not None  # noqa: S101  (it names the company)
    (chances,) = account_ties([features])
    told = coded(chances, codes, origin="bio")
    if told.code == "bio:reads_current" and told.current < READ_ALONE:
        return replace(told, code="bio:may_work_at", current=min(told.current, _HINT))
    return told if told.code is not None else replace(told, code="bio:names_company")
