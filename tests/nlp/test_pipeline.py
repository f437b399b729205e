"""The spaCy pipeline says what the stage says."""

from __future__ import annotations

import tomllib
from importlib import import_module
from pathlib import Path

from nlp.company import CompanyNames
from nlp.pipeline import build

ROOT = Path(__file__).resolve().parents[2]


def test_a_document_carries_every_answer() -> None:
    doc = build(CompanyNames(company_id="lumora", names=("Lumora",)))(
        "Je travaille chez Lumora et c'est super"
    )
    assert doc._.language == "fr"
    assert doc._.about_company.is_about
    assert doc._.job_statement == "post:works_at"
    assert doc._.sentiment_label[0] == "positive"


def test_every_factory_in_pyproject_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for target in project["entry-points"]["spacy_factories"].values():
        module, _, name = target.partition(":")
        assert callable(getattr(import_module(module), name))
