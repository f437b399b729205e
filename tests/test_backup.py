"""Backup: restored elsewhere it gives identical marts; a damaged one is refused; nobody forgotten returns."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from collectors.registry import PARSERS
from girafe import audit, erasure
from girafe import run as path
from girafe.backup import backup, forget_again, restoring
from girafe.data_dir import DataDir
from girafe.errors import InputInvalid, SettingsInvalid, UserMustAct
from girafe.records import Account
from girafe.rotation import replace_key
from girafe.settings import load_settings
from tests.killing import run_and_die
from warehouse.archive import read_archive
from warehouse.forget import finished, forget
from warehouse.forgotten import Forgotten, remember
from warehouse.landing import landing_files

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
COMPANY = '[company]\nname = "Ondine"\nofficial_accounts = ["forum:ondine"]\n'


def context(root: Path) -> path.Context:
    return path.Context(data=DataDir(root), settings=load_settings(root.parent / "company.toml"), now=NOW)


@pytest.fixture
def before(tmp_path: Path) -> path.Context:
    """An installation with 150 classified posts of 30 invented people."""
    start = datetime(2026, 10, 5, 9, tzinfo=UTC)
    lines = [
        {
            "platform": "forum",
            "post_id": f"p{n}",
            "created_at": (start + timedelta(hours=n)).isoformat(),
            "text": "Qui travaille chez Ondine ?",
            "author": {"handle": f"lou{n % 30}", "voice": "person"},
            "reply_to": None if n % 3 == 0 else f"p{n - 1}",
        }
        for n in range(150)
    ]
    (tmp_path / "company.toml").write_text(COMPANY)
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)) + "\n")
    made = context(tmp_path / "old")
    path.import_files(made, [file])
    path.classify(made)
    return made


def handles(data: DataDir) -> set[str]:
    """Whoever speaks in landing."""
    return {
        json.loads(line)["payload"]["author"]["handle"]
        for file in data.landing.glob("*/*/*.gz")
        for line in gzip.decompress(file.read_bytes()).splitlines()
    }


def test_a_restore_gives_identical_marts(before: path.Context, tmp_path: Path) -> None:
    path.load(before)
    path.measure(before)
    made = backup(before, tmp_path / "company.toml", tmp_path / "girafe.tgz")
    assert oct(made.archive.stat().st_mode)[-3:] == "600"
    new = DataDir(tmp_path / "new")
    read_archive(made.archive, new, tmp_path / "company.toml")
    assert not new.warehouse.exists()
    after = context(new.root)
    assert forget_again(after) == 0
    path.load(after)
    path.measure(after)
    assert path.digest(after.data.marts) == path.digest(before.data.marts)
    assert [entry.what for entry in audit.read(new)][-2:] == ["backup", "restore"]


def test_a_backup_of_a_version_that_knew_fewer_tables_is_restored(
    before: path.Context, tmp_path: Path
) -> None:
    [manifest] = before.data.classified.glob("*/*/_manifest.json")
    told = json.loads(manifest.read_text())
    del told["tables"]
    manifest.write_text(json.dumps(told))
    manifest.with_name("term_labels.parquet").unlink()
    made = backup(before, tmp_path / "company.toml", tmp_path / "girafe.tgz")
    new = DataDir(tmp_path / "new")
    read_archive(made.archive, new, tmp_path / "company.toml")
    after = context(new.root)
    assert forget_again(after) == 0
    shutil.rmtree(new.landing)
    assert path.load(after).posts == 150


def test_a_backup_names_the_files_that_a_disk_has_damaged(before: path.Context, tmp_path: Path) -> None:
    [table] = before.data.classified.glob("*/*/posts.parquet")
    [landed] = before.data.landing.glob("*/*/*.gz")
    for file in (table, landed):
        content = bytearray(file.read_bytes())
        content[len(content) // 3] ^= 4
        file.write_bytes(content)
    told: list[str] = []
    made = backup(replace(before, say=told.append), tmp_path / "company.toml", tmp_path / "girafe.tgz")
    names = {file.relative_to(before.data.root).as_posix() for file in (table, landed)}
    assert set(made.damaged) == names
    assert all(name in " ".join(told) for name in names)


def test_who_was_forgotten_since_does_not_come_back(before: path.Context, tmp_path: Path) -> None:
    made = backup(before, tmp_path / "company.toml", tmp_path / "girafe.tgz")
    gone = Account(platform="forum", account_id=None, handle="lou7")
    remember(before.data, "forum", [gone], [], before.pseudonymiser)
    new = DataDir(tmp_path / "new")
    read_archive(made.archive, new, tmp_path / "company.toml")
    assert "lou7" in handles(new)
    assert forget_again(context(new.root), newer=before.data) == 5
    assert "lou7" not in handles(new)
    assert len(handles(new)) == 29


def test_who_was_forgotten_since_does_not_come_back_by_a_key_of_before_nor_by_what_others_say(
    before: path.Context, tmp_path: Path
) -> None:
    file = tmp_path / "named.jsonl"
    told = {"platform": "forum", "post_id": "q1", "created_at": "2026-10-05T09:00:00Z", "text": "Merci @lou7"}
    file.write_text(f"{json.dumps(told | {'author': {'handle': 'lou8'}})}\n{{broken lou7\n")
    path.import_files(before, [file])
    made = backup(before, tmp_path / "company.toml", tmp_path / "girafe.tgz")
    assert not (before.data.keys / "forgotten.key").exists(), "nobody had asked yet"
    name = before.pseudonymiser
    told = forget(before.data, "forum", "lou7", parsers=PARSERS, pseudonymiser=name)
    finished(before.data, told.number)
    replace_key(before)
    new = DataDir(tmp_path / "new")
    read_archive(made.archive, new, tmp_path / "company.toml")
    said: list[str] = []
    assert forget_again(replace(context(new.root), say=said.append), newer=before.data) == 5
    assert "repeat girafe forget" in said[0], "who had left landing cannot be recognised"
    for left in (*new.landing.rglob("*.gz"), *new.quarantine.rglob("*.gz")):
        assert b"lou7" not in gzip.decompress(left.read_bytes()), left
    path.classify(context(new.root))
    forgotten = Forgotten(new, context(new.root).pseudonymiser)
    assert forgotten(Account(platform="forum", handle="lou7")), "and it stays so"


def test_a_restore_that_was_interrupted_is_finished_by_the_same_command_and_by_no_other(
    before: path.Context, tmp_path: Path
) -> None:
    made = backup(before, tmp_path / "company.toml", tmp_path / "girafe.tgz")
    new = DataDir(tmp_path / "new")
    read_archive(made.archive, new, tmp_path / "company.toml")
    (new.keys / "pseudonym.key").unlink()  # it ended before all was in place
    with pytest.raises(UserMustAct, match="girafe restore"):
        path.classify(context(new.root))
    read_archive(made.archive, new, tmp_path / "company.toml")
    forget_again(context(new.root))
    assert (new.keys / "pseudonym.key").read_bytes() == (before.data.keys / "pseudonym.key").read_bytes()
    assert path.classify(context(new.root))[0].skipped


@pytest.mark.parametrize(
    ("broken", "remedy"),
    [("pseudonym.next.key", "girafe rotate-key"), ("pseudonym.key", "back from a backup")],
)
def test_no_backup_is_made_that_could_not_be_brought_back(
    before: path.Context, tmp_path: Path, broken: str, remedy: str
) -> None:
    """A restore ends by forgetting again, for which it needs the key; nothing else would run in that folder."""
    (before.data.keys / broken).write_bytes(b"n" * 32)
    with pytest.raises((UserMustAct, SettingsInvalid), match=remedy):
        backup(before, tmp_path / "company.toml", tmp_path / "girafe.tgz")
    assert not (tmp_path / "girafe.tgz").exists()
    assert "backup" not in {entry.what for entry in audit.read(before.data)}


def test_a_backup_is_kept_with_its_name_and_the_new_folders_it_lies_in(
    before: path.Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The data folder it saves may be given up as soon as the command says that all is done."""
    kept: set[int] = set()
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (kept.add(os.fstat(file).st_ino), fsync(file)))
    archive = backup(before, tmp_path / "company.toml", tmp_path / "safe" / "november" / "girafe.tgz").archive
    for named in (archive, archive.parent, archive.parent.parent, tmp_path):
        assert named.stat().st_ino in kept, named


def test_what_a_killed_backup_or_restore_left_beside_its_file_goes_with_the_same_command(
    before: path.Context, tmp_path: Path
) -> None:
    left = [tmp_path / ".girafe.tgz.7.part", tmp_path / ".found.toml.7.part"]
    other = tmp_path / ".another.tgz.7.part"
    for file in (*left, other):
        file.write_bytes(b"half")
    made = backup(before, tmp_path / "company.toml", tmp_path / "girafe.tgz")
    read_archive(made.archive, DataDir(tmp_path / "new"), tmp_path / "found.toml")
    assert not [file for file in left if file.exists()]
    assert other.exists(), "somebody else may be writing it"


def test_what_a_restore_that_was_killed_had_unpacked_leaves_with_the_next_erasure(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "new")
    (tmp_path / "company.toml").write_text('[company]\nname = "Orée"\n', encoding="utf-8")
    unpacked = data.root / ".restore.7" / "landing" / "forum" / "2026-11-23"
    unpacked.mkdir(parents=True)
    (unpacked / "posts.jsonl.gz").write_bytes(b"Odile Quenneval")
    erasure.forget(context(data.root), [])
    assert not list(data.root.rglob("*.gz")), "nobody would ever look there again"


@pytest.mark.forks
def test_nothing_begins_in_a_folder_in_which_a_backup_is_put_in_place(
    before: path.Context, tmp_path: Path
) -> None:
    made = backup(before, tmp_path / "company.toml", tmp_path / "girafe.tgz")
    new = DataDir(tmp_path / "new")
    with restoring(new, NOW):
        other = run_and_die(lambda: path.import_files(context(new.root), [tmp_path / "posts.jsonl"]))
        assert other.error.startswith(f"Busy: {new.root} is in use by girafe restore"), other
        read_archive(made.archive, new, tmp_path / "company.toml")
        forget_again(context(new.root))
    # "The same command goes on from there" is said to whoever stops it while it builds, too.
    with pytest.raises(UserMustAct, match=r"not empty.*girafe run --no-collect"), restoring(new, NOW):
        read_archive(made.archive, new, tmp_path / "company.toml")


def test_a_restore_fills_folders_that_lie_on_another_disk(before: path.Context, tmp_path: Path) -> None:
    made = backup(before, tmp_path / "company.toml", tmp_path / "girafe.tgz")
    new = DataDir(tmp_path / "new")
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as disk:
        new.root.mkdir()
        new.root.joinpath("landing").symlink_to(disk)
        for _ in range(2):  # the second time as after a kill
            read_archive(made.archive, new, tmp_path / "company.toml")
        assert (new.root / "landing").is_symlink()
        assert len(landing_files(new.landing)) == len(landing_files(before.data.landing)) > 0
    assert not list(new.root.glob(".restore.*"))


def test_company_toml_comes_back_where_there_is_none(before: path.Context, tmp_path: Path) -> None:
    made = backup(before, tmp_path / "company.toml", tmp_path / "girafe.tgz")
    read_archive(made.archive, DataDir(tmp_path / "new"), tmp_path / "found.toml")
    assert (tmp_path / "found.toml").read_text() == COMPANY


def test_a_damaged_or_foreign_archive_changes_nothing(before: path.Context, tmp_path: Path) -> None:
    made = backup(before, tmp_path / "company.toml", tmp_path / "girafe.tgz").archive
    whole = made.read_bytes()
    foreign = tmp_path / "foreign.tgz"
    with tarfile.open(foreign, "w:gz") as tar:
        tar.add(tmp_path / "company.toml", arcname="company.toml")
    smuggled = tmp_path / "smuggled.tgz"
    with tarfile.open(made) as old, tarfile.open(smuggled, "w:gz") as tar:
        for entry in old.getmembers():
            tar.addfile(entry, old.extractfile(entry))
        tar.add(tmp_path / "company.toml", arcname="../outside.toml")
    cut, empty = tmp_path / "cut.tgz", tmp_path / "empty.tgz"
    cut.write_bytes(whole[: len(whole) // 2])
    empty.write_bytes(b"")
    for bad in (foreign, smuggled, cut, empty):
        new = DataDir(tmp_path / f"new-{bad.stem}")
        with pytest.raises(InputInvalid, match=r"backup|damaged"):
            read_archive(bad, new, tmp_path / "company.toml")
        assert not any(new.root.iterdir()), bad.name
    assert not (tmp_path / "outside.toml").exists()


def test_a_data_folder_in_use_is_never_written_over(before: path.Context, tmp_path: Path) -> None:
    made = backup(before, tmp_path / "company.toml", tmp_path / "girafe.tgz").archive
    with pytest.raises(UserMustAct, match="not empty"):
        read_archive(made, before.data, tmp_path / "company.toml")
    with pytest.raises(UserMustAct, match="exists already"):
        backup(before, tmp_path / "company.toml", made)
    # A release that is not the current one is cleared away, with whatever lies in it.
    for folder in (before.data.landing, before.data.exports):
        with pytest.raises(UserMustAct, match="inside the data"):
            backup(before, tmp_path / "company.toml", folder / "x.tgz")
    assert [entry.what for entry in audit.read(before.data)].count("backup") == 1


def test_what_was_classified_is_built_again_although_its_payloads_have_left(
    before: path.Context, tmp_path: Path
) -> None:
    shutil.rmtree(before.data.landing)
    made = backup(before, tmp_path / "company.toml", tmp_path / "girafe.tgz")
    command = [sys.executable, "-m", "girafe", "restore", str(made.archive), "--data", str(tmp_path / "new"),
               "--company", str(tmp_path / "company.toml")]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new" / "exports" / "dashboard.html").is_file()
