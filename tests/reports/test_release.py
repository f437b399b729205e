"""A release is whole, checked by its manifest, the same for the same marts, and swapped in at once."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from girafe.errors import InputInvalid, UserMustAct
from girafe.settings import Settings
from reports import swap
from reports.release import KEEP, Release, publish
from reports.tables import read_release

Tables = dict[str, list[dict[str, Any]]]
Publish = Callable[..., Release]


@pytest.fixture
def publisher(tmp_path: Path, settings: Settings) -> Publish:
    def run(marts: Path, **more: Any) -> Release:
        more = {"languages": ("fr",), **more}
        return publish(marts=marts, exports=tmp_path / "exports", settings=settings, with_pdf=False, **more)

    return run


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def disagreements(folder: Path) -> list[str]:
    """What in a release differs from its own manifest."""
    stated = {n: f["sha256"] for n, f in json.loads((folder / "manifest.json").read_text())["files"].items()}
    found = hashes(folder)
    del found["manifest.json"]
    return sorted(name for name in stated.keys() | found.keys() if stated.get(name) != found.get(name))


def test_every_file_is_in_the_manifest_with_its_checksum(publisher: Publish, marts: Path) -> None:
    release = publisher(marts, languages=("fr", "en"))
    assert disagreements(release.folder) == []
    manifest = json.loads((release.folder / "manifest.json").read_text())
    assert manifest["period"] == {"from": "2026-02-02", "through": "2026-03-29", "whole_weeks": 8}
    assert manifest["tables"]["rpt_activation_monthly"]["rows"] == 4
    assert {
        "dashboard.html",
        "digest.html",
        "digest.fr.md",
        "digest.en.html",
        "workbook.xlsx",
        "rpt_voices_weekly.csv",
        "rpt_voices_weekly.parquet",
    } <= set(manifest["files"])


def test_the_same_marts_give_the_same_bytes_whenever_they_are_published(
    publisher: Publish, marts: Path
) -> None:
    first = publisher(marts)
    before = hashes(first.folder)
    second = publisher(marts)
    assert second.id == first.id
    assert hashes(second.folder) == before


def test_other_numbers_make_another_release(
    publisher: Publish, marts: Path, tables: Tables, make_marts: Callable[[Tables], Path]
) -> None:
    changed = {**tables, "rpt_activation_monthly": tables["rpt_activation_monthly"][:2]}
    assert publisher(marts).id != publisher(make_marts(changed)).id


def test_a_plain_folder_from_before_becomes_a_release(
    publisher: Publish, marts: Path, tmp_path: Path
) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "old.txt").write_text("old")
    publisher(marts)
    assert (tmp_path / "exports").is_symlink()
    assert not (tmp_path / "exports" / "old.txt").exists()
    assert disagreements(tmp_path / "exports") == []


def test_a_link_of_the_operators_own_is_not_replaced(publisher: Publish, marts: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "share"
    theirs.mkdir()
    (tmp_path / "exports").symlink_to(theirs)
    with pytest.raises(UserMustAct, match="link from there"):
        publisher(marts)
    assert (tmp_path / "exports").resolve() == theirs
    (tmp_path / "exports").unlink()
    publisher(marts)
    (tmp_path / "moved").mkdir()
    for name in ("exports", ".exports.releases"):
        (tmp_path / name).rename(tmp_path / "moved" / name)
    with swap.building(tmp_path / "moved" / "exports"):
        pass  # its own link moved with it


def test_only_the_last_few_releases_are_kept(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    swap.drop_old_releases(exports, keep=1)  # before there is any
    for number in range(KEEP + 3):
        with swap.building(exports) as folder:
            (folder / "n").write_text(str(number))
            swap.put_in_place(folder, exports, release_id=f"r{number}", keep=KEEP)
    kept = [p for p in swap.releases_folder(exports).iterdir() if p.name[0] != "."]
    assert len(kept) == KEEP
    assert (exports / "n").read_text() == str(KEEP + 2)
    swap.drop_old_releases(exports, keep=1)
    assert [p for p in swap.releases_folder(exports).iterdir() if p.name[0] != "."] == [exports.resolve()]


def test_who_has_opened_a_release_reads_it_to_the_end_though_the_same_is_published_again(
    publisher: Publish, marts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As tar, rsync and a shell that stands in it do: a run with nothing new, at night, takes no file from them."""
    release = publisher(marts)
    expected = hashes(release.folder)
    monkeypatch.chdir(tmp_path / "exports")
    publisher(marts)
    found = {name: hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in expected}
    assert found == expected
    (release.folder / "digest.md").write_text("changed by hand")
    (release.folder / "added.txt").write_text("by hand")
    assert hashes(publisher(marts).folder) == expected


def test_the_release_that_readers_are_in_is_not_the_first_to_go_though_the_clock_was_set_back(
    tmp_path: Path,
) -> None:
    exports = tmp_path / "exports"
    for number in range(KEEP + 3):
        with swap.building(exports) as folder:
            (folder / "n").write_text(str(number))
            left = exports.resolve()
            new = swap.put_in_place(folder, exports, release_id=f"r{number}", keep=KEEP)
        assert left.is_dir() or not number
        os.utime(new, (10_000 - number, 10_000 - number))  # each was made before the one before it
    assert len([p for p in swap.releases_folder(exports).iterdir() if p.name[0] != "."]) == KEEP


def test_a_release_is_kept_under_its_name_before_a_link_leads_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else readers find nothing when the machine loses its power in between."""
    exports, kept_before_linked = tmp_path / "exports", []
    home = swap.releases_folder(exports)
    monkeypatch.setattr(
        swap,
        "flush",
        lambda folder: kept_before_linked.append(
            (folder == home and (home / "r1").is_dir(), exports.is_symlink())
        ),
    )
    with swap.building(exports) as folder:
        swap.put_in_place(folder, exports, release_id="r1", keep=KEEP)
    assert kept_before_linked == [(True, False), (False, True)]


def test_a_reader_may_open_the_release_and_not_look_for_the_one_before_it(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    with swap.building(exports) as folder:
        swap.put_in_place(folder, exports, release_id="r1", keep=KEEP)
    others = stat.S_IMODE(swap.releases_folder(exports).stat().st_mode) & 0o007
    assert others == stat.S_IXOTH  # they may go through it, and not list it
    assert stat.S_IMODE(exports.resolve().stat().st_mode) == 0o755


def test_a_reader_in_a_loop_sees_whole_releases_only(tmp_path: Path) -> None:
    exports, seen, wrong = tmp_path / "exports", set(), []
    done = threading.Event()

    def put(number: int) -> None:
        with swap.building(exports) as folder:
            for part in range(20):
                (folder / f"part{part}").write_text(str(number))
            swap.put_in_place(folder, exports, release_id=f"r{number}", keep=KEEP)

    def read() -> None:
        while not done.is_set():
            folder = exports.resolve(strict=True)
            try:
                values = {path.read_text() for path in folder.iterdir()} if folder.is_dir() else {"missing"}
            except FileNotFoundError:
                continue  # this one was replaced while we read it; a reader opens exports again
            seen.update(values)
            if len(values) != 1:
                wrong.append(values)

    put(0)
    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 60):
        put(number)
    done.set()
    reader.join()
    assert wrong == []
    assert len(seen) > 1


def test_who_reads_the_tables_of_a_release_gets_those_of_one(tmp_path: Path) -> None:
    """Even where the release leaves from under the reader, as it does when somebody is forgotten."""
    exports, seen, done = tmp_path / "exports", set(), threading.Event()

    def put(number: int) -> None:
        with swap.building(exports) as folder:
            for part in range(12):
                pq.write_table(pa.table({"n": [number]}), folder / f"rpt_{part:02}.parquet")
            swap.put_in_place(folder, exports, release_id=f"r{number}", keep=1)

    def publish_often() -> None:
        for number in range(1, 80):
            put(number)
        done.set()

    put(0)
    publisher = threading.Thread(target=publish_often)
    publisher.start()
    while not done.is_set():
        rows = read_release(exports).rows
        assert len(rows) == 12
        [[number]] = {tuple(row["n"] for row in found) for found in rows.values()}
        seen.add(number)
    publisher.join()
    assert len(seen) > 1


def test_a_publication_that_dies_leaves_the_old_release_and_no_litter(
    publisher: Publish, marts: Path, tmp_path: Path
) -> None:
    release = publisher(marts)
    with pytest.raises(FileNotFoundError):
        publisher(marts, extras={"lineage.html": tmp_path / "nowhere.html"})
    (swap.releases_folder(tmp_path / "exports") / ".building-killed").mkdir()
    assert (tmp_path / "exports").resolve() == release.folder
    publisher(marts)
    assert not list(swap.releases_folder(tmp_path / "exports").glob(".building-*"))


def test_it_publishes_from_marts_that_are_empty_or_missing(
    publisher: Publish, tables: Tables, make_marts: Callable[[Tables], Path]
) -> None:
    for folder in (make_marts({name: [] for name in tables}), make_marts({})):
        release = publisher(folder)
        assert disagreements(release.folder) == []
        assert "Personne n’écoutait" in (release.folder / "dashboard.html").read_text()


def test_it_refuses_a_folder_that_is_not_there(publisher: Publish, tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match="girafe measure"):
        publisher(tmp_path / "nowhere")


def test_a_broken_parquet_file_is_named_and_the_old_release_stays(
    publisher: Publish, marts: Path, tmp_path: Path
) -> None:
    release = publisher(marts)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "rpt_voices_weekly.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(InputInvalid, match=r"rpt_voices_weekly\.parquet"):
        publisher(broken)
    assert (tmp_path / "exports").resolve() == release.folder


def test_the_page_speaks_one_language_at_a_time(publisher: Publish, marts: Path) -> None:
    page = (publisher(marts, languages=("fr", "en")).folder / "dashboard.html").read_text()
    french, english = page.split('<div class="page" lang="en"')
    assert "The same figures come with this page" in english
    assert "Les mêmes chiffres" in french
    assert "Les mêmes chiffres" not in english.split("<script")[0]
