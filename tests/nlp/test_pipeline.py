"""The spaCy pipeline says what the stage says."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
import spacy

from nlp.company import CompanyNames
from nlp.pipeline import Question, build, read

ROOT = Path(__file__).resolve().parents[2]


LUMORA = CompanyNames(company_id="lumora", names=("Lumora",))


def test_a_document_carries_every_answer() -> None:
    pipeline = build()
    doc = pipeline.make_doc("Je travaille chez Lumora et c'est super")
    doc._.companies = (LUMORA,)
    doc = pipeline(doc)
    assert doc._.language == "fr"
    assert doc._.about[0].is_about
    (said,) = doc._.job_statements
    assert said.code == "post:works_at"
    assert said.current > 0.75
    assert doc._.sentiment_label.label == "positive"


@pytest.mark.parametrize(
    ("words", "tone"),
    [
        ("If you want a better shift at Lumora, just ask your manager, it works", "neutral"),
        ("Pour postuler chez Lumora, il suffit d'envoyer un CV, bonne chance !", "neutral"),
        ("Merci pour votre réponse, mais Lumora ne rappelle jamais", "negative"),
    ],
)
def test_where_a_company_is_asked_about_the_feeling_is_towards_it(words: str, tone: str) -> None:
    alone, towards = read([Question(text=words), Question(text=words, companies=(LUMORA,))])
    assert alone.sentiment is not None
    assert alone.sentiment.label == "positive"
    assert towards.sentiment is not None
    assert towards.sentiment.label == tone


def test_a_document_keeps_its_text_to_the_letter() -> None:
    text = "  Deux  blancs,\n\tune tabulation… et 😀\u200d"
    assert build().make_doc(text).text == text


def test_texts_read_together_are_answered_as_if_read_alone_and_in_order() -> None:
    texts = [
        "Lumora recrute !",
        "",
        "The bill doubled again",
        "Je bosse chez Lumora",
        "こんにちは世界、元気ですか",
    ]
    questions = [Question(text=text, companies=(LUMORA,)) for text in texts]
    assert list(read(questions)) == [next(read([question])) for question in questions]


def test_nobody_speaks_in_a_bare_repost() -> None:
    (reading,) = read(
        [Question(text="RT @a: je travaille chez Lumora, super", companies=(LUMORA,), is_speech=False)]
    )
    assert reading.about[0].is_about
    assert (reading.statements, list(reading.themes), reading.sentiment) == ((), [], None)


def test_the_pipeline_can_be_written_to_disk_and_read_back(tmp_path: Path) -> None:
    build().to_disk(tmp_path / "girafe")
    again = spacy.load(tmp_path / "girafe")
    assert again("Encore une panne, c'est nul")._.sentiment_label.label == "negative"


def test_every_factory_in_pyproject_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for target in project["entry-points"]["spacy_factories"].values():
        module, _, name = target.partition(":")
        assert callable(getattr(import_module(module), name))


def test_what_nobody_asks_for_is_left_out_and_changes_no_other_answer() -> None:
    questions = [Question(text="Je travaille chez Lumora et c'est super", companies=(LUMORA,))]
    (whole,), (part,) = read(questions), read(questions, unasked=("girafe_statement",))
    assert [said and said.code for said in whole.statements] == ["post:works_at"]
    assert part == replace(whole, statements=())


def test_a_process_that_read_posts_ends_without_a_word_about_its_memory() -> None:
    """DuckDB's binding lists on a screen what is still held when the process ends."""
    work = "import duckdb; from nlp.pipeline import build; duckdb.connect().execute('select 1'); build()"
    done = subprocess.run([sys.executable, "-c", work], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""
