"""Short names: a company is found by what people make of its name, and not by what the rest of the name means alone."""

from __future__ import annotations

import pytest

from nlp.company import CompanyNames
from nlp.relevance import relevance
from nlp.statements import statement


def _named(company: str, text: str, **more: tuple[str, ...]) -> list[str]:
    names = CompanyNames(company_id="x", names=(company,), **more)
    return [text[mention.start : mention.end] for mention in names.mentions(text)]


@pytest.mark.parametrize(
    ("company", "text", "found"),
    [
        ("Clunie Distribution", "clunie have two vans off", "clunie"),
        ("Ets Pommerol", "3e génération chez Pommerol", "Pommerol"),
        ("Galbrath Motors", "boss at Galbraths bought a round", "Galbraths"),
        ("Camping Les Pins Bleus", "animatrice aux Pins Bleus cet été", "Pins Bleus"),
        ("Fennel & Figg", "Fennel + Figg are sending me to Leeds", "Fennel + Figg"),
        ("Hobbin's", "hobbins saturday girl", "hobbins"),
        ("Hôpital Sainte-Mathurine", "trois brancardiers pour tout Ste Mathurine", "Ste Mathurine"),
        ("Bio'Cœuvre", "le vendeur bio'coeuvre m'a tout expliqué", "bio'coeuvre"),
        ("Dreeve", "@dreeve_app backend, Glasgow", "@dreeve_app"),
        ("Wattlebord Mining", "wattlebord changed the charter again", "wattlebord"),
        ("Brûlerie Escandre", "réassort chez Escandre ce matin", "Escandre"),
        ("Pellew & Dace", "P&D Truro, menswear floor", "P&D"),
        ("Pellew & Dace", "pellew n dace still owe me for March", "pellew n dace"),
        ("JTK Roofing", "JTK said they'd be here at 8", "JTK"),
        ("Gantry Rowe Logistics", "waiting in for @gantryrowe", "@gantryrowe"),
        ("Aciéries d'Hautmernois", "Aciéries Hautmernois, halle sud", "Aciéries Hautmernois"),
        ("Sucrerie d'Aubigney-Vaux", "jour 61 de campagne à Aubigney-Vaux", "Aubigney-Vaux"),
    ],
)
def test_a_company_is_found_as_people_write_it(company: str, text: str, found: str) -> None:
    assert _named(company, text) == [found]


@pytest.mark.parametrize(
    ("company", "text"),
    [
        ("Transports Lyon", "Vivement Lyon ce week-end"),
        ("Garage Martin", "Martin a encore oublié ses clés"),
        ("Orange Bank", "Orange a coupé ma ligne"),
        ("Air France", "allez la France"),
        ("Compagnie des Alpines", "une semaine dans les Alpines"),
        ("Google Cloud", "google it yourself"),
        ("Crédit Agricole", "le salon agricole ouvre demain"),
        ("Montreuil Peinture", "Montreuil sous la pluie"),
        ("Hôpital de Bar-le-Duc", "un dimanche à Bar-le-Duc"),
        ("New York Bagels", "New York est loin"),
        ("Ville de Bréhancourd", "brocante à Bréhancourd samedi"),
        ("Camille Traiteur", "Camille a dix ans"),
    ],
)
def test_what_is_left_of_a_name_is_no_company_where_it_means_a_place_a_person_or_another_one(
    company: str, text: str
) -> None:
    assert _named(company, text) == []


def test_a_word_left_of_a_name_counts_only_with_a_capital_that_no_sentence_gave_it() -> None:
    assert _named("Pulsar Cinemas", "last film I ever ran at Pulsar was a cartoon") == ["Pulsar"]
    assert _named("Pulsar Cinemas", "a pulsar spins fast") == []
    assert _named("Pulsar Cinemas", "Nice try. Pulsar is a word") == []


def test_names_of_other_companies_and_negative_aliases_are_no_short_names() -> None:
    assert _named("Clunie Distribution", "clunie is late", others=("Clunie",)) == []
    assert _named("Clunie Distribution", "clunie is late", negative=("clunie",)) == []


def test_an_employee_who_shortens_the_name_is_heard() -> None:
    names = CompanyNames(company_id="x", names=("Clunie Distribution",))
    said = statement("I work for Clunie and my shift starts at five", names)
    assert said is not None
    assert said.current > 0.8


def test_one_word_left_of_a_name_needs_context_to_be_the_company() -> None:
    names = CompanyNames(company_id="x", names=("Clunie Distribution",))
    whole = relevance("Clunie Distribution again", names)
    short = relevance("clunie again", names)
    assert whole.is_about
    assert short.probability < whole.probability
