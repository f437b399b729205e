"""Governance papers: complete in both languages, and honest about what is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from girafe.governance import Terms, documents
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


def test_the_terms_register_keeps_one_line_per_platform() -> None:
    papers = documents(load_settings(EXAMPLE), TERMS, today=date(2026, 11, 23))
    assert (
        "| forum | https://forum.example/terms: a / b c | 2026-11-01 |" in papers["registre-plateformes.md"]
    )
