"""The request folder: a wish put there is carried out once, answered, and never repeated to anybody."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from collectors.imports.land import import_file
from collectors.registry import PARSERS
from girafe import erasure
from girafe import run as path
from girafe.audit import AuditBroken
from girafe.audit import read as read_audit
from girafe.cli.app import app
from girafe.data_dir import DataDir
from girafe.errors import InputInvalid, UserMustAct
from girafe.settings import parse_settings
from warehouse import forget as erasures
from warehouse import requests
from warehouse.forget import forget, unfinished
from warehouse.receipts import ReceiptInvalid, public_key, verify_receipt, write_receipt
from warehouse.requests import answer, file_request, number_answered, read_request, waiting

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SETTINGS = parse_settings('[company]\nname = "Orée"\n')
LINES = [
    {
        "platform": "forum",
        "post_id": f"p{number}",
        "created_at": f"2026-11-02T08:{number:02}:00Z",
        "text": "Je travaille chez Orée",
        "author": {"handle": name},
    }
    for number, name in enumerate(["ada", "odilequenneval", "bob", "ysoldebertaud"])
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> path.Context:
    monkeypatch.setenv("GIRAFE_PSEUDONYM_KEY", "k" * 40)
    context = path.Context(data=DataDir(tmp_path / "data"), settings=SETTINGS, now=NOW, who="ada")
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, LINES)))
    import_file(file, context.data, now=NOW)
    (context.data.root / "requests").mkdir()
    return context


def put(here: path.Context, name: str, content: str | bytes) -> Path:
    file = here.data.root / "requests" / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def test_what_cannot_be_put_on_record_is_not_erased(here: path.Context) -> None:
    """The record comes first; with the log whole again the same request goes through."""
    here.audit("backup", archive="a.tgz")
    log = here.data.root / "audit" / "log.jsonl"
    whole = log.read_bytes()
    log.write_bytes(b"broken\n")
    wish = erasure.request(here, "forum", "ada")
    landed = {file: file.read_bytes() for file in here.data.landing.rglob("*.gz")}
    with pytest.raises(AuditBroken):
        erasure.forget(here, [wish])
    assert {file: file.read_bytes() for file in here.data.landing.rglob("*.gz")} == landed
    log.write_bytes(whole)
    [done] = erasure.forget(here, [wish])
    assert done.erasure.payloads_removed == 1
    [entry] = [entry for entry in read_audit(here.data) if entry.what == "forget"]
    assert entry.details == {"number": done.erasure.number, "platform": "forum"}


@pytest.mark.parametrize(
    "content",
    [
        '{"platform": "forum", "account": "ada"}',
        '{"platform": " Forum ", "account": "@ada", "note": "by letter"}',
        "forum ada\n",
        "\ufeffforum @ada",
    ],
)
def test_a_request_is_json_or_two_words(here: path.Context, content: str) -> None:
    wish = read_request(here.data, put(here, "one.json", content))
    assert (wish.platform, wish.account.removeprefix("@")) == ("forum", "ada")
    assert "ada" not in repr(wish)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "two words"),
        ("{broken", "not valid JSON"),
        ('{"platform": "forum"}', '"account"'),
        ('{"platform": "forum", "account": 7}', "as text"),
        ('{"platform": "forum", "account": "  "}', "as text"),
        ('{"platform": "forum", "account": "@"}', "empty"),
        ('{"platform": "forum", "account": "zqx\\u0000canary"}', "no account has"),
        ('{"platform": "mastadon", "account": "zqxcanary"}', "spelling"),
        ("please forget zqxcanary", "two words"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("x" * 5000, "5,000 bytes"),
    ],
)
def test_what_is_no_request_is_answered_with_the_reason_and_kept(
    here: path.Context, content: str | bytes, reason: str
) -> None:
    file = put(here, "one.json", content)
    report = erasure.process_requests(here)
    assert (report.erased, report.refused) == (0, 1)
    told = (here.data.root / "requests" / "answers" / "one.json").read_text()
    assert reason in json.loads(told)["reason"]
    assert "zqxcanary" not in told
    assert file.with_name("one.json.refused").exists()
    assert not waiting(here.data)


def test_links_and_folders_are_no_requests(here: path.Context, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("forum ada")
    folder = here.data.root / "requests"
    (folder / "link.json").symlink_to(secret)
    (folder / "folder").mkdir()
    put(here, ".hidden.json", "forum ada")
    put(here, "writing.part", "forum ada")
    assert [file.name for file in waiting(here.data)] == ["link.json"]
    assert erasure.process_requests(here).refused == 1
    assert secret.exists()


def test_a_request_may_be_named_by_its_id(here: path.Context) -> None:
    name = file_request(here.data, erasure.request(here, "forum", "ada"))
    file_request(here.data, erasure.request(here, "forum", "bob"))
    assert [file.stem for file in waiting(here.data, name)] == [name]
    with pytest.raises(InputInvalid, match="answered already"):
        waiting(here.data, "r-0000000000000000")


def test_an_account_need_not_be_typed_into_the_command(here: path.Context, tmp_path: Path) -> None:
    company = tmp_path / "company.toml"
    company.write_text('[company]\nname = "Orée"\n')
    options = ["--later", "--company", str(company), "--data", str(here.data.root)]
    done = CliRunner().invoke(app, ["forget", "forum", "-", *options], input="@ada\n")
    [file] = waiting(here.data, done.stdout.strip())
    assert read_request(here.data, file).account == "@ada"
    with pytest.raises(InputInvalid, match="empty"):
        CliRunner().invoke(app, ["forget", "forum", "-", *options], input="", catch_exceptions=False)


def test_the_file_that_a_crash_left_behind_its_answer_is_not_carried_out_again(here: path.Context) -> None:
    file = put(here, "one.json", "forum ada")
    answer(here.data, file, status="erased")
    file = put(here, "one.json", "forum ada")
    assert number_answered(here.data, file) is not None
    assert number_answered(here.data, put(here, "one.json", "forum bob")) is None


@pytest.mark.parametrize(
    "step",
    ["answer", *(pytest.param(step, marks=pytest.mark.slow) for step in ("finished", "unlink"))],
)
def test_killed_while_it_answers_the_same_call_tells_all_who_asked_what_was_erased(
    here: path.Context, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path.classify(here)
    shutil.rmtree(here.data.landing / "forum")  # some payloads have left on time, and only the tables know
    put(here, "one.json", "forum odilequenneval")
    put(here, "two.json", "forum ysoldebertaud")
    place = {"answer": requests, "finished": erasures, "unlink": Path}[step]
    real, calls = getattr(place, step), list[object]()

    def killed(*arguments: object, **named: object) -> None:
        asked = step != "unlink" or getattr(arguments[0], "name", "") in ("one.json", "two.json")
        calls.extend([arguments] if asked else [])
        if asked and len(calls) == 2:
            raise KeyboardInterrupt
        real(*arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(place, step, killed)
        with pytest.raises(KeyboardInterrupt):
            erasure.process_requests(here)
    erasure.process_requests(here)
    answers = [json.loads(file.read_bytes()) for file in (here.data.root / "requests" / "answers").iterdir()]
    assert ["doubt" in told for told in answers] == [False, False]
    for told in answers:
        receipt = json.loads((here.data.root / "receipts" / told["receipt"]).read_bytes())
        assert receipt["classified_folders_cleaned"] == 1
    assert unfinished(here.data) == 0, "or the key could never be replaced"
    assert not waiting(here.data)


def test_while_one_call_answers_the_requests_another_waits(
    here: path.Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(here, "one.json", "forum odilequenneval")
    put(here, "no.json", "elsewhere ada")
    real = requests.answer

    def answered(*arguments: object, **named: object) -> None:
        for name in ("files", "warehouse"):
            with (
                (here.data.root / ".locks" / name).open() as lock,
                pytest.raises(BlockingIOError),
            ):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(requests, "answer", answered)
    assert erasure.process_requests(here).erased == 1


def test_a_wish_written_over_one_that_is_being_carried_out_waits_for_its_own_turn(here: path.Context) -> None:
    """An erasure takes minutes, and whoever hands in wishes may use one name for all."""
    put(here, "letter.txt", "forum ada")
    put(here, "taken back.txt", "forum bob")
    requests = here.data.root / "requests"

    def write_meanwhile(stage: str, call: Callable[[], Any]) -> Any:
        put(here, "letter.txt", "forum odilequenneval")
        (requests / "taken back.txt").unlink(missing_ok=True)
        return call()

    assert erasure.process_requests(here, around=write_meanwhile).erased == 2
    assert [file.read_text() for file in waiting(here.data)] == ["forum odilequenneval"]
    assert len(list((requests / "answers").iterdir())) == 2
    assert erasure.process_requests(here).erased == 1
    assert not waiting(here.data)


def test_a_wish_that_may_not_be_read_holds_no_other_up(here: path.Context, tmp_path: Path) -> None:
    """Written by another user, readable to that one alone."""
    put(here, "closed.txt", "forum bob").chmod(0)
    put(here, "open.txt", "forum ada")
    company = tmp_path / "company.toml"
    company.write_text('[company]\nname = "Orée"\n')
    # Root reads everything, unless it is without the capabilities to.
    bound = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    girafe = [*bound, sys.executable, "-m", "girafe", "housekeeping"]
    done = subprocess.run(
        [*girafe, "--company", str(company), "--data", str(here.data.root)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told = (here.data.root / "requests" / "answers" / "closed.txt.answer.json").read_text()
    assert "may not be read" in json.loads(told)["reason"]
    assert [file.name for file in (here.data.root / "requests").glob("*.*")] == ["closed.txt.refused"]


def test_a_wish_that_was_refused_is_carried_out_when_it_is_handed_in_again(here: path.Context) -> None:
    file = put(here, "one.json", "elsewhere ada")
    assert erasure.process_requests(here).refused == 1
    platform = here.data.landing / "elsewhere" / "2026-11-23"  # something of that platform has come meanwhile
    shutil.copytree(here.data.landing / "forum" / "2026-11-23", platform)
    file.with_name("one.json.refused").rename(file)
    assert erasure.process_requests(here).erased == 1


def test_a_platform_is_asked_for_by_its_name_and_not_by_that_of_its_folder(
    here: path.Context, tmp_path: Path
) -> None:
    lines = [
        line | {"platform": "my.forum", "author": {"handle": f"lou{n}"}} for n, line in enumerate(LINES * 2)
    ]
    file = tmp_path / "dotted.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    import_file(file, here.data, now=NOW)
    path.classify(here)
    with pytest.raises(InputInvalid, match=r"forum.*my\.forum"):
        erasure.request(here, "my_forum", "lou1")
    assert erasure.request(here, "my.forum", "lou1").platform == "my.forum"
    assert erasure.request(here, "Twitter", "ada").platform == "x"


def test_an_answer_says_where_nobody_of_that_name_was_found(here: path.Context) -> None:
    put(here, "one.json", '{"platform": "forum", "account": "https://forum.example/t/ada"}')
    put(here, "two.json", '{"platform": "forum", "account": "@Ada"}')
    assert erasure.process_requests(here).erased == 2
    folder = here.data.root / "requests" / "answers"
    told = [json.loads((folder / name).read_bytes()) for name in ("one.json", "two.json")]
    assert ["doubt" in each for each in told] == [True, False]


def test_no_refused_wish_takes_the_place_of_another_of_the_same_name(here: path.Context) -> None:
    for content in ("one", "another", "a third"):
        put(here, "letter.txt", content)
        assert erasure.process_requests(here).refused == 1
    kept = {file.read_text() for file in (here.data.root / "requests").glob("*.refused")}
    assert kept == {"one", "another", "a third"}


def test_requests_whose_names_differ_in_their_ending_alone_have_an_answer_each(here: path.Context) -> None:
    names = ("letter", "letter.json", "letter.txt", "letter.md")
    for name in names:
        put(here, name, "no request" if name == "letter.md" else "forum nobody")
    assert erasure.process_requests(here).erased == 3
    answers = list((here.data.root / "requests" / "answers").iterdir())
    assert sorted(json.loads(file.read_bytes())["status"] for file in answers) == ["erased"] * 3 + ["refused"]
    for name in names[:3]:
        assert number_answered(here.data, put(here, name, "forum nobody")) is not None


def test_a_folder_in_the_place_of_an_answer_stops_no_request(here: path.Context) -> None:
    (here.data.root / "requests" / "answers" / "one.json").mkdir(parents=True)
    put(here, "one.json", "forum nobody")
    put(here, "two.json", "forum somebody")
    assert erasure.process_requests(here).erased == 2
    assert not waiting(here.data)
    assert number_answered(here.data, put(here, "one.json", "forum nobody")) is not None


@pytest.mark.parametrize("name", ["n" * 250 + ".json", "n" * 255])
def test_a_request_with_the_longest_of_names_is_answered_like_any(here: path.Context, name: str) -> None:
    put(here, name, "no request")
    assert erasure.process_requests(here).refused == 1
    put(here, name, "forum nobody")
    assert erasure.process_requests(here).erased == 1
    assert not waiting(here.data)
    assert number_answered(here.data, put(here, name, "forum nobody")) is not None


@pytest.mark.parametrize(
    "name", ["odilequenneval.json", "@OdileQuenneval@a.example.txt", "odile_quenneval-2.json"]
)
def test_an_answer_does_not_bear_the_name_of_who_was_forgotten(here: path.Context, name: str) -> None:
    file = put(here, name, "forum odilequenneval")
    answer(here.data, file, read_request(here.data, file), status="erased")
    file.unlink()
    left = {each.name for each in (here.data.root / "requests").rglob("*")}
    assert not [each for each in left if "quenneval" in each.casefold()]
    again = put(here, name, "forum odilequenneval")
    assert number_answered(here.data, again) is not None, "and it is found again"


def test_requests_are_carried_out_once_with_receipts_anybody_can_check(
    here: path.Context, tmp_path: Path
) -> None:
    path.classify(here)
    # Begun, and interrupted before anything was computed again (killed anywhere: tests/test_forget.py).
    forget(here.data, "forum", "odilequenneval", parsers=PARSERS, pseudonymiser=here.pseudonymiser)
    assert unfinished(here.data) == 1
    put(here, "one.json", '{"platform": "forum", "account": "OdileQuenneval"}')
    put(here, "two.txt", "forum ysoldebertaud")
    report = erasure.process_requests(here)
    assert (report.erased, report.refused) == (2, 0)
    assert unfinished(here.data) == 0
    assert (here.data.exports / "dashboard.html").exists()
    assert erasure.process_requests(here).erased == 0
    assert [entry.what for entry in read_audit(here.data)] == ["forget", "forget", "publish"]
    folder = here.data.root / "requests" / "answers"
    receipts = [json.loads(file.read_bytes())["receipt"] for file in sorted(folder.iterdir())]
    for name in receipts:
        file = here.data.root / "receipts" / name
        told = verify_receipt(file, public_key=public_key(here.data))
        assert told["payloads_removed"] == 1
        for changed in (b'"payloads_removed": 0', b'"payloads_removed": 1, "x": 1'):
            other = tmp_path / "changed.json"
            other.write_bytes(file.read_bytes().replace(b'"payloads_removed": 1', changed))
            with pytest.raises(ReceiptInvalid):
                verify_receipt(other, public_key=public_key(here.data))
    elsewhere = DataDir(tmp_path / "elsewhere")
    with pytest.raises(UserMustAct, match="signed no receipt"):
        public_key(elsewhere)
    assert not elsewhere.root.exists(), "a folder typed wrong gets no key"
    write_receipt(elsewhere, {"number": "r-1"}, now=here.now)
    with pytest.raises(ReceiptInvalid, match="another"):
        verify_receipt(file, public_key=public_key(elsewhere))
    for broken in ("abc", "", "k9YFbHc4", "é" * 44):
        with pytest.raises(ReceiptInvalid, match="public key is none"):
            verify_receipt(file, public_key=broken)
    for file in here.data.root.rglob("*"):
        if file.is_file() and file.suffix != ".gz":
            assert not any(name in file.read_bytes().lower() for name in (b"quenneval", b"bertaud")), file


def test_a_request_that_is_asked_for_by_name_is_missed_where_there_is_no_folder_at_all(
    tmp_path: Path,
) -> None:
    """As where the request was written into another data directory than the one Airflow has."""
    elsewhere = path.Context(data=DataDir(tmp_path / "elsewhere"), settings=SETTINGS, now=NOW, who="ada")
    with pytest.raises(InputInvalid, match="No request r-0123456789abcdef is waiting"):
        erasure.process_requests(elsewhere, only="r-0123456789abcdef")
    assert waiting(elsewhere.data) == []


def test_what_left_is_gone_for_good_before_the_receipt_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = path.Context(data=DataDir(tmp_path / "data"), settings=SETTINGS, now=NOW, who="ada")
    receipts: list[bool] = []
    monkeypatch.setattr(os, "sync", lambda: receipts.append((context.data.root / "receipts").exists()))
    [done] = erasure.forget(context, [erasure.request(context, "mastodon", "ada@social.example")])
    assert receipts == [False]
    assert done.receipt.exists()


@pytest.mark.parametrize("left", [None, b"", b"s" * 31, b"o" * 32], ids=["lost", "empty", "cut", "another"])
def test_no_receipt_is_signed_with_another_key_than_those_before(tmp_path: Path, left: bytes | None) -> None:
    data = DataDir(tmp_path / "data")
    first = write_receipt(data, {"number": "1"}, now=NOW)
    key, published = data.keys / "receipts.key", data.root / "receipts" / "public-key.txt"
    content, public = key.read_bytes(), published.read_text()
    key.unlink()
    if left is not None:
        key.write_bytes(left)
    with pytest.raises(UserMustAct, match="from a backup"):
        write_receipt(data, {"number": "2"}, now=NOW)
    assert published.read_text() == public
    key.write_bytes(content)
    for receipt in (first, write_receipt(data, {"number": "2"}, now=NOW)):
        verify_receipt(receipt, public_key=public)
