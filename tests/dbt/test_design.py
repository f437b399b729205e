"""Whatever the threads look like, every column of the conversation mix is what design.md's words give.

Hypothesis makes worlds; the SQL dbt compiled runs on them as it is, model after model, in memory; design_reference.py
counts them again in plain Python. Many worlds stand beside each other in one warehouse, as companies that never met, so
that a thousand cost minutes; a world that fails there is tried alone and shrunk to the smallest that shows it.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from girafe.records import JUDGED_VOICES
from warehouse.dbt import run_dbt
from warehouse.merge import create_tables
from warehouse.tables import RAW

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
REPORT = "rpt_conversation_mix_weekly"
DIALOGUE = "rpt_brand_dialogue_weekly"
# A Sunday evening: Paris is in the next day, and by the end of the month in summer time.
START = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
COMPANIES = ("ondine", "rival")
SHOPS = {"ondine": "shop", "rival": "rivalshop"}
PEOPLE = tuple(f"a{number}" for number in range(5))
# Worlds in one warehouse.
TOGETHER = 50
EVENTS = ("count_brand_posts", "count_broadcasts", "count_brand_dialogue_posts", "count_addressed_posts")
EVENTS += ("response_share_numerator", "response_share_denominator")
COUNTED = ("count_posts", "conversations", "monologues", "exchanges")
VOICES = ("employee", "former_employee", "person", "organisation", "bot", "brand", "unknown")


def _load(name: str) -> ModuleType:
    file = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec
    assert spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reference = _load("design_reference")
KINDS = reference.KINDS
COUNTED += tuple(f"exchanges_{kind}" for kind in KINDS)
COUNTED += tuple(
    f"conversations_{kind}" for kind in ("human_to_human", "brand_to_human", "other", "unresolved")
)


@st.composite
def worlds(draw: st.DrawFn) -> Any:
    """A few posts by a few people, pointing at anything: each other, themselves, what is lost, in circles."""
    count = draw(st.integers(1, 14))
    names = [f"p{number}" for number in range(count)]
    minutes = draw(st.lists(st.integers(0, 60 * 24 * 40), min_size=count, max_size=count, unique=True))
    anywhere = st.sampled_from([None, None, "lost", "lost2", *names])
    posts = []
    for name, minute in zip(names, minutes, strict=True):
        platform = draw(st.sampled_from(["forum", "forum", "mastodon"]))
        repost_of = draw(st.sampled_from([None] * 6 + ["lost", *names[:2]]))
        first = reference.Post(
            id=f"{platform}/{name}",
            account=f"{platform}/{draw(st.sampled_from([*PEOPLE, *SHOPS.values()]))}",
            platform=platform,
            language=draw(st.sampled_from(["fr", "fr", "en"])),
            at=START + timedelta(minutes=minute),
            seen=START + timedelta(minutes=minute),
            reply_to=_on(platform, draw(anywhere)),
            conversation=_on(platform, draw(st.sampled_from([None] * 4 + ["talk", "lost", *names[:2]]))),
            quote_of=_on(platform, draw(st.sampled_from([None] * 5 + ["lost", *names[:3]]))),
            repost_of=_on(platform, repost_of),
            is_bare=repost_of is not None and draw(st.booleans()),
            mentions=_mentions(draw, platform),
            about=frozenset(draw(st.sets(st.sampled_from(COMPANIES)))),
        )
        posts.append(first)
        if draw(st.integers(0, 5)) == 0:  # edited: it answers and names something else now
            posts.append(_edited(draw, first, _on(platform, draw(anywhere))))
        if draw(st.integers(0, 7)) == 0:  # the same words on another platform, by another account
            posts.append(_copied(first))
    # Some speak in the very minute in which something was learnt of somebody.
    moments = [post.at for post in posts]
    everybody = sorted({post.account for post in posts} | {f"forum/{person}" for person in PEOPLE})
    return reference.World(
        posts=draw(st.permutations(posts)),
        told=[told for account in everybody for told in _told(draw, account, moments)],
        shops={company: f"forum/{shop}" for company, shop in SHOPS.items()},
        handles=draw(st.sets(st.sampled_from(everybody), max_size=3)),
        gone_posts=set(draw(st.lists(st.sampled_from([post.id for post in posts]), max_size=1))),
        gone_accounts=set(draw(st.lists(st.sampled_from([*everybody, "forum/nobody"]), max_size=1))),
    )


def _on(platform: str, name: str | None) -> str | None:
    return name and f"{platform}/{name}"


def _mentions(draw: st.DrawFn, platform: str) -> tuple[str, ...]:
    named = draw(st.lists(st.sampled_from([*PEOPLE, "shop", "stranger"]), max_size=2, unique=True))
    return tuple(f"{platform}/{name}" for name in named)


def _edited(draw: st.DrawFn, post: Any, reply_to: str | None) -> Any:
    about = frozenset(draw(st.sets(st.sampled_from(COMPANIES))))
    changed = {"seen": post.at + timedelta(days=2), "reply_to": reply_to, "about": about}
    return reference.Post(
        **{name: getattr(post, name) for name in post.__dataclass_fields__}
        | changed
        | {"mentions": _mentions(draw, post.platform)}
    )


def _copied(post: Any) -> Any:
    return reference.Post(
        **{name: getattr(post, name) for name in post.__dataclass_fields__}
        | {"id": f"copy/{post.id}", "platform": "copy", "account": f"copy/{post.account}"}
        | {"reply_to": None, "conversation": None, "quote_of": None, "repost_of": None, "is_bare": False}
    )


def _told(draw: st.DrawFn, account: str, moments: Sequence[datetime]) -> Iterator[Any]:
    """Voices over time, for one company or both; half of the accounts are told nothing of."""
    for company in draw(st.sampled_from([(), ("ondine",), ("ondine",), COMPANIES])):
        days = st.integers(-20, 60).map(lambda day: START + timedelta(days=day, hours=3))
        for at in draw(st.lists(days | st.sampled_from(moments), min_size=1, max_size=3, unique=True)):
            given = draw(st.sampled_from([True, True, False]))
            yield reference.Told(
                account=account,
                company=company,
                at=at,
                voice=draw(st.sampled_from(VOICES)),
                given=given,
                classifier=draw(st.sampled_from([1, 1, 2])),
            )


class Compiled:
    """The models behind the report as dbt compiled them, over raw tables that can be filled anew."""

    def __init__(self, target: Path) -> None:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        self.connection = duckdb.connect()
        self.connection.execute("attach ':memory:' as girafe; use girafe; set timezone = 'UTC'")
        for schema in ("staging", "intermediate", "core", "reports", "seeds"):
            self.connection.execute(f"create schema {schema}")
        create_tables(self.connection, RAW)
        seed = PROJECT / "seeds" / "voices.csv"
        self.connection.execute(f"create table seeds.voices as select * from read_csv('{seed}')")
        self.steps: list[str] = []
        done: set[str] = set()
        for report in (REPORT, DIALOGUE):
            self._add(manifest["nodes"], f"model.girafe.{report}", done)

    def _add(self, nodes: dict[str, Any], name: str, done: set[str]) -> None:
        node = nodes.get(name)
        if name in done or node is None or node["resource_type"] != "model":
            return
        done.add(name)
        for parent in node["depends_on"]["nodes"]:
            self._add(nodes, parent, done)
        place = f"{node['schema']}.{node['name']}"
        if node["config"]["materialized"] == "view":
            self.connection.execute(f"create view {place} as {node['compiled_code']}")
        else:
            self.steps.append(f"create or replace table {place} as {node['compiled_code']}")

    def mix(self, raws: Sequence[Any]) -> dict[tuple[Any, ...], dict[str, Any]]:
        """The report's rows by company, week, platform and language, with these rows in the raw tables."""
        for table in RAW:
            self.connection.execute(f"delete from raw.{table.name}")
            rows = [row for raw in raws for row in raw.rows[table.name]]
            if rows:
                incoming = pa.Table.from_pylist(rows, schema=table.schema)
                self.connection.register("incoming", incoming)
                self.connection.execute(f"insert into raw.{table.name} by name select * from incoming")
                self.connection.unregister("incoming")
        for step in self.steps:
            self.connection.execute(step)
        return {
            (row["company_id"], row["week_start"], row["platform"], row["language"]): row
            for row in self.rows(REPORT)
        }

    def rows(self, report: str) -> list[dict[str, Any]]:
        """A report's rows, over what the raw tables held last."""
        found: list[dict[str, Any]] = (
            self.connection.sql(f"from reports.{report}").to_arrow_table().to_pylist()
        )
        return found


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    warehouse = tmp_path_factory.mktemp("compiled") / "girafe.duckdb"
    run_dbt(["compile"], warehouse=warehouse, marts=warehouse.parent / "marts", project=PROJECT)
    return Compiled(warehouse.parent / "dbt" / "target")


def fill(raw: Any, world: Any, number: int = 0) -> Any:
    """The world in the raw tables, as load would write it; `number` keeps its names apart from other worlds'."""
    raw.key = lambda name: name and f"{number}/{name}"
    for account in sorted(world.handles):
        raw.alias(f"@{account}", account, START)
        raw.alias(f"@{account}", "forum/before", START - timedelta(days=1))  # who held the handle before
    home = raw.rows["companies"].pop()
    for company in COMPANIES:
        its = {"company_id": f"{company}{number}", "company": company.title(), "is_home": company == "ondine"}
        raw.rows["companies"].append(home | its)
    for company, shop in world.shops.items():
        known_id = number % 2  # of every second shop only the handle is known
        keys = {
            "handle_key": raw.key(met_as(world, shop)),
            "account_key": raw.key(f"id:{shop}") if known_id else None,
        }
        raw.rows["official_accounts"].append({"company_id": f"{company}{number}", "platform": "forum"} | keys)
    for place, post in enumerate(world.posts):
        raw.post(
            post.id,
            met_as(world, post.account) if place % 2 else post.account,
            post.at,
            reply_to=post.reply_to,
            quote_of=post.quote_of,
            repost_of=post.repost_of,
            mentions=() if post.is_bare else tuple(met_as(world, name) for name in post.mentions),
            about=None,
            version=f"v{place:03}",
            platform=post.platform,
            language=post.language,
            last_seen_at=post.seen,
            conversation_id=raw.key(post.conversation and f"conversation:{post.conversation}"),
            root_post_id=raw.key(post.conversation),
            is_bare_repost=post.is_bare,
        )
        for company in COMPANIES:
            raw.rows["post_matches"].append(
                {
                    "post_id": raw.key(post.id),
                    "content_hash": f"v{place:03}",
                    "company_id": f"{company}{number}",
                }
                | {"is_about": company in post.about, "probability": 0.9, "classifier_version": "1"}
            )
    for told in world.told:
        spread = {"probabilities": {v.value: 1 / len(JUDGED_VOICES) for v in JUDGED_VOICES}}
        raw.label(
            told.account, told.voice, told.at, certain=told.given, company=f"{told.company}{number}",
            **({} if told.given else spread),
        )  # fmt: skip
        raw.rows["speaker_labels"][-1]["classifier_version"] = f"2026.12.{told.classifier:02}"
    for gone in world.gone_posts:
        raw.gone(post=gone)
    for gone in world.gone_accounts:
        raw.gone(account=met_as(world, gone))
    return raw


def met_as(world: Any, account: str) -> str:
    """The handle an account is met under, where it has one; else its id."""
    return f"@{account}" if account in world.handles else account


def expected_cells(world: Any, company: str) -> dict[tuple[Any, ...], dict[str, int]]:
    """What design.md gives, with the zeros: every week from the first to the last, every platform and language."""
    counted = world.mix(company)
    if not counted:
        return {}
    weeks = sorted({cell[1] for cell in counted})
    every = [weeks[0] + timedelta(weeks=n) for n in range((weeks[-1] - weeks[0]).days // 7 + 1)]
    platforms, languages = {cell[2] for cell in counted}, {cell[3] for cell in counted}
    return {
        (company, week, platform, language): counted.get((company, week, platform, language), {})
        for week in every
        for platform in platforms
        for language in languages
    }


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def check_counts(row: dict[str, Any], numbers: dict[str, int]) -> set[str]:
    """Counts and what is divided last."""
    for column in COUNTED:
        assert row[column] == numbers.get(column, 0), column
    get = lambda name: numbers.get(name, 0)  # noqa: E731
    both = get("conversations_human_to_human") + get("conversations_brand_to_human")
    edges = [get(f"exchanges_{kind}") for kind in ("human_to_human", "brand_to_human", "human_to_brand")]
    parts = {
        "human_to_human_share": (get("conversations_human_to_human"), both),
        "exchange_human_to_human_share": (edges[0], sum(edges)),
    }
    known = set(COUNTED)
    for name, (part, whole) in parts.items():
        assert (row[f"{name}_numerator"], row[f"{name}_denominator"]) == (part, whole)
        assert row[name] == pytest.approx(share(part, whole))
        other = name.replace("human_to_human", "brand_to_human")
        assert row[other] == pytest.approx(None if row[name] is None else 1 - row[name])
        known |= {name, other, f"{name}_numerator", f"{name}_denominator"}
    assert row["unresolved_share"] == pytest.approx(
        share(get("conversations_unresolved"), get("conversations"))
    )
    assert row["exchange_unresolved_share"] == pytest.approx(
        share(get("exchanges_unresolved"), get("exchanges"))
    )
    return known | {"unresolved_share", "exchange_unresolved_share"}


def check_interval(row: dict[str, Any], name: str, floor: float) -> set[str]:
    """There is an interval where there is a number, and it holds it."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if row[name] is None:
        assert (low, high) == (None, None)
    else:
        assert floor - 1e-9 <= low <= row[name] + 1e-4
        assert row[name] - 1e-4 <= high <= 1 + 1e-9
    return {name, f"{name}_low", f"{name}_high"}


def check_changes(row: dict[str, Any], before: dict[str, Any] | None) -> set[str]:
    """A change is this week's share less last week's, and called one only if its interval says so."""
    known: set[str] = set()
    for name in ("human_to_human_share", "exchange_human_to_human_share"):
        known |= check_interval(row, name, 0)
        known |= check_interval(row, name.replace("human_to_human", "brand_to_human"), 0)
        known |= check_interval(row, f"{name}_change", -1)
        now, then = row[name], before and before[name]
        assert row[f"{name}_change"] == pytest.approx(None if now is None or then is None else now - then)
        low, high = row[f"{name}_change_low"], row[f"{name}_change_high"]
        assert bool(row[f"is_{name}_changed"]) == (low is not None and (low > 0 or high < 0))
        known.add(f"is_{name}_changed")
    return known


def check_persons(row: dict[str, Any], persons: int) -> set[str]:
    """Shown as it is or not at all; never of a small group."""
    crossed = row["platform"] != "all" and row["language"] != "all"
    assert row["count_persons"] in (persons, None)
    assert row["is_suppressed"] == (row["count_persons"] is None)
    if 1 <= persons < (10 if crossed else 5):
        assert row["is_suppressed"]
    return {"count_persons", "is_suppressed"}


def check_worlds(compiled: Compiled, raw_rows: Callable[..., Any], worlds: Sequence[Any]) -> None:
    """Every row of every world, and no row beside them."""
    rows = compiled.mix([fill(raw_rows(), world, number) for number, world in enumerate(worlds)])
    dialogue = by_company(compiled.rows(DIALOGUE))
    last_seen = max(world.last_seen for world in worlds)
    for number, world in enumerate(worlds):
        for company in COMPANIES:
            its_rows = {cell: row for cell, row in rows.items() if cell[0] == f"{company}{number}"}
            for cell in its_rows:
                del rows[cell]
            check_company(company, number, world, its_rows, last_seen)
            check_dialogue(world.dialogue(company, last_seen), dialogue.get(f"{company}{number}", {}))
    assert not rows


def by_company(rows: Sequence[dict[str, Any]]) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
    """The rows of each company by week and platform."""
    found: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["company_id"], {})[row["week_start"], row["platform"]] = row
    return found


def check_dialogue(expected: Any, rows: dict[tuple[Any, ...], dict[str, Any]]) -> None:
    """What the brand writes and whom it answers; all zeros where nothing is expected."""
    assert expected.keys() <= rows.keys()
    for cell, row in rows.items():
        events = expected.get(cell, {})
        for column in EVENTS:
            assert row[column] == len(events.get(column, ())), (cell, column)
        minutes = events.get("response_minutes_median")
        assert row["response_minutes_median"] == (minutes and pytest.approx(median(minutes), abs=0.051))
        part, whole = (row[f"response_share_{end}"] for end in ("numerator", "denominator"))
        assert row["response_share"] == pytest.approx(share(part, whole))


def check_company(company: str, number: int, world: Any, rows: Any, last_seen: datetime) -> None:
    expected = {
        (f"{company}{number}", *cell[1:]): numbers for cell, numbers in expected_cells(world, company).items()
    }
    assert rows.keys() == expected.keys()
    for cell, row in rows.items():
        its_company, week, platform, language = cell
        known = check_counts(row, expected[cell])
        known |= check_changes(row, rows.get((its_company, week - timedelta(weeks=1), platform, language)))
        known |= check_persons(row, expected[cell].get("count_persons", 0))
        assert row["is_week_complete"] == (_end(week) <= last_seen)
        assert row["is_home"] == (company == "ondine")
        known |= {"company_id", "week_start", "platform", "language", "company", "is_home"}
        assert set(row) == known | {"is_week_complete"}


def _end(week: date) -> datetime:
    return datetime.combine(week + timedelta(weeks=1), datetime.min.time(), reference.PARIS)


def made(examples: int, check: Callable[[Any], None]) -> None:
    """Makes so many worlds, the same ones each time, and hands them to `check`."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(worlds())
    def every_world(world: Any) -> None:
        check(world)

    every_world()


def run(compiled: Compiled, raw_rows: Callable[..., Any], examples: int) -> dict[str, int]:
    """Checks so many worlds; returns in how many cells each column of counts was more than 0."""
    drawn: list[Any] = []
    made(examples, drawn.append)
    try:
        for start in range(0, len(drawn), TOGETHER):
            check_worlds(compiled, raw_rows, drawn[start : start + TOGETHER])
    except AssertionError:
        made(examples, lambda world: check_worlds(compiled, raw_rows, [world]))
        raise  # none fails alone: it is their standing together that does
    seen = dict.fromkeys(COUNTED, 0)
    for world in drawn:
        for company in COMPANIES:
            for numbers in world.mix(company).values():
                for column in seen:
                    seen[column] += numbers.get(column, 0) > 0
    return seen


def test_every_column_of_the_mix_is_what_the_design_says_whatever_the_threads(
    compiled: Compiled, raw_rows: Callable[..., Any]
) -> None:
    seen = run(compiled, raw_rows, 150)
    assert all(seen.values()), seen


@pytest.mark.slow
def test_ten_thousand_worlds_give_what_the_design_says(
    compiled: Compiled, raw_rows: Callable[..., Any]
) -> None:
    seen = run(compiled, raw_rows, 10_000)
    assert all(number > 1000 for number in seen.values()), seen
