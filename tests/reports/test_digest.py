"""The digest says what moved, what to read and what waits, in two minutes, and names nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from girafe.settings import Settings, parse_settings
from reports.digest import Digest, digest, markdown_safe, week_before
from reports.tables import read_tables

Tables = dict[str, list[dict[str, Any]]]
Make = Callable[[Tables], Path]
LAST = date(2026, 3, 23)


def part(found: Digest, key: str) -> tuple[str, ...]:
    title = found.words(f"digest.{key}")
    return next(p.lines for p in found.parts if p.title == title)


@pytest.fixture
def told(marts: Path, settings: Settings) -> Digest:
    return digest(read_tables(marts), settings, "fr")


def test_it_is_about_the_last_whole_week_known(told: Digest) -> None:
    assert told.week == LAST
    assert told.subject == "Brasserie Lumen\u00a0: la semaine du 23 mars 2026"
    assert told.headline.startswith("Ce sont les personnes")


def test_only_what_moved_beyond_chance_is_said_to_have_moved(told: Digest) -> None:
    moved = " ".join(part(told, "moved"))
    assert "Conditions de travail" in moved
    assert "Prix et facturation" in moved
    assert "part des conversations" not in moved  # it rose, but within its interval
    assert "Recrutement" not in moved


def test_a_week_in_which_nothing_moved_says_so(make_marts: Make, tables: Tables, settings: Settings) -> None:
    calm = {**tables, "rpt_rising_themes_weekly": []}
    found = digest(read_tables(make_marts(calm)), settings, "fr")
    assert part(found, "moved") == ("Rien n’a bougé plus que le hasard ne l’explique.",)


def test_conversations_are_told_as_groups_only(told: Digest) -> None:
    first = part(told, "reading")[0]
    assert (
        first == "Conditions de travail — entre personnes, au moins 38 personnes et 94 messages, Mastodon, "
        "en français."
    )
    for form in (told.html(), told.markdown(), told.text()):
        assert "tttttttt" not in form  # not even the pseudonym of a thread
        assert "href" not in form


def test_questions_left_open_come_with_their_theme(told: Digest) -> None:
    assert any(line.startswith("Service client") for line in part(told, "questions"))


def test_a_week_without_a_word_is_calm_only_if_every_source_answered(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    quiet_week = LAST + timedelta(weeks=1)
    health = [
        {**row, "day": row["day"] + timedelta(days=7), "health": "heard"}
        for row in tables["rpt_source_health_daily"]
    ]
    calm = digest(
        read_tables(make_marts({**tables, "rpt_source_health_daily": health})),
        settings,
        "en",
        week=quiet_week,
    )
    assert calm.state == "empty"
    assert "calm week" in calm.subject
    deaf = [row | {"health": "blind"} if row["platform"] == "mastodon" else row for row in health]
    blind = digest(
        read_tables(make_marts({**tables, "rpt_source_health_daily": deaf})), settings, "en", week=quiet_week
    )
    assert blind.state == "blind"
    assert "could not listen" in blind.subject
    assert "Mastodon" in blind.health
    assert "calm" not in blind.text()


def test_a_partly_blind_week_says_that_its_figures_are_incomplete(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    health = [
        row | {"health": "blind"} if row["platform"] == "bluesky" and row["day"] > LAST else row
        for row in tables["rpt_source_health_daily"]
    ]
    found = digest(read_tables(make_marts({**tables, "rpt_source_health_daily": health})), settings, "fr")
    assert found.state == "people"
    assert "Bluesky n’a pas pu être entièrement lu" in found.health


def test_withheld_cells_and_missing_tables_leave_a_whole_digest(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    names = ("company_id", "company", "is_home", "week_start", "is_week_complete", "platform", "language")
    mix = [
        {name: row[name] for name in names} | {"is_suppressed": True}
        for row in tables["rpt_conversation_mix_weekly"]
    ]
    found = digest(read_tables(make_marts({"rpt_conversation_mix_weekly": mix})), settings, "fr")
    assert found.state == "hidden"
    assert found.share is None
    assert "Trop peu de personnes" in found.text()
    assert found.health == "Écoute\u00a0: aucun relevé des collecteurs."


def test_without_any_data_there_is_still_something_to_read(make_marts: Make, settings: Settings) -> None:
    found = digest(read_tables(make_marts({})), settings, "en")
    assert found.week is None
    assert "nothing to sum up yet" in found.html()


def test_it_takes_two_minutes_at_most(told: Digest) -> None:
    assert len(told.text().split()) < 450


def test_both_languages_say_the_same_things(marts: Path, settings: Settings) -> None:
    fr, en = (digest(read_tables(marts), settings, code) for code in ("fr", "en"))
    assert [len(p.lines) for p in fr.parts] == [len(p.lines) for p in en.parts]
    assert "semaine" not in en.text()


def test_the_week_before_monday_seven_o_clock_is_the_one_that_has_just_ended() -> None:
    tokyo = parse_settings('[company]\nname = "A"\ntime_zone = "Asia/Tokyo"\n')
    paris = parse_settings('[company]\nname = "A"\n')
    sunday_evening_in_utc = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)
    assert week_before(sunday_evening_in_utc, tokyo) == LAST
    assert week_before(sunday_evening_in_utc, paris) == LAST  # 00:30 on Monday, summer time has begun
    assert week_before(sunday_evening_in_utc - timedelta(hours=1), paris) == LAST - timedelta(weeks=1)


def test_markdown_sees_only_text_in_what_it_is_given() -> None:
    assert markdown_safe("# <b>[a](http://x)*") == r"\# &lt;b&gt;\[a\](http://x)\*"
