"""Fifty-two weekly releases under attack: no small group is shown, and none can be computed."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import openpyxl
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from scipy.optimize import linprog

from girafe.settings import parse_settings
from reports.release import publish

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
RELEASES = 52
ATTACKED = (25, 51)
PERSONS = ("employee", "former_employee", "person", "unknown")
ACCOUNTS = {"employee": 9, "former_employee": 5, "person": 40, "organisation": 4, "unknown": 12, "brand": 1}
ERASED = ("employee0", "employee5", "former_employee1", "former_employee3", "person2", "unknown4")
TERMS = ("salary", "team", "manager")
THEMES = ("management", "recruitment", "price_billing")
"""Of both families, so that people take part in conversations with and without each."""
Cell = tuple[str, ...]


def history(chance: random.Random) -> list[dict[str, Any]]:
    """A year of posts; one in ten is seen only some weeks after it was written."""
    accounts = [
        (f"{voice}{number}", voice, chance.choices(("large", "small", "tiny"), (12, 4, 1))[0])
        for voice, size in ACCOUNTS.items()
        for number in range(size)
    ]
    posts: list[dict[str, Any]] = []
    for week in range(RELEASES):
        for account, voice, platform in chance.sample(accounts, chance.randrange(4, 34)):
            number = len(posts)
            recent = [p for p in posts[-20:] if p["platform"] == platform]
            posts.append(
                {
                    "id": f"{number}",
                    "account": account,
                    "voice": voice,
                    "platform": platform,
                    "language": chance.choices(("fr", "en"), (5, 1))[0],
                    "at": MONDAY + timedelta(weeks=week, minutes=number),
                    "seen": week + chance.choice([0] * 9 + [2]),
                    "reply_to": chance.choice(recent)["id"] if recent and chance.random() < 0.6 else None,
                    "theme": chance.choice(THEMES),
                    "sentiment": chance.choice(("negative", "neutral", "positive")),
                    # Hashed, not drawn: the luck of everything else stays as it was.
                    "terms": tuple(t for t in TERMS if crc32(f"{t}{number}".encode()) % 2),
                }
            )
    return posts


@pytest.fixture(scope="module")
def releases(measure: Callable[..., Any], raw_rows: Callable[..., Any]) -> Any:
    """Release n is a company whose posts are those seen by week n, so that one build makes them all.

    `erased` releases are the last one again, after one account was forgotten.
    """
    posts, raws = history(random.Random(7)), []
    every = [(number, f"release{number:02}", "") for number in range(RELEASES)]
    every += [(RELEASES - 1, f"erased{account}", account) for account in ERASED]
    for number, name, erased in every:
        raw = raw_rows(name, home=not raws)
        raw.rows["companies"][0]["headcount"] = 400
        labelled = {post["account"]: post["voice"] for post in posts if post["voice"] != "unknown"}
        for account, voice in labelled.items():
            raw.label(account, voice)
        for post in posts:
            if post["seen"] <= number and post["account"] != erased:
                raw.post(
                    post["id"],
                    post["account"],
                    post["at"],
                    reply_to=post["reply_to"],
                    themes=(post["theme"],),
                    terms=post["terms"],
                    sentiment=post["sentiment"],
                    platform=post["platform"],
                    language=post["language"],
                )
        raws.append(raw)
    return measure(*raws)


def true_persons(releases: Any, voice: str = "voice", platform: str = "platform") -> dict[Cell, int]:
    rows = releases.ask(
        f"""
        select company_id, week_start::text, {platform}, {voice}, count(distinct account_id)
        from core.fct_posts where side in ('human', 'unknown') group by all
        """
    )
    return {tuple(row[:4]): row[4] for row in rows}


def test_nothing_is_shown_of_fewer_than_five_persons_or_ten_in_a_cross_table(releases: Any) -> None:
    truth = true_persons(releases) | true_persons(releases, platform="'all'")
    shown = releases.rows("rpt_voices_weekly", "count_posts is not null")
    small = 0
    for row in shown:
        key = (row["company_id"], str(row["week_start"]), row["platform"], row["voice"])
        persons = truth.get(key, 0)
        assert row["voice"] not in PERSONS or persons == 0 or persons >= (5 if key[2] == "all" else 10), key
    for row in releases.rows("rpt_conversation_mix_weekly", "count_persons > 0"):
        crossed = row["platform"] != "all" and row["language"] != "all"
        assert row["count_persons"] >= (10 if crossed else 5)
    for row in releases.rows("rpt_themes_weekly", "count_persons > 0"):
        assert row["count_persons"] >= (5 if row["thread_kind"] == "all" else 10)
    for row in releases.rows("rpt_sentiment_weekly", "count_persons > 0"):
        assert row["count_persons"] >= (5 if row["theme"] == "all" else 10)
    terms = releases.rows("rpt_rising_terms_weekly")
    assert min(row["count_persons"] for row in terms if row["count_persons"] is not None) >= 10
    assert all(row["is_suppressed"] == (row["count_persons"] is None) for row in terms)
    assert sum(row["is_suppressed"] for row in terms) > 1000
    for row in releases.rows("rpt_activation_monthly"):
        assert (row["count_active_employees"] or 5) >= 5
    small = sum(1 for persons in truth.values() if persons < 5)
    assert small > 1000  # there was something to protect


def solvable(
    unknown: Iterable[Cell],
    sums: list[tuple[list[Cell], float]],
    at_most: Mapping[Cell, float] | None = None,
) -> dict[Cell, float]:
    """The unknown numbers that the sums (and not being negative, nor above `at_most`) leave only one value."""
    names = sorted(set(unknown))
    place = {name: index for index, name in enumerate(names)}
    matrix, totals = [], []
    for members, total in sums:
        if members:
            row = np.zeros(len(names))
            row[[place[name] for name in members]] = 1
            matrix.append(row)
            totals.append(total)
    if not matrix:
        return {}
    bounds = [(0, (at_most or {}).get(name)) for name in names]
    found = {}
    for name, index in place.items():
        goal = np.zeros(len(names))
        goal[index] = 1
        ends = [linprog(sign * goal, A_eq=np.array(matrix), b_eq=totals, bounds=bounds) for sign in (1, -1)]
        if all(end.success for end in ends) and abs(ends[0].fun + ends[1].fun) < 0.5:
            found[name] = ends[0].fun
    return found


class Known:
    """What one release says of one week: withheld cells are unknowns, everything published is an equation."""

    def __init__(self) -> None:
        self.unknown: list[Cell] = []
        self.sums: list[tuple[list[Cell], float]] = []

    def add(self, cells: dict[Cell, float | None], total: float | None) -> None:
        """These cells add up to `total`, as far as either is published."""
        hidden = [cell for cell, number in cells.items() if number is None]
        self.unknown += hidden
        if total is not None:
            self.sums.append((hidden, total - sum(n for n in cells.values() if n is not None)))


@pytest.mark.parametrize("number", ["count_accounts", "count_posts"])
@pytest.mark.parametrize("release", ATTACKED)
def test_no_voice_can_be_computed_from_totals_platforms_and_the_other_voices(
    releases: Any, release: int, number: str
) -> None:
    company = f"company_id = 'release{release:02}'"
    truth = true_persons(releases) | true_persons(releases, platform="'all'")
    of_mix = "count_persons" if number == "count_accounts" else "count_posts"
    totals = {
        (row["week_start"], row["platform"]): row[of_mix]
        for row in releases.rows("rpt_conversation_mix_weekly", f"{company} and language = 'all'")
    }
    weeks: dict[date, dict[Cell, float | None]] = defaultdict(dict)
    for row in releases.rows("rpt_voices_weekly", company):
        if row["voice"] in PERSONS or number == "count_posts":
            weeks[row["week_start"]][row["platform"], row["voice"]] = row[number]
    withheld = 0
    for week, cells in weeks.items():
        known, places = Known(), {place for place, _ in cells}
        for place in places:
            known.add({c: n for c, n in cells.items() if c[0] == place}, totals[week, place])
        for voice in PERSONS:
            parts = {c: n for c, n in cells.items() if c[1] == voice and c[0] != "all"}
            whole = cells["all", voice]
            if whole is not None:
                known.add(parts, whole)
            else:  # the parts add up to an unknown: sum of parts - whole = 0 says nothing about either
                known.unknown += [c for c, n in parts.items() if n is None]
        withheld += len(known.unknown)
        for cell, value in solvable(known.unknown, known.sums).items():
            persons = truth.get((f"release{release:02}", str(week), *cell), 0)
            assert not 1 <= persons < 5, f"{week} {cell}: {value} computed, {persons} persons behind it"
    assert withheld > 50


@pytest.mark.parametrize(
    ("report", "member", "group", "number"),
    [
        ("rpt_themes_weekly", "thread_kind", ("theme",), "count_posts"),
        ("rpt_themes_weekly", "thread_kind", ("theme",), "count_threads"),
        ("rpt_sentiment_weekly", "sentiment", ("theme",), "count_posts"),
    ],
)
def test_no_theme_or_tone_can_be_computed_from_its_total(
    releases: Any, report: str, member: str, group: tuple[str, ...], number: str
) -> None:
    lines: dict[Cell, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in releases.rows(report, f"company_id = 'release{RELEASES - 1}'"):
        key = (row["company_id"], str(row["week_start"]), *(row[name] for name in group))
        lines[key][row[member]] = row
    for key, rows in lines.items():
        shown = [row for row in rows.values() if row.get("sentiment_share_denominator")]
        total = rows["all"][number] if "all" in rows else None
        if shown:
            total = shown[0]["sentiment_share_denominator"]
        known = Known()
        known.add({(name,): row[number] for name, row in rows.items() if name != "all"}, total)
        for name, value in solvable(known.unknown, known.sums).items():
            assert value == 0, f"{report} {key} {name}: {value} computed"


def test_what_a_term_is_compared_with_comes_from_published_numbers_only(releases: Any) -> None:
    """Anybody can compute every share of rpt_rising_terms_weekly again, so the shares tell nothing more."""
    company = f"company_id = 'release{RELEASES - 1}'"
    everybody = {
        row["week_start"]: row["count_persons"]
        for row in releases.rows(
            "rpt_conversation_mix_weekly", f"{company} and platform = 'all' and language = 'all'"
        )
    }
    shown = {
        (row["term"], row["week_start"]): row for row in releases.rows("rpt_rising_terms_weekly", company)
    }
    for (term, week), row in shown.items():
        before = [w for w in everybody if week - timedelta(weeks=4) <= w < week and everybody[w] is not None]
        used = sum(
            min(9 if shown[term, w]["is_suppressed"] else shown[term, w]["count_persons"], everybody[w])
            for w in before
            if (term, w) in shown
        )
        expected = round(used / sum(everybody[w] for w in before), 4) if before else None
        assert row["person_share_before"] == pytest.approx(expected, abs=1e-4), (term, week)
        if row["is_suppressed"]:
            assert row["person_share"] is None
            assert row["log_likelihood"] is None
            assert row["q_value"] is None
    assert len(shown) > 100


def test_a_later_release_does_not_tell_what_an_earlier_one_withheld(releases: Any) -> None:
    """Where every total of a week is unchanged between releases, so is what is withheld."""
    totals: dict[tuple[str, date], tuple[Any, ...]] = {}
    for row in sorted(
        releases.rows("rpt_conversation_mix_weekly"), key=lambda row: (row["platform"], row["language"])
    ):
        key = (row["company_id"], row["week_start"])
        numbers = (
            row["platform"],
            row["language"],
            row["count_posts"],
            row["exchanges"],
            row["conversations"],
        )
        totals[key] = (*totals.get(key, ()), numbers)
    next_release = {f"release{n:02}": f"release{n + 1:02}" for n in range(RELEASES)}
    hidden: dict[tuple[str, date], set[Cell]] = defaultdict(set)
    for row in releases.rows("rpt_voices_weekly", "is_suppressed"):
        hidden[row["company_id"], row["week_start"]].add((row["platform"], row["voice"]))
    pairs = 0
    for (company, week), numbers in totals.items():
        following = (next_release.get(company, ""), week)
        if totals.get(following) == numbers:
            pairs += 1
            assert hidden[company, week] == hidden[following], (company, week)
    assert pairs > 500


@dataclass(frozen=True, slots=True)
class Voices:
    """Accounts by voice over all platforms, release by release: published, published in total, and true."""

    shown: dict[tuple[str, date], dict[str, float | None]]
    totals: dict[tuple[str, date], float | None]
    truth: dict[Cell, int]

    def given_away(self, withheld_in: str, shown_in: str) -> tuple[int, list[str]]:
        """Weeks in which one release bounds what another, of fewer posts, withholds; what that gives away."""
        attacked, found = 0, []
        for (release, week), own in self.shown.items():
            hidden = [voice for voice, number in own.items() if number is None]
            other = self.shown.get((shown_in, week), {})
            caps = {(voice,): number for voice in hidden if (number := other.get(voice)) is not None}
            total = self.totals[release, week]
            if release != withheld_in or total is None or not caps:
                continue
            attacked += 1
            rest = total - sum(number for number in own.values() if number is not None)
            unknown: list[Cell] = [(voice,) for voice in hidden]
            for (voice,), value in solvable(unknown, [(unknown, rest)], caps).items():
                if 1 <= self.truth.get((release, str(week), "all", voice), 0) < 5:
                    found.append(f"{release} {week} {voice}: {value} computed")
        return attacked, found


@pytest.fixture(scope="module")
def voices(releases: Any) -> Voices:
    shown: dict[tuple[str, date], dict[str, float | None]] = defaultdict(dict)
    for row in releases.rows("rpt_voices_weekly", "platform = 'all'"):
        if row["voice"] in PERSONS:
            shown[row["company_id"], row["week_start"]][row["voice"]] = row["count_accounts"]
    totals = {
        (row["company_id"], row["week_start"]): row["count_persons"]
        for row in releases.rows("rpt_conversation_mix_weekly", "platform = 'all' and language = 'all'")
    }
    return Voices(shown, totals, true_persons(releases, platform="'all'"))


def test_a_withheld_voice_cannot_be_computed_from_the_release_that_shows_it_a_week_later(
    voices: Voices,
) -> None:
    """Late posts only add accounts: what a later release shows bounds what the earlier one withheld."""
    pairs = [(f"release{n:02}", f"release{n + 1:02}") for n in range(RELEASES - 1)]
    tried = [voices.given_away(earlier, later) for earlier, later in pairs]
    assert [line for _, found in tried for line in found] == []
    assert sum(attacked for attacked, _ in tried) > 2


def test_a_voice_withheld_after_somebody_was_forgotten_cannot_be_computed_from_the_release_before(
    voices: Voices,
) -> None:
    """Forgetting only takes accounts away: the release before bounds what the one after it withholds."""
    tried = [voices.given_away(f"erased{account}", f"release{RELEASES - 1}") for account in ERASED]
    assert [line for _, found in tried for line in found] == []
    assert sum(attacked for attacked, _ in tried) > 2


def test_no_week_of_employees_can_be_computed_from_its_month(releases: Any) -> None:
    """A month's employees are at most the sum of its weeks; that must not leave a withheld week one number."""
    company = f"company_id = 'release{RELEASES - 1}'"
    months = {
        row["month_start"]: row["count_active_employees"]
        for row in releases.rows("rpt_activation_monthly", company)
    }
    weeks = {
        row["week_start"]: row["count_accounts"]
        for row in releases.rows(
            "rpt_voices_weekly", f"{company} and platform = 'all' and voice = 'employee'"
        )
    }
    compared = 0
    for month, active in months.items():
        following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
        touching = [w for w in weeks if month - timedelta(days=6) <= w < following]
        hidden = [w for w in touching if weeks[w] is None]
        if active is None or not hidden:
            continue
        compared += 1
        # All the others at their most, the withheld ones at the four a withheld cell may hold.
        least = active - sum(weeks[w] or 0 for w in touching) - 4 * (len(hidden) - 1)
        assert least < 4, f"{month}: the withheld week {hidden} has at least {least} employees, so four"
    assert compared > 3


def test_the_share_of_unknown_accounts_does_not_tell_a_withheld_voice(releases: Any) -> None:
    """All accounts of a week are known, so one step of the share must not be one account: fewer than five are none."""
    told = {
        (row["company_id"], str(row["week_start"])): (row["unknown_share"], row["certain_share"])
        for row in releases.rows("rpt_label_quality_weekly", "not is_suppressed")
    }
    counted = {
        tuple(row[:2]): row[2:]
        for row in releases.ask(
            """
            select company_id, week_start::text, count(*), count(*) filter (where side = 'unknown'),
                count(*) filter (where is_certain)
            from core.fct_speakers_weekly group by all
            """
        )
    }
    few = 0
    for week, shares in told.items():
        everybody, *numbers = counted.get(week, (1, 0, 0))
        for share, number in zip(shares, numbers, strict=True):
            few += 1 <= number < 5
            assert (share == 0) == (number < 5), (week, number, share)
            assert share == 0 or abs(share - number / everybody) <= max(0.025, 2.5 / everybody) + 1e-9, week
    assert few > 50


def test_a_family_of_themes_is_told_exactly_of_ten_persons_and_of_ten_or_none_who_did_not_speak_of_it(
    releases: Any,
) -> None:
    """What the share leaves over is told with it: conversations without the family are counted here again."""
    block = "week_start - ((week_start - date '1970-01-05') % 28)::int"
    truth = {
        tuple(row[:4]): row[4:]
        for row in releases.ask(
            f"""
            with spoken as (
                select distinct company_id, thread_id, family
                from core.fct_post_themes join seeds.themes using (theme)
            ),
            judged as (
                select c.company_id, ({block})::text, c.thread_kind, f.family,
                    s.family is not null as is_with, p.account_id, p.thread_id
                from core.fct_conversations as c
                cross join (select distinct family from seeds.themes) as f
                left join spoken as s
                    on s.company_id = c.company_id and s.thread_id = c.thread_id and s.family = f.family
                join core.fct_posts as p on p.company_id = c.company_id and p.thread_id = c.thread_id
                where p.side in ('human', 'unknown')
            )
            select * exclude (is_with, account_id, thread_id),
                count(distinct account_id) filter (where is_with),
                count(distinct account_id) filter (where not is_with),
                count(distinct thread_id) filter (where is_with),
                count(distinct thread_id)
            from judged group by all
            """.replace("week_start", "c.week_start")
        )
    }
    rows = releases.rows("rpt_theme_families_four_weekly")
    for row in rows:
        key = (row["company_id"], str(row["block_start"]), row["conversation_kind"], row["family"])
        *persons, spoken_of, conversations = truth.get(key, (0, 0, 0, 0))
        told = (row["family_share_numerator"], row["family_share_denominator"])
        assert row["is_suppressed"] == any(0 < count < 10 for count in persons), key
        assert told == ((None, None) if row["is_suppressed"] else (spoken_of, conversations)), key
    assert sum(row["is_suppressed"] for row in rows) > 50
    assert sum(not row["is_suppressed"] for row in rows) > 50


def test_every_number_of_a_released_file_is_one_of_the_marts_or_withheld_there_too(
    releases: Any, tmp_path: Path
) -> None:
    """Numbers are read out of the CSV and the workbook of a real release, cell by cell."""
    company = f"release{RELEASES - 1}"
    marts, exports = tmp_path / "marts", tmp_path / "exports"
    marts.mkdir()
    for path in releases.marts.glob("rpt_*.parquet"):
        table = pq.read_table(path)
        if "company_id" in table.column_names:
            table = table.filter(pc.equal(table["company_id"], company))
        pq.write_table(table, marts / path.name)
    settings = parse_settings(f'[company]\nname = "{company}"\n')
    publish(marts=marts, exports=exports, settings=settings, with_pdf=False)
    book = openpyxl.load_workbook(exports / "workbook.xlsx", read_only=True)
    sheets = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    compared = 0
    for path in marts.glob("rpt_*.parquet"):
        rows = pq.read_table(path).to_pylist()
        with (exports / f"{path.stem}.csv").open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
        assert len(lines) == len(rows)
        numbers = [[value for value in row.values() if isinstance(value, int | float)] for row in rows]
        for line, row, known in zip(lines, rows, numbers, strict=True):
            for column, text in line.items():
                if row[column] is None:
                    assert text == "", (path.stem, column, text)
                elif isinstance(row[column], float) or type(row[column]) is int:
                    assert float(text) == pytest.approx(row[column]), (path.stem, column)
                    compared += 1
            assert known is not None
        sheet = next(
            (found for name, found in sheets.items() if name in path.stem or path.stem in name), None
        )
        if sheet is not None:
            told = {value for line in sheet for value in line if type(value) in (int, float)}
            allowed = {round(number, 6) for known in numbers for number in known} | {0, 1}
            assert {round(value, 6) for value in told} <= allowed, path.stem
    assert compared > 5000


def test_who_addressed_the_brand_on_a_platform_does_not_tell_how_many_spoke_on_another(
    measure: Callable[..., Any], raw_rows: Callable[..., Any]
) -> None:
    """Twelve on a large platform, all to the brand, of thirteen in all: a number beside a withheld one leaves one."""
    raw = raw_rows("ondine", platform="large")
    raw.official("shop")
    raw.post("shop", "shop", MONDAY)
    for number in range(12):
        raw.post(f"{number}", f"p{number}", MONDAY, mentions=("shop",))
    for number in range(6):
        raw.post(f"s{number}", "p12", MONDAY, platform="small")
    raw.people(*(f"p{number}" for number in range(13)))
    # Seen again a week later: the week is over.
    raw.post("again", "p0", MONDAY, about=False, last_seen_at=MONDAY + timedelta(weeks=1))
    measured = measure(raw)
    of_week = f"week_start = '{MONDAY.date()}'"
    spoke = {
        row["platform"]: row["count_persons"]
        for row in measured.rows("rpt_conversation_mix_weekly", f"{of_week} and language = 'all'")
    }
    addressed = {
        row["platform"]: row["count_persons"] for row in measured.rows("rpt_brand_dialogue_weekly", of_week)
    }
    assert spoke == {"all": 13, "large": None, "small": None}
    assert addressed == {"all": 12, "large": None, "small": None}


def test_a_large_conversation_does_not_tell_how_many_spoke_on_another_platform(
    measure: Callable[..., Any], raw_rows: Callable[..., Any]
) -> None:
    """Ten or more in one conversation on a large platform, of eleven in all, would leave one at most elsewhere."""
    raw = raw_rows("ondine", platform="large")
    raw.official("shop")
    raw.post("shop", "shop", MONDAY)
    address = {"post_id": raw.key("shop"), "url": "https://large.example/shop", "last_seen_at": MONDAY}
    raw.rows["organisation_links"].append(address)
    for number in range(10):
        raw.post(f"{number}", f"p{number}", MONDAY, reply_to="shop")
    raw.post("s", "p10", MONDAY, platform="small")
    raw.people(*(f"p{number}" for number in range(11)))
    raw.post("again", "p0", MONDAY, about=False, last_seen_at=MONDAY + timedelta(weeks=1))
    measured = measure(raw)
    mix = measured.rows("rpt_conversation_mix_weekly", "platform = 'small'")
    assert {row["count_persons"] for row in mix} == {None}
    [told] = measured.rows("rpt_conversations_weekly")
    assert (told["count_persons"], told["platform"], told["link"]) == (10, None, None)
