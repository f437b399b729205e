"""Governance papers: complete in both languages, and honest about what is missing."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from girafe.governance import TERMS_READ_ON, Terms, documents
from girafe.settings import load_settings, parse_settings

EXAMPLE = Path(__file__).parents[2] / "config" / "company.example.toml"
TERMS = [Terms(platform="forum", text="https://forum.example/terms: a | b\nc", read_on=date(2026, 11, 1))]


def test_each_paper_exists_in_french_and_english_and_is_filled_in() -> None:
    papers = documents(load_settings(EXAMPLE), TERMS, today=date(2026, 11, 23))
    assert len(papers) == 7
    for name, text in papers.items():
        assert "COMPL" not in text, name
        assert "{" not in text, name
    assert "AIPD-2026-014" in papers["registre-article-30.fr.md"]
    assert "dpo@oree.example" in papers["information-notice.en.md"]


def test_what_is_missing_is_said_in_the_paper() -> None:
    papers = documents(parse_settings('[company]\nname = "A {x}"\n'), TERMS, today=date(2026, 11, 23))
    assert "À COMPLÉTER" in papers["aipd-projet.fr.md"]
    assert "TO BE COMPLETED" in papers["dpia-draft.en.md"]
    assert "A {x}" in papers["dpia-draft.en.md"], "a company name is text, not a template"


def test_the_notice_promises_no_shorter_time_than_any_platform_is_kept_for() -> None:
    settings = parse_settings(
        '[company]\nname = "Orée"\n[retention]\nraw_days = 20\ndays_by_platform = { mastodon = 90, x = 1 }\n'
    )
    papers = documents(settings, TERMS, today=date(2026, 11, 23))
    for name in ("information-notice.en.md", "dpia-draft.en.md"):
        assert "90 days" in " ".join(papers[name].split())
    for name in ("notice-information.fr.md", "aipd-projet.fr.md"):
        assert "90 jours" in " ".join(papers[name].split())


def test_the_papers_read_as_written_by_hand() -> None:
    settings = parse_settings(
        '[company]\nname = "Orée"\n[governance]\npurpose = "To listen."\nlegal_basis = "Interest."\n'
    )
    for name, text in documents(settings, TERMS, today=date(2026, 11, 23)).items():
        assert ".." not in text, name
        if name.endswith(".fr.md"):
            assert re.search(r"\w'\w| [:;?!»]|« ", text) is None, name
            assert re.search(r"\bde Orée", text) is None, name


def test_the_notice_promises_no_more_than_is_done() -> None:
    """Deletions are seen as long as payloads are kept; pseudonyms stay; who runs the machine can read payloads."""
    papers = documents(load_settings(EXAMPLE), TERMS, today=date(2026, 11, 23))
    papers = {name: " ".join(text.split()) for name, text in papers.items()}
    for name, words in {
        "information-notice.en.md": (
            "as long as your words are kept", "for the time that the impact assessment sets (AIPD-2026-014)",
            "who runs the machine can read what was received", "withdraw your consent", "informed and consulted",
        ),
        "notice-information.fr.md": (
            "tant que vos mots sont conservés", "la durée fixée par l’analyse d’impact (AIPD-2026-014)",
            "qui exploite la machine peut lire ce qui a été reçu", "retirer votre consentement", "informé et consulté",
        ),
        "article-30-record.en.md": ("who runs the machine can read payloads",),
        "registre-article-30.fr.md": ("qui exploite la machine peut lire", "Décomptes publiés"),
        "dpia-draft.en.md": ("only a reviewer sees unsure accounts",),
        "aipd-projet.fr.md": ("seul un relecteur voit les comptes incertains", "décomptes par groupe"),
    }.items():  # fmt: skip
        assert [word for word in words if word not in papers[name]] == [], name


def test_what_an_employer_writes_breaks_no_table_and_is_no_markup() -> None:
    settings = parse_settings(
        '[company]\nname = "Orée <b>"\n[governance]\npurpose = """\nTo listen | to groups:\n\n# [all](https://a.example)\n"""\n'
    )
    papers = documents(settings, TERMS, today=date(2026, 11, 23))
    assert (
        r"| b | Purpose | To listen \| to groups: # \[all](https://a.example) |"
        in papers["article-30-record.en.md"].splitlines()
    )
    for name, text in papers.items():
        assert "<b>" not in text, name


def test_who_reviews_is_named_among_those_who_see_something() -> None:
    papers = documents(load_settings(EXAMPLE), TERMS, today=date(2026, 11, 23))
    assert all("eviewer" in papers[name] for name in ("information-notice.en.md", "article-30-record.en.md"))
    assert all(
        "electeur" in papers[name] for name in ("notice-information.fr.md", "registre-article-30.fr.md")
    )


def test_the_terms_register_keeps_one_line_per_platform() -> None:
    papers = documents(load_settings(EXAMPLE), TERMS, today=date(2026, 11, 23))
    assert (
        "| forum | https://forum.example/terms: a / b c | 2026-11-01 |" in papers["registre-plateformes.md"]
    )


@pytest.mark.parametrize("name", ["article-30-record.en.md", "registre-article-30.fr.md"])
def test_the_record_has_every_item_of_article_30(name: str) -> None:
    text = documents(load_settings(EXAMPLE), TERMS, today=date(2026, 11, 23))[name]
    assert {line[2] for line in text.splitlines() if line.startswith("| ")} >= set("abcdefg")
    for fact in ("Orée", "dpo@oree.example", "AIPD-2026-014", "30", "5", "10"):
        assert fact in text


@pytest.mark.parametrize(
    ("name", "items"),
    [
        (
            "information-notice.en.md",
            ("responsible", "officer", "Legal basis", "interest pursued", "come from", "Which data",
             "how long", "Who sees",
             "transfer outside", "article 22", "Access, rectification, erasure, restriction",
             "object at any time", "CNIL"),
        ),
        (
            "notice-information.fr.md",
            ("responsable", "Délégué", "Base légale", "intérêt poursuivi", "viennent les données",
             "Quelles données", "combien de temps", "Qui voit", "transfert hors", "article 22",
             "Accès, rectification, effacement, limitation",
             "opposer à tout moment", "CNIL"),
        ),
    ],
)  # fmt: skip
def test_the_notice_says_all_that_articles_13_and_14_ask(name: str, items: tuple[str, ...]) -> None:
    text = " ".join(documents(load_settings(EXAMPLE), TERMS, today=date(2026, 11, 23))[name].split())
    assert [item for item in items if item not in text] == []


def test_each_source_has_its_terms_and_the_day_they_were_read() -> None:
    from collectors.registry import SOURCES

    for name, source in SOURCES.items():
        assert len(source.TERMS) > 30, name
    assert date(2026, 1, 1) < TERMS_READ_ON <= date(2026, 11, 27)
