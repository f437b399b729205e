"""The measure gives the same counts as an independent calculation straight from girafe JSONL."""

from __future__ import annotations

import importlib.util
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq
import pytest

from girafe import run as path
from girafe.data_dir import DataDir
from girafe.pseudonym import Pseudonymiser
from girafe.records import JUDGED_VOICES
from girafe.settings import parse_settings

KEY = Pseudonymiser(b"k" * 32)
START = datetime(2026, 1, 5, tzinfo=UTC)
KINDS = (
    "conversations_human_to_human",
    "conversations_brand_to_human",
    "conversations_other",
    "monologues",
    "exchanges_human_to_human",
    "exchanges_brand_to_human",
    "exchanges_human_to_brand",
    "exchanges_brand_to_brand",
    "exchanges_with_other",
    "exchanges_unresolved",
)
Line = dict[str, Any]


@pytest.fixture(scope="session")
def reference() -> ModuleType:
    file = Path(__file__).with_name("reference_counts.py")
    spec = importlib.util.spec_from_file_location("reference_counts", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def random_lines(chance: random.Random, platform: str, posts: int) -> list[Line]:
    """Threads of every awkward kind: circles, lost parents, changed voices, handles without ids."""
    voices = ["person", "employee", "person", "organisation", "bot", "brand", None, None]
    people = []
    for number in range(max(6, posts // 8)):
        voice = chance.choice(voices)
        people.append(
            (f"id{number}", f"Name{number}", voice, chance.choice([voice, voice, "former_employee"]))
        )
    lines: list[Line] = []
    for number in range(posts):
        account, handle, voice, later = chance.choice(people)
        shape = chance.random()
        author: Line = (
            {"account_id": account, "handle": handle} if shape < 0.6 else {"handle": handle.upper()}
        )
        if shape > 0.9:
            author = {"account_id": account}
        told = voice if number < posts / 2 else later
        if voice and told:
            author["voice"] = told
        line: Line = {
            "platform": platform,
            "post_id": f"p{number}",
            "created_at": (START + timedelta(minutes=number * 37)).isoformat(),
            "text": "words",
            "author": author,
            "mentions": [],
        }
        near = max(0, number - chance.choice([1, 2, 30]))
        draw = chance.random()
        if draw < 0.55:
            line["reply_to"] = f"p{near}"
        elif draw < 0.62:
            line["reply_to"] = f"lost{chance.randrange(9)}"
        elif draw < 0.66:
            line["reply_to"] = (
                f"p{chance.randrange(posts)}"  # backwards in time, itself, or round in a circle
            )
        if chance.random() < 0.2:
            line["conversation_id"] = chance.choice([f"p{near}", "lost1", f"p{number}", "c7"])
        if chance.random() < 0.1:
            line["quote_of"] = chance.choice([f"p{near}", "never-seen"])
        if chance.random() < 0.08:
            line["repost_of"] = f"p{near}"
            line["text"] = chance.choice(["", "with words"])
        while chance.random() < 0.3:
            other = chance.choice(people)
            line["mentions"].append(
                chance.choice([other[0], other[1], f"@{other[1]}", "stranger", "official"])
            )
        lines.append(line)
        if chance.random() < 0.05:  # edited: seen again, answering something else
            lines.append(
                line | {"observed_at": (START + timedelta(days=60)).isoformat(), "reply_to": f"p{near}"}
            )
    lines.append(lines[0] | {"post_id": "brand", "author": {"handle": "Official"}, "reply_to": "p3"})
    chance.shuffle(lines)
    return lines


def fill(raw: Any, lines: list[Line]) -> None:
    """What classify and load make of such lines, in the raw tables."""
    versions = {id(line): f"v{number:06}" for number, line in enumerate(lines)}
    for line in lines:
        platform, author = line["platform"], line["author"]
        at = datetime.fromisoformat(line["created_at"])
        seen = datetime.fromisoformat(line.get("observed_at") or line["created_at"])
        identifier, handle = author.get("account_id"), author.get("handle")
        handle_key = handle and KEY.handle(platform, handle)
        account = KEY.account_id(platform, identifier) if identifier else handle_key

        def post(name: str | None, platform: str = platform) -> str | None:
            return name and KEY.post(platform, name)

        key = {"post_id": post(line["post_id"]), "content_hash": versions[id(line)]}
        bare = bool(line.get("repost_of")) and not line["text"]
        raw.rows["posts"].append(
            key
            | {
                "platform": platform,
                "account_id": account,
                "created_at": at,
                "first_seen_at": seen,
                "last_seen_at": seen,
                "reply_to_id": post(line.get("reply_to")),
                "conversation_id": line.get("conversation_id")
                and KEY.conversation(platform, line["conversation_id"]),
                "root_post_id": post(line.get("conversation_id")),
                "quote_of_id": post(line.get("quote_of")),
                "repost_of_id": post(line.get("repost_of")),
                "is_bare_repost": bare,
            }
        )
        for name in set(line["mentions"]) if not bare else ():
            keys = {"handle_key": KEY.handle(platform, name), "account_key": KEY.account_id(platform, name)}
            raw.rows["mentions"].append(key | keys)
        if handle_key and account != handle_key:
            raw.rows["account_aliases"].append(
                {"alias_id": handle_key, "account_id": account, "last_seen_at": seen}
            )
        about = {"company_id": raw.company, "is_about": is_about(line), "classifier_version": "1"}
        raw.rows["post_matches"].append(key | about)
        if author.get("voice"):
            raw.rows["speaker_labels"].append(
                {
                    "account_id": account,
                    "company_id": raw.company,
                    "observed_at": at,
                    "voice": author["voice"],
                    "probability": 1.0,
                    "is_certain": True,
                    "classifier_version": "1",
                }
                | {f"probability_{v.value}": float(v.value == author["voice"]) for v in JUDGED_VOICES}
            )
    raw.rows["official_accounts"].append(
        {
            "company_id": raw.company,
            "platform": raw.platform,
            "handle_key": KEY.handle(raw.platform, "official"),
            "account_key": KEY.account_id(raw.platform, "official"),
        }
    )


def is_about(line: Line) -> bool:
    """Some posts are, by a rule both sides know; bare reposts say nothing."""
    return line["post_id"][-1] in "0247" and not (line.get("repost_of") and not line["text"])


def by_week(rows: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """What the mart counts, by week and kind, without its zeros."""
    return {(str(row["week_start"]), kind): row[kind] for row in rows for kind in KINDS if row[kind]}


def test_random_threads_give_the_counts_of_the_independent_calculation(
    measure: Callable[..., Any], raw_rows: Callable[..., Any], reference: ModuleType
) -> None:
    chance = random.Random(20261102)
    worlds, raws = {}, []
    for number in range(12):
        raw = raw_rows(f"world{number}", home=number == 0)
        worlds[raw.company] = random_lines(chance, raw.platform, posts=chance.choice([30, 120, 600]))
        fill(raw, worlds[raw.company])
        raws.append(raw)
    measured = measure(*raws)
    for company, lines in worlds.items():
        others = [f"{other}:official" for other in worlds if other != company]
        expected = reference.Reference(lines, [f"{company}:official"], others).count_weeks(
            is_about, "Europe/Paris"
        )
        rows = measured.rows(
            "rpt_conversation_mix_weekly",
            f"company_id = '{company}' and platform = 'all' and language = 'all'",
        )
        assert by_week(rows) == expected, company
        assert sum(expected.values()) > 20  # the worlds are not empty


def judged_lines(chance: random.Random, posts: int) -> list[Line]:
    """Random threads as a file a person hands in: names in the text, the company given, voices on some lines."""
    lines = random_lines(chance, "forum", posts)
    for line in lines:
        line["about"] = ["Orée"] if is_about(line) else []
        if line["author"].get("handle") != "Official":
            # Who speaks is given everywhere: the path would recognise the others from their profiles.
            line["author"] = {"voice": "unknown"} | line["author"]
        if chance.random() < 0.5:
            # No list of mentions: whom the text names is addressed.
            names = line.pop("mentions")
            words = line["text"].split() or ([] if line.get("repost_of") else ["mots"])
            line["text"] = " ".join([*(f"@{name.removeprefix('@')}" for name in names if words), *words])
    return lines


@pytest.mark.parametrize("posts", [400, pytest.param(20_000, marks=pytest.mark.slow)])
def test_a_file_of_threads_goes_the_whole_path_to_the_counts_of_the_independent_calculation(
    reference: ModuleType, tmp_path: Path, posts: int
) -> None:
    lines = judged_lines(random.Random(posts), posts)
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    settings = parse_settings('[company]\nname = "Orée"\nofficial_accounts = ["forum:official"]\n')
    now = START + timedelta(days=90 + posts // 30)
    here = path.Context(data=DataDir(tmp_path / "data"), settings=settings, now=now)
    path.import_files(here, [file])
    path.classify(here)
    path.load(here)
    path.measure(here)
    rows = pq.read_table(here.data.marts / "rpt_conversation_mix_weekly.parquet").to_pylist()
    home = [row for row in rows if row["platform"] == "all" and row["language"] == "all"]
    expected = reference.Reference(lines, ["forum:official"]).count_weeks(is_about, "Europe/Paris")
    assert by_week(home) == expected
    assert len({kind for _, kind in expected}) == len(KINDS)  # every kind is there
