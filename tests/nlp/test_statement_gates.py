"""Statements are found as if every rule were tried on every text with the company's own names in it."""

from __future__ import annotations

import random
import re

from nlp.company import CompanyNames
from nlp.fold import fold
from nlp.post_rules import _OF_WORK, OF_WORK_ALONE, _codes, _rules, is_meant, rule_statement, spellings
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


def test_no_rule_is_hidden() -> None:
    profiles = list(tied_profiles(random.Random(4), 400))
    names = CompanyNames(company_id="own", names=("Lumora", "Lumora Santé"))
    texts = [post.replace(each.company, "Lumora") for each in profiles for post in each.posts]
    found = [rule_statement(fold(text), names) for text in texts]
    assert found == [by_every_rule(text, names) for text in texts]
    assert len(set(found)) > 4


def test_the_sign_that_stands_for_a_company_is_no_company_in_a_text() -> None:
    names = CompanyNames(company_id="own", names=("Lumora",))
    assert rule_statement("i work at lumora", names) == "post:works_at"
    assert rule_statement("i work at \ua66e\ua66e\ua66e", names) is None
    assert rule_statement("i work at \ua66e and buy from lumora", names) is None


def test_rules_are_compiled_once_whatever_the_companies() -> None:
    rules = _codes()
    for name in ("Lumora", "Verdane"):
        assert rule_statement(f"i work at {name.lower()}", CompanyNames(company_id="x", names=(name,)))
    assert _codes() is rules


def test_a_name_of_several_words_is_read_whole() -> None:
    names = CompanyNames(company_id="own", names=("Brume & Fils",))
    assert rule_statement("i have worked at brume & fils since 2019", names) == "post:works_at"
    assert rule_statement("i don't work at brume & fils anymore", names) == "post:left"
