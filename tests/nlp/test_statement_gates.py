"""Statements are found as if every rule were tried on every text; the gates only save time."""

from __future__ import annotations

import random
import re

from nlp.company import CompanyNames
from nlp.fold import fold
from nlp.post_rules import _OF_WORK, OF_WORK_ALONE, _rules, is_meant, rule_statement, spellings
from nlp.training.invent_bios import tied_profiles


def by_every_rule(text: str, names: CompanyNames) -> str | None:
    folded, company = fold(text), rf"(?:the |la |le |les |l')?[@#]?(?:{'|'.join(spellings(names))})(?!\w)"
    for code in _rules()["order"]:
        if code in OF_WORK_ALONE and _OF_WORK.search(folded) is None:
            continue
        for rule in _rules()["rules"][code]:
            pattern = rule.replace("{c}", company).replace("{{", "{").replace("}}", "}")
            found = re.search(pattern, folded)
            if found is not None and is_meant(code, folded, found):
                return str(code)
    return None


def test_the_gates_hide_no_rule() -> None:
    profiles = list(tied_profiles(random.Random(4), 400))
    names = CompanyNames(company_id="own", names=("Lumora", "Lumora Santé"))
    texts = [post.replace(each.company, "Lumora") for each in profiles for post in each.posts]
    found = [rule_statement(fold(text), names) for text in texts]
    assert found == [by_every_rule(text, names) for text in texts]
    assert len(set(found)) > 4


def test_each_rule_has_one_company_outside_brackets() -> None:
    """A gate is one side of the company; within brackets or beside a bar it would be no condition of the rule."""
    for code in _rules()["order"]:
        for rule in _rules()["rules"][code]:
            before, after = rule.replace("(?:{c})", "{c}").split("{c}")
            for side in (before, after):
                re.compile(side.replace("{{", "{").replace("}}", "}"))
                assert "|" not in re.sub(r"\([^()]*\)", "", re.sub(r"\((?:[^()]|\([^()]*\))*\)", "", side))
