"""Training: the same each time, and a package that can be loaded."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
import spacy

from nlp.company import CompanyNames
from nlp.training import kind
from nlp.training.batches import AT_ONCE, of_like_length
from nlp.training.card import markdown
from nlp.training.convert import SHARED
from nlp.training.homonyms import APART, KNOWN_APART, as_said
from nlp.training.invent_relevance import sentences
from nlp.training.invent_ties import (
    ACCOUNTS,
    ACCOUNTS_APART,
    FOURTH_APART,
    KEPT_APART,
    ORDINARY_APART,
    THIRD_APART,
    turns_in_accounts,
    whole_accounts,
)
from nlp.training.invent_work import POSTS_APART, WORK_APART, everyday_texts, work_texts
from nlp.training.package import package
from nlp.training.relevance import fit, invented


def test_training_twice_gives_the_same_weights_to_the_byte() -> None:
    first, second = (fit(invented(sentences(random.Random(3), 300))) for _ in range(2))
    assert first.weights.tobytes() == second.weights.tobytes()
    assert first.bias.tobytes() == second.bias.tobytes()


def test_no_profile_that_measures_is_learnt_from() -> None:
    parted = kind.parted(SHARED if SHARED.exists() else None)
    known = {(each.handle, each.display_name, each.bio) for each in parted.trained}
    # Of invented people one in a hundred may be put together twice from the same parts.
    for accounts, _ in parted.tests.values():
        twins = sum((each.handle, each.display_name, each.bio) in known for each in accounts)
        assert twins <= len(accounts) // 100 * (not SHARED.exists())


def test_the_package_is_loaded_by_spacy_and_reads_a_post(tmp_path: Path) -> None:
    pipeline = spacy.load(package(tmp_path))
    assert pipeline("Panne d'internet depuis hier, c'est nul")._.sentiment_label.label == "negative"
    assert list(tmp_path.glob("*/setup.py"))


def test_the_package_is_found_by_a_python_that_knows_only_spacy(tmp_path: Path) -> None:
    code = f"import spacy; print(spacy.load({str(package(tmp_path))!r})('Panne depuis hier, nul').text)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "Panne depuis hier, nul", done.stderr[-500:]


def test_the_card_shows_a_table_whatever_stands_in_its_cells() -> None:
    assert markdown([("a", "b"), ("1|2", "3")]) == "| a | b |\n| --- | --- |\n| 1/2 | 3 |"


_APART = (KEPT_APART, ORDINARY_APART, ACCOUNTS_APART, THIRD_APART, FOURTH_APART)


@pytest.mark.parametrize("file", _APART)
def test_no_account_kept_apart_is_learnt_from(file: Path) -> None:
    folder = KEPT_APART.parent
    told = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (*folder.iterdir(), *ACCOUNTS)
        if path.suffix in (".txt", ".toml", ".tsv") and path not in _APART
    )
    said = [
        (text, text.replace(account.company, "{C}"))  # as it is, and as a turn would have it
        for account in whole_accounts(file)
        for text in (account.bio, *account.posts)
        if len(text) > 40
    ]
    assert len(said) > 100
    assert [text for text, turn in said if text in told or turn in told] == []


@pytest.mark.parametrize("file", [WORK_APART, POSTS_APART])
def test_no_post_about_work_kept_apart_is_learnt_from(file: Path) -> None:
    learnt = {each.text for each in (*work_texts(), *everyday_texts())}
    assert len(learnt) > 6000
    assert [each.text for each in work_texts(file) if each.text in learnt] == []


@pytest.mark.parametrize("file", [APART, KNOWN_APART])
def test_no_post_with_a_name_kept_apart_is_learnt_from(file: Path) -> None:
    learnt = {each.text for each in as_said()}
    assert len(learnt) > 3000
    assert [each.text for each in as_said(file) if each.text in learnt] == []


def test_batches_hold_every_text_once_and_texts_of_like_length() -> None:
    lengths = [3 + number * 7 % 90 for number in range(700)]
    batches = of_like_length(lengths, random.Random(1))
    assert sorted(place for batch in batches for place in batch) == list(range(700))
    spread = [
        max(lengths[place] for place in batch) - min(lengths[place] for place in batch) for batch in batches
    ]
    assert max(map(len, batches)) == AT_ONCE
    assert sorted(spread)[len(spread) // 2] < 10


def test_of_whole_accounts_the_texts_that_tell_are_learnt_from(tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.tsv"
    accounts.write_text(
        "employee\tfr\tNorlux\t*Soudeuse chez Norlux\t~Norlux a un nouveau logo¶*Badge @norlux perdu¶Il pleut\n"
        "person\ten\tNorlux\t\t~Norlux has a new logo¶*my norlux parcel is late\n"
        "organisation\ten\tNorlux\t*Official distributor of #Norlux\t\n",
        encoding="utf-8",
    )
    told = [(turn.truth, turn.is_post, turn.text) for turn in turns_in_accounts(accounts)]
    assert told == [
        ("employee", False, "Soudeuse chez {C}"),
        ("employee", True, "Badge @{c} perdu"),
        ("other", True, "{C} has a new logo"),
        ("other", True, "my {c} parcel is late"),
        ("other", False, "Official distributor of #{T}"),
    ]


def test_a_name_goes_on_with_capitals_of_the_same_breath_only() -> None:
    names = CompanyNames(company_id="x", names=("Norlux",))
    told = {
        "Owner of Norlux Noir Records": 2,
        "Agence Norlux Île-de-France": 2,
        "Chez Norlux, Paris": 0,
        "NORLUX PARIS RECRUTE": 0,
        "je suis chez Norlux depuis 2019": 0,
    }
    assert {text: names.mentions(text)[0].goes_on for text in told} == told
