"""Profile: who an account is towards each company, from its profile alone, with evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from girafe.records import JUDGED_VOICES, Account, Voice
from nlp.bio_rules import has_disclaimer
from nlp.company import CompanyNames
from nlp.employment import tie
from nlp.fold import fold
from nlp.kind import kind_scores
from nlp.ties import Tie

_AT = {voice: place for place, voice in enumerate(JUDGED_VOICES)}
_FLOOR = 1e-6
_BY_LINK = (0.85, 0.03)
"""How often people with a link or handle of the company's are employees, former employees."""
_UNTIED = (0.004, 0.002)
_LOOK_ALIKE = "suggested:brand"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileScore:
    """One profile towards one company."""

    codes: tuple[str, ...]
    scores: tuple[float, ...]
    """Log-probability per voice, in the order of JUDGED_VOICES."""
    kinds: tuple[float, float, float]
    """The chances of a person, an organisation and a bot, whatever is said of the company."""


def score_profiles(
    accounts: Sequence[Account], companies: Sequence[CompanyNames]
) -> list[list[ProfileScore]]:
    """For each account, its score towards each company; the fast model alone, so that order plays no part."""
    accounts = [_bounded(account) for account in accounts]
    kinds, kind_codes = kind_scores(accounts)
    shares = np.exp(kinds)
    return [
        [_towards(account, names, share, codes) for names in companies]
        for account, share, codes in zip(accounts, shares, kind_codes, strict=True)
    ]


def score_pairs(
    accounts: Sequence[Account],
    companies: Sequence[CompanyNames],
    *,
    posts: Sequence[Sequence[str]] = (),
    thorough: bool = False,
) -> list[ProfileScore]:
    """For each account, its score towards the company at the same place.

    `posts` of each account tell how it writes; `thorough` may ask the encoder.
    """
    accounts = [_bounded(account) for account in accounts]
    kinds, kind_codes = kind_scores(accounts, posts=posts, thorough=thorough)
    return [
        _towards(account, names, share, codes)
        for account, names, share, codes in zip(accounts, companies, np.exp(kinds), kind_codes, strict=True)
    ]


_LONGEST_BIO, _LONGEST_NAME = 3000, 300
"""Characters. No platform shows more; what is longer is no profile but an attack on our time."""


def _bounded(account: Account) -> Account:
    """The account with no more of its words than a profile has: the cost of a judgement is bounded."""
    name, handle = account.display_name, account.handle
    if len(account.bio) <= _LONGEST_BIO and max(len(name), len(handle or "")) <= _LONGEST_NAME:
        return account
    shorter = handle[:_LONGEST_NAME] if handle else handle
    return replace(account, bio=account.bio[:_LONGEST_BIO], display_name=name[:_LONGEST_NAME], handle=shorter)


def _towards(
    account: Account,
    names: CompanyNames,
    share: np.ndarray,
    kind_codes: Sequence[str],
) -> ProfileScore:
    person, organisation, bot = share
    told, linked = tie(account, names), _by_link(account, names)
    employee, former = _tied(told, linked)
    named = [*([told.code] if told and told.code else []), *linked]
    codes = [*kind_codes, *named]
    brand = _FLOOR
    named_alike = _carries_the_name(account, names)
    if named and max(employee, former) > 0.5 and organisation < 0.9 and not named_alike:
        # Whoever holds a job is a person, whatever the words of the company they name look like.
        person, organisation = person + 0.9 * organisation, 0.1 * organisation
    if named and has_disclaimer(fold(account.bio)):
        codes.append("bio:disclaimer")
        employee = employee + (1 - employee - former) * 0.4 if employee > 0.1 else employee
    if named_alike and (organisation > 0.3 or employee > 0.5):
        # A profile called like the company may be its own, or play with its name: neither is assumed.
        codes.append(_LOOK_ALIKE)
        employee = employee / 2
        brand, organisation = 0.55 * organisation, 0.45 * organisation
    share_of = np.full(len(JUDGED_VOICES), _FLOOR)
    share_of[_AT[Voice.BRAND]] = brand
    share_of[_AT[Voice.EMPLOYEE]] = person * employee
    share_of[_AT[Voice.FORMER_EMPLOYEE]] = person * former
    share_of[_AT[Voice.PERSON]] = person * (1 - employee - former)
    share_of[_AT[Voice.ORGANISATION]] = organisation
    share_of[_AT[Voice.BOT]] = bot
    share_of = np.maximum(share_of, _FLOOR)
    scores = np.log(share_of / share_of.sum()).round(6)
    return ProfileScore(
        codes=tuple(sorted(set(codes))),
        scores=tuple(scores.tolist()),
        kinds=(float(share[0]), float(share[1]), float(share[2])),
    )


def _tied(told: Tie | None, linked: Sequence[str]) -> tuple[float, float]:
    """The chances that a person is an employee or a former one: the strongest of what is said decides."""
    said = [*([(told.current, told.former)] if told else []), *(_BY_LINK for _ in linked)]
    return max(said, key=max, default=_UNTIED)


def _by_link(account: Account, names: CompanyNames) -> list[str]:
    """A verified link or a handle under the company's own domain: only the company can give one."""
    handle = fold(account.handle or "")
    verified = " ".join(map(fold, account.verified_links))
    for domain in names.domains:
        if handle.endswith((f".{domain}", f"@{domain}")) or domain in verified:
            return ["link:company_domain"]
    return []


def _carries_the_name(account: Account, names: CompanyNames) -> bool:
    handle, name = fold(account.handle or ""), fold(account.display_name)
    compact = "".join(c for c in name if c.isalnum())
    return any(own and (handle.startswith(own) or compact.startswith(own)) for own in names.compact)
