"""A bucket that keeps versions forgets all the same: after an erasure no earlier state of any file is left."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fsspec.asyn import sync

from collectors.registry import PARSERS
from girafe import run as path
from girafe.cli.begin import versions_in_store
from girafe.data_dir import DataDir
from girafe.errors import StoreRefused
from girafe.settings import parse_settings
from girafe.storage import place, write
from girafe.versions import keeps_versions, remove_old_versions
from scripts import services
from warehouse.forget import forget
from warehouse.retention import enforce

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SETTINGS = parse_settings('[company]\nname = "Orée"\n')
LINES = [
    {
        "platform": "forum",
        "post_id": f"p{number}",
        "created_at": "2026-11-02T08:00:00Z",
        "text": "Je travaille chez Orée",
        "author": {"handle": name},
    }
    for number, name in enumerate(["ada", "odilequenneval", "bob"])
]


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[services.S3]:
    with (
        services.s3(tmp_path_factory.mktemp("s3") / "weed") as running,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in {
            **running.environment,
            "GIRAFE_PSEUDONYM_KEY": "k" * 40,
            "GIRAFE_FORGOTTEN_KEY": "f" * 40,
        }.items():
            patch.setenv(name, value)
        yield running


def versioned(s3: services.S3, status: str = "Enabled") -> Any:
    fs = place(s3.store).fs  # type: ignore[union-attr]
    fs.call_s3("put_bucket_versioning", Bucket=services.BUCKET, VersioningConfiguration={"Status": status})
    return fs


def everything(fs: Any, store: str) -> Iterator[tuple[str, bytes, bool | None]]:
    """Every version of every file of a store: its key, its bytes, whether it is the present one.

    A marker of a removal has no bytes, and is neither (None).
    """
    bucket, _, prefix = store.removeprefix("s3://").partition("/")
    page = fs.call_s3("list_object_versions", Bucket=bucket, Prefix=f"{prefix}/")
    assert not page.get("IsTruncated")
    for one in page.get("Versions", []):
        body = fs.call_s3("get_object", Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])["Body"]
        content = sync(fs.loop, body.read)
        yield one["Key"], gzip.decompress(content) if one["Key"].endswith(".gz") else content, one["IsLatest"]
    for one in page.get("DeleteMarkers", []):
        yield one["Key"], b"", None


@pytest.mark.cluster
@pytest.mark.parametrize("status", ["Enabled", "Suspended"])
def test_no_version_of_anything_is_left_of_a_forgotten_account(
    s3: services.S3, tmp_path: Path, status: str
) -> None:
    fs, store = versioned(s3), f"{s3.store}/{os.urandom(4).hex()}"
    data = DataDir.of(tmp_path / "data", {**os.environ, "GIRAFE_STORE": store})
    here = path.Context(data=data, settings=SETTINGS, now=NOW)
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, LINES)) + "\n{broken odilequenneval\n")
    path.import_files(here, [file])
    path.classify(here)
    theirs = here.pseudonymiser.handle("forum", "odilequenneval").encode()
    versioned(s3, status)
    forget(data, "forum", "odilequenneval", parsers=PARSERS, pseudonymiser=here.pseudonymiser)
    kept = [content for _, content, _ in everything(fs, store)]
    if status == "Enabled":
        assert any(b"odilequenneval" in content for content in kept), "the bucket does keep what was removed"
    assert remove_old_versions(data) > 0
    left = list(everything(fs, store))
    assert left
    # SeaweedFS makes a marker anew when it is removed while versions are suspended; it holds a file's name only.
    assert {latest for _, _, latest in left} <= ({True} if status == "Enabled" else {True, None})
    assert not any(b"odilequenneval" in content for _, content, _ in left)
    assert {key.split("/")[-2] for key, content, _ in left if theirs in content} == {"forgotten"}, (
        "so that it stays out"
    )
    assert b"ada" in b"".join(content for _, content, _ in left), "other people stay"
    if status == "Enabled":
        assert remove_old_versions(data) == 0


@pytest.mark.cluster
def test_what_is_past_its_time_leaves_with_its_versions(s3: services.S3, tmp_path: Path) -> None:
    fs, store = versioned(s3), f"{s3.store}/{os.urandom(4).hex()}"
    data = DataDir.of(tmp_path / "data", {**os.environ, "GIRAFE_STORE": store})
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, LINES)))
    path.import_files(path.Context(data=data, settings=SETTINGS, now=NOW), [file])
    enforce(data, SETTINGS, NOW + timedelta(days=40))
    assert not any(b"odilequenneval" in content for _, content, _ in everything(fs, store))


@pytest.mark.cluster
def test_more_versions_than_one_page_holds_all_leave(s3: services.S3, tmp_path: Path) -> None:
    versioned(s3)
    store = f"{s3.store}/{os.urandom(4).hex()}"
    data = DataDir.of(tmp_path / "data", {**os.environ, "GIRAFE_STORE": store})
    for number in range(12):
        write(place(f"{store}/landing/one"), str(number).encode())
    assert remove_old_versions(data, at_a_time=5) == 11


@pytest.mark.cluster
def test_the_doctor_says_that_a_bucket_keeps_versions(
    s3: services.S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = f"{s3.store}/{os.urandom(4).hex()}"
    monkeypatch.setenv("GIRAFE_STORE", store)
    versioned(s3)
    assert "keeps earlier versions" in (versions_in_store(tmp_path / "data") or "")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    services.forget_clients()
    with pytest.raises(StoreRefused):
        remove_old_versions(DataDir.of(tmp_path / "data", os.environ))
    services.forget_clients()


def test_what_is_no_s3_is_said_not_to_be_known(tmp_path: Path) -> None:
    assert keeps_versions(DataDir.of(tmp_path, {"GIRAFE_STORE": "memory://bucket/store"})) is None
    assert keeps_versions(DataDir(tmp_path)) is False
    assert remove_old_versions(DataDir(tmp_path)) == 0
