"""Places, here and elsewhere: files appear whole or not at all, and are found, read and removed alike."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from girafe import storage
from girafe.data_dir import DataDir
from girafe.errors import SettingsInvalid
from girafe.storage import Place


class Broken(Exception):
    """Something went wrong in mid-write."""


@pytest.fixture(params=["local", "memory", pytest.param("s3", marks=pytest.mark.cluster)])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A store of each kind, empty; `memory` is fsspec's own, `s3` a real S3."""
    if request.param == "local":
        return tmp_path / "store"
    if request.param == "memory":
        MemoryFileSystem.store.clear()
        MemoryFileSystem.pseudo_dirs[:] = [""]
        MemoryFileSystem().mkdir("/bucket")
        return storage.place("memory://bucket/store")
    return storage.place(f"{request.getfixturevalue('s3')}/{os.urandom(4).hex()}")


def test_what_is_written_is_found_by_its_depth_in_order_and_with_its_size(root: Place) -> None:
    assert storage.find(root, "*/*.json") == []
    for name in ("b/2.json", "a/10.json", "a/deeper/1.json", "a/note.txt"):
        storage.write(root / name, b"12345")
    found = storage.find_sizes(root, "*/*.json")
    assert [(storage.name_under(root, file), size) for file, size in found] == [
        ("a/10.json", 5),
        ("b/2.json", 5),
    ]
    assert storage.read(found[0][0]) == b"12345"
    assert storage.read_all([root / "b" / "2.json", root / "none"]) == [b"12345", None]


def test_a_file_whose_writing_breaks_off_does_not_appear_and_the_old_one_stays(root: Place) -> None:
    with storage.written(root / "a" / "file") as partial:
        partial.write_bytes(b"old")
    for name in ("file", "other"):
        with suppress(Broken), storage.written(root / "a" / name) as partial:
            partial.write_bytes(b"half of the n")
            raise Broken
    assert [storage.name_under(root, file) for file in storage.find(root, "*/*")] == ["a/file"]
    with storage.local_copy(root / "a" / "file") as copy:
        assert copy.read_bytes() == b"old"


@pytest.mark.parametrize(
    "address",
    [
        "s3://AKIA1:s3cret/s3cret@bucket/store",
        "sftp://ada:s3cret@host/store",
        "memory://:s3cret@host",
        "ftp://ada:s3c@cret@host:21/x",
    ],
)
def test_a_password_in_the_address_of_a_store_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(SettingsInvalid, match="holds a password") as refusal:
        DataDir.of(Path("data"), {"GIRAFE_STORE": address})
    assert "s3c" not in str(refusal.value)


@pytest.mark.parametrize("address", ["memory://ada@bucket:22/at@12:30", "memory://bucket/a@b"])
def test_a_user_and_a_port_in_the_address_of_a_store_are_no_password(address: str) -> None:
    assert str(storage.place(address)).startswith("memory://")


def test_a_file_is_kept_with_its_name_and_its_new_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cursor must not outlive the landing file it was written after."""
    kept: list[int] = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (kept.append(os.fstat(file).st_ino), fsync(file)))
    storage.write(tmp_path / "landing" / "2026-11-23" / "a.gz", b"x")
    file = tmp_path / "landing" / "2026-11-23" / "a.gz"
    for named in (file, file.parent, file.parent.parent, tmp_path):
        assert named.stat().st_ino in kept, named
    assert kept[0] == file.stat().st_ino, "its content first"


def test_what_is_removed_stays_removed_when_the_power_fails_and_a_folder_loses_its_manifest_before_its_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a payload comes back after its receipt, or a manifest without the tables it names."""
    folder = tmp_path / "classified" / "run"
    for file in (tmp_path / "landing" / "a.gz", folder / "_manifest.json", folder / "posts.parquet"):
        storage.write(file, b"x")
    kept: list[tuple[int, list[str]]] = []

    def noted(file: int) -> None:
        left = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
        kept.append((os.fstat(file).st_ino, left))

    monkeypatch.setattr(os, "fsync", noted)
    inside = folder.stat().st_ino
    storage.remove(tmp_path / "landing" / "a.gz")
    storage.remove_folder(folder, first="_manifest.json")
    assert kept == [
        ((tmp_path / "landing").stat().st_ino, ["_manifest.json", "posts.parquet"]),
        (inside, ["posts.parquet"]),
        ((tmp_path / "classified").stat().st_ino, []),
    ]


def test_a_file_is_for_its_owner_only_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        storage.write(tmp_path / "keys" / "file", b"x")
    finally:
        os.umask(before)
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "keys", tmp_path / "keys" / "file")]
    assert modes == [0o700, 0o600]


def test_a_folder_appears_whole_and_is_replaced_whole(root: Place) -> None:
    target = root / "day" / "run"
    for content in (b"first", b"second"):
        with storage.whole_folder(target, last="_manifest") as folder:
            (folder / "table").write_bytes(content)
            (folder / "_manifest").write_bytes(content)
    with suppress(Broken), storage.whole_folder(target, last="_manifest") as folder:
        (folder / "table").write_bytes(b"third, which is never finished")
        raise Broken
    with storage.local_folders([target], ["table", "_manifest"]) as [copy]:
        assert (copy / "table").read_bytes() == (copy / "_manifest").read_bytes() == b"second"
    assert len(storage.find(root, "*/*/*")) == 2


def test_what_is_removed_is_gone_and_removing_twice_is_no_error(root: Place) -> None:
    target = root / "day" / "run"
    storage.write(target / "table", b"rows")
    storage.write(target / "_manifest", b"{}")
    assert storage.remove_folder(target, first="_manifest")
    assert not storage.remove_folder(target, first="_manifest")
    storage.write(root / "file", b"")
    storage.remove(root / "file")
    storage.remove(root / "file")
    assert storage.find(root, "*") == []
    assert storage.find(root, "*/*/*") == []
    with pytest.raises(FileNotFoundError):
        storage.read(root / "file")


def test_a_local_folder_tree_is_copied(root: Place, tmp_path: Path) -> None:
    (tmp_path / "tree" / "deep").mkdir(parents=True)
    (tmp_path / "tree" / "deep" / "leaf").write_bytes(b"green")
    storage.copy_tree(tmp_path / "tree", root)
    assert storage.read(root / "deep" / "leaf") == b"green"


def test_what_lies_behind_a_link_is_copied_too(root: Place, tmp_path: Path) -> None:
    (tmp_path / "other disk").mkdir()
    (tmp_path / "other disk" / "leaf").write_bytes(b"green")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "deep").symlink_to(tmp_path / "other disk")
    assert storage.copy_tree(tmp_path / "tree", root) == 1
    assert storage.read(root / "deep" / "leaf") == b"green"


def test_a_copy_is_closed_and_may_be_written_whatever_the_modes_of_its_source(tmp_path: Path) -> None:
    leaf = tmp_path / "tree" / "deep" / "leaf"
    leaf.parent.mkdir(parents=True)
    leaf.write_bytes(b"green")
    modes = {leaf: 0o444, leaf.parent: 0o555, leaf.parent.parent: 0o555}
    for path, mode in modes.items():
        path.chmod(mode)
    before = os.umask(0o077)
    try:
        storage.copy_tree(tmp_path / "tree", tmp_path / "copy")
    finally:
        os.umask(before)
        for path in reversed(modes):
            path.chmod(0o700)
    copied = (tmp_path / "copy", tmp_path / "copy/deep", tmp_path / "copy/deep/leaf")
    assert [path.stat().st_mode & 0o777 for path in copied] == [0o700, 0o700, 0o600]


def test_without_a_store_everything_lies_under_one_folder(tmp_path: Path) -> None:
    data = DataDir.of(tmp_path, {})
    assert {data.landing, data.classified, data.runs} == {
        tmp_path / name for name in ("landing", "classified", "runs")
    }


def test_a_store_shares_what_workers_need_and_leaves_the_warehouse_here(tmp_path: Path) -> None:
    data = DataDir.of(tmp_path, {"GIRAFE_STORE": "memory://bucket/g", "GIRAFE_LANDING": "memory://landed"})
    assert str(data.landing) == "memory://landed"
    for shared in (data.classified, data.runs, data.cursors, data.quarantine, data.forgotten):
        assert str(shared).startswith("memory://bucket/g/")
    for own in (data.warehouse, data.marts, data.exports, data.quality, data.keys):
        assert own.is_relative_to(tmp_path)


def test_a_store_of_an_unknown_kind_is_told_at_once() -> None:
    with pytest.raises(SettingsInvalid, match="gopher"):
        storage.place("gopher://old/store")


def test_a_folder_has_its_name_only_when_every_file_in_it_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut leaves empty files under it, and what they were made from may be gone by then."""
    flushed, fsync = set(), os.fsync
    target = tmp_path / "day" / "run"

    def noted(file: int) -> None:
        flushed.add((os.fstat(file).st_ino, target.exists()))
        fsync(file)

    monkeypatch.setattr(os, "fsync", noted)
    with storage.whole_folder(target, last="b") as partial:
        for name in ("a", "b"):
            (partial / name).write_bytes(b"1")
    before = {target / "a", target / "b", target}
    assert {(path.stat().st_ino, False) for path in before} <= flushed
    assert {(path.stat().st_ino, True) for path in (tmp_path, target.parent)} <= flushed
