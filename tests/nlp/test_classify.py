"""Classify: what a landing file becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from girafe.data_dir import DataDir
from girafe.pseudonym import Pseudonymiser
from girafe.records import Envelope, Parser, Record
from girafe.settings import Settings, parse_settings
from nlp.classify import ClassifyReport, classify_file, classify_pending
from warehouse.landing import read_quarantine
from warehouse.tables import CLASSIFIED

from .conftest import parse

Land = Callable[..., Path]
PARSERS: Mapping[str, Parser] = {"invented": parse}


def post(number: int, text: str, author: str = "ada", **more: Any) -> dict[str, Any]:
    return {
        "post_id": str(number),
        "text": text,
        "author": {"handle": author, **more.pop("profile", {})},
        **more,
    }


@pytest.fixture
def classify(
    data: DataDir, settings: Settings, pseudonymiser: Pseudonymiser
) -> Callable[..., ClassifyReport]:
    def _classify(path: Path, **changed: Any) -> ClassifyReport:
        return classify_file(
            path,
            **{
                "data": data,
                "settings": settings,
                "parsers": PARSERS,
                "pseudonymiser": pseudonymiser,
                **changed,
            },
        )

    return _classify


def rows(report: ClassifyReport, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(report.folder / f"{table}.parquet").to_pylist()
    return found


def test_every_table_is_written_with_the_agreed_columns(land: Land, classify: Any) -> None:
    report = classify(land([post(1, "Bonjour Lumora, vous recrutez ?")]))
    for table in CLASSIFIED:
        assert pq.read_schema(report.folder / f"{table.name}.parquet").equals(table.schema)


def test_no_text_name_or_handle_is_stored(land: Land, classify: Any) -> None:
    profile = {
        "display_name": "Ada Martinet",
        "bio": "Soudeuse chez Lumora",
        "links": ("https://ada.example/x",),
    }
    report = classify(land([post(1, "Salut @bob_du_quai, Lumora recrute des zinguistes", profile=profile)]))
    stored = b"".join(path.read_bytes() for path in report.folder.iterdir())
    for table in CLASSIFIED:
        stored += str(rows(report, table.name)).encode()
    for secret in (b"zinguistes", b"Martinet", b"Soudeuse", b"bob_du_quai", b"ada.example"):
        assert secret not in stored


def test_what_cannot_be_read_is_quarantined_and_the_rest_goes_on(
    land: Land, classify: Any, data: DataDir
) -> None:
    report = classify(land([{"kind": "refused"}, {"kind": "broken"}, post(1, "Lumora")]))
    assert (report.payloads, report.posts, report.quarantined) == (3, 1, 2)
    assert [item.reason for _, item in read_quarantine(data.quarantine)] == ["missing_field", "parser_failed"]


def test_an_opt_out_removes_posts_seen_before_it_too(land: Land, classify: Any) -> None:
    out = {"kind": "profile", "author": {"handle": "ada", "opted_out": "noindex"}}
    report = classify(land([post(1, "Lumora"), out, post(2, "Lumora"), post(3, "Lumora", author="bob")]))
    assert (report.posts, report.opted_out) == (1, 1)
    assert [row["reason"] for row in rows(report, "deletions")] == ["opted_out"]
    kept = {row["account_id"] for row in rows(report, "posts")}
    assert kept == {row["account_id"] for row in rows(report, "account_observations")}


def test_an_opt_out_with_an_id_is_one_of_posts_under_the_handle_alone_too(land: Land, classify: Any) -> None:
    """A file may know only the handle of somebody whose platform tells both."""
    out = {"kind": "profile", "author": {"account_id": "7", "handle": "ada", "opted_out": "noindex"}}
    report = classify(land([post(1, "Lumora", author="ada"), out, post(2, "Lumora", author="bob")]))
    assert (report.posts, report.opted_out) == (1, 1)
    before = classify(land([post(3, "Lumora", author="ada")], run="run-2"))
    [theirs] = {row["account_id"] for row in rows(before, "posts")}
    assert theirs in {row["account_id"] for row in rows(report, "deletions")}


def test_classifying_again_is_skipped_until_the_company_changes(
    land: Land, classify: Any, settings: Settings
) -> None:
    path = land([post(1, "Lumora")])
    assert [classify(path).skipped, classify(path).skipped] == [False, True]
    renamed = parse_settings('[company]\nname = "Lumora"\naliases = ["LMR"]\n')
    assert classify(path, settings=renamed).skipped is False


def test_classifying_again_is_not_skipped_when_weeks_begin_elsewhere(land: Land, classify: Any) -> None:
    """What is only counted has its week from classify, so another time zone means other weeks."""
    path = land([post(1, "Lumora")])
    for zone in ("Europe/Paris", "Australia/Lord_Howe"):
        there = parse_settings(f'[company]\nname = "Lumora"\ntime_zone = "{zone}"\n')
        assert [classify(path, settings=there).skipped for _ in range(2)] == [False, True]


def test_the_same_file_gives_the_same_bytes(land: Land, classify: Any, tmp_path: Path) -> None:
    path = land([post(n, f"Je bosse chez Lumora depuis {n} ans !", author=f"a{n % 3}") for n in range(40)])
    first, second = classify(path), classify(path, data=DataDir(tmp_path / "again"))
    for file in sorted(first.folder.iterdir()):
        assert file.read_bytes() == (second.folder / file.name).read_bytes(), file.name


def test_pending_takes_every_landing_file_once(
    land: Land, data: DataDir, settings: Settings, pseudonymiser: Pseudonymiser
) -> None:
    land([post(1, "Lumora")], run="run-1")
    land([post(2, "Lumora")], run="run-2", platform="bluesky")

    def pending() -> list[bool]:
        reports = classify_pending(data, settings=settings, parsers=PARSERS, pseudonymiser=pseudonymiser)
        return [report.skipped for report in reports]

    assert [pending(), pending()] == [[False, False], [True, True]]


def test_a_bare_repost_is_no_speech(land: Land, classify: Any) -> None:
    report = classify(
        land(
            [
                post(1, "RT @bob: Lumora recrute", repost_of="9"),
                post(2, "", repost_of="9"),
                post(3, "Bravo ! RT @bob: Lumora recrute", repost_of="9"),
                post(4, "RT @bob: Lumora recrute"),
            ]
        )
    )
    assert [row["is_bare_repost"] for row in rows(report, "posts")] == [True, True, False, False]
    assert len(rows(report, "mentions")) == 2
    assert len(rows(report, "sentiment_labels")) == 2


def test_mentions_come_from_the_text_only_if_the_platform_gives_none(
    land: Land, classify: Any, pseudonymiser: Pseudonymiser
) -> None:
    report = classify(
        land(
            [
                post(1, "Bonjour @Bob, écris à rh@lumora.example ou https://x.example/@carl"),
                post(2, "Bonjour @bob", mentions=[]),
                post(3, "Bonjour", mentions=["dora", "dora"]),
            ]
        )
    )
    keys = [row["handle_key"] for row in rows(report, "mentions")]
    assert keys == [pseudonymiser.handle("mastodon", name) for name in ("bob", "dora")]


def test_a_conversation_id_meets_the_post_of_the_same_id(
    land: Land, classify: Any, pseudonymiser: Pseudonymiser
) -> None:
    report = classify(land([post(2, "Oui", conversation_id="1", reply_to="1")]))
    (row,) = rows(report, "posts")
    assert row["root_post_id"] == row["reply_to_id"] == pseudonymiser.post("mastodon", "1")
    assert row["conversation_id"] == pseudonymiser.conversation("mastodon", "1")


def test_an_edit_is_a_new_version_of_the_same_post(land: Land, classify: Any) -> None:
    report = classify(land([post(1, "Lumora"), post(1, "Lumora !"), post(1, "Lumora")]))
    found = rows(report, "posts")
    assert len({row["post_id"] for row in found}) == 1
    assert len({row["content_hash"] for row in found}) == 2


def test_a_given_voice_is_evidence_for_every_company(land: Land, classify: Any) -> None:
    report = classify(land([post(1, "Bonjour", profile={"voice": "brand"})]))
    given = {row["company_id"]: row for row in rows(report, "speaker_evidence") if row["origin"] == "given"}
    assert given["lumora"]["score_brand"] == 0.0
    assert given["lumora"]["score_organisation"] is None
    assert given["voltagne"]["score_organisation"] == 0.0


def test_a_profile_is_judged_once_per_version(land: Land, classify: Any) -> None:
    same, other = {"bio": "Soudeuse"}, {"bio": "Soudeuse chez Lumora"}
    report = classify(
        land([post(1, "a", profile=same), post(2, "b", profile=same), post(3, "c", profile=other)])
    )
    judged = [row for row in rows(report, "speaker_evidence") if row["company_id"] == "lumora"]
    assert [row["codes"] for row in judged if "bio:works_at" in row["codes"]] == [["bio:works_at"]] or len(
        judged
    ) == 2
    assert len(judged) == 2


def test_a_post_about_the_company_says_why(land: Land, classify: Any) -> None:
    texts = ["Lumora recrute", "@lumora une panne", "Voltagne et lumora.example", "rien à voir"]
    report = classify(land([post(number, text) for number, text in enumerate(texts)]))
    found = [(row["company_id"], row["evidence"]) for row in rows(report, "post_matches")]
    assert found == [
        ("lumora", ["about:name"]),
        ("lumora", ["about:official_handle"]),
        ("lumora", ["about:domain"]),
        ("voltagne", ["about:name"]),
    ]


def test_a_deletion_keeps_its_name_space(land: Land, classify: Any, pseudonymiser: Pseudonymiser) -> None:
    report = classify(land([{"kind": "deletion", "post_id": "7"}, {"kind": "deletion", "account_id": "A"}]))
    ids = [(row["post_id"], row["account_id"]) for row in rows(report, "deletions")]
    assert ids == [
        (pseudonymiser.post("mastodon", "7"), ""),
        ("", pseudonymiser.account_id("mastodon", "A")),
    ]


def test_what_left_landing_since_it_was_listed_stops_nothing_else(
    land: Land, data: DataDir, settings: Settings, pseudonymiser: Pseudonymiser
) -> None:
    left = land([post(1, "Bonjour Lumora")], run="r1")
    stays = land([post(2, "Bonjour Lumora")], run="r2")
    left.unlink()  # as retention and an erasure do, between the tasks of Airflow
    said: list[str] = []
    reports = classify_pending(
        data, settings=settings, parsers=PARSERS, pseudonymiser=pseudonymiser, files=[left, stays],
        progress=said.append,
    )  # fmt: skip
    assert [report.landing for report in reports] == [stays]
    assert "has left landing" in "".join(said)
    assert len(list(Path(str(data.classified)).glob("*/*"))) == 1
    assert not list(data.root.rglob("*.part"))


def test_what_leaves_landing_while_it_is_read_leaves_nothing_behind(
    land: Land, data: DataDir, settings: Settings, pseudonymiser: Pseudonymiser
) -> None:
    path = land([post(1, "Bonjour Lumora")], run="r1")

    def read_and_leave(envelope: Envelope) -> Iterator[Record]:
        path.unlink(missing_ok=True)  # as an import does that reads the same file anew
        return PARSERS[envelope.source](envelope)

    parsers = dict.fromkeys(PARSERS, read_and_leave)
    assert not classify_pending(data, settings=settings, parsers=parsers, pseudonymiser=pseudonymiser)
    assert not list(data.root.rglob("*.parquet"))
