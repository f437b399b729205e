"""Judge: from evidence to the history of a label."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from girafe.records import JUDGED_VOICES, Account, Voice
from nlp.company import CompanyNames
from nlp.judge import judge
from nlp.profile import score_profiles
from nlp.statements import weights
from nlp.ties import Tie
from nlp.version import CLASSIFIER_VERSION
from warehouse.tables import SPEAKER_EVIDENCE, SPEAKER_LABELS

DAY = datetime(2026, 3, 2, tzinfo=UTC)
LUMORA = CompanyNames(company_id="lumora", names=("Lumora",))


def on(day: int) -> datetime:
    return DAY + timedelta(days=day)


def row(origin: str, day: int, codes: tuple[str, ...], scores: Any, account: str = "ada") -> dict[str, Any]:
    return {
        "account_id": account,
        "company_id": "lumora",
        "origin": origin,
        "reference": f"{origin}-{day}-{'-'.join(codes)}",
        "observed_at": on(day),
        "codes": list(codes),
        **{f"score_{voice.value}": score for voice, score in zip(JUDGED_VOICES, scores, strict=True)},
        "classifier_version": CLASSIFIER_VERSION,
    }


def profile(day: int, bio: str, account: str = "ada") -> dict[str, Any]:
    (score,) = score_profiles([Account(platform="x", handle="ada", display_name="Ada", bio=bio)], [LUMORA])[0]
    return row("profile", day, score.codes, score.scores, account)


def said(day: int, code: str, account: str = "ada", chance: float = 0.95) -> dict[str, Any]:
    past = code in ("post:left", "post:worked_at")
    told = Tie(code=code, current=0.02 if past else chance, former=chance if past else 0.02)
    return row("post", day, (code,), weights(told), account)


def given(day: int, voice: Voice, account: str = "ada") -> dict[str, Any]:
    return row("given", day, ("given",), [0.0 if v is voice else None for v in JUDGED_VOICES], account)


def history(rows: list[dict[str, Any]]) -> list[tuple[int, str]]:
    table = judge(pa.Table.from_pylist(rows, schema=SPEAKER_EVIDENCE.schema))
    assert table.schema.equals(SPEAKER_LABELS.schema)
    return [((r["observed_at"] - DAY).days, r["voice"]) for r in table.to_pylist()]


BIO = "Maman de deux enfants, je jardine"


def test_nothing_gives_nothing() -> None:
    assert judge(SPEAKER_EVIDENCE.schema.empty_table()).num_rows == 0


def test_a_person_who_says_they_work_there_becomes_an_employee_from_then_on() -> None:
    assert history([profile(0, BIO), said(5, "post:works_at")]) == [(0, "person"), (5, "employee")]


def test_the_latest_statement_about_the_job_wins() -> None:
    rows = [profile(0, BIO), said(1, "post:works_at"), said(9, "post:left")]
    assert history(rows) == [(0, "person"), (1, "employee"), (9, "former_employee")]


def test_a_newer_profile_wins_over_an_older_statement() -> None:
    rows = [said(1, "post:works_at"), profile(9, "Soudeuse, ex-Lumora. Maman de deux enfants")]
    assert history(rows)[-1] == (9, "former_employee")


def test_saying_it_ten_times_counts_once() -> None:
    once = judge(
        pa.Table.from_pylist([profile(0, BIO), said(1, "post:customer")], schema=SPEAKER_EVIDENCE.schema)
    )
    often = [profile(0, BIO), *(said(day, "post:customer") for day in range(1, 11))]
    assert judge(pa.Table.from_pylist(often, schema=SPEAKER_EVIDENCE.schema)).equals(once)


def test_the_clearest_of_several_posts_counts_whatever_their_order() -> None:
    def chance(*rows: dict[str, Any]) -> float:
        labels = judge(pa.Table.from_pylist([profile(0, BIO), *rows], schema=SPEAKER_EVIDENCE.schema))
        return float(labels.to_pylist()[-1]["probability_employee"])

    weak, clear = (said(day, "post:works_at", chance=share) for day, share in ((1, 0.6), (2, 0.95)))
    assert chance(weak) < chance(clear)
    assert chance(weak, clear) == chance(clear) == chance({**clear, "observed_at": on(1)}, weak)


def test_another_kind_of_statement_makes_a_job_surer_but_not_certain() -> None:
    rows = [profile(0, BIO), said(1, "post:works_at", chance=0.8), said(2, "post:as_colleague", chance=0.8)]
    first, second = (
        label["probability_employee"]
        for label in judge(pa.Table.from_pylist(rows, schema=SPEAKER_EVIDENCE.schema)).to_pylist()[1:]
    )
    assert first < second < 0.95


def test_a_profile_that_names_the_company_without_a_job_makes_a_post_about_one_less_sure() -> None:
    def chance(bio: str) -> float:
        rows = [profile(0, bio), said(1, "post:works_at", chance=0.9)]
        labels = judge(pa.Table.from_pylist(rows, schema=SPEAKER_EVIDENCE.schema)).to_pylist()
        return float(labels[-1]["probability_employee"])

    silent, names = chance(BIO), chance("Mum of two, Lumora customer")
    assert 0.6 < names < silent - 0.05


def test_a_hint_alone_makes_neither_an_employee_nor_a_sure_person() -> None:
    assert history([profile(0, BIO), said(1, "post:may_work_at", chance=0.5)]) == [
        (0, "person"),
        (1, "unknown"),
    ]


def test_a_given_voice_outweighs_everything_and_is_certain() -> None:
    rows = [profile(0, BIO), said(1, "post:works_at"), given(3, Voice.BOT)]
    (label,) = judge(pa.Table.from_pylist(rows, schema=SPEAKER_EVIDENCE.schema)).to_pylist()
    assert (label["voice"], label["probability"], label["is_certain"]) == ("bot", 1.0, True)


def test_the_order_of_the_evidence_plays_no_part() -> None:
    rows = [
        *(profile(day, BIO, f"a{day % 5}") for day in range(20)),
        *(said(day, code, f"a{day % 5}") for day, code in enumerate(["post:works_at", "post:left"] * 6)),
        *(given(day, Voice.EMPLOYEE, "a1") for day in range(3)),
    ]
    expected = judge(pa.Table.from_pylist(rows, schema=SPEAKER_EVIDENCE.schema))
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        assert judge(pa.Table.from_pylist(rows, schema=SPEAKER_EVIDENCE.schema)).equals(expected)


def test_probabilities_sum_to_one_and_unsure_accounts_are_unknown() -> None:
    rows = [row("profile", 0, (), np.log([0.05, 0.3, 0.15, 0.3, 0.15, 0.05]).tolist())]
    (label,) = judge(pa.Table.from_pylist(rows, schema=SPEAKER_EVIDENCE.schema)).to_pylist()
    assert label["voice"] == "unknown"
    assert abs(sum(label[f"probability_{voice.value}"] for voice in JUDGED_VOICES) - 1) < 1e-3


def test_a_hundred_thousand_accounts_take_seconds() -> None:
    one = pa.Table.from_pylist([profile(0, BIO)], schema=SPEAKER_EVIDENCE.schema)
    count = 100_000
    many = one.take(pa.array(np.zeros(count, dtype=np.int64)))
    ids = pa.array([f"{number:026d}" for number in range(count)])
    many = many.set_column(0, "account_id", ids)
    started = time.process_time()
    assert judge(many).num_rows == count
    assert time.process_time() - started < 6
