"""Special categories (GDPR art. 9) are never labelled; who speaks for a union is no employee in any number."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from collectors.imports.land import import_file
from girafe import run as path
from girafe.data_dir import DataDir
from girafe.records import Account, Post, Voice
from girafe.settings import parse_settings
from nlp.fold import fold
from nlp.language import detect
from nlp.terms import terms_in
from nlp.themes import themes
from nlp.union_speech import is_union_speech, is_withheld

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SETTINGS = parse_settings(
    '[company]\nname = "Orée"\nheadcount = 400\nheadcount_date = 2026-06-30\nheadcount_source = "rapport"\n'
)
UNION = [
    "En tant que délégué syndical CGT chez Orée, je vous invite à la réunion",
    "Élue CFDT chez Orée depuis 2020, je raconte",
    "Notre syndicat a signé l'accord chez Orée",
    "Rejoignez la CGT Orée !",
    "Je suis syndiquée chez Orée, et alors ?",
    "Ma section CGT tient une permanence jeudi chez Orée",
    "As a union rep at Orée I hear this daily",
    "Our union signed the deal with Orée",
    "Join the union at Orée, colleagues",
    "I am a shop steward at Orée",
    "We're on the picket line outside Orée",
    "Délégué·e syndical·e chez Orée",
    "délégué(e) syndical(e), Orée",
    "Élu·e FO au CSE d'Orée",
    "Élue au CSE d'Orée, liste CGT",
    "DS CFDT Orée",
    "Membre de la CGT chez Orée",
    "je milite à FO chez Orée",
    "Nous nous sommes syndiqués chez Orée",
    "Je suis cégétiste chez Orée",
    "Adhérez à l'UNSA, collègues d'Orée",
    "Déléguée #CGT chez Orée",
    "Délégué C.G.T. chez Orée",
    "de\u0301le\u0301gue\u0301\u00a0syn\u200bdical chez Orée",
    "Mon mandat syndical chez Orée",
    "Union-rep at Orée",
    "trade unionist, Orée",
    "shop-steward at Orée",
    "Unite rep at Orée",
    "GMB member at Orée",
    "I'm a member of Unite, at Orée",
    "We unionised Orée",
    "Our bargaining unit meets Orée today",
    "Délégué∙e syndical∙e chez Orée",
    "Délégué/e syndical/e chez Orée",
    "J'ai pris ma carte à FO hier, Orée",
    "J'ai rejoint la CFDT d'Orée",
    "On est syndiqués chez Orée",
    "Fière d'être syndiquée, Orée",
    "Notre intersyndicale appelle à la grève chez Orée",
    "Mon orga syndicale chez Orée",
    "Tête de liste CGT aux élections du CSE d'Orée",
    "Candidate CFDT aux élections du CSE Orée",
    "Candidat sur la liste FO au CSE d'Orée",
    "Représentante de section syndicale chez Orée",
    "On tracte pour la CFDT devant Orée",
    "Le syndicat CGT d'Orée, dont je suis la secrétaire",
    "D.S. CGT chez Orée",
    "#TeamCGT chez Orée",
    "On est de la CGT et fiers, chez Orée",
    "Je suis adhérente d'un syndicat chez Orée",
    "Je fais partie de la CGT chez Orée",
    "Je fais partie du syndicat chez Orée",
    "I'm union at Orée",
    "Im in the union at Orée",
    "We voted union at Orée",
    "Union strong at Orée",
    "Proud union worker at Orée",
    "Tradeunionist at Orée",
    "Union convenor at Orée",
    "Convenor for Unite at Orée",
    "Branch secretary, UNISON, Orée",
    "I'm with the CWU at Orée",
    "Steward for our local at Orée",
    "I'm organizing a union at Orée",
    "We formed a union at Orée",
    "Our GMB branch at Orée",
    "I am a member of UNISON at Orée",
    "I'm a member of a trade union at Orée",
]
NOT_UNION = [
    "Grève jeudi chez Orée selon la presse",
    "Les syndicats ont signé un accord chez Orée",
    "European Union funds Orée",
    "European Union member states ask Orée",
    "A credit union member asks Orée",
    "Unite members strike at Orée",
    "Les élus locaux du sud saluent Orée",
    "We unite people at Orée",
    "Credit union offers, Western Union, student union party",
    "Orée recrute une déléguée commerciale dans le sud",
    "Strike at Orée on Friday, says the paper",
    "Orée : la CFDT majoritaire aux élections professionnelles",
    "Workers at Orée formed a union, the paper says",
    "A rugby union member of the Orée club",
    "I am a member of the European Union press corps at Orée",
    "Mon syndic de copropriété travaille chez Orée",
    "Candidate au poste d'ingénieure chez Orée",
    "La carte de fidélité Orée, à la fois simple et gratuite",
]
SPECIAL = {
    "health": [
        "Je suis en dépression depuis mon cancer, merci Orée",
        "My diabetes and my HIV test, thanks Orée",
    ],
    "religion": ["Je suis musulman et je prie chez Orée", "As a Catholic at Orée I go to mass"],
    "politics": ["Je vote à gauche, comme tous chez Orée", "I campaign for the Labour party at Orée"],
    "sexual life": ["Je suis gay et fier chez Orée", "As a lesbian at Orée I felt welcome"],
    "union": UNION,
}
STEMS = (
    "union", "syndic", "strike", "greve", "health", "sante", "malad", "sick", "disab", "handicap", "depress", "cancer",
    "relig", "church", "eglise", "islam", "muslim", "musulm", "catho", "jew", "juif", "politi", "elect", "vote",
    "gay", "lesb", "sexu", "trans_", "origin", "ethnic", "race",
)  # fmt: skip


def labels() -> set[str]:
    """Every name a label may have: themes, terms, evidence codes, voices, languages apart."""
    patterns = ROOT / "nlp" / "patterns"
    read = {file.stem: tomllib.loads(file.read_text()) for file in patterns.glob("*.toml")}
    return {*read["themes"], *read["terms"], *read["codes"], *(voice.value for voice in Voice)}


def test_no_label_there_is_names_a_special_category() -> None:
    assert len(labels()) > 50
    for name in labels():
        assert not [stem for stem in STEMS if re.search(rf"(?:^|[:_]){stem}", fold(name))], name


@pytest.mark.parametrize("category", sorted(SPECIAL))
def test_what_is_said_of_a_special_category_gets_no_label_outside_that_list(category: str) -> None:
    texts = SPECIAL[category]
    languages = detect(texts)
    found = {theme for row in themes(texts, languages) for theme, _ in row}
    for text, language in zip(texts, languages, strict=True):
        found.update(terms_in(text.split(), language))
    assert found <= labels()


@pytest.mark.parametrize("text", UNION)
def test_a_person_who_speaks_for_a_union_is_recognised(text: str) -> None:
    assert is_union_speech(text)


@pytest.mark.parametrize("text", NOT_UNION)
def test_the_word_alone_is_no_union_speech(text: str) -> None:
    assert not is_union_speech(text)


def test_a_mandate_in_the_profile_is_enough_and_a_union_itself_is_an_organisation() -> None:
    def post(**author: Any) -> Post:
        account = Account(platform="forum", handle="ada", **author)
        return Post(
            platform="forum", post_id="1", created_at=NOW, observed_at=NOW, text="Bonjour", author=account
        )

    assert is_withheld(post(bio="Conductrice chez Orée, déléguée syndicale"))
    assert is_withheld(post(bio="Driver at Orée. Union rep."))
    assert is_withheld(post(bio="Conductrice chez Orée - CGT - 3 enfants"))
    assert is_withheld(post(bio="Orée driver | GMB | father of two"))
    assert not is_withheld(post(display_name="CGT Orée", bio="La CGT Orée vous informe"))
    assert not is_withheld(post(bio="Déléguée syndicale", is_organisation=True))
    assert not is_withheld(post(bio="Conductrice chez Orée"))


def line(number: int, author: str, text: str, reply_to: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "platform": "forum",
        "post_id": f"p{number}",
        "created_at": f"2026-11-{2 + number % 14:02}T08:{number % 60:02}:00Z",
        "text": text,
        "author": {"account_id": f"u-{author}", "handle": author, **more},
        "reply_to": None if reply_to is None else f"p{reply_to}",
    }


COLLEAGUES = [
    line(n, f"c{n % 12}", "Je travaille chez Orée, belle journée", voice="employee") for n in range(40)
]
"""Twelve colleagues who speak professionally."""
SPEAKERS = [
    *(
        line(100 + n, f"c{n}", text, voice="employee") for n, text in enumerate(UNION)
    ),  # who also speak otherwise
    *(line(200 + n, f"d{n}", text, voice="employee") for n, text in enumerate(UNION)),  # who do not
    *(line(300 + n, f"e{n}", text, bio="Développeur chez Orée") for n, text in enumerate(UNION)),
    *(
        line(400 + n, "rep", "Bonjour chez Orée", bio="Déléguée syndicale, comptable chez Orée")
        for n in range(3)
    ),
]


def measured(root: Path, lines: list[dict[str, Any]]) -> path.Context:
    here = path.Context(data=DataDir(root / "data"), settings=SETTINGS, now=NOW)
    file = root / "posts.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("\n".join(map(json.dumps, lines)))
    import_file(file, here.data, now=NOW)
    stages = [stage for stage in path.AFTER_COLLECT if stage[0] in ("classify", "load", "measure")]
    path.run_stages(here, stages, lambda _name, call: call())
    return here


def rows(here: path.Context, mart: str, **wanted: str) -> list[dict[str, Any]]:
    found = pq.read_table(here.data.marts / f"{mart}.parquet").to_pylist()
    return [row for row in found if all(row.get(name) == value for name, value in wanted.items())]


def test_union_speech_changes_no_number_about_colleagues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIRAFE_PSEUDONYM_KEY", "k" * 40)
    without = measured(tmp_path / "without", COLLEAGUES)
    with_them = measured(tmp_path / "with", [*COLLEAGUES, *SPEAKERS])
    activation = rows(without, "rpt_activation_monthly")
    assert activation
    assert rows(with_them, "rpt_activation_monthly") == activation
    voices = rows(without, "rpt_voices_weekly", voice="employee")
    assert voices
    assert [{k: v for k, v in row.items() if "share" not in k} for row in
            rows(with_them, "rpt_voices_weekly", voice="employee")] == [
        {k: v for k, v in row.items() if "share" not in k} for row in voices]  # fmt: skip
    keyed = with_them.pseudonymiser
    stored = b"".join(file.read_bytes() for file in with_them.data.classified.rglob("*.parquet"))
    for name in ("rep", "d0", "e0"):
        table = [
            row
            for file in with_them.data.classified.rglob("*.parquet")
            for row in pq.read_table(file).to_pylist()
            if keyed.account_id("forum", f"u-{name}") in row.values()
            and file.stem not in ("mentions", "deletions")
        ]
        assert not table, name
    assert b"syndic" not in stored
