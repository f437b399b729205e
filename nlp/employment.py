"""Employment: what a profile says about its holder's tie to a company, as one evidence code."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from girafe.records import Account
from nlp.company import CompanyNames, Mention
from nlp.fold import fold

_FILE = Path(__file__).parent / "patterns" / "bio.toml"
_SEGMENT = re.compile(r"[|•;\n!?·●▪️☆★✨➡→]|(?<=[a-z\d)])\. | // | \\ ")
_DISCLAIMER = re.compile(
    r"\b(?:(?:views?|opinions?|tweets?|posts?|toots?|thoughts?|takes?)(?: here| expressed)?(?: are| r)?(?: all| my| solely| strictly| purely)* "
    r"(?:own|mine|personal)|(?:my|own) (?:own )?(?:views?|opinions?|tweets?)|not (?:those of )?my employer|(?:propos|tweets?|avis|opinions?|posts?) "
    r"(?:strictement |purement |n'engage\w* que |tout )?(?:personnels?|perso|moi)|n'engagent? que moi)\b"
)
_LATEST = ("bio:leads", "bio:works_at", "bio:role_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    code: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    anywhere: re.Pattern[str] | None
    needs_role: bool


@cache
def _rules() -> tuple[tuple[_Rule, ...], re.Pattern[str]]:
    tree = tomllib.loads(_FILE.read_text(encoding="utf-8"))

    def compiled(rule: dict[str, str], key: str) -> re.Pattern[str] | None:
        return re.compile(rule[key]) if key in rule else None

    rules = tuple(
        _Rule(
            code=rule["code"],
            before=compiled(rule, "before"),
            after=compiled(rule, "after"),
            anywhere=compiled(rule, "anywhere"),
            needs_role=bool(rule.get("needs_role", False)),
        )
        for rule in tree["rule"]
    )
    return rules, re.compile(tree["roles"]["words"])


def has_disclaimer(folded_bio: str) -> bool:
    """`Views my own`, `propos personnels`: said by people with an employer, whoever that is."""
    return _DISCLAIMER.search(folded_bio) is not None


def tie(account: Account, names: CompanyNames) -> tuple[str, ...]:
    """The codes of what the profile says about the company; empty if it does not name it."""
    bio = account.bio
    folded = fold(bio)
    codes = {code for mention in names.mentions(bio, folded) if (code := _read(folded, mention))}
    if any(code in _LATEST for code in codes):
        # "Ex-Acme, back at Acme": who is there again is there.
        codes.discard("bio:former")
    return tuple(sorted(codes))


def _read(folded: str, mention: Mention) -> str | None:
    start, end = _segment(folded, mention)
    segment = folded[start:end]
    before, after = folded[start : mention.start], folded[mention.end : end]
    if mention.kind == "handle":
        before += "@"
    rules, roles = _rules()
    for rule in rules:
        if rule.needs_role and roles.search(segment) is None:
            continue
        if (
            (rule.anywhere is not None and rule.anywhere.search(folded))
            or (rule.before is not None and rule.before.search(before))
            or (rule.after is not None and rule.after.search(after))
        ):
            return rule.code
    return "bio:names_company"


def _segment(folded: str, mention: Mention) -> tuple[int, int]:
    start, end = 0, len(folded)
    for match in _SEGMENT.finditer(folded):
        if match.end() <= mention.start:
            start = match.end()
        elif match.start() >= mention.end:
            return start, match.start()
    return start, end
