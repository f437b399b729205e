"""What validation promises: bad rows are named and stop the flow, warnings do not, size does not matter."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from girafe.data_dir import DataDir
from girafe.errors import InputInvalid, QualityFailed
from girafe.settings import Settings, parse_settings
from quality.report import read_results
from quality.suspects import WHOLE_TABLE
from quality.validate import validate_raw
from warehouse.connection import connect
from warehouse.merge import create_tables
from warehouse.tables import RAW

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def settings() -> Settings:
    return parse_settings('[company]\nname = "Ondine"\n')


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    """A warehouse with 30 good posts, made of invented pseudonyms."""
    found = DataDir(tmp_path)
    with connect(found.warehouse) as connection:
        create_tables(connection, RAW)
        insert_posts(connection, 30)
        connection.execute(
            "insert into raw.companies values ('ondine', 'Ondine', true, 'Europe/Paris', null, null, null)"
        )
    return found


def insert_posts(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    """Posts of one account; a pseudonym is 26 letters of base 32, so digits 0, 1, 8, 9 are mapped away."""
    connection.execute(
        """
        insert into raw.posts by name
        select
            translate(substr(md5(i::varchar) || md5('more' || i), 1, 26), '0189', 'wxyz') as post_id,
            'h' as content_hash, 'mastodon' as platform, repeat('a', 26) as account_id,
            timestamptz '2026-09-01' + (i % 70) * interval 1 day as created_at,
            created_at as first_seen_at, created_at as last_seen_at, false as is_bare_repost,
            'fr' as language, false as is_question, 5 as count_words, 1 as likes, 0 as replies, 0 as reposts,
            'second' as time_precision, 'mastodon' as source, 'Ondine' as query
        from range(?) as t (i)
        """,
        [count],
    )


def change(data: DataDir, sql: str) -> None:
    with connect(data.warehouse) as connection:
        connection.execute(sql)


def test_good_tables_pass_and_leave_results_and_docs_that_load_nothing_from_elsewhere(
    data: DataDir, settings: Settings
) -> None:
    report = validate_raw(data, settings, NOW)
    assert not report.failures
    assert read_results(data.quality)["raw"]["is_good"] is True
    pages = [page.read_text() for page in report.docs.parent.rglob("*.html")]
    assert len(pages) > len(RAW)
    assert not [hit for page in pages for hit in re.findall(r"(?:src|href)=[\"']?https?:[^>]*", page)]


@pytest.mark.parametrize("left", [b"", b"\0" * 99, b'{"marts": {'])
def test_results_that_are_damaged_are_made_anew(data: DataDir, settings: Settings, left: bytes) -> None:
    data.quality.mkdir(parents=True)
    (data.quality / "results.json").write_bytes(left)
    validate_raw(data, settings, NOW)
    assert read_results(data.quality)["raw"]["is_good"] is True


BROKEN_ROWS = (
    ("account_id = null", "posts, account_id: column_values_to_not_be_null", "A parser lost it"),
    ("likes = -1", "posts, likes: column_values_to_be_between", "cannot be negative"),
    ("created_at = '2031-01-01'", "posts (whole table), future_share", "lie in the future"),
    ("time_precision = 'aeon'", "posts, time_precision: column_values_to_be_in_set", "nobody defined"),
    ("last_seen_at = '2001-01-01'", "posts, last_seen_at, first_seen_at", "the merge went wrong"),
    ("post_id = '@ada'", "posts, post_id: column_values_to_match_regex", "without its pseudonym"),
)


def test_every_broken_rule_is_named_with_rows_and_remedy_and_stops_the_flow(
    data: DataDir, settings: Settings
) -> None:
    for setting, _, _ in BROKEN_ROWS:
        change(data, f"update raw.posts set {setting} where post_id < 'h'")
    change(data, "update raw.companies set is_home = false")
    with pytest.raises(QualityFailed) as failure:
        validate_raw(data, settings, NOW)
    message = str(failure.value)
    for _, rule, remedy in BROKEN_ROWS:
        assert f"- {rule}" in message
        assert remedy in message
    assert "companies (whole table), count_home" in message
    assert read_results(data.quality)["raw"]["is_good"] is False


def test_a_table_or_column_of_another_version_is_named(data: DataDir, settings: Settings) -> None:
    change(data, "alter table raw.mentions drop column handle_key")
    change(data, "drop table raw.deletions")
    with pytest.raises(QualityFailed) as failure:
        validate_raw(data, settings, NOW)
    assert "- mentions, the table: table_columns_to_match_set" in str(failure.value)
    assert "- deletions, the table: table_columns_to_match_set" in str(failure.value)
    assert "girafe load --rebuild" in str(failure.value)


def test_posts_in_other_languages_and_about_the_company_are_as_they_should_be(
    data: DataDir, settings: Settings
) -> None:
    change(data, "update raw.posts set language = 'nl', count_words = 9 where created_at < '2026-09-03'")
    change(
        data,
        "insert into raw.post_matches by name select post_id, content_hash, 'ondine' as company_id, true as is_about, "
        "0.9 as probability, '1' as classifier_version from raw.posts",
    )
    report = validate_raw(data, settings, NOW)
    odd = [w for w in report.warnings if w.table == "post_matches" or "language" in w.rule]
    assert not report.failures
    assert odd == []
    change(
        data,
        "update raw.post_matches set company_id = 'nixe' where post_id = (select min(post_id) from raw.posts)",
    )
    change(data, "update raw.posts set language = 'nl', count_words = 9")
    report = validate_raw(data, settings, NOW)
    odd = [w for w in report.warnings if w.table == "post_matches" or "language" in w.rule]
    assert [(w.rule.split(":")[0], w.count_bad) for w in odd if w.table == "post_matches"] == [
        ("company_id", 1)
    ]
    assert len(odd) == 2


def test_a_source_not_asked_for_long_is_warned_of_and_a_file_read_long_ago_is_not(data: DataDir) -> None:
    listening = parse_settings(
        '[company]\nname = "Ondine"\n[[sources]]\nname = "mastodon"\n[[sources]]\nname = "rss"\nenabled = false\n'
    )
    for source in ("mastodon", "rss", "zeeschuimer"):
        change(
            data,
            "insert into raw.collection_runs by name select 'x' as platform, "
            f"'{source}' as source, '{source}' as run_id, timestamptz '2026-10-01' as first_fetched_at, "
            "first_fetched_at as last_fetched_at, 1 as count_payloads, 1 as count_posts, 0 as count_quarantined, "
            "0 as count_opted_out, 'heard' as health",
        )
    report = validate_raw(data, listening, NOW)
    stale = [w for w in report.warnings if "days_since_last_run" in w.rule]
    assert [(w.count_bad, w.examples) for w in stale] == [(1, ("source=mastodon",))]


def test_official_accounts_that_nobody_ever_saw_are_warned_of_where_the_company_is_spoken_of(
    data: DataDir, settings: Settings
) -> None:
    unseen, seen = "b" * 26, "a" * 26  # the second is who speaks in every post
    change(
        data,
        "insert into raw.post_matches by name select post_id, content_hash, 'ondine' as company_id, true as is_about, "
        "0.9 as probability, '1' as classifier_version from raw.posts",
    )
    change(data, f"insert into raw.official_accounts values ('ondine', 'mastodon', '{unseen}', '{unseen}')")
    change(data, f"insert into raw.official_accounts values ('ondine', 'linkedin', '{unseen}', '{unseen}')")
    warned = [w for w in validate_raw(data, settings, NOW).warnings if "official" in w.table]
    assert [(w.rule.split(":")[0], w.examples) for w in warned] == [
        ("count_seen", ("company_id=ondine platform=mastodon",))
    ]
    change(data, f"insert into raw.official_accounts values ('ondine', 'mastodon', '{unseen}', '{seen}')")
    assert not [w for w in validate_raw(data, settings, NOW).warnings if "official" in w.table]


def test_a_fall_in_volume_is_a_warning_and_does_not_stop_the_flow(data: DataDir, settings: Settings) -> None:
    with connect(data.warehouse) as connection:
        connection.execute("delete from raw.posts")
        insert_posts(connection, 7000)
        connection.execute("delete from raw.posts where created_at >= '2026-11-02' and post_id > 'b'")
    report = validate_raw(data, settings, NOW)
    assert [warning.table for warning in report.warnings if "ratio" in warning.rule] == [
        "posts (volume by week)"
    ]
    assert not report.failures


def test_one_bad_row_and_one_double_among_very_many_are_found_although_a_sample_is_looked_at(
    data: DataDir, settings: Settings
) -> None:
    rows = 3 * WHOLE_TABLE
    with connect(data.warehouse) as connection:
        connection.execute("delete from raw.posts")
        insert_posts(connection, rows)
        smallest = "(select min(post_id) from raw.posts)"
        connection.execute("insert into raw.posts select * from raw.posts order by post_id desc limit 1")
        connection.execute(f"update raw.posts set language = null where post_id = {smallest}")
    with pytest.raises(QualityFailed) as failure:
        validate_raw(data, settings, NOW)
    assert re.search(
        rf"language: .* 1 of {rows + 1:,} rows \(such as post_id=[a-z2-7]{{26}}", str(failure.value)
    )
    assert "two rows share a key" in str(failure.value)


def test_without_a_warehouse_a_person_is_told_what_to_run(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(InputInvalid, match="girafe load"):
        validate_raw(DataDir(tmp_path), settings, NOW)
