"""Every definition of docs/method.md on a small case whose numbers were worked out by hand.

Each case is a company of its own, so that one build measures them all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from girafe.records import SIDE_OF_VOICE

CASES: list[Callable[..., Any]] = []
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
CROWD = [f"p{number}" for number in range(12)]


def case(build: Callable[..., Any]) -> Callable[..., Any]:
    """The rows of one company, named after the function."""
    CASES.append(build)
    return build


def at(*, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
    return MONDAY + timedelta(days=days, hours=hours, minutes=minutes)


@pytest.fixture(scope="session")
def measured(measure: Callable[..., Any], raw_rows: Callable[..., Any]) -> Any:
    raws = []
    for number, build in enumerate(CASES):
        raw = raw_rows(build.__name__, home=number == 0)
        build(raw)
        raws.append(raw)
    return measure(*raws)


def mix(measured: Any, company: str, **where: str) -> dict[str, Any]:
    conditions = {"company_id": company, "platform": "all", "language": "all"} | where
    return measured.row(
        "rpt_conversation_mix_weekly", " and ".join(f"{k} = '{v}'" for k, v in conditions.items())
    )


def voices_of(measured: Any, company: str) -> list[tuple[str, str]]:
    """Post and voice, in the order of the posts."""
    return measured.ask(
        "select split_part(post_key, '/', 2), voice from core.fct_posts "
        "join intermediate.int_post_keys using (post_id) "
        f"where company_id = '{company}' and post_key like '{company}/%' order by created_at, post_id"
    )


# Identity


@case
def one_account_under_handle_and_id(raw: Any) -> None:
    raw.alias("ada", "id:1")
    raw.label("id:1", "employee")
    raw.post("1", "id:1")
    raw.post("2", "ada", at(hours=1), reply_to="1", mentions=("ada",))


def test_the_same_author_by_handle_and_by_id_is_one_speaker_who_answers_himself(measured: Any) -> None:
    row = mix(measured, "one_account_under_handle_and_id")
    assert (row["monologues"], row["conversations"], row["exchanges"]) == (1, 0, 0)
    assert voices_of(measured, "one_account_under_handle_and_id") == [("1", "employee"), ("2", "employee")]


@case
def handle_changed_hands(raw: Any) -> None:
    raw.alias("ada", "id:old", at(days=-9))
    raw.alias("ada", "id:new", at())
    raw.people("id:old", "id:new", "bob")
    raw.post("1", "bob", mentions=("ada",))


def test_a_handle_that_changed_hands_means_the_account_that_held_it_last(measured: Any) -> None:
    keys = measured.ask(
        "select account_key from core.fct_exchanges join intermediate.int_account_keys "
        "on account_id = addressee_id where company_id = 'handle_changed_hands' order by 1"
    )
    assert keys == [("handle_changed_hands/ada",), ("handle_changed_hands/id:new",)]


# Voices


@case
def precedence(raw: Any) -> None:
    raw.official("shop")
    raw.alias("shop", "id:shop")
    raw.label("id:shop", "person")
    raw.label("ada", "person", at(days=-1), certain=False)
    raw.label("ada", "employee", at(days=9))
    raw.post("1", "id:shop", about=False)
    raw.post("2", "ada", at(days=-300), reply_to="1")


def test_configured_outweighs_given_and_given_outweighs_inferred_for_all_time(measured: Any) -> None:
    assert voices_of(measured, "precedence") == [("2", "employee"), ("1", "brand")]


@case
def rival(raw: Any) -> None:
    raw.people("ada")
    raw.rows["posts"].append(
        {
            "post_id": "rival/1",
            "content_hash": "v1",
            "platform": "precedence",
            "account_id": "precedence/id:shop",
            "created_at": MONDAY,
            "first_seen_at": MONDAY,
            "last_seen_at": MONDAY,
        }
    )
    raw.post("2", "ada", at(hours=1), reply_to="1")


def test_the_brand_of_another_company_is_an_organisation(measured: Any) -> None:
    row = mix(measured, "rival")
    assert (row["conversations_other"], row["exchanges_with_other"]) == (1, 1)


@case
def changed_jobs(raw: Any) -> None:
    raw.label("ada", "employee", at(), certain=False)
    raw.label("ada", "employee", at(days=5), certain=False)
    raw.label("ada", "former_employee", at(days=10), certain=False)
    raw.post("0", "ada", at(days=-31))
    raw.post("1", "ada", at(days=-29))
    raw.post("2", "ada", at(days=9))
    raw.post("3", "ada", at(days=10))


def test_a_post_has_the_voice_of_its_time_and_before_the_first_sight_for_thirty_days(measured: Any) -> None:
    assert voices_of(measured, "changed_jobs") == [
        ("0", "unknown"),
        ("1", "employee"),
        ("2", "employee"),
        ("3", "former_employee"),
    ]
    assert measured.ask(
        "select count(*) from core.fct_posts where company_id = 'changed_jobs' and is_backdated"
    ) == [(1,)]
    spans = measured.ask(
        "select voice, is_backdated, valid_to is null from core.dim_speakers "
        "join intermediate.int_account_keys using (account_id) "
        "where company_id = account_key[:12] and company_id = 'changed_jobs' order by valid_from"
    )
    assert spans == [("employee", True, False), ("former_employee", False, True)]


# Threads


@case
def circle(raw: Any) -> None:
    raw.people("ada", "bob", "eve")
    raw.post("1", "ada", at(), reply_to="3")
    raw.post("2", "bob", at(hours=1), reply_to="1")
    raw.post("3", "eve", at(hours=2), reply_to="2")
    raw.post("4", "ada", at(hours=3), reply_to="3")


def test_replies_in_a_circle_are_one_conversation(measured: Any) -> None:
    row = mix(measured, "circle")
    assert (row["conversations_human_to_human"], row["monologues"], row["exchanges"]) == (1, 0, 4)


@case
def lost_parent(raw: Any) -> None:
    raw.people("ada", "bob", "eve", "dan")
    raw.post("1", "ada", reply_to="lost")
    raw.post("2", "bob", at(hours=1), reply_to="lost")
    raw.post("3", "eve", at(hours=2), conversation="lost", about=False)
    raw.post("4", "dan", at(hours=3), reply_to="3", mentions=("eve",))


def test_answers_to_a_post_nobody_has_meet_in_its_thread(measured: Any) -> None:
    row = mix(measured, "lost_parent")
    assert (row["conversations_human_to_human"], row["monologues"]) == (1, 0)
    assert (row["exchanges_unresolved"], row["exchanges_human_to_human"]) == (2, 1)


@case
def named_root(raw: Any) -> None:
    raw.people("ada", "bob")
    raw.post("root", "ada")
    raw.post("2", "bob", at(hours=1), conversation="root")


def test_a_post_that_others_name_as_their_conversation_belongs_to_it(measured: Any) -> None:
    assert mix(measured, "named_root")["conversations_human_to_human"] == 1


@case
def long_chain(raw: Any) -> None:
    raw.people("ada", "bob")
    raw.post("0", "ada")
    for number in range(1, 3000):
        raw.post(f"{number}", "ada" if number % 2 else "bob", at(minutes=number), reply_to=f"{number - 1}")


def test_a_chain_of_three_thousand_replies_is_one_thread(measured: Any) -> None:
    assert measured.ask("select count(*) from core.fct_conversations where company_id = 'long_chain'") == [
        (1,)
    ]


@case
def bare_repost(raw: Any) -> None:
    raw.people("ada", "bob", "eve")
    raw.post("1", "ada")
    raw.post("2", "bob", at(hours=1), repost_of="1", is_bare_repost=True, conversation="1", about=None)
    raw.post("3", "eve", at(hours=2), repost_of="1")


def test_a_bare_repost_is_not_speech_and_a_repost_with_text_is_an_exchange(measured: Any) -> None:
    row = mix(measured, "bare_repost")
    assert (row["count_posts"], row["monologues"], row["exchanges_human_to_human"]) == (2, 2, 1)


@case
def gone(raw: Any) -> None:
    raw.people("ada", "bob", "eve")
    raw.alias("eve", "id:eve")
    raw.post("1", "ada")
    raw.post("2", "bob", at(hours=1), reply_to="1")
    raw.post("3", "eve", at(hours=1), reply_to="1")
    raw.gone(post="2")
    raw.gone(account="id:eve")


def test_deleted_posts_and_accounts_are_in_no_number(measured: Any) -> None:
    row = mix(measured, "gone")
    assert (row["count_posts"], row["monologues"], row["exchanges"]) == (1, 1, 0)


@case
def edited(raw: Any) -> None:
    raw.people("ada", "bob", "eve")
    raw.post("1", "ada")
    raw.post("2", "bob", at(hours=1), reply_to="1", version="old", mentions=("eve",), themes=("management",))
    raw.post("2", "bob", at(hours=1), version="new", last_seen_at=at(days=1), themes=("recruitment",))


def test_only_the_newest_version_of_an_edited_post_counts(measured: Any) -> None:
    row = mix(measured, "edited")
    assert (row["count_posts"], row["monologues"], row["exchanges"]) == (2, 2, 0)
    themes = measured.ask("select theme from core.fct_post_themes where company_id = 'edited'")
    assert themes == [("recruitment",)]


@case
def not_ours(raw: Any) -> None:
    raw.official("shop")
    raw.people("ada", "bob")
    raw.post("1", "ada", about=False)
    raw.post("2", "bob", at(hours=1), reply_to="1", about=False)
    raw.post("3", "ada", at(hours=2), about=False)
    raw.post("4", "shop", at(hours=3), reply_to="3", about=False)


def test_a_thread_counts_if_it_is_about_the_company_or_its_own_account_takes_part(measured: Any) -> None:
    row = mix(measured, "not_ours")
    assert (row["count_posts"], row["conversations_brand_to_human"], row["conversations"]) == (2, 1, 1)


# Exchanges


@case
def exchanges(raw: Any) -> None:
    raw.official("shop")
    raw.official("careers")
    raw.people("ada", "bob")
    raw.label("bot", "bot")
    raw.post("1", "ada")
    raw.post("2", "shop", at(hours=1), reply_to="1", mentions=("ada",))  # one exchange, named twice
    raw.post("3", "ada", at(hours=2), reply_to="2", mentions=("bob", "stranger"))  # brand, bob, nobody seen
    raw.post("4", "careers", at(hours=3), mentions=("shop",))
    raw.post("5", "bot", at(hours=4), quote_of="1")
    raw.post("6", "zoe", at(hours=5), reply_to="5")  # unknown to a bot: with other
    raw.post("7", "bob", at(hours=6), mentions=("bob",))  # a broadcast


def test_each_addressee_counts_once_and_by_both_voices(measured: Any) -> None:
    row = mix(measured, "exchanges")
    got = {
        kind: row[f"exchanges_{kind}"]
        for kind in (
            "human_to_human",
            "brand_to_human",
            "human_to_brand",
            "brand_to_brand",
            "with_other",
            "unresolved",
        )
    }
    assert got == {
        "human_to_human": 1,
        "brand_to_human": 1,
        "human_to_brand": 1,
        "brand_to_brand": 1,
        "with_other": 2,
        "unresolved": 1,
    }
    assert (row["exchanges"], row["exchange_human_to_human_share_denominator"]) == (7, 3)
    assert row["exchange_human_to_human_share"] == pytest.approx(1 / 3)


@case
def weeks(raw: Any) -> None:
    raw.people("ada", "bob")
    raw.post("1", "ada", datetime(2026, 3, 8, 22, 30, tzinfo=UTC))  # Sunday 23:30 in Paris
    raw.post("2", "bob", datetime(2026, 3, 8, 23, 30, tzinfo=UTC), reply_to="1")  # Monday 00:30
    raw.post("3", "bob", datetime(2026, 3, 29, 12, tzinfo=UTC))


def test_weeks_begin_on_monday_in_the_time_zone_of_the_company_and_empty_weeks_have_rows(
    measured: Any,
) -> None:
    rows = measured.rows(
        "rpt_conversation_mix_weekly", "company_id = 'weeks' and platform = 'all' and language = 'all'"
    )
    got = {str(row["week_start"]): (row["conversations"], row["exchanges"]) for row in rows}
    assert got == {"2026-03-02": (1, 0), "2026-03-09": (0, 1), "2026-03-16": (0, 0), "2026-03-23": (0, 0)}
    empty = mix(measured, "weeks", week_start="2026-03-16")
    assert empty["human_to_human_share"] is None
    assert empty["human_to_human_share_low"] is None
    assert empty["is_human_to_human_share_changed"] is None


# Intervals


@case
def certainty(raw: Any) -> None:
    for number in range(12):
        raw.people(f"a{number}", f"b{number}")
        raw.post(f"{number}", f"a{number}")
        raw.post(f"{number}r", f"b{number}", at(hours=1), reply_to=f"{number}")


def test_twelve_of_twelve_is_not_certainty(measured: Any) -> None:
    row = mix(measured, "certainty")
    assert row["human_to_human_share"] == row["human_to_human_share_high"] == 1
    # Jeffreys: Beta(12.5, 0.5) has its 2.5 % quantile at 0.81
    assert 0.7 < row["human_to_human_share_low"] < 0.9


@case
def change(raw: Any) -> None:
    raw.official("shop")
    for week, with_brand in enumerate((20, 22, 6)):
        for number in range(40):
            key = f"{week}-{number}"
            raw.people(f"a{key}", f"b{key}")
            raw.post(key, f"a{key}", at(days=7 * week))
            raw.post(f"{key}r", f"b{key}", at(days=7 * week, hours=1), reply_to=key)
            if number < with_brand:
                raw.post(f"{key}s", "shop", at(days=7 * week, hours=2), reply_to=key)


def test_a_change_is_called_a_change_only_if_the_interval_of_the_difference_says_so(measured: Any) -> None:
    weeks = ("2026-03-02", "2026-03-09", "2026-03-16")
    rows = [mix(measured, "change", week_start=week) for week in weeks]
    assert [row["human_to_human_share"] for row in rows] == [0.5, 0.45, 0.85]
    assert [row["is_human_to_human_share_changed"] for row in rows] == [None, False, True]
    assert rows[2]["human_to_human_share_change"] == pytest.approx(0.4)
    assert 0.1 < rows[2]["human_to_human_share_change_low"] < 0.3
    assert rows[0]["human_to_human_share_change"] is None


# What people are behind


@case
def voices(raw: Any) -> None:
    raw.official("shop")
    raw.post("0", "shop")
    for name in CROWD[:7]:
        raw.label(name, "person")
        raw.post(f"of-{name}", name, at(hours=1), reply_to="0", likes=2)
    for name in ("e1", "e2", "e3"):
        raw.label(name, "employee")
        raw.post(f"of-{name}", name, at(hours=2), reply_to="0")
    for name in ("u1", "u2", "u3", "u4", "u5", "u6"):
        raw.post(f"of-{name}", name, at(hours=3), reply_to="0")


def test_a_small_voice_is_withheld_and_so_is_what_would_let_one_subtract_it(measured: Any) -> None:
    rows = measured.rows("rpt_voices_weekly", "company_id = 'voices' and platform = 'all'")
    got = {row["voice"]: row["count_accounts"] for row in rows}
    assert got == {
        "brand": 1,
        "employee": None,
        "former_employee": 0,
        "person": 7,
        "organisation": 0,
        "bot": 0,
        "unknown": None,
    }
    by_platform = measured.rows("rpt_voices_weekly", "company_id = 'voices' and platform = 'voices'")
    assert {row["voice"] for row in by_platform if row["count_accounts"] is not None} == {
        "brand",
        "organisation",
        "bot",
    }


@case
def activation(raw: Any) -> None:
    raw.rows["companies"][0] |= {"headcount": 200, "headcount_source": "report"}
    for name in CROWD[:6]:
        raw.label(name, "employee", certain=False, probabilities={"employee": 0.9, "person": 0.1})
        raw.post(f"1-{name}", name, at())
        raw.post(f"2-{name}", name, at(days=3))


def test_activation_is_distinct_employees_over_headcount_with_its_interval(measured: Any) -> None:
    row = measured.row("rpt_activation_monthly", "company_id = 'activation'")
    assert (row["count_active_employees"], row["activation_share"], row["is_computable"]) == (6, 0.03, True)
    # expected 5.4, spread 1.96 * sqrt(6 * 0.9 * 0.1) = 1.44; mirrored at 6
    assert (row["count_active_employees_low"], row["count_active_employees_high"]) == (3, 9)
    assert (row["benchmark_professional_low"], row["benchmark_professional_high"]) == (0.08, 0.09)


def test_without_a_headcount_activation_is_not_computable(measured: Any) -> None:
    row = measured.row("rpt_activation_monthly", "company_id = 'voices'")
    assert (row["is_computable"], row["activation_share"], row["count_active_employees"]) == (
        False,
        None,
        None,
    )


@case
def pause(raw: Any) -> None:
    raw.rows["companies"][0] |= {"headcount": 200, "headcount_source": "report"}
    raw.post("before", "p0", at(days=-56))
    raw.post("after", "p0", at())


def test_in_a_month_in_which_nobody_spoke_nobody_is_active_and_the_interval_says_nobody(
    measured: Any,
) -> None:
    row = measured.row("rpt_activation_monthly", "company_id = 'pause' and month_start = '2026-02-01'")
    assert row["is_computable"]
    for name in ("count_active_employees", "activation_share"):
        assert (row[name], row[f"{name}_low"], row[f"{name}_high"]) == (0, 0, 0), name


@case
def dialogue(raw: Any) -> None:
    raw.official("shop")
    raw.people(*CROWD)
    raw.post("news", "shop", at(), about=False)
    for number, name in enumerate(CROWD[:10]):
        raw.post(
            f"q{number}",
            name,
            at(hours=1),
            mentions=("shop",),
            is_question=number < 8,
            themes=("recruitment",),
        )
    for number in range(4):
        raw.post(f"a{number}", "shop", at(hours=1, minutes=30 * (number + 1)), reply_to=f"q{number}")
    raw.post("late", "shop", at(days=9), reply_to="q4")
    raw.post("q10", CROWD[10], at(days=6), mentions=("shop",), is_question=True)
    # the newest sighting of all cases is of day 42, a week after the newest post: the first has no time left
    raw.post("q11", CROWD[11], at(days=34), mentions=("shop",), is_question=True)
    raw.post("q12", CROWD[11], at(days=36), mentions=("shop",), is_question=True)


def test_the_brand_is_measured_by_what_it_answers_and_when(measured: Any) -> None:
    row = measured.row(
        "rpt_brand_dialogue_weekly",
        "company_id = 'dialogue' and platform = 'all' and week_start = date '2026-03-02'",
    )
    assert (row["count_brand_posts"], row["count_broadcasts"], row["dialogue_share"]) == (5, 1, 0.8)
    assert (row["count_addressed_posts"], row["count_questions"], row["count_persons"]) == (11, 9, 11)
    # an answer on the ninth day is too late
    assert (row["count_questions_answered"], row["count_questions_unanswered"]) == (4, 5)
    assert (row["response_share_numerator"], row["response_share_denominator"]) == (4, 11)
    assert (row["response_minutes_median"], row["response_minutes_p90"]) == (75, 111)
    waiting = measured.rows(
        "rpt_brand_dialogue_weekly", "company_id = 'dialogue' and count_questions_waiting > 0"
    )
    assert {(str(row["week_start"]), row["response_share"]) for row in waiting} == {("2026-04-06", None)}


def test_every_row_says_whether_something_in_it_is_withheld(measured: Any) -> None:
    silent = [
        table
        for (table,) in measured.ask(
            "select table_name from duckdb_columns() "
            "where column_name = 'is_suppressed' and table_name like 'rpt_%' order by 1"
        )
        if measured.rows(table, "is_suppressed is null")
    ]
    assert silent == []


def test_questions_by_theme_need_ten_persons(measured: Any) -> None:
    row = measured.row("rpt_brand_questions_weekly", "company_id = 'dialogue'")
    assert (row["theme"], row["is_suppressed"], row["count_questions"]) == ("recruitment", True, None)


@case
def themes(raw: Any) -> None:
    raw.official("shop")
    raw.people(*CROWD)
    for number, name in enumerate(CROWD):
        raw.post(f"{number}", name, at(hours=number), themes=("management",), sentiment="negative")
        raw.post(
            f"{number}s", "shop", at(hours=number, minutes=5), reply_to=f"{number}", themes=("management",)
        )
    for name in CROWD[:3]:
        raw.post(f"r-{name}", name, at(days=1), themes=("recruitment",), sentiment="positive")


def test_themes_by_kind_of_thread_need_ten_persons_and_by_themselves_five(measured: Any) -> None:
    rows = measured.rows("rpt_themes_weekly", "company_id = 'themes' and count_posts is not null")
    got = {
        (row["theme"], row["thread_kind"]): (row["count_persons"], row["count_posts"])
        for row in rows
        if row["count_posts"]
    }
    assert got == {("management", "all"): (12, 24), ("management", "brand_to_human"): (12, 24)}
    [row] = [r for r in rows if (r["theme"], r["thread_kind"]) == ("management", "brand_to_human")]
    assert (row["thread_share"], row["brand_post_share"]) == (1, 1)
    withheld = measured.row(
        "rpt_themes_weekly", "company_id = 'themes' and theme = 'recruitment' and thread_kind = 'all'"
    )
    assert (withheld["is_suppressed"], withheld["count_persons"]) == (True, None)


@case
def tones(raw: Any) -> None:
    raw.official("shop")
    raw.people(*CROWD)
    for number, name in enumerate(CROWD):
        raw.post(f"{number}", name, at(hours=number), themes=("management",), sentiment="negative")
        raw.post(
            f"{number}s", "shop", at(hours=number, minutes=5), reply_to=f"{number}", sentiment="positive"
        )


def test_tone_is_counted_over_posts_of_persons_about_the_company(measured: Any) -> None:
    row = measured.row(
        "rpt_sentiment_weekly",
        "company_id = 'tones' and theme = 'management' and sentiment = 'negative'",
    )
    assert (row["sentiment_share_numerator"], row["sentiment_share_denominator"]) == (12, 12)
    assert row["sentiment_share_low"] < 0.9 <= row["sentiment_share"] == 1
    # three of fifteen are positive: with them withheld, the others could be subtracted
    everything = measured.rows("rpt_sentiment_weekly", "company_id = 'themes' and theme = 'all'")
    assert sum(row["is_suppressed"] for row in everything) == 2


@case
def rising(raw: Any) -> None:
    people = [f"r{number}" for number in range(60)]
    raw.people(*people)
    for week in range(6):
        for number, name in enumerate(people[:40]):
            theme = "management" if number % 2 else "recruitment"
            raw.post(f"{week}-{name}", name, at(days=7 * week), themes=(theme,))
    for name in people[40:]:
        raw.post(f"new-{name}", name, at(days=35), themes=("job_security",))
    # Seen again a week later: the last week is over.
    raw.post("again", "r0", at(days=35), about=False, last_seen_at=at(days=42))


def test_a_theme_that_rose_beyond_chance_is_told_and_one_that_did_not_is_not(measured: Any) -> None:
    rows = measured.rows("rpt_rising_themes_weekly", "company_id = 'rising' and week_start = '2026-04-06'")
    got = {row["theme"]: (row["is_risen"], row["is_first_seen"]) for row in rows if row["count_persons"]}
    assert got == {
        "job_security": (True, True),
        "management": (False, False),
        "recruitment": (False, False),
    }
    [row] = [row for row in rows if row["theme"] == "job_security"]
    # G-squared by hand: 20 of 60 now against 0 of 160 before
    assert row["log_likelihood"] == pytest.approx(57.66, abs=0.01)
    assert row["q_value"] < 0.001
    # nobody ever spoke of it: no test that failed, but none
    [row] = [row for row in rows if row["theme"] == "culture_values"]
    assert (row["count_persons"], row["log_likelihood"], row["p_value"], row["q_value"]) == (
        0,
        None,
        None,
        None,
    )


@case
def returning(raw: Any) -> None:
    raw.people(*CROWD)
    for name in CROWD[:2]:
        raw.post(f"then-{name}", name, at(), themes=("recruitment",))
    for name in CROWD:
        raw.post(f"now-{name}", name, at(days=35), themes=("recruitment", "management"))


def test_a_theme_of_which_too_few_spoke_before_to_be_told_is_not_called_new(measured: Any) -> None:
    rows = measured.rows(
        "rpt_rising_themes_weekly", "company_id = 'returning' and week_start = '2026-04-06' and is_first_seen"
    )
    assert [row["theme"] for row in rows] == ["management"]


@case
def large(raw: Any) -> None:
    raw.official("shop")
    raw.people(*CROWD)
    raw.post("0", "shop", about=False)
    raw.post("x", CROWD[0], at(hours=1))
    for post, url in (("0", "https://shop.example/0"), ("x", "https://never.example/x")):
        raw.rows["organisation_links"].append({"post_id": raw.key(post), "url": url, "last_seen_at": at()})
    for name in CROWD:
        raw.post(f"to-shop-{name}", name, at(hours=2), reply_to="0", about=False)
        raw.post(f"to-person-{name}", name, at(hours=3), reply_to="x", about=False)


def test_a_large_conversation_is_told_by_size_and_only_an_organisations_can_be_pointed_at(
    measured: Any,
) -> None:
    rows = measured.rows("rpt_conversations_weekly", "company_id = 'large'")
    got = [(row["opened_by"], row["count_persons"], row["count_posts"], row["link"]) for row in rows]
    assert sorted(got) == [("brand", 10, 10, "https://shop.example/0"), ("human", 10, 10, None)]


def test_every_voice_stands_on_the_side_that_the_records_say(measured: Any) -> None:
    told = dict(measured.ask("select voice, side from seeds.voices"))
    assert told == {voice.value: side.value for voice, side in SIDE_OF_VOICE.items()}


def test_the_same_data_gives_the_same_files(
    measure: Callable[..., Any], raw_rows: Callable[..., Any], measured: Any
) -> None:
    raws = []
    for number, build in enumerate(CASES):
        raw = raw_rows(build.__name__, home=number == 0)
        build(raw)
        for rows in raw.rows.values():
            rows.reverse()
        raws.append(raw)
    again = measure(*reversed(raws))
    files = sorted(path.name for path in measured.marts.iterdir())
    assert len(files) == 15
    for name in files:
        assert (again.marts / name).read_bytes() == (measured.marts / name).read_bytes(), name
