"""Forget on the sample: three accounts by three ways, and the numbers are those of a world without them."""

from __future__ import annotations

import gzip
import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from collectors.registry import PARSERS
from girafe import erasure
from girafe import run as path
from girafe.backup import backup
from girafe.cli.app import app
from girafe.data_dir import DataDir
from girafe.records import Account
from girafe.settings import load_settings
from sample import seed
from warehouse.erase import envelopes, read_payload
from warehouse.forgotten import pseudonyms_of
from warehouse.landing import landing_files
from warehouse.receipts import public_key, verify_receipt

TO_MARTS = [stage for stage in path.AFTER_COLLECT if stage[0] in ("classify", "load", "validate", "measure")]
SEED = int(os.environ.get("GIRAFE_FORGET_SEED", "7"))


@dataclass(frozen=True)
class Someone:
    """An account that nobody else's payload names, and every string it is known by."""

    account: Account
    names: tuple[bytes, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.account.platform, self.account.handle or self.account.account_id or ""


def lines(data: DataDir) -> Iterator[bytes]:
    for file in landing_files(data.landing):
        yield from gzip.decompress(Path(str(file)).read_bytes()).splitlines(keepends=True)


def someone(data: DataDir, count: int) -> list[Someone]:
    """Random people of as many platforms as there are, each named in their own payloads only."""
    speaking: dict[tuple[str, str], tuple[Account, int]] = {}
    for file in landing_files(data.landing):
        for _, envelope in envelopes(file):
            found = read_payload(envelope, PARSERS)
            for author in found.authors if found.posts else ():
                if author.handle and len(author.handle) > 6 and not author.is_organisation:
                    key = author.platform, author.handle
                    speaking[key] = author, speaking.get(key, (author, 0))[1] + 1
    every = list(lines(data))
    chance, chosen = random.Random(SEED), []
    for key in chance.sample(sorted(speaking), len(speaking)):
        account, spoken = speaking[key]
        names = tuple(
            name.encode()
            for name in {account.handle, account.account_id, account.display_name}
            if name and len(name) > 6
        )
        naming = sum(any(name.lower() in line.lower() for name in names) for line in every)
        if naming == spoken >= 2 and account.platform not in {one.account.platform for one in chosen}:
            chosen.append(Someone(account, names))
        if len(chosen) == count:
            return chosen
    raise AssertionError(f"the sample has no {count} such accounts")


def world(root: Path) -> path.Context:
    here = path.Context(data=DataDir(root), settings=load_settings(seed.COMPANY), now=seed.NOW)
    here.data.protect()
    return here


def without(of: DataDir, root: Path, gone: list[Someone]) -> path.Context:
    """The landing of `of` in a data directory of its own, without a line in which one of them stands."""
    here = world(root)
    shutil.copytree(of.root / "runs", root / "runs")
    names = [name.lower() for one in gone for name in one.names]
    for file in landing_files(of.landing):
        kept = [
            line
            for line in gzip.decompress(Path(str(file)).read_bytes()).splitlines(keepends=True)
            if not any(name in line.lower() for name in names)
        ]
        if kept:
            target = root / Path(str(file)).relative_to(of.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(gzip.compress(b"".join(kept)))
    return here


def traces(root: Path, names: list[bytes], *, but: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """The files in which one of the names stands, packed or not."""
    found = []
    for file in root.rglob("*"):
        if file.is_file() and not file.is_symlink() and file.relative_to(root).parts[0] not in but:
            content = file.read_bytes()
            if file.suffix == ".gz":
                content = gzip.decompress(content)
            if any(name in content.lower() for name in names):
                found.append(str(file.relative_to(root)))
    return found


@pytest.mark.slow
def test_forgotten_by_command_by_folder_and_by_form_the_numbers_equal_a_rebuild_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIRAFE_PSEUDONYM_KEY", "k" * 40)
    monkeypatch.setenv("GIRAFE_NOW", seed.NOW.isoformat())
    here = world(tmp_path / "data")
    path.seed_sample(here)
    gone = someone(here.data, 3)
    by_command, by_folder, by_form = gone
    other = without(here.data, tmp_path / "without", gone)
    path.run_stages(here, TO_MARTS, lambda _name, call: call())
    before = path.digest(here.data.marts)
    names = [name.lower() for one in gone for name in one.names]
    marks = [mark.encode() for one in gone for mark in pseudonyms_of(one.account, here.pseudonymiser)]
    assert traces(here.data.root, names)
    assert traces(here.data.root, marks)

    options = ["--company", str(seed.COMPANY), "--data", str(here.data.root)]
    told = CliRunner().invoke(app, ["forget", *by_command.key, *options], catch_exceptions=False)
    assert told.exit_code == 0
    wish = CliRunner().invoke(app, ["forget", *by_form.key, "--later", *options], catch_exceptions=False)
    # What the task of the DAG girafe_forget calls with the id of its form.
    assert erasure.process_requests(here, only=wish.stdout.strip()).erased == 1
    file = here.data.root / "requests" / "letter.json"
    file.write_bytes(orjson.dumps(dict(zip(("platform", "account"), by_folder.key, strict=True))))
    assert erasure.process_requests(here).erased == 1

    path.run_stages(other, TO_MARTS, lambda _name, call: call())
    assert path.digest(here.data.marts) == path.digest(other.data.marts)
    assert path.digest(here.data.marts) != before, "they did count"
    backup(here, seed.COMPANY, tmp_path / "backup.tgz")
    with_backup = tmp_path / "unpacked"
    shutil.unpack_archive(tmp_path / "backup.tgz", with_backup, "gztar", filter="data")
    for root in (here.data.root, with_backup):
        assert traces(root, names) == []
    assert traces(here.data.root, marks, but={"forgotten"}) == []
    receipts = list((here.data.root / "receipts").glob("*.json"))
    assert len(receipts) == 3
    for receipt in receipts:
        verify_receipt(receipt, public_key=public_key(here.data))
