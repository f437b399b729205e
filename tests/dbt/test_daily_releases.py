"""Releases of every day, subtracted: of people nothing changes while a week runs, so no difference tells who joined."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from girafe.settings import parse_settings
from reports.release import publish

MONDAY = datetime(2026, 8, 31, 3, tzinfo=UTC)
"""Of the first week; September ends in the fifth."""
WEEKS, RELEASED = 6, (3, 4)
ACCOUNTS = {"employee": 14, "former_employee": 7, "person": 40, "organisation": 4, "unknown": 12, "brand": 1}
PERSONS = ("employee", "former_employee", "person", "unknown")
A_DAY = 14
"""Posts."""
KEYS = ("company_id", "week_start", "month_start", "block_start", "platform", "language", "voice", "theme",
        "thread_kind", "conversation_kind", "family", "sentiment", "term", "position")  # fmt: skip
PUBLIC = {
    "rpt_conversation_mix_weekly": lambda name: name not in ("count_persons", "is_suppressed"),
    "rpt_competitors_weekly": lambda name: name not in ("count_persons", "is_suppressed"),
    "rpt_brand_dialogue_weekly": lambda name: name not in ("count_persons", "is_suppressed"),
    "rpt_themes_weekly": lambda name: name in ("count_posts_brand", "brand_post_share"),
    "rpt_brand_questions_weekly": lambda name: name.startswith("count_questions_"),
}
"""What tells of events or of the brand, and so may move from day to day (docs/decisions/0005)."""
Cell = tuple[str, ...]
Told = dict[Cell, str]


def history() -> list[dict[str, Any]]:
    """Posts of six weeks, some every day; answers go to posts of the same week."""
    chance = random.Random(5)
    accounts = [(f"{voice}{n}", voice) for voice, size in ACCOUNTS.items() for n in range(size)]
    posts: list[dict[str, Any]] = []
    for day in range(WEEKS * 7):
        week = day // 7
        for turn in range(A_DAY):
            account, voice = chance.choice(accounts) if turn else ("brand0", "brand")
            number = len(posts)
            recent = [post for post in posts[-12:] if post["week"] == week]
            posts.append(
                {
                    "id": f"{number}",
                    "week": week,
                    "account": account,
                    "voice": voice,
                    # An account is of one platform: crc32, so that it is always the same one.
                    "platform": "large" if crc32(account.encode()) % 5 else "small",
                    "at": MONDAY + timedelta(days=day, hours=turn),
                    "reply_to": chance.choice(recent)["id"] if recent and chance.random() < 0.5 else None,
                    "theme": chance.choice(("management", "recruitment", "price_billing")),
                    "sentiment": chance.choice(("negative", "neutral", "positive")),
                    "is_question": chance.random() < 0.5,
                }
            )
    return posts


def fill(raw: Any, posts: Sequence[Mapping[str, Any]], shift: timedelta = timedelta()) -> Any:
    """What was said, `shift` later than it was."""
    raw.rows["companies"][0] |= {"headcount": 400, "headcount_source": "report"}
    for account, voice in {(post["account"], post["voice"]) for post in posts if post["voice"] != "unknown"}:
        raw.label(account, voice, MONDAY)
    for account, platform, at in {
        post["account"]: (post["account"], post["platform"], post["at"]) for post in posts
    }.values():
        raw.rows["account_observations"].append(
            {"account_id": raw.key(account), "profile_version": "1", "platform": platform,
             "first_seen_at": at + shift, "last_seen_at": at + shift, "followers": crc32(account.encode()) % 999}
        )  # fmt: skip
    for post in posts:
        raw.post(
            post["id"], post["account"], post["at"] + shift, reply_to=post["reply_to"], platform=post["platform"],
            themes=(post["theme"],), terms=("salary",), sentiment=post["sentiment"], is_question=post["is_question"],
        )  # fmt: skip
    return raw


def told(rows: Iterator[Mapping[str, Any]], report: str) -> Told:
    """What rows say of people, by report, column and what it is about; withheld is empty."""
    found = {}
    public = PUBLIC.get(report, lambda name: False)
    for row in rows:
        if row.get("voice") and row["voice"] not in PERSONS:
            continue
        about = tuple(str(row.get(key, "")) for key in KEYS)
        for name, value in row.items():
            if name not in (*KEYS, "company", "is_home") and not public(name):
                found[report, name, *about] = "" if value is None else str(value)
    return found


def joined(posts: Sequence[Mapping[str, Any]], week: int, day: int) -> Iterator[tuple[str, int]]:
    """How many of each voice, theme and tone spoke on that day for the first time in their week."""
    start = MONDAY + timedelta(weeks=week)
    for kind in ("voice", "theme", "sentiment"):
        for name in {post[kind] for post in posts}:
            said = [p for p in posts if p[kind] == name and p["voice"] in PERSONS and p["at"] >= start]
            before = {p["account"] for p in said if p["at"] < start + timedelta(days=day)}
            after = {p["account"] for p in said if p["at"] < start + timedelta(days=day + 1)}
            yield f"{kind} {name}", len(after - before)


@pytest.fixture(scope="module")
def daily(measure: Callable[..., Any], raw_rows: Callable[..., Any]) -> dict[tuple[int, int], Told]:
    """What is told of people on every day of three weeks, by week and day.

    A release is a company that was moved to the last week, so that one build makes them all: a week runs in each
    as it ran on its day.
    """
    posts, raws, releases = history(), [], {}
    for week in RELEASED:
        for day in range(7):
            seen = [p for p in posts if p["at"] < MONDAY + timedelta(weeks=week, days=day + 0.95)]
            raw = raw_rows(f"w{week}d{day}", platform="large", home=not raws)
            raws.append(fill(raw, seen, timedelta(weeks=WEEKS - 1 - week)))
            releases[week, day] = raw.company
    measured = measure(*raws)
    found: dict[tuple[int, int], Told] = {release: {} for release in releases}
    for path in measured.marts.glob("rpt_*.parquet"):
        for release, company in releases.items():
            rows = measured.rows(path.stem, f"company_id = '{company}'") if "source" not in path.stem else []
            found[release] |= told(({**row, "company_id": ""} for row in rows), path.stem)
    return found


def test_from_day_to_day_nothing_told_of_people_changes_while_the_week_runs(
    daily: dict[tuple[int, int], Told],
) -> None:
    """Not a number, not a share, not a row that was not there: so there is nothing to subtract."""
    compared = 0
    for week, day in daily:
        if day:
            before, after = daily[week, day - 1], daily[week, day]
            compared += len(before)
            assert {c: (v, after.get(c)) for c, v in before.items() if after.get(c) != v} == {}
            # A month begins when anybody first speaks in it, which is an event; its row tells nothing.
            new = after.keys() - before.keys()
            assert {cell[0] for cell in new} <= {"rpt_activation_monthly"}
            assert {after[cell] for cell in new if cell[1].startswith(("count_active", "activation"))} <= {""}
    assert compared > 10_000
    small = [
        number
        for week in RELEASED
        for day in range(1, 7)
        for _, number in joined(history(), week, day)
        if 1 <= number < 5
    ]
    assert len(small) > 50  # there was something to recover


def test_a_week_that_is_over_is_told_on_the_next_morning(daily: dict[tuple[int, int], Told]) -> None:
    for week in RELEASED[1:]:
        monday = daily[week, 0]
        number = {
            cell[3]: value
            for cell, value in monday.items()
            if cell[:2] == ("rpt_voices_weekly", "count_accounts") and {"all", "person"} <= set(cell)
        }
        *_, over, running = sorted(number)
        assert int(number[over]) >= 5
        assert number[running] == ""


@pytest.mark.slow
def test_seventeen_releases_on_as_many_days_tell_nobody_apart(
    measure: Callable[..., Any], raw_rows: Callable[..., Any], tmp_path: Path
) -> None:
    """The same with a build and a release of every day, read from its CSV files, over the end of a month."""
    posts, before = history(), {}
    settings = parse_settings('[company]\nname = "Ondine"\n')
    seen = {"weeks": 0, "months": 0}
    for day in range(RELEASED[0] * 7, RELEASED[0] * 7 + 17):
        now = MONDAY + timedelta(days=day, hours=3)
        marts = measure(fill(raw_rows("ondine", platform="large"), [p for p in posts if p["at"] < now])).marts
        exports = tmp_path / f"day{day}" / "exports"
        publish(marts=marts, exports=exports, settings=settings, with_pdf=False)
        after: Told = {}
        for path in exports.glob("rpt_*.csv"):
            with path.open(encoding="utf-8-sig", newline="") as file:
                after |= told(csv.DictReader(file), path.stem) if "source" not in path.stem else {}
        for cell, value in before.items():
            if cell[0] == "rpt_activation_monthly" and after[cell] != value:
                seen["months"] += 1
                assert day % 7 == 0, "a month tells of weeks that are over, so it changes with them"
                assert cell[1] != "count_active_employees" or not may_be_few(value, after[cell]), cell
            elif after[cell] != value:
                # Only the week that was over this morning is told now, and was not before.
                assert (day % 7, cell[3]) == (0, str((now - timedelta(weeks=1)).date())), (
                    cell,
                    value,
                    after[cell],
                )
                assert value in ("", "true", "false"), (cell, value, after[cell])
                seen["weeks"] += 1
        before = after
    assert min(seen.values()) > 5


def may_be_few(before: str, after: str) -> bool:
    """Whether the difference of two told numbers of a month, the first in steps, can only be a small group."""
    if not before or not after:
        return False
    grown = {
        int(after) + more - int(before) - less
        for more in range(1 if int(after) % 5 else 5)
        for less in range(5)
    }
    return max(grown) < 5 and min(grown) > 0
