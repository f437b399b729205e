"""People's own archives of Mastodon and X: public words only, read as data and never run."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from datetime import UTC, datetime

import pytest

from collectors.imports.land import import_file
from girafe.errors import InputInvalid
from girafe.records import Post, Profile
from tests.collectors.landed import landed
from warehouse.landing import landing_files, read_envelopes

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
HOME = "https://a.example/users/ada"


def note(number, *, to=(PUBLIC,), cc=()):
    thing = {"id": f"{HOME}/statuses/{number}", "type": "Note", "published": "2026-11-20T08:00:00Z",
             "content": f"<p>note {number}</p>", "summary": None, "inReplyTo": None, "tag": []}  # fmt: skip
    return {
        "id": f"{thing['id']}/activity",
        "type": "Create",
        "to": list(to),
        "cc": list(cc),
        "object": thing,
    }


def tweet(number, words="Bonjour Ondine"):
    return {
        "tweet": {"id_str": str(number), "full_text": words, "created_at": "Wed Nov 16 22:22:28 +0000 2022"}
    }


def script(name, value):
    return f"window.YTD.{name}.part0 = {json.dumps(value)}"


@pytest.fixture
def land(tmp_path, data):
    def go(content, name):
        path = tmp_path / name
        path.write_bytes(content)
        report = import_file(path, data, now=NOW)
        return report, landed(data)

    return go


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def tarred(**members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as rolled:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            rolled.addfile(info, io.BytesIO(content.encode()))
    return buffer.getvalue()


@pytest.mark.parametrize(("pack", "name"), [(tarred, "archive.tar.gz"), (zipped, "archive.zip")])
def test_only_public_posts_of_a_mastodon_archive_are_read(land, data, pack, name):
    actor = {
        "id": HOME,
        "preferredUsername": "ada",
        "name": "Ada",
        "summary": "<p>Ondine</p>",
        "type": "Person",
    }
    items = [
        note(1),
        note(2, to=(f"{HOME}/followers",), cc=(PUBLIC,)),
        note(3, to=(f"{HOME}/followers",)),
        note(4, to=("https://b.example/users/bo",)),
    ]
    report, records = land(
        pack(**{"outbox.json": json.dumps({"orderedItems": items}), "actor.json": json.dumps(actor),
                "likes.json": "SECRET"}), name,
    )  # fmt: skip
    assert report.format == "mastodon_archive"
    assert [record.text for record in records if isinstance(record, Post)] == ["note 1", "note 2"]
    assert [record.account.bio for record in records if isinstance(record, Profile)] == ["Ondine"]
    assert "note 4" not in str([list(read_envelopes(path)) for path in landing_files(data.landing)])


def test_an_outbox_alone_still_names_its_owner(land):
    items = [{**note(1), "actor": HOME}]
    content = json.dumps({"type": "OrderedCollection", "orderedItems": items}, indent=1).encode()
    report, records = land(content, "outbox.json")
    assert report.format == "mastodon_archive"
    assert {record.author.handle for record in records if isinstance(record, Post)} == {"ada@a.example"}


def test_an_archive_whose_owner_opted_out_leaves_no_words(land, data):
    actor = {"id": HOME, "preferredUsername": "ada", "summary": "<p>#<span>nobot</span></p>"}
    outbox = {"orderedItems": [note(1)]}
    report, records = land(
        zipped(**{"outbox.json": json.dumps(outbox), "actor.json": json.dumps(actor)}), "archive.zip"
    )
    assert records == []
    assert report.rejected == {"opted_out": 2}
    assert b"note 1" not in b"".join(gzip.decompress(path.read_bytes()) for path in data.root.rglob("*.gz"))


def test_an_x_archive_is_read_with_its_owner_and_all_parts(land):
    content = zipped(
        **{
            "data/tweets.js": script("tweets", [tweet(1), tweet(2, "RT @bo: words of bo")]),
            "data/tweets-part1.js": script("tweets", [tweet(3)["tweet"]]),
            "data/account.js": script("account", [{"account": {"accountId": "7", "username": "ada"}}]),
            "data/profile.js": script("profile", [{"profile": {"description": {"bio": "at Ondine"}}}]),
            "data/direct-messages.js": "SECRET",
        }
    )
    report, records = land(content, "twitter.zip")
    posts = [record for record in records if isinstance(record, Post)]
    assert report.format == "x_archive"
    assert {post.post_id for post in posts} == {"1", "3"}
    assert {(post.author.account_id, post.author.bio) for post in posts} == {("7", "at Ondine")}


def test_a_script_is_parsed_and_never_run(land, tmp_path):
    mark = tmp_path / "was-run"
    with pytest.raises(InputInvalid, match="JSON"):
        land(f"window.YTD.tweets.part0 = [__import__('os').mkdir('{mark}')]".encode(), "tweets.js")
    assert not mark.exists()


def test_the_older_layout_without_wrapping_is_read(land):
    _, records = land(script("tweet", [tweet(1)["tweet"]]).encode(), "tweet.js")
    assert [record.post_id for record in records] == ["1"]
