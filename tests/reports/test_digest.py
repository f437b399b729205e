"""The digest says what moved, what to read and what waits, in two minutes, and names nobody."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from girafe.settings import Settings, parse_settings
from reports import dashboard
from reports.digest import Digest, digest, markdown_safe, week_before
from reports.sections import trust
from reports.tables import read_tables
from reports.words import words

Tables = dict[str, list[dict[str, Any]]]
Make = Callable[[Tables], Path]
ROOT = Path(__file__).parents[2]
LAST = date(2026, 3, 23)


def part(found: Digest, key: str) -> tuple[str, ...]:
    title = found.words(f"digest.{key}")
    return tuple(line.text for p in found.parts if p.title == title for line in p.lines)


def plain(text: str) -> str:
    """With ordinary spaces, which are easier to write down in a test."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def told(marts: Path, settings: Settings) -> Digest:
    return digest(read_tables(marts), settings, "fr")


def test_it_is_about_the_last_whole_week_known(told: Digest) -> None:
    assert told.week == LAST
    assert told.subject == "Brasserie Lumen\u00a0: la semaine du 23 mars 2026"
    assert told.headline.startswith("Ce sont les personnes")


def test_only_what_moved_beyond_chance_is_said_to_have_moved(told: Digest) -> None:
    moved = " ".join(part(told, "moved"))
    assert "On parle davantage des conditions de travail" in moved
    assert "des prix et de la facturation" in moved
    assert "part des conversations" not in moved  # it rose, but within its interval
    assert "recrutement" not in moved


def test_what_moved_is_told_with_the_interval_of_its_difference(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    risen = {
        "human_to_human_share_change": 0.1,
        "human_to_human_share_change_low": 0.04,
        "human_to_human_share_change_high": 0.163,
        "is_human_to_human_share_changed": True,
    }
    rows = [row | risen for row in tables["rpt_conversation_mix_weekly"]]
    marts = make_marts({**tables, "rpt_conversation_mix_weekly": rows})
    told = plain(part(digest(read_tables(marts), settings, "fr"), "moved")[0])
    assert told.startswith("La part des conversations entre personnes augmente : ")
    assert told.endswith("(écart de +4 à +16 points).")


def test_a_week_in_which_nothing_moved_says_so(make_marts: Make, tables: Tables, settings: Settings) -> None:
    calm = {**tables, "rpt_rising_themes_weekly": [], "rpt_rising_terms_weekly": []}
    found = digest(read_tables(make_marts(calm)), settings, "fr")
    assert part(found, "moved") == ("Rien n’a bougé plus que le hasard ne l’explique.",)


def test_words_on_the_rise_are_told_with_their_figures_and_others_are_not(told: Digest) -> None:
    moved = " ".join(part(told, "moved"))
    assert (
        "Le mot « remboursement » revient plus souvent : 9 % des personnes l’emploient, contre 4 %"
        in plain(moved)
    )
    assert "équipe" not in moved


def test_the_week_begins_with_what_to_do_about_it(told: Digest) -> None:
    assert told.parts[0].name == "to_do"
    answer, read, *leave = (line.text for line in told.parts[0].lines)
    assert plain(answer).startswith("Répondre : ")
    assert (
        plain(read)
        == "Lire : la conversation la plus suivie porte sur les conditions de travail, sur Mastodon."
    )
    assert all(plain(line).startswith("Laisser faire : ") for line in leave)


def test_conversations_are_told_as_groups_only(told: Digest) -> None:
    assert plain(part(told, "reading")[0]) == (
        "Conditions de travail : au moins 38 personnes en parlent entre elles sur Mastodon (français), en au "
        "moins 94 messages."
    )


def test_conversations_on_one_theme_are_one_line(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    rows = [row | {"theme": "recruitment"} for row in tables["rpt_conversations_weekly"]]
    found = digest(read_tables(make_marts({**tables, "rpt_conversations_weekly": rows})), settings, "en")
    assert part(found, "reading") == (
        "Recruitment: 4 conversations of several kinds, with at least 17 people each, on Mastodon (French), on "
        "Bluesky (English), on Hacker News (French) and on LinkedIn (English); at least 262 posts in all. A "
        "question to the brand is waiting there.",
    )


def test_a_conversation_whose_platform_is_withheld_is_told_without_it(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    rows = [row | {"platform": None} for row in tables["rpt_conversations_weekly"]]
    marts = read_tables(make_marts({**tables, "rpt_conversations_weekly": rows}))
    for language, place in (("fr", "sur une plateforme masquée"), ("en", "on a platform that is withheld")):
        found = digest(marts, settings, language)
        assert place in part(found, "to_do")[1]
        assert f"{place} (" in part(found, "reading")[0]
        assert "None" not in found.text()


def test_only_threads_of_organisations_can_be_opened_from_it(told: Digest) -> None:
    assert told.html().count("href=") == 1
    assert '<a href="https://social.example/@oree/12" rel="noopener noreferrer"' in told.html()
    assert "[Ouvrir le fil](<https://social.example/@oree/12>)" in told.markdown()
    assert "   https://social.example/@oree/12\n" in told.text()


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", 'https://x.example/"><script>', "https://x.example/>)[x](http://y", "x", ""],
)
def test_an_address_that_is_not_one_makes_no_link(
    make_marts: Make, tables: Tables, settings: Settings, link: str
) -> None:
    rows = [row | {"link": link} for row in tables["rpt_conversations_weekly"]]
    found = digest(read_tables(make_marts({**tables, "rpt_conversations_weekly": rows})), settings, "fr")
    assert "href" not in found.html()
    assert "](" not in found.markdown()


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
    before = digest(read_tables(make_marts(tables)), settings, "en", week=LAST - timedelta(weeks=40))
    assert before.state == "unheard"
    assert "nobody was listening" in before.subject
    assert "The calm is real" not in before.text()
    assert "answered" not in before.text()


@pytest.mark.parametrize("judged", [True, False], ids=["earlier weeks are judged", "none is"])
def test_a_week_that_was_not_read_to_its_end_is_neither_calm_nor_heard(
    make_marts: Make, tables: Tables, settings: Settings, judged: bool
) -> None:
    """What was measured last on a Tuesday knows nothing of the week that then went by without a run."""
    monday = LAST + timedelta(weeks=1)
    runs = tables["rpt_source_health_daily"]
    begun = [row | {"day": monday + timedelta(days=n), "health": "heard"} for row in runs[:5] for n in (0, 1)]
    known = {**tables, "rpt_source_health_daily": [*runs, *begun]}
    stopped = read_tables(make_marts(known if judged else {**known, "rpt_source_hearing_weekly": []}))
    for week, day in ((monday, "31 March"), (monday + timedelta(weeks=2), "31 March")):
        told = digest(stopped, settings, "en", week=week)
        assert told.state == "unheard"
        assert "nobody was listening" in told.subject
        assert f"Nothing was read after {day} 2026." in told.lede
        assert told.health == told.words("digest.no_health")
        assert "answered" not in told.text()
        assert "calm is real" not in told.text()


def test_the_figures_of_a_week_measured_before_its_end_say_how_far_it_was_read(
    make_marts: Make, running: Tables, settings: Settings
) -> None:
    week = running["rpt_conversation_mix_weekly"][0]["week_start"]
    runs = [row for row in running["rpt_source_health_daily"] if row["day"] < week + timedelta(days=3)]
    cut = {**running, "rpt_source_health_daily": runs, "rpt_source_hearing_weekly": []}
    told = digest(read_tables(make_marts(cut)), settings, "fr", week=week)
    assert told.parts
    assert "rien n’a été lu après le 4 février 2026" in told.health


def test_the_first_week_has_nothing_to_be_compared_with(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    first = {name: [r for r in rows if r.get("week_start", LAST) == LAST] for name, rows in tables.items()}
    first["rpt_rising_themes_weekly"], first["rpt_rising_terms_weekly"] = [], []
    found = digest(read_tables(make_marts(first)), settings, "fr")
    assert part(found, "moved") == (found.words("digest.moved_unknown"),)


def test_a_partly_blind_week_says_that_its_figures_are_incomplete(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    health = [
        row | {"health": "blind"} if row["platform"] == "bluesky" and row["day"] > LAST else row
        for row in tables["rpt_source_health_daily"]
    ]
    unjudged = {**tables, "rpt_source_health_daily": health, "rpt_source_hearing_weekly": []}
    found = digest(read_tables(make_marts(unjudged)), settings, "fr")
    assert found.state == "people"
    assert "Bluesky n’a pas pu être entièrement lu" in found.health


def test_one_line_says_who_was_heard_who_was_silent_and_who_could_not_be_heard(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    states = {"mastodon": ("heard", "partly"), "bluesky": ("blind", "no_run"), "rss": ("silent", None)}
    judged = [
        row | dict(zip(("state", "reason"), states.get(row["source"], ("heard", None)), strict=True))
        for row in tables["rpt_source_hearing_weekly"]
    ]
    found = digest(read_tables(make_marts({**tables, "rpt_source_hearing_weekly": judged})), settings, "fr")
    assert plain(found.health) == (
        "Écoute : 4 sources entendues sur 5. Rien à lire sur Presse et blogs (RSS), et c’est plausible. "
        "Rien n’a pu être lu sur Bluesky : les chiffres sont incomplets. "
        "La lecture est incomplète sur Mastodon : les chiffres sont un peu bas."
    )


def test_a_file_that_was_handed_in_is_no_source_that_answered(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    handed_in = [row | {"source": "girafe_jsonl"} for row in tables["rpt_source_health_daily"]]
    found = read_tables(
        make_marts({**tables, "rpt_source_health_daily": handed_in, "rpt_source_hearing_weekly": []})
    )
    told = digest(found, settings, "fr")
    assert told.health == told.words("digest.no_health")
    for view in trust.build(dashboard.scene(found, settings, told.words)).views.values():
        assert view.answer == told.words("trust.nothing")
        assert any(note.startswith("Remis par fichier") for note in view.notes)


def test_what_was_missed_is_told_of_the_weeks_of_the_period_and_of_those_it_is_compared_with(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    """Bluesky could not be read in the last week but one; eight weeks are known."""
    runs, heard, quality = "rpt_source_health_daily", "rpt_source_hearing_weekly", "rpt_label_quality_weekly"
    mondays = sorted({row["week_start"] for row in tables[quality]})
    # Years ago, and heard: not a week of this page.
    old = [row | {"week_start": row["week_start"] - timedelta(weeks=104)} for row in tables[heard]]
    read = [row | {"day": row["day"] - timedelta(weeks=104)} for row in tables[runs]]
    unknown = [
        row | {"unknown_share": 0.4 if row["week_start"] == mondays[-1] else 0.2} for row in tables[quality]
    ]
    changed = {heard: tables[heard] + old, runs: tables[runs] + read, quality: unknown}
    scene = dashboard.scene(read_tables(make_marts({**tables, **changed})), settings, words("en"))
    section = trust.build(scene)
    of_a_week, of_four = (section.views[f"brasserie-lumen|{period}"] for period in ("1", "4"))
    missed = "Bluesky: nothing could be read in the week of 16 March 2026."
    assert of_a_week.answer == scene.words("trust.good", count=5)
    assert f"In the period compared with, not everything could be read. {missed}" in of_a_week.notes
    assert of_four.answer == f"Not all of the 5 platforms followed could be read every week. {missed}"
    assert not any(note.startswith("In the period compared") for note in of_four.notes)
    # The weeks told of in between: .2, .2, .2 and .4, not the last alone.
    assert "The accounts that could not be recognised (about 25%)" in " ".join(of_four.notes)
    assert "The accounts that could not be recognised (about 40%)" in " ".join(of_a_week.notes)
    for show in section.shows.values():
        [bluesky] = [line for line in show.rows if line[0] == "Bluesky"]
        assert bluesky[1:7] == ("7", "0", "0", "1", "2,128", "112")  # 56 days of 38 posts


def test_no_open_question_is_said_so_although_the_number_of_persons_is_withheld(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    name = "rpt_brand_dialogue_weekly"
    none = {"count_questions_unanswered": 0, "count_questions_waiting": 0}
    few = [row | none | {"is_suppressed": True, "count_persons": None} for row in tables[name]]
    without = {key: rows for key, rows in tables.items() if key != "rpt_brand_questions_weekly"}
    found = digest(read_tables(make_marts({**without, name: few})), settings, "fr")
    assert part(found, "questions") == (found.words("digest.questions_none"),)


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
    assert part(found, "moved") == (found.words("digest.moved_unknown"),)
    assert part(found, "to_do") == (found.words("digest.to_do_hidden"),)
    assert "Choisissez une période" not in found.text()  # there is nothing to choose from in a mail
    assert found.health == "Écoute\u00a0: aucun relevé des collecteurs."


def test_a_week_that_still_runs_is_not_said_to_be_one_of_few_people(
    make_marts: Make, running: Tables, settings: Settings
) -> None:
    found = digest(read_tables(make_marts(running)), settings, "fr")
    assert found.state == "people"  # the headline counts events, which are told as they come
    assert part(found, "reading") == (found.words("digest.reading_running"),)
    assert "Trop peu" not in found.text()


def test_without_any_data_there_is_still_something_to_read(make_marts: Make, settings: Settings) -> None:
    found = digest(read_tables(make_marts({})), settings, "en")
    assert found.week is None
    assert "nothing to sum up yet" in found.html()


def test_it_takes_two_minutes_at_most(told: Digest) -> None:
    words = re.findall(r"\w[\w'’-]*", told.text().removesuffix(told.stance + "\n"))
    assert 150 < len(words) < 400  # 200 words a minute, a slow reader, in a week in which everything happens


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


def test_the_command_line_shows_it_as_it_would_be_sent(
    marts: Path, tmp_path: Path, told: Digest, settings: Settings
) -> None:
    shutil.copytree(marts, tmp_path / "data" / "exports")
    name = settings.company.name
    (tmp_path / "company.toml").write_text(f'[company]\nname = "{name}"\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "girafe", "digest", "--preview", "--language", "fr"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert told.parts[0].title in done.stdout
