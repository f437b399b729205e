"""What is only known as counts is counted by the same words as everything else, and replaces itself."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from girafe.records import Account, Counted, Post, Voice
from girafe.settings import parse_settings
from nlp.company import company_names
from nlp.edge_counts import EdgeCounter
from nlp.links import official_accounts_of

ROOT = "Ondine recrute des gens pour une nouvelle équipe à Lyon, écrivez-nous si cela vous dit"
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
SETTINGS = parse_settings('[company]\nname = "Ondine"\nofficial_accounts = ["net:brand"]\n')
COUNTS = (
    "count_posts", "conversations", "conversations_human_to_human", "conversations_brand_to_human",
    "conversations_other", "conversations_unresolved", "monologues", "exchanges", "exchanges_human_to_human",
    "exchanges_brand_to_human", "exchanges_human_to_brand", "exchanges_brand_to_brand", "exchanges_with_other",
    "exchanges_unresolved",
)  # fmt: skip
PEOPLE = [("brand", Voice.BRAND), *((f"p{n}", Voice.PERSON) for n in range(6)), ("e", Voice.EMPLOYEE),
          ("firm", Voice.ORGANISATION), ("bot", Voice.BOT), ("who", None)]  # fmt: skip


def threads(chance: random.Random) -> list[list[Post]]:
    """Threads of a page: its posts and what is answered below them, sometimes to a post nobody has."""
    made = []
    for number in range(40):
        size = chance.randrange(1, 7)
        at = START + timedelta(hours=number * 7)
        posts: list[Post] = []
        for place in range(size):
            name, voice = chance.choice(PEOPLE)
            above = None if not place else chance.choice([post.post_id for post in posts] + [f"lost{number}"])
            posts.append(
                Post(
                    platform="net",
                    post_id=f"t{number}-{place}",
                    created_at=at + timedelta(hours=place * 9),
                    text=ROOT if not place else "merci beaucoup pour la réponse",
                    author=Account(platform="net", account_id=name, voice=voice),
                    observed_at=at + timedelta(days=3),
                    reply_to=above,
                    conversation_id=f"t{number}-0",
                    mentions=tuple(
                        chance.sample([person for person, _ in PEOPLE], chance.choice([0, 0, 1, 2]))
                    ),
                    counted=Counted(unit=f"thread t{number}", own_accounts=("brand",)),
                )
            )
        made.append(posts)
    return made


def rows_of(*runs: list[Post]) -> list[dict[str, Any]]:
    found = []
    for posts in runs:
        counter = EdgeCounter(
            companies=[company_names(company) for company in SETTINGS.companies],
            official=[official_accounts_of(company) for company in SETTINGS.companies],
            time_zone=ZoneInfo("Europe/Paris"),
        )
        for post in posts:
            assert post.counted is not None
            counter.add(post, post.counted)
        found.extend(counter.rows())
    return found


def of_company(company: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same counts as of another company, on a platform of its own: several are measured in one build."""
    return [
        {**row, "company_id": company, "platform": company, "unit_id": f"{company} {row['unit_id']}"}
        for row in rows
    ]


def counts(measured: Any, company: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Every cell of a company in which something was counted."""
    return {
        (row["week_start"], row["platform"] == "all", row["language"]): told
        for row in measured.rows("rpt_conversation_mix_weekly", f"company_id = '{company}'")
        if any(told := tuple(row[name] for name in COUNTS))
    }


@pytest.fixture(scope="module")
def said() -> list[list[Post]]:
    return threads(random.Random(7))


@pytest.fixture(scope="module")
def measured(measure: Callable[..., Any], raw_rows: Callable[..., Any], said: list[list[Post]]) -> Any:
    """Four companies of which the same is known: as counts, as rows, and as counts of units observed again."""
    counted, rows = raw_rows("ondine"), raw_rows("rows", home=False)
    counted.rows["edge_counts"] = of_company("ondine", rows_of([post for posts in said for post in posts]))
    for posts in said:
        for post in posts:
            rows.post(
                post.post_id, str(post.author.account_id), post.created_at, reply_to=post.reply_to,
                conversation=post.conversation_id, about="Ondine" in post.text,
            )  # fmt: skip
            for name in post.mentions or ():
                rows.rows["mentions"].append(
                    {"post_id": rows.key(post.post_id), "content_hash": "v1", "handle_key": rows.key(f"@{name}"),
                     "account_key": rows.key(name)}
                )  # fmt: skip
    for name, voice in PEOPLE:
        if voice is not None:
            rows.label(name, voice.value, START - timedelta(days=90))
    later = [
        [replace(post, observed_at=post.observed_at + timedelta(days=9)) for post in posts[:2]]
        for posts in said
    ]
    once, again = raw_rows("once", home=False), raw_rows("again", home=False)
    once.rows["edge_counts"] = of_company("once", rows_of(*later))
    again.rows["edge_counts"] = of_company("again", rows_of(*said, *later)[::-1])
    return measure(counted, rows, once, again)


def test_counted_posts_give_the_numbers_that_the_same_posts_give_as_rows(measured: Any) -> None:
    as_rows = counts(measured, "rows")
    assert counts(measured, "ondine") == as_rows
    total: Counter[str] = Counter()
    for (_, is_all_platforms, language), told in as_rows.items():
        if is_all_platforms and language == "all":
            total.update(dict(zip(COUNTS, told, strict=True)))
    # Two of one brand never speak to each other here; everything else occurs.
    assert {name for name in COUNTS if not total[name]} <= {
        "exchanges_brand_to_brand",
        "conversations_unresolved",
    }


def test_the_interval_of_the_share_covers_what_is_only_counted(measured: Any) -> None:
    where = "company_id = 'ondine' and platform = 'all' and language = 'all'"
    rows = measured.rows("rpt_conversation_mix_weekly", where)
    shares = [row for row in rows if row["human_to_human_share"] is not None]
    assert shares
    for row in shares:
        assert (
            row["human_to_human_share_low"] <= row["human_to_human_share"] <= row["human_to_human_share_high"]
        )
        assert row["human_to_human_share_low"] < row["human_to_human_share_high"]


def test_no_person_is_counted_where_only_events_are_known(measured: Any) -> None:
    for report in ("rpt_voices_weekly", "rpt_activation_monthly", "rpt_conversations_weekly"):
        rows = measured.rows(report, "company_id = 'ondine'")
        assert not [row for row in rows if row.get("count_persons") or row.get("count_accounts")]


def test_a_unit_observed_again_replaces_what_it_was_and_order_plays_no_part(measured: Any) -> None:
    assert counts(measured, "once")
    assert counts(measured, "again") == counts(measured, "once")
