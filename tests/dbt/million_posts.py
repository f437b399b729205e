"""Generates a warehouse of 1,000,000 invented posts and prints what the measure costs on it.

python tests/dbt/million_posts.py [POSTS]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from warehouse.connection import connect
from warehouse.dbt import build_models
from warehouse.merge import create_tables
from warehouse.tables import RAW

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
COMPANIES = ("ondine", "calypso", "thalie")


def chance(key: str, salt: str) -> str:
    """A SQL number in 0..1 that depends on `key` only."""
    return f"(hash({key}, '{salt}') / 18446744073709551616.0)"


POSTS = f"""
insert into raw.posts by name select * exclude (parent) from (select
    md5('p' || i) as post_id, 'v1' as content_hash,
    ['mastodon', 'bluesky', 'hackernews'][1 + root % 3] as platform,
    md5('a' || case when {chance("i", "brand")} < 0.08 then root % 3
        else 3 + floor(pow({chance("i", "author")}, 2) * $posts / 6)::bigint end) as account_id,
    timestamptz '2025-09-01' + to_seconds(i * 52 * 604800 // $posts) as created_at,
    created_at as first_seen_at, created_at as last_seen_at,
    if({chance("i", "parent")} < 0.5, root, i - 1) as parent,
    if(i = root, null, md5('p' || parent)) as reply_to_id,
    if(i % 5 = 0, md5('c' || root), null) as conversation_id,
    if(i % 5 = 0, md5('p' || root), null) as root_post_id,
    false as is_bare_repost,
    if({chance("root", "language")} < 0.7, 'fr', 'en') as language,
    {chance("i", "question")} < 0.1 as is_question, (hash(i) % 9)::bigint as likes
from (select i, i - i % 4 as root from range($posts) as t(i)))
"""
OTHERS = (
    """insert into raw.account_observations by name
    select account_id, 'v1' as profile_version,
        any_value(platform) as platform, min(created_at) as first_seen_at,
        max(created_at) as last_seen_at, (hash(account_id) % 5000)::bigint as followers
    from raw.posts group by account_id""",
    f"""insert into raw.speaker_labels by name
    select account_id, company_id, first_seen_at as observed_at,
        ['person', 'person', 'person', 'employee', 'organisation', 'unknown'][
            1 + (hash(account_id) % 6)::int] as voice,
        0.9 as probability, if(voice = 'person', 0.9, 0.03) as probability_person,
        if(voice = 'employee', 0.9, 0.03) as probability_employee, 0.01 as probability_brand,
        0.01 as probability_bot, 0.02 as probability_former_employee,
        if(voice = 'organisation', 0.9, 0.03) as probability_organisation,
        false as is_certain, '1' as classifier_version
    from raw.account_observations, unnest({list(COMPANIES)}) as t(company_id)""",
    f"""insert into raw.post_matches by name
    select post_id, content_hash, {list(COMPANIES)}[1 + (hash(post_id) % 4)::int % 3] as company_id,
        true as is_about, 0.9 as probability, '1' as classifier_version
    from raw.posts where hash(post_id) % 2 = 0""",
    """insert into raw.theme_labels by name
    select post_id, content_hash,
        ['recruitment', 'management', 'customer_service'][1 + (hash(post_id) % 3)::int] as theme,
        0.9 as probability, '1' as classifier_version from raw.posts where hash(post_id, 2) % 3 = 0""",
    """insert into raw.sentiment_labels by name
    select post_id, content_hash,
        ['negative', 'neutral', 'positive'][1 + (hash(post_id) % 3)::int] as sentiment,
        0.9 as probability, '1' as classifier_version from raw.posts""",
    """insert into raw.mentions by name
    select post_id, content_hash, md5('h' || account_id) as handle_key, account_id as account_key
    from (select * replace (lag(account_id, 3) over (order by created_at) as account_id) from raw.posts)
    where hash(post_id, 3) % 4 = 0 and account_id is not null""",
    f"""insert into raw.companies by name
    select company_id, company_id as company, company_id = 'ondine' as is_home, 'Europe/Paris' as time_zone,
        50000 as headcount from unnest({list(COMPANIES)}) as t(company_id)""",
    f"""insert into raw.official_accounts by name
    select {list(COMPANIES)}[1 + i] as company_id, 'mastodon' as platform, md5('h' || i) as handle_key,
        md5('a' || i) as account_key from range(3) as t(i)""",
)


def write(path: Path, posts: int) -> None:
    """Fills the raw tables."""
    with connect(path) as connection:
        create_tables(connection, RAW)
        connection.execute(POSTS, {"posts": posts})
        for statement in OTHERS:
            connection.execute(statement)


def main(posts: int) -> None:
    """Builds once and prints time, memory and the slowest nodes."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "warehouse" / "girafe.duckdb"
        write(warehouse, posts)
        before = resource.getrusage(resource.RUSAGE_SELF)
        start = time.perf_counter()
        report = build_models(warehouse=warehouse, marts=Path(folder) / "marts", project=PROJECT)
        seconds = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        lines = [
            f"{posts:,} posts: {report.summary}; {seconds:.1f} s with start-up, {cpu:.0f} s of processor",
            f"peak memory {after.ru_maxrss / 1e6:.2f} GB",
            *(f"  {took:6.1f} s  {name}" for name, took in report.slowest),
        ]
        sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
