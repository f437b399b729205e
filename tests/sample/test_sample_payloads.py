"""What the sample holds as payloads is what the parsers read, and nothing else is refused."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from collectors.imports.contract import Bad, File, Skipped
from collectors.imports.head import read_head
from collectors.registry import FORMATS, PARSERS
from girafe.errors import PayloadRejected
from girafe.records import Deletion, Envelope, Post, Profile, Rejected
from sample import seed
from sample.world import BLIND_WEEK, MONDAYS, paris_midnight
from warehouse.landing import landing_files, read_envelopes

SAMPLE = Path(seed.__file__).parent
TRUTH = orjson.loads((SAMPLE / "truth.json").read_bytes())
BLIND = paris_midnight(MONDAYS[BLIND_WEEK])
LIVE = ("mastodon", "bluesky", "hackernews", "rss")


def _conversations():
    with gzip.open(SAMPLE / "truth_conversations.jsonl.gz") as file:
        return [orjson.loads(line) for line in file]


def _landed(platform):
    """(file, line number, envelope or what is damaged) of every line of one platform."""
    for path in landing_files(SAMPLE / "landing"):
        if path.parent.parent.name == platform:
            for number, envelope in enumerate(read_envelopes(path), 1):
                yield path.name.removesuffix(".jsonl.gz"), number, envelope


def _records(platform):
    for _, _, envelope in _landed(platform):
        if isinstance(envelope, Envelope):
            try:
                yield from PARSERS[envelope.source](envelope)
            except PayloadRejected:
                continue


@pytest.mark.parametrize("platform", LIVE)
def test_exactly_the_intended_payloads_are_refused(platform):
    refused = []
    for run_id, number, envelope in _landed(platform):
        if isinstance(envelope, Rejected):
            refused.append((run_id, number, envelope.reason))
            continue
        try:
            list(PARSERS[envelope.source](envelope))
        except PayloadRejected as error:
            refused.append((run_id, number, error.reason))
    intended = [
        (q["run_id"], q["line"], q["reason"]) for q in TRUTH["quarantine"] if q["platform"] == platform
    ]
    assert sorted(refused) == sorted(intended)
    assert len(intended) >= 3


@pytest.mark.parametrize("platform", LIVE)
def test_what_remains_after_deletions_and_opt_outs_is_what_the_truth_counts(platform):
    records = list(_records(platform))
    accounts = [
        r.author if isinstance(r, Post) else r.account for r in records if not isinstance(r, Deletion)
    ]
    refused = {account.account_id for account in accounts if account.opted_out}
    gone = {record.post_id for record in records if isinstance(record, Deletion)}
    seen = {
        record.post_id
        for record in records
        if isinstance(record, Post) and record.author.account_id not in refused and record.post_id not in gone
    }
    counted = {
        post for thread in _conversations() if thread["platform"] == platform for post in thread["posts"]
    }
    assert seen == counted
    assert refused <= set(TRUTH["opted_out"])


def test_one_status_is_seen_on_two_instances_under_two_numbers():
    numbers: dict[str, set[str]] = {}
    for _, _, envelope in _landed("mastodon"):
        if (
            isinstance(envelope, Envelope)
            and "uri" in envelope.payload
            and "in_reply_to_id" in envelope.payload
        ):
            numbers.setdefault(envelope.payload["uri"], set()).add(envelope.payload["id"])
    assert sum(1 for found in numbers.values() if len(found) == 2) > 200


def test_every_kind_of_opt_out_is_read():
    signals = Counter()
    for platform in ("mastodon", "bluesky"):
        for record in _records(platform):
            account = record.author if isinstance(record, Post) else getattr(record, "account", None)
            if account is not None and account.opted_out:
                signals[account.opted_out.replace("nobots", "nobot")] += 1
    assert set(signals) == {
        "noindex", "nobot", "not_discoverable", "not_indexable", "locked", "no-unauthenticated",
    }  # fmt: skip


def test_profiles_change_while_they_are_watched():
    bios: dict[str, set[str]] = {}
    for record in _records("bluesky"):
        if isinstance(record, Profile):
            bios.setdefault(record.account.account_id, set()).add(record.account.bio)
    assert sum(1 for seen in bios.values() if len(seen) > 1) >= 5


def test_collection_follows_speech_within_eight_days_unless_it_was_blind():
    blind = {r["run_id"] for r in _run_records() if r["health"] == "blind"}
    assert blind == set(TRUTH["blind"])
    for platform in LIVE:
        first: dict[str, Post] = {}
        for record in sorted(_posts(platform), key=lambda r: r.observed_at):
            assert record.observed_at > record.created_at
            first.setdefault(record.post_id, record)
        late = {r.post_id for r in first.values() if r.observed_at - r.created_at > timedelta(days=8)}
        # What was only half heard on the day before is completed in the same later run.
        unheard = {
            p for p, r in first.items() if timedelta(days=-1) <= r.created_at - BLIND < timedelta(weeks=1)
        }
        assert late <= (unheard if platform == "hackernews" else set())


def _run_records():
    return [orjson.loads(path.read_bytes()) for path in (SAMPLE / "runs").glob("*/*.json")]


def _posts(platform):
    return (record for record in _records(platform) if isinstance(record, Post))


def test_the_files_to_import_hold_what_the_truth_counts_and_only_intended_faults():
    posts: dict[str, set[str]] = {"forum": set(), "linkedin": set()}
    refused = Counter()
    for path in seed.IMPORTS:
        for reason, record in _imported(path):
            refused[path.name, reason] += reason != ""
            if isinstance(record, Post):
                posts[record.platform].add(record.post_id)
    intended = Counter((q["file"], q["reason"]) for q in TRUTH["quarantine"] if "file" in q)
    assert +refused == intended
    for platform, found in posts.items():
        bare = {post for post in TRUTH["bare_reposts"] if platform == "forum"}
        threads = [row for row in _conversations() if row["platform"] == platform]
        assert found == {post for row in threads for post in row["posts"]} | bare


def test_what_an_employee_shared_with_friends_only_is_not_read():
    export = next(path for path in seed.IMPORTS if path.suffix == ".zip")
    records = [record for _, record in _imported(export)]
    assert any(isinstance(record, Post) and record.reply_to for record in records)
    assert not any("proches" in record.text for record in records if isinstance(record, Post))


def _imported(path):
    """(reason, None) for what is refused, ("", record) for what is read."""
    file = File(path=path, label=path.name)
    reader = next(reader for reader in FORMATS.values() if reader.recognises(read_head(file)))
    for row in reader.rows(file):
        if isinstance(row, Bad):
            yield row.reason, None
            continue
        if isinstance(row, Skipped):
            continue
        envelope = Envelope(
            source=reader.NAME, platform=row.platform, query="import", run_id="r", collector_version="1",
            fetched_at=datetime(2026, 11, 16, 9, tzinfo=UTC), payload=row.payload,
        )  # fmt: skip
        try:
            for record in PARSERS[getattr(reader, "PARSER", reader.NAME)](envelope):
                yield "", record
        except PayloadRejected as error:
            yield error.reason, None
