"""Terms come from a closed vocabulary, so that no word a person chose can leave classify through them."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from nlp.fold import fold, words_in
from nlp.terms import terms_in, vocabulary

SEED = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "terms.csv"
NEVER = (
    "malad", "depress", "burn", "handicap", "grossesse", "sick", "disab", "syndic", "greve", "union", "strike",
    "relig", "musulm", "chret", "juif", "church", "parti politique", "vote", "gay", "lesb", "sexu", "race", "ethni",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Le télétravail, puis mes congés payés !", "fr", ["holidays", "remote_work"]),
        ("L’entretien d’embauche s’est bien passé", "fr", ["job_interview"]),
        ("Two job interviews and no pay raise", "en", ["job_interview", "pay_rise"]),
        ("La formation", "en", []),
        ("Télétravail ou interviews ?", "und", ["job_interview", "remote_work"]),
        ("Das Gehalt und das Team", "de", []),
        ("@salaire https://salaire.example salaire@mail.example", "fr", []),
        ("", "fr", []),
    ],
)
def test_a_text_is_read_for_the_terms_of_its_language(text: str, language: str, found: list[str]) -> None:
    assert terms_in(words_in(text), language) == found


def test_every_term_has_both_languages_and_a_name_in_each() -> None:
    with SEED.open(encoding="utf-8", newline="") as file:
        names = list(csv.DictReader(file))
    assert [row["term"] for row in names] == list(vocabulary())
    assert all(row["name_fr"] and row["name_en"] for row in names)
    assert all(set(forms) == {"fr", "en"} and all(forms.values()) for forms in vocabulary().values())


def test_no_term_touches_a_special_category() -> None:
    forms = [fold(form) for tongues in vocabulary().values() for found in tongues.values() for form in found]
    assert [form for form in forms if re.search(rf"\b(?:{'|'.join(NEVER)})", form)] == []
