"""Relevance: a company's name that is also a word, and texts that name nobody."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import orjson
import pytest

from girafe.settings import load_settings
from nlp.company import CompanyNames, company_names
from nlp.linear import load
from nlp.relevance import kept_from, relevance
from nlp.sectors import sector_names
from nlp.texts import texts_lines

SAMPLE = Path(__file__).parents[2] / "sample"

LUMORA = CompanyNames(company_id="lumora", names=("Lumora",))


def about(name: str, text: str, **more: object) -> tuple[bool, float]:
    line = orjson.dumps({"id": "1", "text": text, "company": {"name": name, **more}}).decode()
    answer = orjson.loads(next(texts_lines([line], None, fast=True)))
    return answer["about_company"], answer["probabilities"]["about_company"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Free", "free m'a encore facturé une box rendue il y a deux mois"),
        ("Orange", "toujours aucun technicien, orange se moque de nous"),
        ("Total", "Total a supprimé la remise dans ses stations"),
        ("Shell", "Shell wants to drill off the coast again"),
        ("La Poste", "La Poste a rendu mon colis à l'expéditeur"),
        ("Apple", "the repair at the apple store took three weeks"),
    ],
)
def test_the_trade_around_it_makes_a_word_a_company(name: str, text: str) -> None:
    assert about(name, text)[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Free", "is there a free version of this app for my phone?"),
        ("Free", "t'es free dimanche pour m'aider à déménager ?"),
        ("Orange", "le feu est passé à l'orange juste devant le bus"),
        ("Total", "au total j'ai passé six heures au téléphone avec eux"),
        ("Shell", "which shell do you use on your server, bash or fish?"),
        ("La Poste", "la fanfare passera devant la poste vers midi"),
        ("La Poste", "la fanfare passera devant la-poste vers midi"),
        ("Apple", "grandma's apple crumble beats any cake"),
    ],
)
def test_what_stands_beside_an_ordinary_word_leaves_it_one(name: str, text: str) -> None:
    assert not about(name, text)[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Hinge", "the door hinge squeaks again"),
        ("Camaïeu", "un camaïeu de bleus pour la chambre du petit"),
        ("CAMAIEU", "quel beau camaïeu d'ocres en forêt"),
        ("Fossil", "found a fossil on the beach, an ammonite"),
        ("Oscar", "Oscar Wilde said it better than any of us"),
    ],
)
def test_a_name_in_the_dictionary_needs_context_without_being_said_to(name: str, text: str) -> None:
    assert not about(name, text)[0]
    assert about(name, text, common_word=False)[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Hinge", "Hinge laid off most of its safety team this week"),
        ("Camaïeu", "Camaïeu a fermé, ma sœur y était responsable de magasin"),
        ("Fossil", "my team at Fossil was told on a call"),
    ],
)
def test_in_context_such_a_name_is_the_company(name: str, text: str) -> None:
    assert about(name, text)[0]


def test_a_name_in_no_dictionary_needs_no_context() -> None:
    for name in ("Lumora", "Ikea", "Google"):
        assert about(name, f"{name.lower()}, quelle belle journée")[1] == 0.96


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Leclerc", "la statue du général Leclerc a été nettoyée"),
        ("Leclerc", "on habite rue Leclerc, après la fontaine"),
        ("Orange", "Orange County traffic is a nightmare today"),
    ],
)
def test_a_part_of_a_longer_name_is_not_the_company(name: str, part: str) -> None:
    assert not about(name, part)[0]


@pytest.mark.parametrize(
    ("name", "another"),
    [
        ("Picard", "Ce soir je revois Star Trek, Picard et Riker sur la passerelle"),
        ("Sky", "Hello Games has another update for No Man's Sky"),
        ("Mars", "Bruno Mars was on the radio all the way home"),
        ("Apple", "Fiona Apple wrote that album at eighteen"),
    ],
)
def test_a_singer_a_game_or_a_captain_of_that_name_is_not_the_company(name: str, another: str) -> None:
    assert not about(name, another)[0]


def test_the_encoder_weighs_a_text_by_the_trade_of_the_company() -> None:
    """What speaks for a telephone company says less of a shop called alike."""
    assert set(load("relevance_vectors").classes) == {"", *sector_names()}
    vectors = np.random.default_rng(1).normal(size=(2, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)

    def chance(sector: str, encode: Callable[[Sequence[str]], np.ndarray] | None = None) -> float:
        names = CompanyNames(company_id="c", names=("Comète",), common_word=True, sector=sector)
        return relevance("comète", names, encode=encode).probability

    sectors = ("telecom", "retail", "food")
    assert len({chance(sector) for sector in sectors}) == 1
    assert len({chance(sector, lambda lines: vectors) for sector in sectors}) == 3


def test_a_stated_trade_does_for_an_unknown_company_what_is_known_of_others() -> None:
    text = "depuis ce matin plus de réseau, comète encore en panne"
    bare = relevance(text, CompanyNames(company_id="c", names=("Comète",), common_word=True))
    told = relevance(
        text, CompanyNames(company_id="c", names=("Comète",), common_word=True, sector="telecom")
    )
    assert told.probability > bare.probability


def test_an_alias_that_is_no_word_needs_no_context() -> None:
    text = "totalenergies, quelle belle journée"
    assert about("Total", text, aliases=["TotalEnergies"])[0]
    assert not about("Total", "au total, quelle belle journée", aliases=["TotalEnergies"])[0]


def test_a_name_within_an_address_is_not_spoken_of() -> None:
    assert not about("Apple", "Look at this https://example.test/red-apple-pie")[0]


def test_a_customer_who_names_nobody_speaks_to_whom_the_text_was_collected_for() -> None:
    text = "ma fibre est coupée depuis lundi, vous comptez faire quoi ?"
    assert about("Free", text) == (True, 0.6)
    assert about("Lumora", text, sector="telecom") == (True, 0.6)
    assert not about("Lumora", text)[0]
    assert not about("Apple", text)[0]
    assert not relevance(text, CompanyNames(company_id="f", names=("Free",))).is_about


@pytest.mark.parametrize(
    "text",
    [
        "ma fibre SFR est coupée depuis lundi, vous comptez faire quoi ?",
        "@autre ma fibre est coupée depuis lundi, vous faites quoi ?",
        "quel beau dimanche à la plage, merci à tous",
    ],
)
def test_a_customer_of_somebody_else_does_not(text: str) -> None:
    assert not about("Free", text)[0]


def test_a_trade_nobody_knows_is_refused_with_the_ones_there_are() -> None:
    line = orjson.dumps({"id": "1", "text": "x", "company": {"name": "Free", "sector": "phones"}}).decode()
    assert "telecom" in orjson.loads(next(texts_lines([line], None)))["error"]


def test_a_company_nobody_has_met_is_heard_by_how_its_name_is_used() -> None:
    """The sample's company is called like a common French word, in no list, and says nothing of its trade."""
    company = load_settings(SAMPLE / "company.toml").company
    names = company_names(company)
    with gzip.open(SAMPLE / "given.jsonl.gz", "rt", encoding="utf-8") as lines:
        judged = [
            (company.name in post["about"], relevance(post["text"], names).is_about)
            for post in map(json.loads, lines)
            if company.name.lower() in post["text"].lower()
        ]
    heard = sum(truth and found for truth, found in judged)
    assert len(judged) > 1000
    assert heard / sum(found for _, found in judged) >= 0.95
    assert heard / sum(truth for truth, _ in judged) >= 0.8


@pytest.mark.parametrize("handle", ["@LumoraHelps", "@lumora_support", "@AskLumora", "@Lumora_FR"])
def test_who_writes_to_a_service_called_like_the_company_writes_to_it(handle: str) -> None:
    about = relevance(f"{handle} my parcel never came", LUMORA, collected=True)
    assert (about.is_about, about.evidence) == (True, ("about:service_handle",))


@pytest.mark.parametrize(
    "handle", ["@LumoraFan", "@MrLumora", "@lumorasupporter", "@notlumorahelp", "x@lumorahelp"]
)
def test_another_handle_that_holds_the_name_is_no_service_of_the_company(handle: str) -> None:
    assert not relevance(f"{handle} my parcel never came", LUMORA, collected=True).is_about


def test_a_service_is_believed_only_of_texts_collected_for_the_company() -> None:
    assert not relevance("@LumoraHelps my parcel never came", LUMORA).is_about


@pytest.mark.parametrize(
    ("language", "by_encoder", "cut"),
    [("fr", False, 0.6), ("fr", True, 0.7), ("en", False, 0.5), ("en", True, 0.5), ("und", False, 0.5)],
)
def test_a_word_counts_as_the_company_from_the_chance_its_language_asks_for(
    language: str, *, by_encoder: bool, cut: float
) -> None:
    assert kept_from(language, by_encoder=by_encoder) == cut


def test_the_encoder_is_asked_where_words_are_not_sure_and_never_shown_the_name_twice() -> None:
    asked: list[Sequence[str]] = []

    def encode(lines: Sequence[str]) -> np.ndarray:
        asked.append(lines)
        return np.zeros((len(lines), 384), dtype=np.float32)

    text = "still waiting on hinge to call me back"
    by_words = relevance(text, CompanyNames(company_id="x", names=("Hinge",)))
    by_both = relevance(text, CompanyNames(company_id="x", names=("Hinge",)), encode=encode)
    assert [list(lines) for lines in asked] == [[text, "still waiting on Voltagne to call me back"]]
    assert by_both.probability != by_words.probability
    # Where words are sure it is not asked.
    relevance("Feel free to email me any time", CompanyNames(company_id="x", names=("Free",)), encode=encode)
    assert len(asked) == 1
