"""A new pseudonym key: the old one is gone from every byte, nobody comes back, and no number changes."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from collectors.imports.land import import_file
from collectors.registry import PARSERS
from girafe import rotation
from girafe import run as path
from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from girafe.pseudonym import NEXT_KEY_FILE, Pseudonymiser, load_key
from girafe.records import Account
from girafe.settings import parse_settings
from tests.killing import run_and_die
from warehouse.forget import finished, forget
from warehouse.forgotten import Forgotten
from warehouse.tables import CLASSIFIED, PSEUDONYMS

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SETTINGS = parse_settings('[company]\nname = "Orée"\nofficial_accounts = ["forum:oree"]\n')
FORGOTTEN = Account(platform="forum", account_id="u-odile", handle="odile")


def line(number: int, author: str, text: str, reply_to: int | None = None) -> dict[str, Any]:
    return {
        "platform": "forum",
        "post_id": f"p{number}",
        "created_at": f"2026-11-{2 + number // 60:02}T08:{number % 60:02}:00Z",
        "text": text,
        "author": {"handle": author, "account_id": f"u-{author}", "bio": "chez Orée" if number % 2 else ""},
        "reply_to": None if reply_to is None else f"p{reply_to}",
    }


OLDER = [line(n, ["ada", "bob", "oree", "odile"][n % 4], "Orée recrute @bob", n - 1 if n % 3 else None)
         for n in range(30)]  # fmt: skip
NEWER = [line(n, ["ada", "cyd", "oree"][n % 3], "Chez Orée, @ada", n - 1 if n % 4 else None)
         for n in range(30, 60)]  # fmt: skip


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two imports, classified; one account forgotten; the older import has left landing."""
    root = tmp_path_factory.mktemp("rotation")
    here = context(root / "data")
    for name, lines in (("older", OLDER), ("newer", NEWER)):
        file = root / f"{name}.jsonl"
        file.write_text("\n".join(map(json.dumps, lines)))
        import_file(file, here.data, now=NOW)
        path.classify(here)
        if name == "older":
            name = here.pseudonymiser
            told = forget(here.data, "forum", "odile", parsers=PARSERS, pseudonymiser=name)
            finished(here.data, told.number)
            path.classify(here)
            shutil.rmtree(here.data.landing)
    return here.data.root


def context(root: Path) -> path.Context:
    return path.Context(data=DataDir(root), settings=SETTINGS, now=NOW)


def copy(prepared: Path, to: Path) -> path.Context:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(prepared, to)
    return context(to)


def pseudonyms(here: path.Context) -> set[str]:
    """Every pseudonym in the classified files."""
    found: set[str] = set()
    for folder in here.data.classified.glob("*/*"):
        for table in CLASSIFIED:
            rows = pq.read_table(folder / f"{table.name}.parquet")
            for column in PSEUDONYMS & set(rows.column_names):
                found.update(name for name in rows[column].to_pylist() if name)
    return found


def test_every_pseudonym_is_declared_as_one(prepared: Path) -> None:
    for folder in context(prepared).data.classified.glob("*/*"):
        for table in CLASSIFIED:
            rows = pq.read_table(folder / f"{table.name}.parquet")
            for name in set(rows.column_names) - PSEUDONYMS:
                for value in rows[name].to_pylist():
                    is_key = isinstance(value, str) and len(value) == 26 and " " not in value
                    assert not is_key, (table.name, name, value)


def test_no_old_pseudonym_is_left_and_as_many_new_ones_are_there(prepared: Path, tmp_path: Path) -> None:
    here = copy(prepared, tmp_path / "data")
    before, key = pseudonyms(here), load_key(here.data.keys)
    report = rotation.replace_key(here)
    after = pseudonyms(here)
    assert len(after) == len(before)
    assert not after & before
    assert load_key(here.data.keys) != key
    for file in here.data.root.rglob("*"):
        if file.is_file() and file.suffix != ".parquet":
            content = file.read_bytes()
            assert key not in content
            assert not any(name.encode() in content for name in before), file
    assert (report.accounts, report.accounts_linked) == (4, 3), "bob has left landing, and oree is declared"


def test_the_files_of_a_version_that_knew_fewer_tables_get_the_new_key_too(
    prepared: Path, tmp_path: Path
) -> None:
    here = copy(prepared, tmp_path / "data")
    for manifest in here.data.classified.glob("*/*/_manifest.json"):
        told = json.loads(manifest.read_text())
        del told["tables"]
        manifest.write_text(json.dumps(told))
        manifest.with_name("term_labels.parquet").unlink()
    before = {
        file.parent.name: pq.read_table(file).num_rows for file in here.data.classified.rglob("posts.parquet")
    }
    rotation.replace_key(here)
    after = {
        file.parent.name: pq.read_table(file).num_rows for file in here.data.classified.rglob("posts.parquet")
    }
    assert before == after


def test_who_is_still_in_landing_stays_linked_with_what_will_be_collected(
    prepared: Path, tmp_path: Path
) -> None:
    here = copy(prepared, tmp_path / "data")
    rotation.replace_key(here)
    stored = pseudonyms(here)
    assert here.pseudonymiser.account_id("forum", "u-ada") in stored
    assert here.pseudonymiser.account_id("forum", "u-bob") not in stored
    assert here.pseudonymiser.handle("forum", "bob") not in stored


def test_who_was_forgotten_stays_forgotten(prepared: Path, tmp_path: Path) -> None:
    here = copy(prepared, tmp_path / "data")
    for _ in range(2):
        rotation.replace_key(here)
        assert Forgotten(here.data, here.pseudonymiser)(FORGOTTEN)
        assert not Forgotten(here.data, here.pseudonymiser)(Account(platform="forum", handle="ada"))


def test_what_is_classified_again_gets_the_same_pseudonyms(prepared: Path, tmp_path: Path) -> None:
    here = copy(prepared, tmp_path / "data")
    rotation.replace_key(here)
    before = pseudonyms(here)
    for manifest in here.data.classified.glob("*/*/_manifest.json"):
        told = json.loads(manifest.read_bytes())
        if (here.data.landing / told["landing"]).exists():
            manifest.unlink()
    assert not path.classify(here)[0].skipped
    assert pseudonyms(here) == before


def rows(here: path.Context) -> list[str]:
    return sorted(
        f"{file.name} {row!r}"
        for file in here.data.classified.rglob("*.parquet")
        for row in pq.read_table(file).to_pylist()
    )


@pytest.mark.forks
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_anywhere_the_same_call_finishes(prepared: Path, tmp_path: Path, every: int) -> None:
    def fresh() -> path.Context:
        here = copy(prepared, tmp_path / "data")
        (here.data.keys / NEXT_KEY_FILE).write_bytes(b"n" * 32)
        return here

    here = fresh()
    undisturbed = run_and_die(lambda: rotation.replace_key(here))
    assert not undisturbed.error
    expected = rows(here)
    for step in range(1, undisturbed.steps + 1, every):
        here = fresh()
        died = run_and_die(lambda here=here: rotation.replace_key(here), step=step)  # type: ignore[misc]
        assert died.died, step
        if (here.data.keys / NEXT_KEY_FILE).exists():
            with pytest.raises(UserMustAct, match="rotate-key"):
                path.classify(here)
            rotation.replace_key(here)
        assert load_key(here.data.keys) == b"n" * 32
        assert rows(here) == expected, step
        assert Forgotten(here.data, Pseudonymiser(b"n" * 32))(FORGOTTEN)
        left = {file.name for file in here.data.keys.iterdir()}
        assert left <= {"pseudonym.key", "forgotten.key", "audit.head"}, step


def test_a_key_in_the_environment_is_its_keepers_to_replace(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIRAFE_PSEUDONYM_KEY", "k" * 40)
    with pytest.raises(UserMustAct, match="GIRAFE_PSEUDONYM_KEY"):
        rotation.replace_key(copy(prepared, tmp_path / "data"))


def test_a_damaged_file_is_said_before_a_rotation_begins_and_not_when_nothing_else_can_run_any_more(
    prepared: Path, tmp_path: Path
) -> None:
    here = copy(prepared, tmp_path / "data")
    file = sorted(here.data.classified.glob("*/*/posts.parquet"))[-1]
    content = bytearray(file.read_bytes())
    content[len(content) // 5] ^= 4
    file.write_bytes(content)
    with pytest.raises(UserMustAct, match=r"posts\.parquet .*damaged.*girafe load --rebuild"):
        rotation.replace_key(here)
    path.load(here, rebuild=True)
    rotation.replace_key(here)
    assert not (here.data.keys / NEXT_KEY_FILE).exists()


def test_no_number_changes(prepared: Path, tmp_path: Path) -> None:
    here = copy(prepared, tmp_path / "data")
    numbers = [stage for stage in path.AFTER_COLLECT if stage[0] in ("classify", "load", "measure")]
    path.run_stages(here, numbers, lambda _name, call: call())
    before = path.digest(here.data.marts)
    rotation.replace_key(here)
    assert not here.data.warehouse.exists()
    path.run_stages(here, numbers, lambda _name, call: call())
    assert path.digest(here.data.marts) == before
