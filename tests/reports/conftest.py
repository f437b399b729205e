"""Marts of an invented company, written to the contracts of dbt_project/.../_reports.yml."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from girafe.settings import Settings, parse_settings

CONTRACTS = Path(__file__).parents[2] / "dbt_project/models/marts/reports/_reports.yml"
TYPES = {
    "varchar": pa.string(),
    "boolean": pa.bool_(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "date": pa.date32(),
}
COMPANY = """
[company]
name = "Brasserie Lumen"
aliases = ["Lumen"]
official_accounts = ["mastodon:lumen@example.social"]
headcount = 2400
headcount_date = 2026-01-01
headcount_source = "bilan social 2025"

[[competitors]]
name = "Houblon & Fils"
official_accounts = ["mastodon:houblon@example.social"]
""" + "".join(
    f'[[sources]]\nname = "{name}"\n' for name in ("mastodon", "bluesky", "hackernews", "linkedin", "rss")
)
NOW = datetime(2026, 3, 30, 5, 0, tzinfo=UTC)
WEEKS = tuple(date(2026, 2, 2) + timedelta(weeks=n) for n in range(8))
PLATFORMS = ("mastodon", "bluesky", "hackernews", "linkedin", "rss")
THEMES = (
    "recruitment",
    "pay_benefits",
    "working_conditions",
    "management",
    "career_training",
    "culture_values",
    "job_security",
    "pride_teamlife",
    "customer_service",
    "product_quality",
    "price_billing",
    "news_information",
)
NAMES = {"brasserie-lumen": ("Brasserie Lumen", True), "houblon-fils": ("Houblon & Fils", False)}
ANSWER = {"mastodon": 0.45, "bluesky": 0.25, "hackernews": 0.06, "linkedin": 0.2, "rss": 0.04}

Rows = list[dict[str, Any]]


@cache
def contracts() -> dict[str, pa.Schema]:
    models = yaml.safe_load(CONTRACTS.read_text())["models"]
    return {m["name"]: pa.schema([(c["name"], TYPES[c["data_type"]]) for c in m["columns"]]) for m in models}


def write(folder: Path, tables: dict[str, Rows]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    schemas = contracts()
    for name, rows in tables.items():
        pq.write_table(pa.Table.from_pylist(rows, schema=schemas[name]), folder / f"{name}.parquet")
    return folder


def interval(name: str, n: int, d: int, *, spread: float = 1.0) -> dict[str, Any]:
    if not d:
        return {
            f"{name}_numerator": 0,
            f"{name}_denominator": 0,
            name: None,
            f"{name}_low": None,
            f"{name}_high": None,
        }
    half = spread * (1.96 * (0.25 / d) ** 0.5 + 0.01)
    return {
        f"{name}_numerator": n,
        f"{name}_denominator": d,
        name: n / d,
        f"{name}_low": max(0.0, n / d - half),
        f"{name}_high": min(1.0, n / d + half),
    }


def keys(company: str, week: date, **more: Any) -> dict[str, Any]:
    name, home = NAMES[company]
    return {
        "company_id": company,
        "company": name,
        "is_home": home,
        "week_start": week,
        "is_week_complete": True,
        "is_suppressed": False,
        **more,
    }


def mix(chance: Random) -> Rows:
    rows: Rows = []
    for company in NAMES:
        scale = 1.0 if company == "brasserie-lumen" else 0.6
        for platform in ("all", *PLATFORMS):
            for language in ("all", "fr", "en"):
                before = None
                for number, week in enumerate(WEEKS):
                    part = (ANSWER.get(platform, 1)) * {"all": 1, "fr": 0.7, "en": 0.3}[language]
                    conversations = round(170 * scale * part * chance.uniform(0.85, 1.15))
                    share = (0.7 if company == "brasserie-lumen" else 0.52) + 0.02 * (number - 3)
                    row = mix_row(company, week, platform, language, conversations, share, chance)
                    if (
                        before
                        and row.get("human_to_human_share") is not None
                        and before.get("human_to_human_share") is not None
                    ):
                        delta = row["human_to_human_share"] - before["human_to_human_share"]
                        row |= {
                            "human_to_human_share_change": delta,
                            "human_to_human_share_change_low": delta - 0.1,
                            "human_to_human_share_change_high": delta + 0.1,
                            "is_human_to_human_share_changed": abs(delta) > 0.1,
                        }
                    before = row
                    rows.append(row)
    return rows


def mix_row(
    company: str, week: date, platform: str, language: str, conversations: int, share: float, chance: Random
) -> dict[str, Any]:
    known = round(conversations * 0.8)
    human = round(known * share)
    few = 0 < known < 6
    count = conversations * 6
    return keys(
        company,
        week,
        platform=platform,
        language=language,
        is_suppressed=few,
        count_persons=None if few else conversations * 3,
        count_posts=count,
        conversations_human_to_human=human,
        conversations_brand_to_human=known - human,
        conversations_other=conversations - known,
        conversations_unresolved=round((conversations - known) * 0.6),
        conversations=conversations,
        monologues=conversations * 2,
        exchanges_human_to_human=human * 4,
        exchanges_brand_to_human=(known - human) * 2,
        exchanges_human_to_brand=(known - human) * 2,
        exchanges_brand_to_brand=0,
        exchanges_with_other=conversations,
        exchanges_unresolved=conversations,
        exchanges=human * 4 + (known - human) * 4 + conversations * 2,
        **interval("human_to_human_share", human, known),
        brand_to_human_share=1 - human / known if known else None,
        unresolved_share=0.12 if conversations else None,
        **interval("exchange_human_to_human_share", human * 4, known * 4),
        exchange_unresolved_share=0.14 if conversations else None,
    )


def voices(chance: Random) -> Rows:
    sizes = {
        "brand": 4,
        "employee": 24,
        "former_employee": 9,
        "person": 210,
        "organisation": 31,
        "bot": 8,
        "unknown": 60,
    }
    sides = {
        "brand": "brand",
        "employee": "human",
        "former_employee": "human",
        "person": "human",
        "organisation": "other",
        "bot": "other",
        "unknown": "unknown",
    }
    rows: Rows = []
    for company in NAMES:
        for week in WEEKS:
            for platform in ("all", *PLATFORMS):
                for voice, size in sizes.items():
                    count = round(size * ANSWER.get(platform, 1) * chance.uniform(0.8, 1.2))
                    row = keys(company, week, platform=platform, voice=voice, side=sides[voice])
                    if sides[voice] in ("human", "unknown") and count < 5:
                        rows.append(row | {"is_suppressed": True})
                        continue
                    rows.append(
                        row
                        | {
                            "count_accounts": count,
                            "count_posts": count * 3,
                            "count_exchanges": count * 2,
                            "count_reactions": count * 9,
                            "reach": count * 310,
                            "count_accounts_with_reach": count,
                        }
                    )
    return rows


def themes(chance: Random) -> Rows:
    rows: Rows = []
    for company in NAMES:
        for week in WEEKS:
            for n, theme in enumerate(THEMES):
                size = 34 - 2 * n
                brand_led = n >= 8
                parts = {
                    "human_to_human": size * (0.25 if brand_led else 0.75),
                    "brand_to_human": size * (0.6 if brand_led else 0.08),
                    "monologue": size * 0.5,
                    "other": size * 0.1,
                }
                counts = {kind: round(value * chance.uniform(0.7, 1.3)) for kind, value in parts.items()}
                counts["all"] = sum(counts.values())
                for kind, count in counts.items():
                    row = keys(company, week, theme=theme, thread_kind=kind)
                    if count < 3:
                        rows.append(row | {"is_suppressed": True})
                        continue
                    rows.append(
                        row
                        | {
                            "count_persons": count * 3,
                            "count_posts": count * 5,
                            "count_posts_brand": count
                            if kind in ("brand_to_human", "all") and brand_led
                            else 0,
                            "count_threads": count,
                            "thread_share": count / counts["all"],
                            "brand_post_share": 0.2 if brand_led else 0.02,
                            "human_post_share": 0.08,
                        }
                    )
    return rows


def sentiment(chance: Random) -> Rows:
    rows: Rows = []
    for company in NAMES:
        for week in WEEKS:
            for n, theme in enumerate(("all", *THEMES)):
                count = 240 if theme == "all" else 60 - 4 * n
                negative = round(count * (0.15 + 0.03 * ((n * 5) % 12)) * chance.uniform(0.9, 1.1))
                positive = round(count * 0.3)
                split = {
                    "negative": negative,
                    "positive": positive,
                    "neutral": max(0, count - negative - positive),
                }
                for name, value in split.items():
                    rows.append(
                        keys(
                            company, week, theme=theme, sentiment=name, count_persons=value, count_posts=value
                        )
                        | interval("sentiment_share", value, sum(split.values()))
                    )
    return rows


def dialogue(chance: Random) -> Rows:
    rows: Rows = []
    for company in NAMES:
        for n, week in enumerate(WEEKS):
            for platform in ("all", *PLATFORMS):
                part = ANSWER.get(platform, 1)
                posts, asked = round(90 * part), round(64 * part * chance.uniform(0.8, 1.2))
                talk = round(posts * (0.25 + 0.02 * n))
                answered = round(asked * 0.55)
                questions = asked // 2
                row = keys(
                    company, week, platform=platform, count_brand_posts=posts, count_broadcasts=posts - talk
                )
                waiting = 6 if n == 7 and platform == "all" else 0
                rows.append(
                    row
                    | {
                        "count_brand_dialogue_posts": talk,
                        "dialogue_share": talk / posts,
                        # Only the number of persons is about people; the rest counts events (decision 0005).
                        "count_persons": None if asked < 5 else asked,
                        "is_suppressed": asked < 5,
                        "count_addressed_posts": asked,
                        "count_questions": questions,
                        "count_questions_answered": questions // 2,
                        "count_questions_waiting": waiting,
                        "count_questions_unanswered": questions - questions // 2 - waiting,
                        "response_minutes_median": 190.0,
                        "response_minutes_p90": 2600.0,
                    }
                    | interval("response_share", answered, asked)
                )
    return rows


def questions(chance: Random) -> Rows:
    rows: Rows = []
    for company in NAMES:
        for week in WEEKS:
            for n, theme in enumerate(
                ("customer_service", "price_billing", "recruitment", "career_training", "pay_benefits")
            ):
                count = round((30 - 5 * n) * chance.uniform(0.8, 1.2))
                row = keys(company, week, theme=theme)
                if count < 10:
                    rows.append(row | {"is_suppressed": True})
                    continue
                late = week == WEEKS[-1]
                rows.append(
                    row
                    | {
                        "count_persons": count,
                        "count_questions": count,
                        "count_questions_answered": count // 2,
                        "count_questions_unanswered": 0 if late else count - count // 2,
                        "count_questions_waiting": count - count // 2 if late else 0,
                    }
                )
    return rows


def activation() -> Rows:
    bench = {
        "benchmark_professional_low": 0.08,
        "benchmark_professional_high": 0.09,
        "benchmark_personal": 0.75,
        "benchmark_linkedin": 0.5,
    }
    rows: Rows = []
    for company, (name, home) in NAMES.items():
        for month, count in ((date(2026, 2, 1), 41), (date(2026, 3, 1), 57)):
            head = 2400 if home else None
            rows.append(
                {
                    "company_id": company,
                    "company": name,
                    "is_home": home,
                    "month_start": month,
                    "is_month_complete": month.month == 2,
                    "is_suppressed": False,
                    "is_computable": home,
                    "count_active_employees": count,
                    "count_active_employees_low": count - 9,
                    "count_active_employees_high": count + 14,
                    "headcount": head,
                    "headcount_on": date(2026, 1, 1) if home else None,
                    "headcount_source": "bilan social 2025" if home else None,
                    "activation_share": count / 2400 if home else None,
                    "activation_share_low": (count - 9) / 2400 if home else None,
                    "activation_share_high": (count + 14) / 2400 if home else None,
                    **bench,
                }
            )
    return rows


def rising() -> Rows:
    rows: Rows = []
    for company in NAMES:
        for week in WEEKS[4:]:
            for theme in THEMES:
                up = theme == "working_conditions" and week == WEEKS[-1]
                down = theme == "price_billing" and week == WEEKS[-1]
                rise = 2.1 if up else 0.4 if down else 1.02
                row = keys(
                    company,
                    week,
                    theme=theme,
                    count_persons=48 if up else 20,
                    person_share=0.08 * rise,
                    person_share_before=0.08,
                    rise=rise,
                    log_likelihood=12.0,
                    p_value=0.001,
                    q_value=0.01 if up or down else 0.7,
                    is_risen=up,
                    is_fallen=down,
                    is_first_seen=False,
                )
                del row["is_suppressed"]
                rows.append(row)
    return rows


def terms() -> Rows:
    rows: Rows = []
    for company in NAMES:
        for week in WEEKS[4:]:
            for n, (term, fr, en) in enumerate(
                (("refund", "remboursement", "refund"), ("team", "équipe", "team"), ("bug", "bugs", "bugs"))
            ):
                up = term == "refund" and week == WEEKS[-1]
                rows.append(
                    keys(
                        company,
                        week,
                        term=term,
                        name_fr=fr,
                        name_en=en,
                        count_persons=31 if up else 14,
                        person_share=0.09 if up else 0.04,
                        person_share_before=0.04,
                        count_weeks_before=4,
                        log_likelihood=9.0 if up else 0.1,
                        p_value=0.003 if up else 0.8,
                        q_value=0.01 if up else 0.9,
                        is_risen=up,
                    )
                    if n < 2
                    else keys(company, week, term=term, name_fr=fr, name_en=en, count_weeks_before=4)
                    | {"is_suppressed": True, "is_risen": False}
                )
    return rows


def hearings() -> Rows:
    """Blind where `health` is; the press says nothing in some weeks, which is plausible."""
    rows: Rows = []
    for n, week in enumerate(WEEKS):
        for source in PLATFORMS:
            blind = source == "bluesky" and n == 6
            state = "blind" if blind else "silent" if source == "rss" and n % 3 == 1 else "heard"
            reason = "refused" if blind else None
            rows.append({"source": source, "week_start": week, "state": state, "reason": reason})
    return rows


def conversations() -> Rows:
    rows: Rows = []
    kinds = ("human_to_human", "brand_to_human", "human_to_human")
    for company in NAMES:
        for week in WEEKS:
            for n, theme in enumerate(
                ("working_conditions", "customer_service", "recruitment", "pay_benefits")
            ):
                row = keys(
                    company,
                    week,
                    position=n + 1,
                    platform=PLATFORMS[n],
                    language="fr" if n % 2 == 0 else "en",
                    conversation_kind=kinds[n % 3],
                    theme=theme,
                    opened_by="brand" if n == 1 else "human",
                    link="https://social.example/@oree/12" if n == 1 else None,
                    count_persons=38 - 7 * n,
                    count_posts=94 - 19 * n,
                    has_open_question=n == 1,
                )
                del row["is_suppressed"]
                rows.append(row)
    return rows


def competitors(table: Rows) -> Rows:
    rows: Rows = []
    for row in table:
        if row["platform"] == row["language"] == "all":
            names = [field for field in contracts()["rpt_competitors_weekly"].names if field in row]
            rows.append(
                {name: row[name] for name in names}
                | {
                    "share_of_conversations": 0.6 if row["is_home"] else 0.4,
                    "is_different_from_home": None if row["is_home"] else True,
                }
            )
    return rows


def label_quality() -> Rows:
    return [
        keys(
            company,
            week,
            count_accounts=300,
            unknown_share=0.2,
            certain_share=0.15,
            expected_error_share=0.1,
            backdated_share=0.05,
        )
        for company in NAMES
        for week in WEEKS
    ]


def health() -> Rows:
    rows: Rows = []
    for n in range(56):
        day = WEEKS[0] + timedelta(days=n)
        for platform in PLATFORMS:
            state = "heard"
            if platform == "rss" and n % 3:
                state = "silent"
            if platform == "bluesky" and 44 <= n <= 46:
                state = "blind"
            rows.append(
                {
                    "platform": platform,
                    "source": platform,
                    "day": day,
                    "count_runs": 1,
                    "count_payloads": 40,
                    "count_posts": 38,
                    "count_quarantined": 2,
                    "quarantine_share": 0.05,
                    "count_opted_out": None,
                    "count_blind_runs": int(state == "blind"),
                    "health": state,
                    "health_detail": "401 since the password changed" if state == "blind" else None,
                    "delay_minutes_median": 22.0,
                }
            )
    return rows


def all_tables() -> dict[str, Rows]:
    chance = Random(7)
    table = mix(chance)
    return {
        "rpt_conversation_mix_weekly": table,
        "rpt_voices_weekly": voices(chance),
        "rpt_themes_weekly": themes(chance),
        "rpt_sentiment_weekly": sentiment(chance),
        "rpt_brand_dialogue_weekly": dialogue(chance),
        "rpt_brand_questions_weekly": questions(chance),
        "rpt_activation_monthly": activation(),
        "rpt_competitors_weekly": competitors(table),
        "rpt_rising_themes_weekly": rising(),
        "rpt_rising_terms_weekly": terms(),
        "rpt_conversations_weekly": conversations(),
        "rpt_label_quality_weekly": label_quality(),
        "rpt_source_health_daily": health(),
        "rpt_source_hearing_weekly": hearings(),
    }


@pytest.fixture(scope="session")
def settings() -> Settings:
    return parse_settings(COMPANY)


@pytest.fixture(scope="session")
def tables() -> dict[str, Rows]:
    """Every table, as rows a test may copy and change."""
    return all_tables()


@pytest.fixture(scope="session")
def marts(tmp_path_factory: pytest.TempPathFactory, tables: dict[str, Rows]) -> Path:
    return write(tmp_path_factory.mktemp("marts"), tables)


@pytest.fixture
def make_marts(tmp_path: Path) -> Callable[[dict[str, Rows]], Path]:
    """Writes tables to a folder of this test's own."""
    numbers: Iterable[int] = iter(range(100))
    return lambda tables: write(tmp_path / f"marts{next(iter(numbers))}", tables)


@pytest.fixture(scope="session")
def running(tables: dict[str, Rows]) -> dict[str, Rows]:
    """The only week known still runs: nothing of people is told of it, and some tables have no row of it."""
    whole = ("mix", "dialogue", "voices", "themes", "competitors", "quality", "activation", "source")
    week = tables["rpt_conversation_mix_weekly"][0]["week_start"]
    month = tables["rpt_activation_monthly"][0]["month_start"]
    people = ("count_persons", "count_accounts", "count_active", "activation", "reach", "count_posts")
    return {
        name: [
            {
                key: None if key.startswith(people) and "mix" not in name else value
                for key, value in row.items()
                if key != "count_persons"
            }
            | {"is_week_complete": False, "is_month_complete": False, "is_suppressed": True}
            for row in rows
            if row.get("week_start", week) == week and row.get("month_start", month) == month
        ]
        for name, rows in tables.items()
        if any(part in name for part in whole)
    }
