"""A warehouse in MotherDuck: what can be known without reaching it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from girafe.data_dir import DataDir
from girafe.errors import SettingsInvalid
from girafe.run import sign_in
from warehouse.connection import RemoteRefuses, address, connect, is_remote
from warehouse.dbt import environment

HANDED = "motherduck_token"
SETTING = {"GIRAFE_WAREHOUSE": "md:girafe", "MOTHERDUCK_TOKEN": "zqx-token"}


def test_one_setting_moves_the_warehouse_and_nothing_else(tmp_path: Path) -> None:
    data = DataDir.of(tmp_path, SETTING)
    assert address(data.warehouse) == "md:girafe"
    told = environment(data.warehouse, data.marts)
    assert told["GIRAFE_WAREHOUSE"] == "md:girafe"
    assert Path(told["GIRAFE_MARTS"]).is_relative_to(tmp_path)
    assert Path(told["GIRAFE_SPILL"]).is_relative_to(tmp_path)


def test_a_file_is_meant_where_nothing_is_said(tmp_path: Path) -> None:
    data = DataDir.of(tmp_path, {})
    assert not is_remote(data.warehouse)
    assert address(data.warehouse) == str(tmp_path / "warehouse" / "girafe.duckdb")


@pytest.mark.parametrize("name", ["md:", "md:a/b", "md:a?motherduck_token=x", "s3://girafe", "other.duckdb"])
def test_any_other_place_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsInvalid, match="GIRAFE_WAREHOUSE"):
        DataDir.of(tmp_path, {"GIRAFE_WAREHOUSE": name})


def test_without_the_extension_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # where extensions lie
    monkeypatch.delenv(HANDED, raising=False)
    data = DataDir.of(tmp_path / "data", SETTING)
    sign_in(data)
    assert os.environ[HANDED] == "zqx-token"
    with pytest.raises(RemoteRefuses) as refusal, connect(data.warehouse):
        pass
    assert "install motherduck" in str(refusal.value)
    assert "zqx-token" not in str(refusal.value)
    monkeypatch.delenv(HANDED)


def test_a_token_in_a_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(HANDED, raising=False)
    (tmp_path / "token").write_text("from-a-file\n")
    sign_in(
        DataDir.of(
            tmp_path, {"GIRAFE_WAREHOUSE": "md:girafe", "MOTHERDUCK_TOKEN_FILE": str(tmp_path / "token")}
        )
    )
    assert os.environ[HANDED] == "from-a-file"
    monkeypatch.delenv(HANDED)
