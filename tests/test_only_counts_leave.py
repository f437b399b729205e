"""LinkedIn: a member is in landing for a day, and nowhere else ever; the counts stay what they were."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from collectors.contract import NOTES
from collectors.registry import PARSERS
from girafe import run as path
from girafe.data_dir import DataDir
from girafe.records import Envelope
from girafe.settings import parse_settings
from warehouse.connection import connect
from warehouse.forget import forget
from warehouse.landing import landing_path, write_envelopes
from warehouse.retention import enforce

SETTINGS = parse_settings('[company]\nname = "Ondine"\n')
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
PAGE, ROOT = "urn:li:organization:9", "urn:li:share:701"
MEMBERS = [f"urn:li:person:Kw{number}xQ" for number in range(3)]
TO_LABELS = [stage for stage in path.AFTER_COLLECT if stage[0] in ("classify", "load")]
TO_MARTS = [stage for stage in path.AFTER_COLLECT if stage[0] in ("classify", "load", "measure")]


def ms(hours: float) -> int:
    return int((NOW - timedelta(hours=hours)).timestamp() * 1000)


def said(comments: int) -> Iterator[dict[str, Any]]:
    """A thread of the page with answers of members to it and to each other, and a mention."""
    note = {"page": PAGE, "root": ROOT}
    yield {"id": ROOT, "author": PAGE, "commentary": "Ondine recrute", "createdAt": ms(9), NOTES: note}
    above = ROOT
    for number in range(comments):
        urn = f"urn:li:comment:(urn:li:activity:1,{number})"
        yield {
            "commentUrn": urn, "actor": MEMBERS[number % 2], "message": {"text": "Bravo à toute l'équipe"},
            "created": {"time": ms(8 - number)}, NOTES: {**note, "above": above},
        }  # fmt: skip
        above = urn
    yield {
        "action": "SHARE_MENTION", "notificationId": 1, "lastModifiedAt": ms(3),
        "decoratedGeneratedActivity": {
            "share": {"entity": "urn:li:share:88", "owner": MEMBERS[2], "text": "Merci Ondine"}
        },
        NOTES: {"page": PAGE, "day": "2026-11-24"},
    }  # fmt: skip


def collected(data: DataDir, run: str, comments: int, at: datetime = NOW) -> Path:
    file = landing_path(data.landing, "linkedin", at, run)
    write_envelopes(
        file,
        [
            Envelope(
                source="linkedin", platform="linkedin", query="Ondine", fetched_at=at, run_id=run,
                collector_version="linkedin-2", payload=payload,
            )
            for payload in said(comments)
        ],
    )  # fmt: skip
    return file


def through(data: DataDir, stages: Sequence[Any]) -> path.Context:
    here = path.Context(data=data, settings=SETTINGS, now=NOW)
    path.run_stages(here, stages, lambda _name, call: call())
    return here


def published(data: DataDir) -> list[tuple[Any, ...]]:
    """What is counted, and the share with its interval."""
    file = data.marts / "rpt_conversation_mix_weekly.parquet"
    columns = (
        "week_start, platform, language, count_posts, count_persons, conversations_brand_to_human,"
        " exchanges_human_to_brand, exchanges_human_to_human, human_to_human_share, human_to_human_share_high,"
        " exchange_human_to_human_share, exchange_human_to_human_share_low, exchange_human_to_human_share_high"
    )
    return duckdb.sql(f"select {columns} from read_parquet('{file}') order by all").fetchall()


def files_naming(data: DataDir, names: list[str]) -> set[str]:
    """The files that hold one of these names in some byte, packed ones looked into."""
    found = set()
    for file in data.root.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            content += gzip.decompress(content) if file.suffix == ".gz" else b""
            if any(name.encode() in content for name in names):
                found.add(str(file.relative_to(data.root).parts[0]))
    return found


def traces(here: path.Context) -> list[str]:
    """Everything by which a member or what they wrote could be known: names, words and pseudonyms."""
    comments = [f"urn:li:comment:(urn:li:activity:1,{number})" for number in range(3)]
    keyed = [here.pseudonymiser.account_id("linkedin", name) for name in MEMBERS]
    keyed += [here.pseudonymiser.post("linkedin", name) for name in (*comments, "urn:li:share:88")]
    return [*MEMBERS, *comments, "urn:li:share:88", "toute l'équipe", *keyed]


def test_nothing_of_a_member_leaves_landing_and_nothing_is_left_after_its_day(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    collected(data, "r1", comments=3)
    here = through(data, TO_MARTS)
    assert files_naming(data, traces(here)) == {"landing"}
    before = published(data)
    enforce(data, SETTINGS, NOW + timedelta(hours=4))
    assert files_naming(data, traces(here)) == {"landing"}, "within its time it stays"
    enforce(data, SETTINGS, NOW + timedelta(hours=41), every=timedelta(hours=12))
    assert files_naming(data, traces(here)) == set()
    # Rebuilt from what is left, the numbers are what they were.
    data.warehouse.unlink()
    assert files_naming(data, traces(through(data, TO_MARTS))) == set()
    assert published(data) == before
    [total] = [row for row in before if row[1:3] == ("all", "all")]
    # The page and two members are one conversation; one answered the page, one the other, one mentioned it.
    # Nothing is told of the persons of a week that still runs, not even that nobody is known.
    assert total[3:8] == (5, None, 1, 2, 2)


def counted(data: DataDir) -> list[tuple[Any, ...]]:
    """What the warehouse holds of the newest observation of every unit."""
    with connect(data.warehouse, read_only=True) as connection:
        return connection.execute(
            "select unit_id, week_start, language, measure, kind, count_events from raw.edge_counts"
            " qualify observed_at = max(observed_at) over (partition by unit_id) order by all"
        ).fetchall()


def test_a_thread_read_again_later_replaces_its_counts_in_whatever_order_files_are_loaded(
    tmp_path: Path,
) -> None:
    once, both = DataDir(tmp_path / "once"), DataDir(tmp_path / "both")
    collected(once, "r2", comments=3, at=NOW + timedelta(days=5))
    collected(both, "r2", comments=3, at=NOW + timedelta(days=5))
    through(both, TO_LABELS)
    collected(both, "r1", comments=1)
    through(both, TO_LABELS)
    through(once, TO_LABELS)
    assert counted(both) == counted(once)


def test_who_asks_to_be_forgotten_is_no_longer_counted_and_leaves_no_pseudonym(tmp_path: Path) -> None:
    data, without = DataDir(tmp_path / "with"), DataDir(tmp_path / "without")
    collected(data, "r1", comments=2)
    here = through(data, TO_LABELS)
    forget(data, "linkedin", MEMBERS[1], parsers=PARSERS, pseudonymiser=here.pseudonymiser)
    through(data, TO_LABELS)
    collected(without, "r1", comments=1)
    through(without, TO_LABELS)
    assert counted(data) == counted(without)
    assert files_naming(data, [MEMBERS[1]]) == set()


def test_who_was_forgotten_before_is_not_counted_when_met_again(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    here = path.Context(data=data, settings=SETTINGS, now=NOW)
    forget(data, "linkedin", MEMBERS[1], parsers=PARSERS, pseudonymiser=here.pseudonymiser)
    collected(data, "r1", comments=2)
    through(data, TO_LABELS)
    assert sum(row[-1] for row in counted(data) if row[3] == "post") == 3
    keyed = here.pseudonymiser.account_id("linkedin", MEMBERS[1])
    assert not {"classified", "warehouse"} & files_naming(data, [keyed])
