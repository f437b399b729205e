"""The committed sample is what its generator makes, and large and varied enough to be worth measuring."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import orjson
import pytest

from girafe.data_dir import DataDir
from girafe.settings import load_settings
from sample import seed
from sample.generate import build_files, build_world
from sample.truth import view
from sample.world import COUNT_WEEKS, MONDAYS, World, week_of
from warehouse.landing import landing_files

SAMPLE = Path(seed.__file__).parent


@pytest.fixture(scope="module")
def world() -> World:
    return build_world()


def _read(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_the_generator_makes_exactly_the_committed_files(world):
    files = build_files(world)
    different = [
        name
        for name, content in files.items()
        if not (SAMPLE / name).exists() or _read(SAMPLE / name) != content
    ]
    assert different == [], "run `make sample` and commit what changed"
    made = {SAMPLE / name for name in files}
    stray = [
        p for folder in ("landing", "runs", "imports") for p in (SAMPLE / folder).rglob("*.*") if p.is_file()
    ]
    assert set(stray) <= made


def test_two_worlds_from_one_seed_are_the_same_and_from_two_seeds_are_not(world):
    assert build_world().posts == world.posts
    assert build_world(seed=1).posts != world.posts


def test_it_is_as_large_as_promised(world):
    seen = view(world)
    assert len(seen.posts) >= 3000
    assert len({post.actor for post in seen.posts.values()}) >= 700
    assert len({world.actors[post.actor].platform for post in seen.posts.values()}) >= 5
    assert {week_of(post.at) for post in seen.posts.values()} == set(MONDAYS)
    assert len(MONDAYS) == COUNT_WEEKS == 8
    assert MONDAYS[-1] == date(2026, 11, 9)  # so the last Sunday is 2026-11-15
    languages = [post.lang for post in seen.posts.values()]
    assert min(languages.count("fr"), languages.count("en")) > 1000


def test_hardly_any_two_posts_say_the_same(world):
    texts = [post.text for post in view(world).posts.values() if len(post.text.split()) > 5]
    assert len(set(texts)) / len(texts) > 0.93


def test_it_takes_less_than_three_megabytes():
    files = [path for path in SAMPLE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files) < 3_000_000


def test_every_host_in_it_is_reserved_for_examples(world):
    """Nobody real can be meant: accounts live under names that can never be registered."""
    for actor in world.actors.values():
        if actor.platform in ("bluesky", "rss"):
            assert actor.handle.endswith(".example")
        if actor.platform == "mastodon":
            assert actor.host.endswith(".example")


def test_its_settings_are_valid_and_name_only_accounts_that_exist(world):
    settings = load_settings(seed.COMPANY)
    configured = {account for company in settings.companies for account in company.official_accounts}
    existing = {
        f"{a.platform}:{a.handle}@{a.host}" if a.platform == "mastodon" else f"{a.platform}:{a.handle}"
        for a in world.actors.values()
        if a.official_of
    }
    assert configured == existing


def test_seeding_copies_every_landing_file_and_run_record(tmp_path):
    data = DataDir(tmp_path)
    seed.seed_data(data)
    seed.seed_data(data)
    assert len(landing_files(data.landing)) == len(landing_files(SAMPLE / "landing")) > 30
    records = [orjson.loads(path.read_bytes()) for path in data.runs.glob("*/*.json")]
    assert len(records) == 40
    assert [r["platform"] for r in records if r["health"] == "blind"] == ["hackernews"]
    assert all(path.exists() for path in seed.IMPORTS)
