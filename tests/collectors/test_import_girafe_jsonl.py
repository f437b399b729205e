"""girafe JSONL: good lines land under their platform, bad ones go to quarantine with reason and line."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from collectors.imports.land import import_file
from collectors.imports.lines import LONGEST_LINE
from collectors.registry import PARSERS
from girafe.data_dir import DataDir
from girafe.errors import InputInvalid
from girafe.records import Rejected, Voice
from warehouse.landing import landing_files, read_envelopes, read_quarantine

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def line(**changes):
    good = {
        "platform": "forum", "post_id": "p1", "created_at": "2026-11-02T09:30:00+01:00",
        "text": "Ondine, bonjour", "author": {"handle": "ada"},
    }  # fmt: skip
    return {name: value for name, value in (good | changes).items() if value is not ...}


@pytest.fixture
def land(tmp_path, data):
    """Imports lines (objects, text or bytes) from a file and returns report, posts and rejected."""

    def go(*lines, name="posts.jsonl", **more):
        raw = [
            item
            if isinstance(item, bytes)
            else (item if isinstance(item, str) else json.dumps(item)).encode()
            for item in lines
        ]
        path = tmp_path / name
        content = b"\n".join(raw) + b"\n"
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        report = import_file(path, data, now=NOW, **more)
        return report, posts(data), [item for _, item in read_quarantine(data.quarantine)]

    return go


def posts(data):
    found = []
    for path in landing_files(data.landing):
        for envelope in read_envelopes(path):
            assert not isinstance(envelope, Rejected)
            assert envelope.platform == path.parent.parent.name
            found.extend(PARSERS[envelope.source](envelope))
    return found


def test_five_fields_are_enough(land):
    report, [post], _ = land(line())
    assert report.landed == {"forum": 1}
    assert post.created_at == datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
    assert post.observed_at == post.created_at
    assert (post.author.account_id, post.author.handle) == (None, "ada")
    assert post.mentions is None


def test_every_field_is_read(land):
    full = line(
        author={
            "account_id": "A-1", "handle": "@ada", "display_name": "Ada", "bio": "Works at Ondine",
            "url": "https://ada.example", "is_bot": False, "followers": 12, "links": ["https://x.example"],
            "voice": "employee",
        },
        reply_to="p0", conversation_id="c0", quote_of="q", repost_of="r", mentions=["@bob", "A-2"],
        lang="fr", url="https://forum.example/p1", likes=3, replies=0, reposts=1.0,
        observed_at="2026-11-03T00:00:00Z",
    )  # fmt: skip
    _, [post], _ = land(full)
    assert post.author.voice is Voice.EMPLOYEE
    assert (post.reply_to, post.conversation_id, post.quote_of, post.repost_of) == ("p0", "c0", "q", "r")
    assert (post.likes, post.replies, post.reposts) == (3, 0, 1)
    assert post.mentions == ("@bob", "A-2")
    assert post.observed_at == datetime(2026, 11, 3, tzinfo=UTC)


def test_no_mentions_and_unstated_mentions_differ(land):
    _, found, _ = land(line(mentions=[]), line(post_id="p2", mentions=None), line(post_id="p3"))
    assert [post.mentions for post in found] == [(), None, None]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (line(platform=...), "missing_field"),
        (line(platform="two words"), "bad_value"),
        (line(platform="../../etc"), "bad_value"),
        (line(post_id=...), "missing_field"),
        (line(post_id=""), "missing_field"),
        (line(post_id=True), "bad_value"),
        (line(post_id="x" * 3000), "bad_value"),
        (line(post_id="a\x00b"), "bad_value"),
        (line(text=...), "missing_field"),
        (line(text=["no"]), "bad_value"),
        (line(author=...), "missing_field"),
        (line(author={}), "missing_field"),
        (line(author={"handle": "@"}), "missing_field"),
        (line(author="ada"), "bad_value"),
        (line(author={"handle": "ada", "voice": "boss"}), "bad_value"),
        (line(author={"handle": "ada", "is_bot": "no"}), "bad_value"),
        (line(author={"handle": "ada", "links": "https://x.example"}), "bad_value"),
        (line(created_at=...), "missing_field"),
        (line(created_at="yesterday"), "bad_time"),
        (line(created_at=1700000000), "bad_value"),
        (line(created_at="2026-02-30T00:00:00Z"), "bad_time"),
        (line(created_at="1999-12-31T23:59:59Z"), "time_out_of_range"),
        (line(created_at="0001-01-01T00:00:00+14:00"), "bad_time"),
        (line(created_at="2026-11-24T12:00:01Z"), "time_out_of_range"),
        (line(mentions="@bob"), "bad_value"),
        (line(mentions=[1]), "bad_value"),
        (line(likes=-1), "bad_value"),
        (line(likes="many"), "bad_value"),
        (line(reply_to={"id": 1}), "bad_value"),
        ("[1, 2]", "not_an_object"),
        ('"text"', "not_an_object"),
        ('{"platform": "forum"', "not_json"),
        ('{"text": "\\ud800"}', "not_json"),
        ('{"likes": NaN}', "not_json"),
        (b"\x00\x00\x00", "not_json"),
        ("é".encode("latin-1") + b"{}", "not_utf8"),
        ('{"a": 1}'.encode("utf-16-le")[:-1], "not_utf8"),
        ('{"a": 1}'.encode("utf-32-be"), "not_utf8"),
        ("[" * 100_000, "not_json"),
        (b"x" * (LONGEST_LINE + 10), "line_too_long"),
    ],
)
def test_a_bad_line_is_set_aside_with_its_reason_and_the_rest_goes_on(land, bad, reason):
    report, found, [rejected] = land(line(), bad, line(post_id="p2"))
    assert [post.post_id for post in found] == ["p1", "p2"]
    assert (rejected.reason, rejected.position) == (reason, "posts.jsonl:2")
    assert rejected.detail
    assert report.rejected == {reason: 1}


def test_text_of_two_or_four_bytes_a_letter_is_told_from_other_damage(land):
    _, _, [wide, zeroed] = land('{"a": 1}'.encode("utf-16-le"), b"\x00" * 99)
    assert "looks like UTF-16 or UTF-32 text" in wide.detail
    assert zeroed.reason == "not_json", "what a disk that lost power leaves"


@pytest.mark.parametrize(
    ("packed", "packer"),
    [
        (lzma.compress(b"{}"), "xz"),
        (bz2.compress(b"{}"), "bzip2"),
        (b"\x28\xb5\x2f\xfd\x04\x00", "Zstandard"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "7-Zip"),
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
        (b"\x04\x22\x4d\x18\x64", "LZ4"),
        # With the time of today it would have another name in each worker.
        (gzip.compress(lzma.compress(b"{}"), mtime=0), "xz"),
    ],
)
def test_what_is_packed_in_a_way_girafe_does_not_unpack_is_refused_whatever_it_is_called(
    tmp_path, packed, packer
):
    file = tmp_path / "posts.jsonl"
    file.write_bytes(packed)
    for name in ("auto", "girafe_jsonl"):
        with pytest.raises(InputInvalid, match=f"{packer}.*: unpack it"):
            import_file(file, DataDir(tmp_path / "data"), format=name, now=NOW)
    assert not (tmp_path / "data").exists()


def test_json_too_deep_to_keep_is_set_aside(land):
    deep = json.dumps(line())[:-1] + ', "extra": ' + "[" * 500 + "]" * 500 + "}"
    _, found, [rejected] = land(deep, line())
    assert len(found) == 1
    assert rejected.reason == "too_deep"


def test_what_looks_odd_but_is_fine_is_kept(land):
    lines = [
        line(post_id=17, created_at="2026-11-02T09:30:00"),
        line(post_id="p2", created_at="2026-11-02"),
        line(post_id="p3", text="", repost_of="p1"),
        line(post_id="p4", text="שלום 👋 \u202e" + "x" * 100_000, surprise={"a": 1}),
        line(post_id="p5", platform=" Forum "),
        "",
        "   ",
    ]
    report, found, _ = land(*lines)
    assert not report.rejected
    assert [post.post_id for post in found] == ["17", "p2", "p3", "p4", "p5"]
    assert found[0].created_at == datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    assert [post.time_precision for post in found[:2]] == ["second", "day"]


def test_each_line_lands_under_its_own_platform(land):
    report, _, _ = land(line(), line(platform="x", post_id="2"), line(platform="x", post_id="3"))
    assert report.landed == {"forum": 1, "x": 2}


def test_a_file_with_too_many_platforms_does_not_open_a_file_for_each(land):
    said = [line(platform=f"p{n}", author={"handle": f"h{who}"}) for n in range(100) for who in range(5)]
    report, _, _ = land(*said)
    assert len(report.landed) == 64
    assert report.rejected == {"too_many_platforms": 36 * 5}


def test_a_name_where_the_platform_should_stand_is_set_aside_and_told_nowhere(land, data):
    said = [line(platform="ada.martin", author={"handle": f"h{who}"}) for who in range(4)]
    bad = [line(platform=name, created_at="soon") for name in ("ada", "0612", "forum")]
    report, _, refused = land(line(), *said, line(platform="0612345678"), *bad)
    assert report.landed == {"forum": 1}
    assert report.rejected == {"platform_of_few": 5, "bad_time": 3}
    assert report.rows == 9
    assert {item.platform for item in refused} == {"", "forum"}
    told = [(item.platform, item.detail, item.position, item.reason) for item in refused]
    assert "ada" not in f"{told} {report.summary} {report.details}"
    assert not [path for path in data.root.rglob("*") if "ada" in path.name or "0612" in path.name]


def test_a_network_lands_under_its_one_name_however_the_file_spells_it(land):
    spelt = [line(platform=name, post_id=name) for name in ("twitter", "X.com", "x", "www.reddit.com")]
    report, posts, _ = land(*spelt)
    assert report.landed == {"x": 3, "reddit": 1}
    assert {(post.platform, post.author.platform) for post in posts} == {("x", "x"), ("reddit", "reddit")}
    table = [b"platform,post_id,created_at,text,author.handle", b"Twitter,9,2026-11-02T09:30:00Z,Bonjour,ada"]
    report, _, _ = land(*table, name="posts.csv")
    assert report.landed == {"x": 1}


def test_a_platform_nobody_knows_is_believed_when_five_accounts_speak_there_and_from_then_on(land):
    said = [line(platform="agora", post_id=f"{n}", author={"handle": f"h{n % 5}"}) for n in range(8)]
    report, posts, _ = land(*said)
    assert report.landed == {"agora": 8}
    assert [post.post_id for post in posts] == [f"{n}" for n in range(8)]
    later, _, _ = land(line(platform="agora"), name="later.jsonl")
    assert later.landed == {"agora": 1}


def test_importing_the_same_content_again_changes_nothing(land, data, tmp_path):
    land(line(), "broken")
    before = {path: path.read_bytes() for path in data.root.rglob("*") if path.is_file()}
    again, _, _ = land(line(), "broken", name="renamed.jsonl")
    assert again.already_imported
    tried = import_file(tmp_path / "renamed.jsonl", data, now=NOW, dry_run=True)
    assert tried.notes == ("it was imported before: nothing would change",)
    assert {path: path.read_bytes() for path in data.root.rglob("*") if path.is_file()} == before


def test_an_interrupted_import_leaves_nothing_and_can_be_repeated(land, data, monkeypatch):
    from collectors.imports import land as module

    def crash(landing):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_record", crash)
    with pytest.raises(KeyboardInterrupt):
        land(line())
    monkeypatch.undo()
    report, found, _ = land(line())
    assert not report.already_imported
    assert len(found) == 1


@pytest.mark.parametrize("name", ["posts.jsonl.gz", "posts.gz", "posts.txt"])
def test_the_format_is_recognised_from_the_content(land, name):
    report, found, _ = land(line(), name=name)
    assert report.format == "girafe_jsonl"
    assert len(found) == 1


def test_a_byte_order_mark_is_no_obstacle(land):
    _, found, _ = land(b"\xef\xbb\xbf" + json.dumps(line()).encode())
    assert len(found) == 1


def test_a_file_whose_first_lines_are_damaged_is_still_read(land):
    report, found, _ = land("garbage", "{", line(), "\x00")
    assert len(found) == 1
    assert sum(report.rejected.values()) == 3


def test_a_cut_gzip_keeps_what_came_before_the_cut(tmp_path, data):
    content = "\n".join(json.dumps(line(post_id=f"p{n}", text=f"{n}" * (n % 97))) for n in range(5000))
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(content.encode())[:-4000])
    report = import_file(path, data, now=NOW)
    assert report.landed["forum"] > 500
    assert report.rejected == {"file_damaged": 1}


def test_memory_stays_bounded_by_a_gzip_of_one_endless_line(tmp_path, data):
    path = tmp_path / "bomb.jsonl.gz"
    with gzip.open(path, "wb", 1) as file:
        file.write(json.dumps(line()).encode() + b"\n")
        for _ in range(200):
            file.write(b"0" * 1_000_000)
        file.write(b"\n" + json.dumps(line(post_id="p2")).encode())
    report = import_file(path, data, now=NOW)
    assert (report.landed, report.rejected) == ({"forum": 2}, {"line_too_long": 1})


def test_a_file_of_nothing_readable_says_that_nothing_was_heard(land, data):
    report, _, _ = land("garbage", "more garbage")
    assert report.landed == {}
    [record] = data.runs.glob("*/*.json")
    assert json.loads(record.read_bytes())["health"] == "blind"


@pytest.mark.parametrize("rest", ["", "2,2026-11-02,Ondine,,x\n"])
def test_a_table_without_rows_is_silence_and_one_without_a_readable_row_is_not(tmp_path, data, rest):
    path = tmp_path / "posts.csv"
    path.write_text(f"post_id,created_at,text,handle,platform\n{rest}")
    import_file(path, data, now=NOW)
    [record] = data.runs.glob("*/*.json")
    told = json.loads(record.read_bytes())
    assert (told["health"], bool(told["health_detail"])) == (("blind", True) if rest else ("silent", False))


@pytest.mark.parametrize("content", ["holiday".encode("utf-16"), b"\x89PNG\r\n", b""])
def test_a_file_that_is_none_of_ours_is_refused_in_plain_words(tmp_path, data, content):
    path = tmp_path / "holiday.dat"
    path.write_bytes(content)
    with pytest.raises(InputInvalid, match=r"holiday\.dat"):
        import_file(path, data, now=NOW)


def test_an_unknown_zip_and_an_unknown_format_are_refused(tmp_path, data):
    path = tmp_path / "holiday.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.txt", "x")
    with pytest.raises(InputInvalid):
        import_file(path, data, now=NOW)
    with pytest.raises(InputInvalid, match="not a format"):
        import_file(path, data, now=NOW, format="nonsense")


def test_an_import_is_the_same_whenever_it_is_made(land, tmp_path, data):
    _, first, _ = land(line(), line(post_id="p2", created_at="2026-11-02T10:00:00Z"))
    from girafe.data_dir import DataDir

    later = DataDir(tmp_path / "later")
    import_file(tmp_path / "posts.jsonl", later, now=NOW + timedelta(days=30))
    assert posts(later) == first


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_lines_are_read_whatever_unicode_a_windows_program_made_of_them(tmp_path, data, encoding):
    """A line separator inside a text (U+2028) ends no line; a packed file is read the same."""
    text = "\n".join(
        json.dumps(line(post_id=f"p{n}", text="é 🙂 \u2028 fin"), ensure_ascii=False) for n in range(3)
    )
    for name, pack in (("posts.jsonl", lambda content: content), ("posts.jsonl.gz", gzip.compress)):
        path = tmp_path / name
        path.write_bytes(pack(text.encode(encoding)))
        report = import_file(path, data, now=NOW)
        assert (report.landed, report.rejected) == ({"forum": 3}, {})
