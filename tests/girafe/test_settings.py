"""company.toml: what is right is read whole, what is wrong names its line and the remedy."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.collect import queries
from collectors.imports.mapping import read_mapping
from girafe.company_file import company_toml
from girafe.errors import GovernanceMissing, InputInvalid, SettingsInvalid
from girafe.settings import load_settings, parse_settings

ROOT = Path(__file__).parents[2]


def test_the_committed_example_is_valid_and_complete() -> None:
    settings = load_settings(ROOT / "config" / "company.example.toml")
    settings.governance.check(date(2026, 11, 23))
    assert settings.company.company_id == "oree"
    assert [company.name for company in settings.companies] == ["Orée", "Voltigo"]
    assert settings.retention.raw("reddit") == timedelta(days=2)
    assert settings.retention.raw("mastodon") == timedelta(days=30)


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ('[company]\nname = "A"\ntime_zone = "Paris"\n', 3, "Europe/Paris"),
        ('[company]\nname = "A"\nheadcnt = 3\n', 3, "not a known key"),
        ("[company]\n\n", 1, "name: is missing"),
        ('[company]\nname = "A"\n\nofficial_accounts = ["acme"]\n', 4, "platform:handle"),
        ('[company]\nname = "A"\nheadcount = 3\n', 1, "headcount_date"),
        ('[company]\nname = "A"\n[[sources]]\nname = "x"\n[[sources]]\nnom = "y"\n', 6, "not a known key"),
        ('[company]\nname = "A"\n[privacy]\nsmall_group = 2\n', 4, "must be 5 or more"),
        ('[company]\nname = "A"\nalises = ["B"]\n', 3, 'did you mean "aliases"?'),
        ('[compny]\nname = "A"\n', 1, 'did you mean "company"?'),
        ('[company]\nname = "A"\n[sources]\nname = "x"\n', 3, "write [[sources]]"),
        ('[company]\nname = "A"\nheadcount = "many"\n', 3, "must be a whole number"),
        ('[company]\nname = "A"\nlanguages = ["de"]\n', 3, "must be 'fr' or 'en'"),
        ('[company]\nname = "A"\nlanguages = []\n', 3, "must not be empty"),
        (
            '[company]\nname = "A"\n[privacy]\nsmall_group = 20\nsmall_group_cross = 19\n',
            5,
            "must be 20 or more, as small_group",
        ),
        (f'[company]\nname = "A"\n[privacy]\nsmall_group = {10**20}\n', 4, "must be 2147483647 or less"),
        ('[company]\nname = ""\n', 2, "must not be empty"),
        (f'[company]\nname = "{"A" * 121}"\n', 2, "must be at most 120 characters long"),
        ('company = "A"\n', 1, "must be a table, [company]"),
        ('[company]\nname = "A"\n[governance]\nworks_council_informed_on = "soon"\n', 4, "2026-01-31"),
        ('[company]\nname = "A"\n[[competitors]]\nname = "a!"\n', 1, "share the name"),
        (
            '[company]\nname = "A"\n' + '[[sources]]\nname = "rss"\noptions = { feeds = [] }\n' * 2,
            1,
            "rss more than once",
        ),
        ('[company]\nname = "A\n', 2, "not valid TOML"),
    ],
)
def test_an_error_names_the_line_and_the_remedy(text: str, line: int, remedy: str) -> None:
    with pytest.raises(SettingsInvalid) as raised:
        parse_settings(text)
    assert remedy in str(raised.value)
    assert f":{line}:" in str(raised.value) or f"line {line}" in str(raised.value)


@pytest.mark.parametrize(("small", "cross"), [(5, 10), (10, 10), (20, 20)])
def test_whoever_raises_the_size_of_a_small_group_raises_that_of_cross_tables(small: int, cross: int) -> None:
    privacy = parse_settings(f'[company]\nname = "A"\n[privacy]\nsmall_group = {small}\n').privacy
    assert (privacy.small_group, privacy.small_group_cross) == (small, cross)


@pytest.mark.parametrize(
    ("name", "rival"),
    [
        ("株式会社日立", "株式会社東芝"),
        ("Яндекс Такси", "Яндекс Еда"),
        ("شركة النور", "شركة القمر"),
        ("🦒🦒", "🦒🦓"),
    ],
)
def test_companies_whose_names_begin_alike_in_another_script_are_two(name: str, rival: str) -> None:
    settings = parse_settings(f'[company]\nname = "{name}"\n[[competitors]]\nname = "{rival}"\n')
    ids = [company.company_id for company in settings.companies]
    assert len(set(ids)) == 2
    assert all(re.fullmatch(r"company-[0-9a-f]{12}", each) for each in ids)


@pytest.mark.parametrize("value", ["1" * 5000, "[" * 5000 + "]" * 5000, "{a=" * 5000 + "1" + "}" * 5000])
def test_a_number_too_long_and_a_table_too_deep_are_explained(tmp_path: Path, value: str) -> None:
    with pytest.raises(SettingsInvalid, match="not valid TOML"):
        parse_settings(f"company = {value}")
    mapping = tmp_path / "mine.toml"
    mapping.write_text(f"name = {value}")
    with pytest.raises(InputInvalid, match="cannot be read as a mapping file"):
        read_mapping(mapping)


def test_a_name_with_bytes_that_are_no_text_gives_a_company_toml_without_them() -> None:
    assert parse_settings(company_toml(name="Ondi\udcffne")).company.name == "Ondine"


def test_every_error_of_a_file_is_told_at_once() -> None:
    with pytest.raises(SettingsInvalid) as raised:
        parse_settings('[company]\nname = "A"\ntime_zone = "X"\nlanguages = ["de"]\nfoo = 1\n')
    assert len(str(raised.value).splitlines()) == 3


def test_governance_names_every_empty_key() -> None:
    with pytest.raises(GovernanceMissing, match=r"legal_basis.*dpo_contact"):
        parse_settings('[company]\nname = "A"\n').governance.check(date(2026, 11, 23))


def test_a_missing_file_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="girafe init"):
        load_settings(tmp_path / "company.toml")


PRINTED = st.characters(exclude_categories=("Cs", "Cc", "Z"))
PRINTED.validate()  # reads the table of all characters here, once, and not while the first example is drawn


@given(
    name=st.text(PRINTED, min_size=1, max_size=60),
    aliases=st.lists(st.text(PRINTED, min_size=1, max_size=30), max_size=3),
)
def test_a_written_company_file_reads_back_as_what_was_asked(name: str, aliases: list[str]) -> None:
    settings = parse_settings(company_toml(name=name, aliases=aliases, headcount=12,
                                           headcount_date="2026-01-31", headcount_source="x"))  # fmt: skip
    assert settings.company.name == name
    assert settings.company.aliases == tuple(aliases)
    assert settings.company.company_id


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("linkedin:https://www.linkedin.com/company/oree-mobilites/", "linkedin:oree-mobilites"),
        ("Twitter:https://x.com/oree", "x:oree"),
        ("mastodon:https://social.example/@oree", "mastodon:oree@social.example"),
        ("mastodon:@oree@social.example", "mastodon:oree@social.example"),
        ("bluesky:https://bsky.app/profile/oree.example", "bluesky:oree.example"),
        ("linkedin:company/oree", "linkedin:oree"),
        ("reddit:u/oree", "reddit:oree"),
        ("discourse:forum.example/oree", "discourse:forum.example/oree"),
        ("mastodon:https://social.example/ap/77", "mastodon:https://social.example/ap/77"),
    ],
)
def test_an_official_account_may_be_given_by_the_address_of_its_page(written: str, meant: str) -> None:
    known = parse_settings(f'[company]\nname = "Orée"\nofficial_accounts = ["{written}"]\n')
    assert known.company.official_accounts == (meant,)


def test_a_query_that_is_written_twice_is_asked_once() -> None:
    settings = parse_settings('[company]\nname = "A"\n[[sources]]\nname = "x"\nqueries = ["A", "B", "A"]\n')
    assert queries(settings) == (("x", "A"), ("x", "B"))
