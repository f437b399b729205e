"""Canaries in every field of every payload: none is found past landing and quarantine."""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from collectors.registry import PARSERS
from girafe import run as path
from girafe.data_dir import DataDir
from girafe.errors import PayloadRejected
from girafe.records import Post
from girafe.settings import parse_settings
from nlp.links import safe_link
from tests import canaries
from tests.canary_disguises import DISGUISES, undisguised
from warehouse.landing import landing_path, write_envelopes

SETTINGS = parse_settings('[company]\nname = "Ondine"\nofficial_accounts = ["mastodon:ondine@a.example"]\n')
RAW = {"landing", "quarantine"}
"""What may hold payloads as received, for as long as their time to live."""


def links_of_organisations(found: list[canaries.Envelope]) -> set[str]:
    """Addresses of posts whose author is an organisation by its platform: these are kept, on purpose."""
    posts = [
        record for envelope in found if envelope.source in ("rss", "telegram") for record in read(envelope)
    ]
    return {
        link for post in posts if (link := safe_link(post.url or "")) and canaries.MARK in undisguised(link)
    }


def read(envelope: canaries.Envelope) -> list[Post]:
    try:
        return [record for record in PARSERS[envelope.source](envelope) if isinstance(record, Post)]
    except (PayloadRejected, ValueError):
        return []


def land(data: DataDir) -> list[canaries.Envelope]:
    """One landing file for each source."""
    found = list(canaries.envelopes())
    for source in {envelope.source for envelope in found}:
        own = [envelope for envelope in found if envelope.source == source]
        for platform in {envelope.platform for envelope in own}:
            file = landing_path(data.landing, platform, canaries.NOW, f"canaries-{source}")
            write_envelopes(file, [envelope for envelope in own if envelope.platform == platform])
    return found


def test_every_parser_carries_marks() -> None:
    found = list(canaries.envelopes())
    assert {envelope.source for envelope in found} == set(PARSERS)
    assert len(found) > 400


@pytest.mark.parametrize(
    "hide",
    [
        lambda mark: mark,
        *DISGUISES.values(),
        lambda mark: mark.encode("utf-16-le").decode(),
        lambda mark: base64.b64encode(b"x" + mark.encode()).decode(),
        lambda mark: base64.b64encode(gzip.compress(mark.encode() * 9)).decode(),
        lambda mark: hashlib.sha256(mark.encode()).hexdigest(),
        lambda mark: hashlib.blake2b(mark.encode()).hexdigest()[:32],
        lambda mark: base64.b32encode(hashlib.sha1(mark.encode()).digest()[:16]).decode().rstrip("=").lower(),
    ],
)
def test_the_search_finds_what_is_hidden(tmp_path: Path, hide: object) -> None:
    search = canaries.Search({"zqxcanary7handle"})
    for name, pack in (("a.txt", bytes), ("a.gz", gzip.compress)):
        file = tmp_path / name
        file.write_bytes(pack(f"- {hide('zqxcanary7handle')} -".encode()))  # type: ignore[operator]
        assert search.in_file(file), name


@pytest.mark.slow
def test_what_a_killed_run_leaves_behind_holds_no_mark(tmp_path: Path) -> None:
    """Temporary files, DuckDB's log, half-written folders, dbt's: whatever lies there after kill -9."""
    data, spool, company = DataDir(tmp_path / "data"), tmp_path / "tmp", tmp_path / "company.toml"
    spool.mkdir()
    company.write_text('[company]\nname = "Ondine"\nofficial_accounts = ["mastodon:ondine@a.example"]\n')
    landed = land(data)
    search = canaries.Search(canaries.marks_of(landed), allowed=links_of_organisations(landed))
    run = [sys.executable, "-m", "girafe", "run", "--no-collect", "--data", str(data.root)]
    environment = os.environ | {"TMPDIR": str(spool), "GIRAFE_NOW": canaries.NOW.isoformat()}
    killed, moment = 0, 4.0
    while True:
        with (tmp_path / "said.log").open("ab") as log:
            running = subprocess.Popen(
                [*run, "--company", str(company)], env=environment, stdout=log, stderr=log
            )
            try:
                assert running.wait(moment) == 0, (tmp_path / "said.log").read_text()[-3000:]
                break
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
        killed, moment = killed + 1, moment * 1.5
        found, _ = search.in_folder(tmp_path, but={"data"})
        inside, _ = search.in_folder(data.root, but=RAW)
        assert found | inside == {}, f"killed after {moment:.0f} s"
    assert killed > 2


def test_no_mark_is_found_past_landing_and_quarantine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    said: list[str] = []
    here = path.Context(data=DataDir(tmp_path / "data"), settings=SETTINGS, now=canaries.NOW, say=said.append)
    landed = land(here.data)
    path.classify(here)
    path.load(here)
    search = canaries.Search(canaries.marks_of(landed), allowed=links_of_organisations(landed))
    found, searched = search.in_folder(tmp_path, but=set())
    assert {Path(name).parts[1] for name in found} == RAW, "the search works, and this is all it finds"
    assert searched > 50
    out = capfd.readouterr()
    for text in (*said, out.out, out.err):
        assert search.in_bytes(text.encode()) is None
