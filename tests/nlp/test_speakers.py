"""Speakers and texts: JSON lines in, JSON lines out."""

from __future__ import annotations

import io
import time
from typing import Any

import numpy as np
import orjson
import pytest

from girafe.records import JUDGED_VOICES, Account, Voice
from girafe.settings import Settings
from nlp.bio_rules import _rules
from nlp.calibration import THRESHOLDS, calibrate
from nlp.company import CompanyNames
from nlp.explain import codes_in_words
from nlp.history import _STANCES, Row, fold_history
from nlp.profile import score_pairs
from nlp.review import Doubt, rows_of, write_review
from nlp.speakers import speakers_lines
from nlp.statements import heard, weights
from nlp.texts import texts_lines
from nlp.ties import Tie

LUMORA = {"name": "Lumora"}
_LUMORA = CompanyNames(company_id="lumora", names=("Lumora",))


def speaker(*, fast: bool = True, **item: Any) -> dict[str, Any]:
    line = orjson.dumps({"account_id": "1", "company": LUMORA, **item}).decode()
    (answer,) = speakers_lines([line], None, fast=fast)
    found: dict[str, Any] = orjson.loads(answer)
    return found


@pytest.mark.parametrize(
    ("voice", "item"),
    [
        ("employee", {"handle": "ninar", "display_name": "Nina Roche", "bio": "Soudeuse chez Lumora"}),
        ("employee", {"handle": "tomp", "display_name": "Tom Pellet", "bio": "Engineer @lumora"}),
        ("employee", {"handle": "awa_d", "posts": ["Je travaille chez Lumora depuis 3 ans"]}),
        ("employee", {"handle": "theo", "display_name": "Théo", "bio": "Ex-Voltagne, now designer at Lumora"}),
        ("former_employee", {"handle": "jfabre", "display_name": "Jules Fabre", "bio": "Potier, ex-Lumora"}),
        ("former_employee", {"handle": "maya_l", "posts": ["J'ai quitté Lumora en mars"]}),
        ("person", {"handle": "erind", "display_name": "Erin Doyle", "bio": "Mum of two, Lumora customer"}),
        ("person", {"handle": "sam_c", "display_name": "Sam Carver", "bio": "Dad. I hope to work at Lumora"}),
        ("organisation", {"handle": "ecoBrun", "display_name": "École Brun",
          "bio": "Admissions ouvertes. Suivez nos actualités"}),
        ("bot", {"handle": "meteo", "bio": "Météo du jour", "is_bot": True}),
    ],
)  # fmt: skip
def test_a_voice_is_heard(voice: str, item: dict[str, Any]) -> None:
    assert speaker(**item)["voice"] == voice


def test_a_past_job_never_makes_an_employee() -> None:
    for bio in (
        "Former Lumora engineer",
        "Ancienne de Lumora",
        "Retired from Lumora",
        "Previously at Lumora and Kerval",
    ):
        assert speaker(handle="nr", display_name="Nina Roche", bio=bio)["voice"] != "employee", bio


def test_a_look_alike_of_the_brand_is_suggested_not_assumed() -> None:
    found = speaker(handle="LumoraAide", display_name="Lumora Aide", bio="Service client officiel de Lumora")
    assert found["voice"] != "brand"
    assert "suggested:brand" in found["evidence"]
    assert found["organisation_probability"] > 0.5


def test_probabilities_cover_the_six_voices_and_sum_to_one() -> None:
    found = speaker(handle="nr", bio="Soudeuse chez Lumora")
    assert list(found["probabilities"]) == [voice.value for voice in JUDGED_VOICES]
    assert sum(found["probabilities"].values()) == pytest.approx(1, abs=1e-3)


def test_a_bad_line_is_answered_in_its_place() -> None:
    lines = [
        '{"account_id": "1", "handle": "a"}',
        "nonsense",
        '{"account_id": "3"}',
        '{"account_id": "4", "bio": "x"}',
    ]
    answers = [orjson.loads(line) for line in speakers_lines(lines, None, fast=True)]
    assert ["error" in answer for answer in answers] == [False, True, True, False]
    assert answers[1]["error"].startswith("line 2")


@pytest.mark.parametrize(
    "wrong",
    [{"posts": "x"}, {"posts": ["x", None]}, {"links": [1]}, {"account_id": True}, {"account_id": {}}],
)
def test_a_field_of_the_wrong_kind_costs_its_own_line_only(wrong: dict[str, Any]) -> None:
    good = {"account_id": "1", "bio": "Soudeuse chez Lumora"}
    lines = [orjson.dumps(line).decode() for line in (good, {**good, **wrong}, good)]
    answers = [orjson.loads(line) for line in speakers_lines(lines, None, fast=True)]
    assert ["error" in answer for answer in answers] == [False, True, False]


@pytest.mark.parametrize(
    ("current", "former", "code"),
    [(0.8, 0.1, "post:works_at"), (0.5, 0.2, "post:may_work_at"), (0.1, 0.2, "post:may_work_at"),
     (0.09, 0.2, None), (0.1, 0.7, "post:works_at"), (0.09, 0.4, None)],
)  # fmt: skip
def test_a_post_says_a_job_hints_at_one_or_says_nothing(
    current: float, former: float, code: str | None
) -> None:
    read = heard(Tie(code="post:works_at", current=current, former=former), "je suis la")
    assert (read and read.code) == code


def test_without_a_word_of_oneself_nobody_says_a_job_of_theirs() -> None:
    for now, then, at_most in ((0.97, 0.01, 0.35), (0.6, 0.1, 0.3), (0.19, 0.1, 0.0), (0.02, 0.9, 0.0)):
        read = heard(Tie(code=None, current=now, former=then), "[recit] dans les coulisses de lumora")
        assert (read.code if read else None) in (None, "post:may_work_at")
        assert (read.current if read else 0.0) == at_most


def test_however_often_it_is_hinted_at_nobody_is_called_an_employee() -> None:
    posts = [f"Récit {number} : dans les coulisses de Lumora" for number in range(30)]
    found = speaker(posts=posts)
    assert found["voice"] != "employee"
    assert found["probabilities"]["employee"] < 0.4
    assert "post:may_work_at" in found["evidence"]


def test_what_an_organisation_posts_makes_no_employee_of_it() -> None:
    found = speaker(
        handle="ecobrun",
        display_name="École Brun",
        bio="Admissions ouvertes. Suivez nos actualités",
        posts=["Je travaille chez Lumora depuis 3 ans, je suis soudeuse chez Lumora"],
    )
    assert found["voice"] != "employee"


def test_a_post_weighs_by_its_chance() -> None:
    least = THRESHOLDS[JUDGED_VOICES.index(Voice.EMPLOYEE)]
    heard = [employee_after(chance) for chance in (0.5, 0.7, 0.85, 0.9, 0.99)]
    assert heard == sorted(heard)
    assert heard[1] < least < heard[2]
    assert heard == pytest.approx([0.5, 0.7, 0.85, 0.9, 0.99], abs=0.03)


@pytest.mark.parametrize(
    "bio",
    ["Owner of Lumora Noir Records", "Patron de Lumora Rouge Disques", "Head baker, Lumora Green Bakehouse",
     "Gérante de Lumora Blanc Coiffure"],
)  # fmt: skip
def test_a_name_that_goes_on_is_another_ones(bio: str) -> None:
    assert speaker(bio=bio)["voice"] != "employee"


@pytest.mark.parametrize("bio", ["Directrice Lumora Belgique", "Engineer at Lumora Ireland"])
def test_a_branch_of_the_company_is_no_other_company(bio: str) -> None:
    assert speaker(bio=bio)["probabilities"]["employee"] > 0.7


@pytest.mark.parametrize(
    "post",
    [
        "Je cherche une alternance en RH, Lumora prend encore ?",
        "I'm after an HR apprenticeship, does Lumora take people?",
    ],
)
def test_who_asks_for_a_place_has_none_yet(post: str) -> None:
    assert speaker(posts=[post])["voice"] != "employee"


@pytest.mark.parametrize(
    "post",
    ["je bosse chez Lumora", "je bosse chez Lumora depuis 3 ans", "I work at Lumora", "salarié Lumora ici",
     "I've worked at Lumora for three years now", "Je travaille ici chez Lumora depuis onze ans",
     "Soudeuse, je travaille de nuit chez Lumora", "je travaille chez Lumora", "j'ai commencé chez Lumora lundi"],
)  # fmt: skip
def test_the_plainest_words_for_a_job_are_enough(post: str) -> None:
    assert speaker(posts=[post])["voice"] == "employee"


@pytest.mark.parametrize(
    "post",
    ["je bosse chez Lumora", "je travaille chez Lumora", "j'ai commencé chez Lumora lundi", "I work at Lumora",
     "I started at Lumora on Monday", "salarié Lumora ici", "Soudeuse, je travaille de nuit chez Lumora"],
)  # fmt: skip
def test_the_encoder_makes_no_less_of_plain_words(post: str) -> None:
    assert speaker(posts=[post], fast=False)["voice"] == "employee"


@pytest.mark.parametrize(
    "post",
    [
        "Premier jour chez Lumora aujourd'hui !",
        "As a driver at Lumora I see it every day",
        "En tant que soudeuse chez Lumora, j'adore",
    ],
)
def test_a_post_about_ones_own_job_is_read_without_a_word_like_work(post: str) -> None:
    assert speaker(posts=[post])["voice"] == "employee"


@pytest.mark.parametrize(
    "post",
    [
        "@Lumora still no parcel, I have been waiting for a week",
        "Ma box Lumora est en panne depuis lundi, deux heures d'attente au service client",
        "@Lumora your team told me to reinstall, my account is still locked",
    ],
)
def test_whoever_writes_to_the_company_as_a_customer_is_no_employee(post: str) -> None:
    assert speaker(posts=[post])["probabilities"]["employee"] < 0.2


def employee_after(chance: float) -> float:
    """How likely an employee somebody is whose post says so with this chance, and whose profile says nothing."""
    (profile,) = score_pairs([Account(platform="x", display_name="Nina Roche")], [_LUMORA])
    told = Tie(code="post:works_at", current=chance, former=(1 - chance) / 5)
    rows = [
        Row(origin="profile", at=0, codes=profile.codes, scores=np.array(profile.scores)),
        Row(origin="post", at=1, codes=("post:works_at",), scores=np.array(weights(told))),
    ]
    *_, state = fold_history(rows)
    return float(calibrate(state.scores[None, :])[0][JUDGED_VOICES.index(Voice.EMPLOYEE)])


def test_the_company_of_a_line_wins_over_company_toml(settings: Settings) -> None:
    line = orjson.dumps(
        {"account_id": "1", "bio": "Soudeuse chez Kerval", "company": {"name": "Kerval"}}
    ).decode()
    (own,) = speakers_lines([line], settings, fast=True)
    assert orjson.loads(own)["probabilities"]["employee"] > 0.5


@pytest.mark.parametrize("bio", ["Journaliste, je suis l'actualité de Verdane", "Photos. Verdane, sea, sky."])
def test_what_only_the_model_reads_into_a_bio_is_a_hint(bio: str) -> None:
    item = {"account_id": "1", "bio": bio, "company": {"name": "Verdane"}}
    (line,) = speakers_lines([orjson.dumps(item).decode()], None, fast=True)
    answer = orjson.loads(line)
    assert answer["voice"] != "employee"
    assert "bio:reads_current" not in answer["evidence"]


def test_every_code_has_a_sentence_in_french_and_english() -> None:
    ruled = {rule.code for rule in _rules()[0]}
    for code in {
        *_STANCES,
        *ruled,
        "bio:reads_current",
        "bio:may_work_at",
        "bio:reads_former",
        "bio:disclaimer",
        "post:may_work_at",
    }:
        assert {"fr", "en"} <= set(codes_in_words()[code]), code


def text(text_: str, **item: Any) -> dict[str, Any]:
    (answer,) = texts_lines([orjson.dumps({"id": "1", "text": text_, **item}).decode()], None, fast=True)
    found: dict[str, Any] = orjson.loads(answer)
    return found


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (True, "Je bosse chez Orange depuis trois ans"),
        (True, "Le service client d'Orange ne répond jamais"),
        (True, "Orange is hiring engineers in Lille"),
        (False, "Un jus d'orange et deux cafés"),
        (False, "The orange sunset over the sea was beautiful"),
        (False, "vigilance orange dans douze départements"),
    ],
)
def test_a_common_word_needs_context_to_be_the_company(about: bool, words: str) -> None:
    assert text(words, company={"name": "Orange"})["about_company"] is about


def test_without_a_company_nothing_is_said_about_one() -> None:
    found = text("Panne d'internet depuis hier, c'est nul")
    assert found["about_company"] is None
    assert found["lang"] == "fr"
    assert "product_quality" in found["themes"]
    assert found["sentiment"] == "negative"


def test_no_cell_of_a_review_file_can_be_a_formula() -> None:
    account = Account(platform="x", handle="LumoraAide", display_name="Lumora Aide", bio="=Support de Lumora")
    file = io.StringIO()
    doubt = Doubt(account=account, voice="unknown", probability=0.5, codes=("suggested:brand",))
    assert write_review(file, rows_of([doubt], "fr")) == 1
    assert "'=Support" in file.getvalue()


def test_an_account_called_like_its_own_site_looks_more_like_an_organisation_than_one_with_a_page_on_a_network() -> (
    None
):
    def organisation(*links: str) -> float:
        profile = {"handle": "tarvelvelos", "display_name": "Tarvel", "bio": "Du bois, des roues"}
        found = speaker(**profile, links=list(links))
        return float(found["organisation_probability"])

    assert organisation("https://tarvelvelos.com") > organisation("https://www.facebook.com/tarvel") + 0.05


@pytest.mark.parametrize("address", ["http://[", "://", "http://", "x" * 3000, "http://a.b.c.d.e:99999/é"])
def test_an_address_that_is_none_is_read_past(address: str) -> None:
    assert (
        speaker(handle="nina", display_name="Nina Roche", bio="Soudeuse", links=[address])["voice"]
        == "person"
    )


@pytest.mark.parametrize("fast", [True, False])
def test_of_a_file_in_which_no_line_can_be_read_every_line_is_answered(fast: bool) -> None:
    told = [orjson.loads(each) for each in speakers_lines(["name;bio", "Nina;soudeuse"], None, fast=fast)]
    assert [each["error"].partition(":")[0] for each in told] == ["line 1", "line 2"]


@pytest.mark.parametrize("bio", ["Engineer", 1])
def test_a_line_whose_id_is_too_deep_to_be_repeated_costs_no_other_line(bio: object) -> None:
    deep = "[" * 400 + "]" * 400
    accounts = [
        f'{{"account_id": {deep}, "bio": {orjson.dumps(bio).decode()}}}',
        '{"account_id": "2", "bio": "x"}',
    ]
    told = [orjson.loads(each) for each in speakers_lines(accounts, None, fast=True)]
    assert "not text" in told[0]["error"]
    assert told[1]["account_id"] == "2"
    texts = [f'{{"id": {deep}, "text": "Bonjour"}}', '{"id": 0, "text": "Bonjour"}']
    told = [orjson.loads(each) for each in texts_lines(texts, None, fast=True)]
    assert "id is not text" in told[0]["error"]
    assert told[1]["id"] == 0


@pytest.mark.parametrize("name", ["a" * 2000, "éa" * 1000, "ae" * 1000, "l'" + "a" * 500])
def test_a_company_name_of_any_length_is_looked_up_in_little_time(name: str) -> None:
    started = time.process_time()
    (told,) = texts_lines([orjson.dumps({"id": "1", "text": f"I like {name}", "company": name}).decode()], None,
                          fast=True)  # fmt: skip
    assert time.process_time() - started < 5
    assert orjson.loads(told)["about_company"] is not None
