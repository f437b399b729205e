"""Bio rules: what a profile says about its holder's tie to a company by its turns of phrase, as evidence codes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nlp.company import Mention

_FILE = Path(__file__).parent / "patterns" / "bio.toml"
_SEGMENT = re.compile(
    r"[|•;\n!?●▪☆★✨➡→◆◇■►▶⚡🔸🔹]"
    r"|(?<=[a-z\d)\"'\]])(?<!\bprev)(?<!\bsr)(?<!\bjr)(?<!\bst)(?<!\bcie)\. | \. | // | \\ |\s{3,}"
)
_ARROW = r"(?:→|➡\ufe0f?|⇒|⟶|->|=>|>>)"
_TO_THE_NEXT = re.compile(rf"^(?: ?\([^()]*\))?[^|•;\n.→➡⇒⟶]{{0,12}}?\s?{_ARROW}")
_FROM_THE_LAST = re.compile(
    rf"(?:^|[|•;\n.:] ?|{_ARROW} ?)"
    r"(?!.{0,40}\b(?:follow|shop|link|dm|contact|site|blog|insta\w*|ig|me|here|ici|suivez)\b)"
    rf"(?:@|[\w&'-]+ ){{0,4}}[\w&'.-]+ ?{_ARROW} ?(?:now )?@?$"
)
"""`Acme → Bolt`: jobs in the order they were held."""
_DISCLAIMER = re.compile(
    r"\b(?:(?:views?|opinions?|tweets?|posts?|toots?|thoughts?|takes?)(?: here| expressed)?(?: are| r)?"
    r"(?: all| my| solely| strictly| purely)* (?:own|mine|personal)"
    r"|(?:my|own) (?:own )?(?:views?|opinions?|tweets?)|not (?:those of )?my employer"
    r"|(?:propos|tweets?|avis|opinions?|posts?) (?:strictement |purement |tout )?"
    r"(?:personnels?|perso|moi)|n'engagent? que moi)\b"
)
_BRACKETS = re.compile(r"\([^()]*\)")
_TEAM_TAG = re.compile(r"#(?:team|life_?at|weare)_?")
"""`#TeamAcme`, `#LifeAtAcme`: said by those inside; a company called `Team...` is not asked about this way."""
_REACH = 90
"""How many characters a past tense reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    code: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    past: re.Pattern[str] | None
    anywhere: re.Pattern[str] | None
    anywhere_too: re.Pattern[str] | None
    handle_only: bool
    chain: str | None
    behind: re.Pattern[str] | None


@cache
def _rules() -> tuple[tuple[_Rule, ...], re.Pattern[str]]:
    tree = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    macros: Mapping[str, str] = tree["macros"]

    def compiled(rule: Mapping[str, Any], key: str) -> re.Pattern[str] | None:
        if key not in rule:
            return None
        pattern = str(rule[key])
        for name, text in macros.items():
            pattern = pattern.replace(f"{{{name}}}", text)
        return re.compile(pattern)

    keys = ("before", "after", "behind", "past", "anywhere", "anywhere_too")
    rules = tuple(
        _Rule(
            code=rule["code"],
            handle_only=bool(rule.get("handle_only")),
            chain=rule.get("chain"),
            **{key: compiled(rule, key) for key in keys},
        )
        for rule in tree["rule"]
    )
    turns = compiled(tree["turns"], "words")
    assert turns is not None  # noqa: S101  (the file has it)
    return rules, turns


_AROUND = 220
"""Characters before and after a mention that can say something about it."""


def has_disclaimer(folded_bio: str) -> bool:
    """`Views my own`, `propos personnels`: said by people with an employer, whoever that is."""
    return _DISCLAIMER.search(folded_bio) is not None


def rule_code(folded: str, mention: Mention) -> str:
    """The code of the first rule that holds at a mention."""
    if mention.kind == "hashtag" and _TEAM_TAG.match(folded, mention.start):
        return "bio:team_tag"
    start, end = _segment(folded, mention)
    before = folded[max(start, mention.start - _AROUND) : mention.start]
    after = folded[mention.end : min(end, mention.end + _AROUND)]
    behind = folded[max(0, mention.start - _AROUND) : mention.start]
    if mention.kind == "handle":
        before += "@"
    link = _in_chain(folded, mention)
    rules, turns = _rules()
    for rule in rules:
        if rule.handle_only and mention.kind != "handle":
            continue
        if rule.chain is not None:
            if rule.chain == link:
                return rule.code
            continue
        if _matches(rule, folded, before, after, behind, turns):
            return rule.code
    return "bio:names_company"


def _in_chain(folded: str, mention: Mention) -> str | None:
    """`before`: an arrow leads on from here; `last`: arrows lead here and no further."""
    if _TO_THE_NEXT.search(folded[mention.end : mention.end + _REACH]):
        return "before"
    start = mention.start - (mention.kind == "handle")
    return "last" if _FROM_THE_LAST.search(folded[max(0, start - _REACH) : start]) else None


def _matches(rule: _Rule, folded: str, before: str, after: str, behind: str, turns: re.Pattern[str]) -> bool:
    if rule.anywhere is not None:
        return rule.anywhere.search(folded) is not None
    if rule.past is not None:
        # What stands in brackets lists things; it does not end the reach of a past tense.
        before = _BRACKETS.sub(" ", before)
        ends = [match.end() for match in rule.past.finditer(before)]
        return bool(ends) and len(before) - ends[-1] <= _REACH and turns.search(before, ends[-1]) is None
    if rule.anywhere_too is not None and rule.anywhere_too.search(folded) is None:
        return False
    if rule.before is not None and rule.before.search(before) is None:
        return False
    if rule.behind is not None and rule.behind.search(behind) is None:
        return False
    return rule.after is None or rule.after.search(after) is not None


def _segment(folded: str, mention: Mention) -> tuple[int, int]:
    start, end = 0, len(folded)
    for match in _SEGMENT.finditer(folded):
        if match.end() <= mention.start:
            start = match.end()
        elif match.start() >= mention.end:
            return start, match.start()
    return start, end
