"""Pseudonyms: the same for the same, different for the different, nothing without the key."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from girafe.errors import SettingsInvalid
from girafe.pseudonym import KEY_VARIABLE, Pseudonymiser, check_same_key, load_key
from girafe.records import Account

ONE, OTHER = Pseudonymiser(b"1" * 32), Pseudonymiser(b"2" * 32)


def test_a_handle_is_the_same_however_it_is_written() -> None:
    assert ONE.handle("mastodon", "@Ada@Social.example") == ONE.handle("mastodon", "ada@social.example")


def test_an_id_is_case_sensitive_and_never_meets_a_handle() -> None:
    assert ONE.account_id("hackernews", "Bob") != ONE.account_id("hackernews", "bob")
    assert ONE.account_id("hackernews", "bob") != ONE.handle("hackernews", "bob")


def test_platforms_and_keys_keep_the_same_id_apart() -> None:
    made = {p.account_id(platform, "7") for p in (ONE, OTHER) for platform in ("x", "mastodon")}
    assert len(made) == 4


def test_an_account_is_known_by_its_id_first() -> None:
    both = Account(platform="x", account_id="7", handle="ada")
    assert ONE.account(both) == ONE.account_id("x", "7")
    assert ONE.account(Account(platform="x", handle="ada")) == ONE.handle("x", "ada")


def test_lone_surrogates_do_not_crash() -> None:
    assert ONE.post("x", "\ud800") != ONE.post("x", "\ud801")


def test_the_key_is_made_once_and_readable_by_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(load_key(tmp_path / "keys"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    path = tmp_path / "keys" / "pseudonym.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["pseudonym.key"]  # noqa: PTH208


def test_a_short_key_is_refused_with_the_remedy() -> None:
    with pytest.raises(SettingsInvalid, match=KEY_VARIABLE):
        Pseudonymiser(b"short")


def test_where_machines_share_a_store_no_key_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with pytest.raises(SettingsInvalid, match="_FILE"):
        load_key(tmp_path, may_make=False)
    (tmp_path / "given").write_bytes(b"k" * 40)
    monkeypatch.setenv(f"{KEY_VARIABLE}_FILE", str(tmp_path / "given"))
    assert load_key(tmp_path, may_make=False) == b"k" * 40
    monkeypatch.setenv(f"{KEY_VARIABLE}_FILE", str(tmp_path / "mislaid"))
    with pytest.raises(SettingsInvalid, match="mislaid"):
        load_key(tmp_path)


def test_a_machine_with_another_key_is_stopped_before_it_writes(tmp_path: Path) -> None:
    for _ in range(2):
        check_same_key(tmp_path, ONE)
    with pytest.raises(SettingsInvalid, match="not the one"):
        check_same_key(tmp_path, OTHER)
