"""Forget: the account leaves every byte, never comes back, and the numbers are those without it."""

from __future__ import annotations

import gzip
import json
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from collectors.imports.land import import_file
from collectors.registry import PARSERS
from girafe import run as path
from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from girafe.meant import meant
from girafe.records import Account, Envelope
from girafe.rotation import replace_key
from girafe.settings import parse_settings
from tests.canary_disguises import DISGUISES, undisguised
from tests.killing import run_and_die
from warehouse.connection import connect
from warehouse.erase import envelopes, read_payload
from warehouse.forget import Erasure, finished, forget
from warehouse.forgotten import forgotten_now, lasting, pseudonyms_of, read_forgotten
from warehouse.landing import landing_files, landing_path, write_envelopes
from warehouse.tables import CLASSIFIED

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SETTINGS = parse_settings('[company]\nname = "Orée"\n')
PAYLOADS = Path(__file__).parent / "collectors" / "payloads"
TO_LABELS = [stage for stage in path.AFTER_COLLECT if stage[0] in ("classify", "load")]


def line(number: int, author: dict[str, Any], text: str, reply_to: int | None = None) -> dict[str, Any]:
    return {
        "platform": "forum",
        "post_id": f"p{number}",
        "created_at": (datetime(2026, 11, 2, 8, tzinfo=UTC) + timedelta(minutes=number)).isoformat(),
        "text": text,
        "author": author,
        "reply_to": None if reply_to is None else f"p{reply_to}",
    }


ODILE = {
    "account_id": "u-7731",
    "handle": "OdileQuenneval",
    "display_name": "Odile Quenneval",
    "bio": "chez Orée",
}
BOB = {"account_id": "u-2", "handle": "bob"}
WITH = [
    line(1, BOB, "Orée recrute"),
    line(2, ODILE, "Je travaille chez Orée", reply_to=1),
    line(3, BOB, "Merci @odilequenneval, et merci à Odile Quenneval !", reply_to=2),
    line(4, {"handle": "cyd"}, "Le quenneval est un vent, bonjour", reply_to=1),
]
WITHOUT = [WITH[0], WITH[2] | {"text": "Merci @someone_, et merci à someone_ !"}, WITH[3]]


def start(root: Path, lines: list[dict[str, Any]]) -> path.Context:
    here = path.Context(data=DataDir(root / "data"), settings=SETTINGS, now=NOW)
    file = root / "posts.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(map(json.dumps, lines)) + "\n{broken odilequenneval\n", encoding="utf-8")
    import_file(file, here.data, now=NOW)
    path.run_stages(here, TO_LABELS, lambda _name, call: call())
    return here


def forget_files(here: path.Context, account: str) -> Erasure:
    return forget(here.data, "forum", account, parsers=PARSERS, pseudonymiser=here.pseudonymiser)


def land(here: path.Context, payload: dict[str, Any], *, source: str = "girafe_jsonl", run: str = "") -> None:
    """Lands one payload as a collector does."""
    run = run or f"run-{payload.get('post_id', source)}"
    envelope = Envelope(
        source=source, platform="forum", query="", fetched_at=NOW, run_id=run, collector_version="1",
        payload=payload,
    )  # fmt: skip
    write_envelopes(landing_path(here.data.landing, "forum", NOW, run), [envelope])


def landed(here: path.Context) -> bytes:
    """Everything in landing."""
    return b"".join(gzip.decompress(file.read_bytes()) for file in here.data.landing.rglob("*.gz"))


def tables(here: path.Context) -> dict[str, list[str]]:
    with connect(here.data.warehouse, read_only=True) as connection:
        return {
            table.name: sorted(map(repr, connection.execute(f"from raw.{table.name}").fetchall()))
            for table in CLASSIFIED
            if table.name != "deletions"
        }


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIRAFE_PSEUDONYM_KEY", "k" * 40)


@pytest.mark.parametrize("name", ["odilequenneval", "@OdileQuenneval", "u-7731"])
@pytest.mark.usefixtures("key")
def test_nothing_is_left_of_a_forgotten_account(tmp_path: Path, name: str) -> None:
    here = start(tmp_path, WITH)
    told = forget_files(here, name)
    path.run_stages(here, TO_LABELS, lambda _name, call: call())
    assert (told.payloads_removed, told.payloads_naming_it, told.quarantine_lines_removed) == (1, 1, 1)

    for file in here.data.root.rglob("*"):
        if file.is_file():
            content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            for mark in (b"odilequenneval", b"u-7731", b"odile quenneval"):
                assert mark not in content.lower(), file
    assert "quenneval est un vent" in "".join(
        gzip.decompress(f.read_bytes()).decode() for f in here.data.landing.rglob("*.gz")
    ), "other people's words stay"


@pytest.mark.usefixtures("key")
def test_the_tables_equal_those_of_a_world_without_the_account(tmp_path: Path) -> None:
    here = start(tmp_path / "with", WITH)
    forget_files(here, "u-7731")
    path.run_stages(here, TO_LABELS, lambda _name, call: call())
    other = start(tmp_path / "without", WITHOUT)
    assert tables(here) == tables(other)


def test_what_is_found_in_the_words_of_others_stays_as_it_was(tmp_path: Path) -> None:
    """What stands for a name is no word of theirs: of no language, about nothing, and in no mood."""
    words = ("on se voit demain chez Orée", "ok, Orée à midi", "c'est quai 4, chez Orée",
             "le guichet Orée est au fond", "nous prenons le car Orée de midi")  # fmt: skip
    lines = [line(n, BOB, f"@odilequenneval {text}") for n, text in enumerate(words, 5)]
    here = start(tmp_path, [WITH[1], *lines])
    path.run_stages(here, TO_LABELS, lambda _name, call: call())

    def found() -> list[str]:
        posts = {here.pseudonymiser.post("forum", post["post_id"]) for post in lines}
        told = ("language", "count_words", "is_question", "theme", "sentiment")
        return sorted(
            str([row["post_id"], name, *(row.get(one) for one in told)])
            for name in ("posts", "theme_labels", "sentiment_labels")
            for file in here.data.classified.rglob(f"{name}.parquet")
            for row in pq.read_table(file).to_pylist()
            if row["post_id"] in posts
        )

    before = found()
    assert len(before) > len(lines)
    forget_files(here, "u-7731")
    path.run_stages(here, TO_LABELS, lambda _name, call: call())
    assert found() == before


def in_workers(here: path.Context) -> None:
    """Classifies as the DAG does: batches of files, each a task of its own."""
    for batch in path.pending_batches(here):
        path.classify_batch(here, batch)


@pytest.mark.parametrize("classify", [path.classify, in_workers])
@pytest.mark.usefixtures("key")
def test_a_forgotten_account_never_comes_back(
    tmp_path: Path, classify: Callable[[path.Context], object]
) -> None:
    here = start(tmp_path, WITH)
    forget_files(here, "u-7731")
    land(here, line(9, ODILE, "Encore chez Orée"))  # begun by another machine before it was asked for
    classify(here)
    path.load(here)
    with connect(here.data.warehouse, read_only=True) as connection:
        assert connection.execute("select count(*) from raw.posts").fetchall() == [(3,)]


@pytest.mark.usefixtures("key")
def test_its_lines_in_a_file_are_not_even_landed(tmp_path: Path) -> None:
    here = start(tmp_path, WITH)
    forget_files(here, "u-7731")
    again = tmp_path / "again.jsonl"
    lines = [line(9, ODILE, "Encore chez Orée"), line(10, {"handle": "odilequenneval"}, "Toujours")]
    again.write_text("\n".join(map(json.dumps, [*lines, line(11, BOB, "Bonjour")])), encoding="utf-8")
    report = import_file(again, here.data, now=NOW)
    assert (report.landed, report.skipped, report.rejected) == ({"forum": 1}, {"forgotten": 2}, {})
    assert b"quenneval" not in landed(here).lower().replace(b"le quenneval", b"")


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_handle_is_the_same_whether_an_accent_is_a_sign_of_its_own_or_not(
    tmp_path: Path, forms: tuple[str, str]
) -> None:
    asked, written = (unicodedata.normalize(form, "élodieq") for form in forms)
    here = start(tmp_path, [WITH[0], line(2, {"handle": written}, "Je travaille chez Orée")])
    assert forget_files(here, asked.upper()).payloads_removed == 1
    again = tmp_path / "again.jsonl"
    again.write_text(json.dumps(line(9, {"handle": written}, "Encore chez Orée")))
    assert import_file(again, here.data, now=NOW).skipped == {"forgotten": 1}


@pytest.mark.usefixtures("key")
def test_who_was_forgotten_is_not_kept_as_somebody_others_mention_later(tmp_path: Path) -> None:
    here = start(tmp_path, WITH)
    forget_files(here, "odilequenneval")
    land(here, line(9, BOB, "Merci @OdileQuenneval et @cyd") | {"mentions": None})
    land(here, line(10, BOB, "Merci") | {"mentions": ["u-7731"]})
    path.run_stages(here, TO_LABELS, lambda _name, call: call())
    with connect(here.data.warehouse, read_only=True) as connection:
        rows = connection.execute("select handle_key from raw.mentions").fetchall()
    assert rows == [(here.pseudonymiser.handle("forum", "cyd"),)]


@pytest.mark.usefixtures("key")
def test_who_was_forgotten_is_not_counted_as_somebody_others_mentioned_before(tmp_path: Path) -> None:
    here = start(tmp_path, WITH)
    land(here, line(9, BOB, "Merci") | {"mentions": ["OdileQuenneval", "cyd"]})
    path.run_stages(here, TO_LABELS, lambda _name, call: call())
    forget_files(here, "odilequenneval")
    path.run_stages(here, TO_LABELS, lambda _name, call: call())
    with connect(here.data.warehouse, read_only=True) as connection:
        rows = connection.execute("select handle_key from raw.mentions").fetchall()
    assert rows == [(here.pseudonymiser.handle("forum", "cyd"),)]


@pytest.mark.usefixtures("key")
def test_the_notice_of_its_opt_out_leaves_too(tmp_path: Path) -> None:
    here = start(tmp_path, WITH)
    payload = {"platform": "forum", "account_id": "u-7731", "handle": "OdileQuenneval", "signal": "nobot"}
    land(here, payload, source="opt_out")
    path.run_stages(here, TO_LABELS, lambda _name, call: call())
    forget_files(here, "odilequenneval")
    path.run_stages(here, TO_LABELS, lambda _name, call: call())
    assert b"u-7731" not in landed(here)
    for file in here.data.root.rglob("*"):
        if file.is_file() and file.parent.name != "forgotten":
            assert not any(mark in file.read_bytes() for mark in marks(here)), file


def test_asked_for_by_an_earlier_name_it_leaves_under_its_later_one_too_and_stays_away_after_a_rotation(
    tmp_path: Path,
) -> None:
    here = start(tmp_path, WITH)
    shutil.rmtree(here.data.landing)  # only classified files know by now that the old handle was hers
    now = {"account_id": "u-7731", "handle": "VentDouest", "display_name": "Vent d'ouest"}
    land(here, line(5, now, "Encore chez Orée"), run="own")
    land(here, line(6, BOB, "Merci @ventdouest"), run="named")
    path.run_stages(here, TO_LABELS, lambda _name, call: call())
    told = forget_files(here, "odilequenneval")
    finished(here.data, told.number)
    assert (told.payloads_removed, told.payloads_naming_it) == (1, 1)
    assert b"ventdouest" not in landed(here).lower()
    replace_key(here)
    after = path.Context(data=here.data, settings=SETTINGS, now=NOW)
    for number, who in enumerate(({"account_id": "u-7731"}, {"handle": "ventdouest"})):
        land(after, line(7 + number, who, "Toujours chez Orée"), run=f"again{number}")
    path.run_stages(after, TO_LABELS, lambda _name, call: call())
    with connect(here.data.warehouse, read_only=True) as connection:
        rows = connection.execute("select count(*) from raw.posts").fetchall()
    assert rows == [(4,)], "three of Bob, one of Cyd"


@pytest.mark.usefixtures("key")
def test_it_is_erased_from_the_copies_that_tools_make_of_landing_and_quarantine_too(
    tmp_path: Path, key: None
) -> None:
    here = start(tmp_path, WITH)
    for part in ("landing", "quarantine"):
        for file in sorted((here.data.root / part).rglob("*.jsonl.gz")):
            name = file.name.removesuffix(".jsonl.gz")
            shutil.copyfile(file, file.with_name(f"{name}.jsonl.sync-conflict-20261124-080000-ABCDEFG.gz"))
            shutil.copyfile(file, file.with_name(f"{name}.jsonl (1).gz"))
    assert b"odilequenneval" in landed(here)
    forget_files(here, "odilequenneval")
    kept = [gzip.decompress(file.read_bytes()) for file in here.data.root.rglob("*.gz")]
    assert len(kept) >= 3
    assert not [content for content in kept if b"odilequenneval" in content]


def test_it_is_erased_even_when_its_payloads_have_left_landing_already(tmp_path: Path) -> None:
    here = start(tmp_path, WITH)
    for file in here.data.landing.rglob("*.gz"):
        file.unlink()
    forget_files(here, "u-7731")
    path.run_stages(here, TO_LABELS, lambda _name, call: call())
    with connect(here.data.warehouse, read_only=True) as connection:
        assert connection.execute("select count(*) from raw.posts").fetchall() == [(3,)]
        assert connection.execute("select count(*) from raw.account_observations").fetchall() == [(2,)]


@pytest.mark.usefixtures("key")
def test_a_handle_is_enough_when_only_the_classified_files_know_its_id(tmp_path: Path) -> None:
    here = start(tmp_path, WITH)
    shutil.rmtree(here.data.landing)
    forget_files(here, "odilequenneval")
    path.run_stages(here, TO_LABELS, lambda _name, call: call())
    with connect(here.data.warehouse, read_only=True) as connection:
        assert connection.execute("select count(*) from raw.posts").fetchall() == [(3,)]


def marks(here: path.Context) -> list[bytes]:
    """Every pseudonym the account has under the key of the warehouse."""
    account = Account(platform="forum", account_id=ODILE["account_id"], handle=ODILE["handle"])
    return [name.encode() for name in pseudonyms_of(account, here.pseudonymiser)]


@pytest.mark.usefixtures("key")
def test_not_even_its_pseudonym_is_left_in_the_bytes_of_what_is_computed(tmp_path: Path) -> None:
    here = start(tmp_path, WITH)
    assert any(mark in here.data.warehouse.read_bytes() for mark in marks(here))
    forget_files(here, "odilequenneval")
    path.run_stages(here, TO_LABELS, lambda _name, call: call())
    for file in here.data.root.rglob("*"):
        if file.is_file() and file.parent.name != "forgotten":
            assert not any(mark in file.read_bytes() for mark in marks(here)), file


QUOTED = [
    WITH[0],
    line(2, ODILE, "Je travaille chez Orée"),
    line(5, BOB, "Regardez")
    | {"quoted": {"author": {"handle": "OdileQuenneval"}, "text": "Je travaille chez Orée", "id": "p2"}},
]


@pytest.mark.usefixtures("key")
def test_its_words_go_where_somebody_else_quotes_them(tmp_path: Path) -> None:
    here = start(tmp_path, QUOTED)
    forget_files(here, "odilequenneval")
    landed = b"".join(gzip.decompress(f.read_bytes()) for f in here.data.landing.rglob("*.gz"))
    assert b"Je travaille" not in landed
    assert b"Regardez" in landed


@pytest.mark.forks
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.usefixtures("key")
def test_killed_anywhere_the_same_call_finishes(tmp_path: Path, every: int) -> None:
    prepared = start(tmp_path / "with", WITH).data.root
    expected = start(tmp_path / "without", WITHOUT)

    def fresh() -> path.Context:
        shutil.rmtree(tmp_path / "here", ignore_errors=True)
        shutil.copytree(prepared, tmp_path / "here")
        return path.Context(data=DataDir(tmp_path / "here"), settings=SETTINGS, now=NOW)

    undisturbed = run_and_die(lambda: forget_files(fresh(), "odilequenneval"))
    assert not undisturbed.error
    assert undisturbed.steps > 10
    for step in range(1, undisturbed.steps + 1, every):
        here = fresh()
        assert run_and_die(lambda here=here: forget_files(here, "odilequenneval"), step=step).died  # type: ignore[misc]
        told = forget_files(here, "odilequenneval")
        assert (told.payloads_removed, told.payloads_naming_it) == (1, 1), step
        assert set(map(str.encode, read_forgotten(here.data))) >= set(marks(here)), step
        for file in here.data.landing.rglob("*.gz"):
            assert b"quenneval" not in gzip.decompress(file.read_bytes()).lower().replace(
                b"le quenneval", b""
            )
        if step % 7 == 0:
            path.run_stages(here, TO_LABELS, lambda _name, call: call())
            assert tables(here) == tables(expected), step


@pytest.mark.parametrize("left", [b"", b"\0" * 99, b"{}"])
@pytest.mark.usefixtures("key")
def test_what_is_left_of_an_interrupted_erasure_and_damaged_is_said_and_stops_the_next(
    tmp_path: Path, left: bytes
) -> None:
    here = start(tmp_path, WITH)
    begun = here.data.root / "forgotten" / f"begun-{forget_files(here, 'u-7731').number}.json"
    begun.write_bytes(left)
    with pytest.raises(UserMustAct, match=r"damaged.*Remove it, then ask again"):
        forget_files(here, "bob")
    begun.unlink()
    assert forget_files(here, "u-7731").platform == "forum"


@pytest.mark.usefixtures("key")
def test_the_list_of_the_forgotten_knows_them_under_a_key_of_its_own(tmp_path: Path) -> None:
    here = start(tmp_path, WITH)
    forget_files(here, "odilequenneval")
    account = Account(platform="forum", account_id=ODILE["account_id"], handle=ODILE["handle"])
    assert pseudonyms_of(account, lasting(here.data)) <= set(read_forgotten(here.data))


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    "written",
    [
        "Noé d'Arcole-Quenneval",
        "Noe\u0301 d'Arcole-Quenneval",
        "Noé d&#39;Arcole-Quenneval",
        "Noé d&#x27;Arcole-Quenneval",
    ],
)
def test_a_name_leaves_what_others_wrote_however_its_signs_are_spelt(tmp_path: Path, written: str) -> None:
    noe = ODILE | {"display_name": "Noé d'Arcole-Quenneval"}
    here = start(
        tmp_path, [line(1, BOB, f"Merci à {written}, chez Orée"), line(2, noe, "Je travaille chez Orée")]
    )
    assert forget_files(here, "u-7731").payloads_naming_it == 1
    assert b"Quenneval" not in landed(here)


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    "name", ["OdileQuenneval", "Noé d'Arcole-Quenneval", "https://forum.example/u/OdileQ"]
)
@pytest.mark.parametrize(
    "write",
    [
        *DISGUISES.values(),
        lambda name: name.replace("é", "&eacute;").replace("'", "’"),
        lambda name: name.replace(" ", "&nbsp;").replace("é", "e"),
        lambda name: name.replace(" ", "<br>\n").replace("-", "\u2011"),
        lambda name: f"{name[:20]}</span><span class='invisible'>{name[20:]}",
    ],
)
def test_however_it_is_disguised_nothing_is_left_of_it_in_what_others_wrote(
    tmp_path: Path, name: str, write: Callable[[str], str]
) -> None:
    odile = ODILE | {"display_name": "Noé d'Arcole-Quenneval", "url": "https://forum.example/u/OdileQ"}
    here = start(tmp_path, [line(1, BOB, "Orée recrute"), line(2, odile, "Je travaille chez Orée")])
    land(here, line(3, BOB, f"<p>Merci <span>{write(name)}</span>, chez Orée</p>"))
    assert forget_files(here, "u-7731").payloads_naming_it == 1
    left = undisguised(landed(here).decode())
    assert "chez orée" in left
    assert not any(word in left for word in ("quenneval", "odileq", "arcole"))


@pytest.mark.parametrize(
    ("platform", "written", "handle"),
    [
        ("mastodon", "https://a.example/@odile", "odile@a.example"),
        ("mastodon", "https://a.example/@odile/1132", "odile@a.example"),
        ("mastodon", "https://b.example/@odile@a.example", "odile@a.example"),
        ("mastodon", "https://a.example/users/Odile", "odile@a.example"),
        ("mastodon", "acct:odile@a.example", "odile@a.example"),
        ("mastodon", "@odile@bücher.example", "odile@xn--bcher-kva.example"),
        ("mastodon", "@odile@XN--BCHER-KVA.example", "odile@bücher.example"),
        ("discourse", "https://forum.example/u/odile/activity", "odile@forum.example"),
        ("bluesky", "https://bsky.app/profile/odile.example/post/3k", "odile.example"),
        ("reddit", "u/odile", "odile"),
        ("reddit", "/u/odile", "odile"),
        ("reddit", "https://www.reddit.com/user/odile/", "odile"),
        ("x", "https://x.com/odile?lang=fr", "odile"),
        ("hackernews", "https://news.ycombinator.com/user?id=odile", "odile"),
        ("youtube", "https://www.youtube.com/@odile", "odile"),
        ("linkedin", "https://www.linkedin.com/in/odile/", "odile"),
    ],
)
@pytest.mark.usefixtures("key")
def test_an_account_may_be_asked_for_as_people_write_it(
    tmp_path: Path, platform: str, written: str, handle: str
) -> None:
    here = path.Context(data=DataDir(tmp_path / "data"), settings=SETTINGS, now=NOW)
    author = {"account_id": "u-7731", "handle": handle}
    land(here, line(1, author, "Je travaille chez Orée") | {"platform": platform})
    [file] = landing_files(here.data.landing)
    elsewhere = landing_path(here.data.landing, platform, NOW, "run-p1")
    write_envelopes(elsewhere, [replace(one, platform=platform) for _, one in envelopes(file)])
    told = forget(here.data, platform, written, parsers=PARSERS, pseudonymiser=here.pseudonymiser)
    assert told.payloads_removed == 1
    assert forgotten_now(here.data)(Account(platform=platform, account_id="u-7731"))


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("recorded", sorted(PAYLOADS.glob("*.json")), ids=lambda file: file.stem)
def test_whoever_speaks_in_a_recorded_payload_is_found_by_id_and_by_handle(
    tmp_path: Path, recorded: Path
) -> None:
    case = json.loads(recorded.read_text())
    payloads = [
        Envelope(
            source=case.get("source", recorded.stem), platform=case["platform"], query="", fetched_at=NOW,
            run_id=f"run-{number}", collector_version="1", payload=payload,
        )
        for number, payload in enumerate(case["payloads"])
    ]  # fmt: skip
    speakers = {author for one in payloads for author in read_payload(one, PARSERS).authors}
    asked = {
        (account.platform, name)
        for account in speakers
        for name in (account.account_id, account.handle)
        if name and account.platform == case["platform"]
    }
    assert asked or recorded.stem == "gone"
    for number, (platform, name) in enumerate(sorted(asked)):
        here = path.Context(data=DataDir(tmp_path / str(number)), settings=SETTINGS, now=NOW)
        for one in payloads:
            write_envelopes(landing_path(here.data.landing, platform, NOW, one.run_id), [one])
        told = forget(here.data, platform, name, parsers=PARSERS, pseudonymiser=here.pseudonymiser)
        assert told.payloads_removed, name
        left = [one for file in landing_files(here.data.landing) for _, one in envelopes(file)]
        assert not [one for one in left for author in read_payload(one, PARSERS).authors
                    if name in (author.account_id, author.handle)], name  # fmt: skip


@pytest.mark.usefixtures("key")
def test_asked_for_by_an_address_that_tells_no_name_it_is_found_by_it(tmp_path: Path) -> None:
    odile = ODILE | {"url": "https://forum.example/members/Odile.7731"}
    here = start(tmp_path, [line(1, BOB, "Merci Odile Quenneval"), line(2, odile, "Je travaille chez Orée")])
    told = forget_files(here, "https://forum.example/members/odile.7731/")
    assert (told.payloads_removed, told.payloads_naming_it) == (1, 1)
    assert b"Quenneval" not in landed(here)


@pytest.mark.parametrize(
    "written", ["https://www.reddit.com/r/france/comments/1abc/odile", "https://[odile", "https://a.example/"]
)
def test_any_other_address_means_nobody_else(written: str) -> None:
    assert {account.handle for account in meant("reddit", written)} == {written, written.rstrip("/")}


@pytest.mark.usefixtures("key")
def test_a_name_without_its_server_takes_nothing_from_those_who_bear_it_on_theirs(tmp_path: Path) -> None:
    case = json.loads((Path(__file__).parent / "collectors/payloads/mastodon.json").read_text())
    here = start(tmp_path, WITHOUT)
    odile = {"username": "odile", "acct": "odile", "url": "https://a.example/@odile",
             "uri": "https://a.example/users/odile"}  # fmt: skip
    first = case["payloads"][0]
    payload = first | {"account": first["account"] | odile, "content": "<p>Odile aime Orée</p>"}
    envelope = Envelope(
        source="mastodon", platform="mastodon", query="", fetched_at=NOW, run_id="m", collector_version="1",
        payload=payload,
    )  # fmt: skip
    write_envelopes(landing_path(here.data.landing, "mastodon", NOW, "m"), [envelope])
    before = landed(here)
    for _ in range(2):  # and when it is called again after a kill
        told = forget(here.data, "mastodon", "@odile", parsers=PARSERS, pseudonymiser=here.pseudonymiser)
        assert (told.was_held, told.payloads_naming_it, landed(here)) == (False, 0, before)


@pytest.mark.usefixtures("key")
def test_who_bears_a_like_name_stays_who_they_are(tmp_path: Path) -> None:
    """A longer name, one with another accent, a name on another server."""
    case = json.loads((Path(__file__).parent / "collectors/payloads/mastodon.json").read_text())["payloads"][
        0
    ]
    rene = ODILE | {"handle": "rene", "display_name": "renega"}
    here = start(tmp_path, [line(2, rene, "Je travaille chez Orée")])
    others = ("René", "rene-claude", "jean-rene", "jean.rene", "rene.b", "renegade", "renega-b")
    for number, handle in enumerate(others, 3):
        author = {"account_id": f"{handle}@forum.example", "handle": handle}
        land(here, line(number, author, f"Merci @rene, www.forum.example/u/rene.png et @{handle}."))
    forget_files(here, "rene")
    left = [json.loads(one)["payload"] for one in landed(here).splitlines()]
    assert {one["author"]["account_id"] for one in left} == {f"{handle}@forum.example" for handle in others}
    for one in left:
        handle = one["author"]["handle"]
        assert one["text"] == f"Merci @someone_, www.forum.example/u/someone_.png et @{handle}."

    namesake = {"username": "odile", "acct": "odile", "url": "https://c.example/@odile"}
    payload = {**case, "account": {**case["account"], **namesake, "uri": None},
               "content": "<p>Je suis aussi @odile@d.example</p>", "mentions": []}  # fmt: skip
    envelope = Envelope(
        source="mastodon", platform="mastodon", query="", fetched_at=NOW, run_id="m", collector_version="1",
        payload=payload,
    )  # fmt: skip
    write_envelopes(landing_path(here.data.landing, "mastodon", NOW, "m"), [envelope])
    [before] = PARSERS["mastodon"](envelope)
    told = forget(here.data, "mastodon", "odile@d.example", parsers=PARSERS, pseudonymiser=here.pseudonymiser)
    assert told.payloads_naming_it == 1
    [file] = landing_files(here.data.landing)[-1:]
    [(_, after)] = envelopes(file)
    [read] = PARSERS["mastodon"](after)
    assert "odile@d.example" not in read.text
    assert read.author == before.author


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("has_spoken", [True, False])
def test_of_a_name_on_a_server_nothing_is_left_where_others_call_it_by_the_name_alone(
    tmp_path: Path, has_spoken: bool
) -> None:
    """On its own server an account is called without that server, and in HTML always."""
    case = json.loads((Path(__file__).parent / "collectors/payloads/mastodon.json").read_text())
    here = start(tmp_path, WITHOUT)
    odile = {
        "id": "77310", "username": "odilequenneval", "acct": "odilequenneval",
        "url": "https://a.example/@odilequenneval",
    }  # fmt: skip
    others = {
        **case["payloads"][0],
        "id": "5001",
        "content": '<p><a href="https://a.example/@odilequenneval" class="u-url mention">@<span>odilequenneval</span>'
        "</a> cc @OdileQuenneval, @odilequenneval@b.example: Orée</p>",
        "mentions": [odile],
    }
    own = {
        **case["payloads"][0],
        "id": "5002",
        "account": case["payloads"][0]["account"] | odile
        | {"uri": "https://a.example/users/odilequenneval", "display_name": "Odile"},
    }  # fmt: skip
    for payload in (others, own)[: 1 + has_spoken]:
        envelope = Envelope(
            source="mastodon", platform="mastodon", query="", fetched_at=NOW, run_id=payload["id"],
            collector_version="1", payload=payload,
        )  # fmt: skip
        write_envelopes(landing_path(here.data.landing, "mastodon", NOW, payload["id"]), [envelope])
    told = forget(
        here.data, "mastodon", "@odilequenneval@a.example", parsers=PARSERS, pseudonymiser=here.pseudonymiser
    )
    assert (told.payloads_removed, told.payloads_naming_it) == (has_spoken, 1)
    left = landed(here).replace(b"@odilequenneval@b.example", b"somebody else")
    assert b"somebody else" in left
    assert b"odilequenneval" not in left.lower()
