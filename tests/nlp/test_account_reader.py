"""Account reader: what no sentence says alone, profile and posts say together; the name itself plays no part."""

from __future__ import annotations

import orjson
import pytest

from nlp.account_reader import account_features, bio_features, post_features
from nlp.company import CompanyNames
from nlp.explain import codes_in_words
from nlp.fold import fold
from nlp.post_rules import rule_statement
from nlp.speakers import speakers_lines

_NORLUX = CompanyNames(company_id="x", names=("Norlux",))


def _told(
    bio: str, *posts: str, company: str = "Norlux", fast: bool = True, **more: object
) -> dict[str, object]:
    item = {"account_id": "1", "bio": bio, "posts": list(posts), "company": {"name": company}, **more}
    (line,) = speakers_lines([orjson.dumps(item).decode()], None, fast=fast)
    told: dict[str, object] = orjson.loads(line)
    return told


def _employee(bio: str, *posts: str) -> float:
    probabilities = _told(bio, *posts)["probabilities"]
    assert isinstance(probabilities, dict)
    return float(probabilities["employee"])


@pytest.mark.parametrize(
    ("bio", "post"),
    [
        (
            "Radiographer. Two cats.",
            "new scanner at Norlux still in its crate and we're wheeling patients round",
        ),
        ("Soudeur, motard, papa.", "le four est reparti, on a coulé jusqu'à 5h chez Norlux"),
    ],
)
def test_a_trade_in_the_profile_and_a_place_in_a_post_tell_a_job_together(bio: str, post: str) -> None:
    together = _employee(bio, post)
    assert together > _employee(bio, "Norlux again")
    assert together > 0.5


@pytest.mark.parametrize(
    ("bio", "post"),
    [
        (
            "Retired. Allotment.",
            "third day waiting in for Norlux, the tracking says the driver is four stops away",
        ),
        ("Maman de trois", "deux caisses ouvertes sur neuf chez Norlux, j'ai laissé mon caddie"),
    ],
)
def test_who_waits_for_a_company_does_not_work_there(bio: str, post: str) -> None:
    told = _told(bio, post)
    assert told["voice"] == "person"
    assert "account:reads_other" in told["evidence"]  # type: ignore[operator]


def test_what_the_company_is_called_plays_no_part() -> None:
    text = "{} canteen ran out of chips again and my shift ends at ten"
    names = ["Norlux", "Brume & Fils", "Wattlebord Mining"]
    rows = {
        tuple(
            account_features("Fitter", [text.format(name)], CompanyNames(company_id="x", names=(name,))) or ()
        )
        for name in names
    }
    assert len(rows) == 1


def test_a_post_or_a_profile_alone_is_read_the_same_by_a_run_and_as_an_account() -> None:
    for post in ("my shift at Norlux ends at ten", "je bosse chez Norlux " * 60, "nothing of theirs"):
        folded = fold(post)
        mentions, code = _NORLUX.mentions(post, folded), rule_statement(folded, _NORLUX)
        alone = post_features(folded, mentions, code) if mentions else None
        assert alone == account_features("", [post], _NORLUX)
        profile = bio_features(folded, mentions) if mentions else None
        assert profile == account_features(post, [], _NORLUX)


def test_who_names_no_company_is_not_read() -> None:
    assert account_features("Nurse", ["night shift again"], _NORLUX) is None
    evidence = _told("Nurse", "night shift again")["evidence"]
    assert not any(str(code).startswith("account:") for code in evidence)  # type: ignore[attr-defined]


@pytest.mark.parametrize("place", ["profile", "post"])
def test_the_same_words_count_otherwise_in_a_profile_and_in_a_post(place: str) -> None:
    bio, posts = ("Norlux, Lyon", []) if place == "profile" else ("", ["Norlux, Lyon"])
    other = account_features("" if bio else "Norlux, Lyon", [] if posts else ["Norlux, Lyon"], _NORLUX)
    assert account_features(bio, posts, _NORLUX) != other


def test_a_parody_stays_one_whatever_its_words_tell() -> None:
    told = _told("Parody account. I work at Norlux, obviously", "my shift at Norlux ends at ten")
    assert told["voice"] != "employee"


def test_an_organisation_that_names_the_company_is_no_person() -> None:
    told = _told(
        "Association des usagers du quartier. Permanence le jeudi, adhésion 10 euros.",
        "L'association remercie Norlux pour son soutien.",
        display_name="Association du Faubourg",
        handle="asso_faubourg",
    )
    assert told["voice"] == "organisation"


def test_long_accounts_and_posts_without_end_are_read_within_bounds() -> None:
    much = account_features("Norlux " * 2_000, ["Norlux " * 2_000] * 500, _NORLUX)
    assert much is not None
    assert len(much) < 2_000


def test_every_code_has_a_sentence() -> None:
    for read in ("current", "former", "other", "organisation"):
        assert set(codes_in_words()[f"account:reads_{read}"]) == {"fr", "en"}
