"""Every parser in the registry: reads real shapes, refuses what it does not know, survives everything.

A new source or format is tested by its line in the registry and one file in payloads/.
"""

from __future__ import annotations

import copy
import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.contract import Window
from collectors.registry import FORMATS, PARSERS, SOURCES
from girafe.errors import PayloadRejected
from girafe.records import Deletion, Envelope, Post, Profile

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PAYLOADS = sorted(Path(__file__).parent.joinpath("payloads").glob("*.json"))
FOR_TESTS = {"api", "stream_idle"}
ODD = [None, True, 0, -1, 1e400, "", "x", [], {}, [None], {"a": None}, "\x00", "<p>", "9" * 400, ["x", 3, {}]]
TONGUES = "<p>A &amp; B 👩‍👩‍👧 שלום \u202emirror\u202c &lt;script&gt; 漢字 é</p>"


def read(path):
    case = json.loads(path.read_text())
    return {"source": path.stem, **case}


CASES = [read(path) for path in PAYLOADS]


def parsed(case, payload):
    envelope = Envelope(
        source=case["source"], platform=case["platform"], query="Ondine", fetched_at=NOW, run_id="r",
        collector_version="1", payload=payload,
    )  # fmt: skip
    return list(PARSERS[case["source"]](envelope))


def test_every_parser_has_a_payload():
    assert {case["source"] for case in CASES} == set(PARSERS)


@pytest.mark.parametrize("case", CASES, ids=[path.stem for path in PAYLOADS])
def test_payloads_are_read_as_a_person_would(case):
    records = [record for payload in case["payloads"] for record in parsed(case, payload)]
    assert len(records) == len(case["expect"])
    for record, expected in zip(records, case["expect"], strict=True):
        if "deleted" in expected:
            assert isinstance(record, Deletion)
            assert record.post_id == expected["deleted"]
            continue
        account = record.author if isinstance(record, Post) else record.account
        known = {"author": account.account_id, "handle": account.handle}
        if isinstance(record, Post):
            known |= {name: getattr(record, name) for name in expected if name not in known}
            known["mentions"] = list(record.mentions or ())
            known["created_at"] = record.created_at.isoformat()
        assert known == known | expected


@pytest.mark.parametrize("case", CASES, ids=[path.stem for path in PAYLOADS])
@pytest.mark.parametrize("shape", [{}, {"error": "nope"}, {"a": [1]}, {"html": "<html>"}])
def test_an_unknown_shape_is_refused_with_a_reason(case, shape):
    with pytest.raises(PayloadRejected) as refusal:
        parsed(case, shape)
    assert refusal.value.reason
    assert str(refusal.value)


def branches(tree, path=()):
    """Every place in a payload."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, value in items:
        yield (*path, name)
        yield from branches(value, (*path, name))


def changed(payload, path, value):
    """The payload with one place replaced, or without it if `value` is Ellipsis."""
    result = copy.deepcopy(payload)
    at = result
    for name in path[:-1]:
        at = at[name]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return result


@pytest.mark.parametrize("case", CASES, ids=[path.stem for path in PAYLOADS])
def test_a_missing_or_odd_field_leads_to_a_record_or_a_refusal_never_to_a_crash(case):
    for payload in case["payloads"]:
        for path in branches(payload):
            for value in [..., *ODD]:
                try:
                    records = parsed(case, changed(payload, path, value))
                except PayloadRejected:
                    continue
                for record in records:
                    check(record)


def check(record):
    """What every later stage relies on."""
    if isinstance(record, Post):
        assert isinstance(record.post_id, str)
        assert record.post_id
        assert record.created_at.tzinfo is not None
        assert isinstance(record.text, str)
        assert record.mentions is None or all(isinstance(name, str) for name in record.mentions)
    if isinstance(record, Post | Profile):
        account = record.author if isinstance(record, Post) else record.account
        assert account.account_id or account.handle
        for name in ("account_id", "handle", "display_name", "bio", "url"):
            assert isinstance(getattr(account, name), str | None)
        assert all(isinstance(link, str) for link in account.links)


def texts_in(payload, path=()):
    for place in branches(payload):
        at = payload
        for name in place:
            at = at[name]
        if isinstance(at, str) and place[-1] in ("content", "text", "comment_text", "full_text", "summary"):
            yield place


@pytest.mark.parametrize("case", CASES, ids=[path.stem for path in PAYLOADS])
def test_emoji_right_to_left_markup_and_very_long_texts_pass_in_linear_time(case):
    for payload in case["payloads"]:
        for place in texts_in(payload):
            for words in (TONGUES, TONGUES * 1000, "<" * 100_000, "<a href='" * 10_000, "&" * 100_000):
                started = time.monotonic()
                for record in parsed(case, changed(payload, place, words)):
                    check(record)
                assert time.monotonic() - started < 2


@pytest.mark.parametrize("case", CASES, ids=[path.stem for path in PAYLOADS])
def test_parsing_is_pure(case):
    for payload in case["payloads"]:
        before = copy.deepcopy(payload)
        assert parsed(case, payload) == parsed(case, payload)
        assert payload == before


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_says_who_permits_it_and_where_it_listens(name):
    source = SOURCES[name]
    assert source.TERMS
    assert source.PACE > 0
    assert source.VERSION.startswith(name)
    assert all(isinstance(origin, str) for origin in source.origins({}))
    assert source.__doc__


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_says_which_options_it_asks_for(name):
    folder = Path(__file__).parents[2] / "collectors" / "sources"
    files = [folder / f"{name}.py", *folder.glob(f"{name}_*.py")]
    asked = {
        option
        for file in files
        for option in re.findall(r'options\.get\("(\w+)"|options\.get\(\s*\'(\w+)\'', file.read_text())
    }
    assert {first or second for first, second in asked} == set(SOURCES[name].OPTIONS)


def test_the_page_of_sources_tells_the_truth():
    page = (Path(__file__).parents[2] / "docs" / "sources.md").read_text()
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    assert set(SOURCES) <= set(rows)
    for name, source in SOURCES.items():
        row = rows[name]
        assert all(f"`{secret}`" in row for secret in source.SECRETS)
        assert all(f"`{option}`" in row for option in source.OPTIONS if option not in FOR_TESTS)
        assert row.endswith("| open |") == source.OPEN


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_documented(name):
    docs = Path(__file__).parents[2] / "docs" / "formats.md"
    assert f"`{name}`" in docs.read_text()


def test_windows_meet_without_gap_or_overlap():
    window = Window(start=datetime(2026, 11, 1, tzinfo=UTC), end=datetime(2026, 11, 8, tzinfo=UTC))
    early, late = window.halves()
    assert (early.start, early.end, late.end) == (window.start, late.start, window.end)
    assert late.start not in early
    assert late.start in late
    assert window.end not in window
