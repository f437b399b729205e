"""Full disks, damaged files, clocks that jump: a clear word or a recovery, and never a row lost or doubled."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import resource
import secrets
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import duckdb
import httpx
import orjson
import pytest

from collectors.http import Http
from girafe import erasure
from girafe import run as path
from girafe.errors import SourceUnavailable, UserMustAct
from girafe.overview import overview
from girafe.records import Account, Rejected
from girafe.run.validation import digest, is_sealed
from girafe.settings import parse_settings
from tests import kill_world as world
from tests.killing import run_and_die
from warehouse.connection import DiskRefuses
from warehouse.erase import classified_folders, clean_quarantine, remove_abandoned
from warehouse.forgotten import forgotten_path, remember
from warehouse.landing import (
    landing_files,
    quarantine_path,
    read_envelopes,
    read_quarantine,
    replace_quarantine,
    write_quarantine,
)
from warehouse.quarantine import heaps
from warehouse.receipts import write_receipt
from warehouse.retention import enforce
from warehouse.soundness import is_sound_table
from warehouse.tables import POSTS

GONE = Account(platform="forum", handle="p7")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[Path]]]:
    """Two files imported, classified and loaded."""
    root = tmp_path_factory.mktemp("faults")
    files = world.exports(root)
    here = world.context(root / "data", world.settings(9))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIRAFE_PSEUDONYM_KEY", "k" * 40)
        for name, stage in world.stages(files):
            if name in ("import", "classify", "load"):
                stage(here)
        yield here.data.root, files


@pytest.fixture
def here(prepared: tuple[Path, list[Path]], tmp_path: Path) -> path.Context:
    shutil.copytree(prepared[0], tmp_path / "data")
    said: list[str] = []
    return path.Context(
        data=world.DataDir(tmp_path / "data"), settings=world.settings(9), now=world.NOW, say=said.append
    )


def parquet(here: path.Context) -> list[Path]:
    return sorted(Path(str(file)) for file in (here.data.root / "classified").rglob("posts.parquet"))


def test_a_truncated_classified_file_is_made_again_from_landing(here: path.Context) -> None:
    expected = world.tables(here)
    for keep in (0, 7, 200):
        file = parquet(here)[0]
        file.write_bytes(file.read_bytes()[:keep])
        path.load(here, rebuild=True)
        assert world.tables(here) == expected


@pytest.mark.parametrize("damage", ["bit", "page"])
def test_a_classified_file_in_which_a_disk_turned_bits_is_made_again_and_never_becomes_a_number(
    here: path.Context, damage: str
) -> None:
    expected = world.tables(here)
    for name in ("posts", "sentiment_labels", "speaker_evidence"):
        file = parquet(here)[0].with_name(f"{name}.parquet")
        sound = file.read_bytes()
        for place in (len(sound) // 5, len(sound) // 3):
            content = bytearray(sound)
            if damage == "bit":
                content[place] ^= 4
            else:
                content[place : place + 64] = bytes(64)
            file.write_bytes(content)
            path.load(here, rebuild=True)
            assert world.tables(here) == expected, (name, place)
            assert file.read_bytes() == sound, (name, place)


def test_a_classified_file_that_only_duckdb_finds_damaged_is_made_again(here: path.Context) -> None:
    """What Parquet says of itself at the end has no checksum; Arrow is lenient about it."""
    expected = world.tables(here)
    file = parquet(here)[0]
    sound = file.read_bytes()
    chance = random.Random(1)
    end = int.from_bytes(sound[-8:-4], "little") + 8
    for _ in range(1000):
        content = bytearray(sound)
        content[-chance.randrange(1, end)] ^= 1 << chance.randrange(8)
        file.write_bytes(content)
        if is_sound_table(file, set(POSTS.schema.names)) and not reads(file):
            break
    else:
        pytest.fail("no such damage was found")
    path.load(here, rebuild=True)
    assert world.tables(here) == expected
    assert file.read_bytes() == sound


def reads(file: Path) -> bool:
    try:
        duckdb.sql(f"select * from '{file}'").fetchall()
    except duckdb.Error:
        return False
    return True


@pytest.mark.forks
def test_classified_again_and_killed_anywhere_what_was_classified_before_is_there_until_the_new_is(
    prepared: tuple[Path, list[Path]], tmp_path: Path
) -> None:
    """Its payloads may leave landing before classify runs again, and whoever is forgotten leaves all there is."""
    root, known = prepared[0], parse_settings('[company]\nname = "Ondine"\n')
    landed = len(landing_files(world.context(root, known).data.landing))
    here = world.context(tmp_path / "data", known)
    shutil.copytree(root, here.data.root)
    steps = run_and_die(lambda: path.classify(here)).steps
    for step in range(max(1, steps - 8), steps + 1):  # the end of the last folder
        shutil.rmtree(here.data.root)
        shutil.copytree(root, here.data.root)
        assert run_and_die(lambda: path.classify(here), step=step).died
        assert len(classified_folders(here.data)) == landed, step
        remove_abandoned(here.data)
        assert not list(here.data.root.glob("classified/.*")), step


def test_without_its_landing_file_a_person_is_told_and_nothing_changes(here: path.Context) -> None:
    expected = world.tables(here)
    shutil.rmtree(here.data.root / "landing")
    parquet(here)[0].write_bytes(b"PAR1")
    with pytest.raises(UserMustAct, match="Restore that folder from a backup"):
        path.load(here, rebuild=True)
    assert world.tables(here) == expected


def of_an_older_version(here: path.Context, *unknown: str) -> None:
    """Classified files as a version wrote them that did not know these tables; payloads are gone by now."""
    shutil.rmtree(here.data.root / "landing")
    for posts in parquet(here):
        manifest = posts.with_name("_manifest.json")
        told = json.loads(manifest.read_text())
        del told["tables"]
        manifest.write_text(json.dumps(told))
        for table in unknown:
            posts.with_name(f"{table}.parquet").unlink()


@pytest.mark.parametrize(
    "unknown", [("edge_counts",), ("term_labels", "organisation_links", "edge_counts")], ids=len
)
def test_a_folder_of_a_version_with_fewer_tables_is_loaded_although_its_payloads_are_gone(
    here: path.Context, unknown: tuple[str, ...]
) -> None:
    expected = world.tables(here)
    of_an_older_version(here, *unknown)
    path.load(here, rebuild=True)
    differing = {row.split()[0] for row in (world.tables(here) - expected) + (expected - world.tables(here))}
    # The manifests are others, and what only the unknown tables held is gone; nothing else is.
    assert differing - {f"raw.{table}" for table in unknown} - set(unknown) == {"loaded_folders"}


@pytest.mark.parametrize(
    "work",
    [
        erasure.propagate_deletions,
        lambda here: erasure.forget(here, [erasure.request(here, "forum", "nobody")]),
    ],
    ids=["housekeeping", "forget"],
)
def test_an_erasure_goes_through_the_files_of_an_older_version(
    here: path.Context, work: Callable[[path.Context], object]
) -> None:
    of_an_older_version(here, "term_labels", "organisation_links", "edge_counts")
    work(here)
    path.load(here, rebuild=True)


def test_a_table_that_was_written_and_is_lost_is_no_older_version(here: path.Context) -> None:
    shutil.rmtree(here.data.root / "landing")
    parquet(here)[0].with_name("edge_counts.parquet").unlink()
    with pytest.raises(UserMustAct, match="Restore that folder from a backup"):
        path.load(here, rebuild=True)


@pytest.mark.parametrize("damage", ["all", "head", "middle", "cut", "empty"])
def test_a_damaged_warehouse_is_rebuilt_from_the_classified_files(here: path.Context, damage: str) -> None:
    expected = world.tables(here)
    file = here.data.warehouse
    content = bytearray(file.read_bytes())
    noise = random.Random(5).randbytes
    if damage == "all":
        content = bytearray(noise(len(content)))
    elif damage == "head":
        content[:8192] = noise(8192)
    elif damage == "middle":
        content[12288:] = noise(len(content) - 12288)
    elif damage == "cut":
        content = content[: len(content) // 3]
    else:
        content = bytearray()
    file.write_bytes(content)
    path.load(here)
    assert world.tables(here) == expected


def test_a_landing_file_that_a_tool_has_copied_beside_itself_counts_once(here: path.Context) -> None:
    """As one that synchronises two machines does, under a name of its own."""
    expected = world.tables(here)
    file = Path(str(landing_files(here.data.landing)[0]))
    name = file.name.removesuffix(".jsonl.gz")
    shutil.copyfile(file, file.with_name(f"{name} (conflicted copy 2026-11-24).jsonl.gz"))
    path.classify(here)
    path.load(here)
    found = {row for row in world.tables(here) - expected if not row.startswith("loaded_folders")}
    assert not found
    assert not expected - world.tables(here)


def test_a_landing_file_that_is_cut_off_keeps_what_can_be_read_and_says_the_rest_is_missing(
    here: path.Context,
) -> None:
    file = Path(str(landing_files(here.data.landing)[0]))
    file.write_bytes(file.read_bytes()[:-400])
    shutil.rmtree(here.data.root / "classified")
    path.classify(here)
    reasons = Counter(line.reason for _, line in read_quarantine(here.data.quarantine))
    assert reasons["landing_damaged"] == 1
    path.load(here)
    platforms = {row.split("'")[5] for row in world.tables(here) if row.startswith("posts ")}
    assert platforms == {"forum", "reddit"}, "the other file is whole, and this one up to the damage"


@pytest.mark.parametrize("part", ["landing", "quarantine"])
def test_a_file_in_a_folder_that_is_no_day_is_named_and_not_left_lying_for_ever(
    here: path.Context, part: str
) -> None:
    refused = Rejected(
        source="forum", platform="forum", run_id="r", reason="bad", detail="x", position="1", raw="?"
    )
    write_quarantine(here.data.quarantine, world.NOW, "r", [refused])
    found = sorted((here.data.root / part).rglob("*.jsonl.gz"))[0]
    astray = found.parents[1] / "old" / found.name
    astray.parent.mkdir()
    found.rename(astray)
    with pytest.raises(UserMustAct, match=r"old: girafe makes only folders named by a day"):
        enforce(here.data, here.settings, world.NOW, dry_run=True)
    with pytest.raises(UserMustAct, match="old"):
        overview(here.data, world.NOW, ())


def test_a_landing_file_in_which_a_disk_turned_bits_stops_nothing_and_is_said_to_be_damaged(
    here: path.Context,
) -> None:
    """Wherever it is: zlib has words of its own for a stream that cannot be one."""
    file = Path(str(landing_files(here.data.landing)[0]))
    sound, chance = file.read_bytes(), random.Random(8)
    for _ in range(60):
        content, place = bytearray(sound), chance.randrange(10, len(sound))
        content[place : place + 40] = bytes(len(content[place : place + 40]))
        file.write_bytes(content)
        assert any(isinstance(line, Rejected) for line in read_envelopes(file)), place
    shutil.rmtree(here.data.root / "classified")
    path.classify(here)
    reasons = Counter(line.reason for _, line in read_quarantine(here.data.quarantine))
    assert reasons["landing_damaged"] >= 1


def test_a_landing_file_whose_content_never_reached_the_disk_is_said_to_be_missing(
    here: path.Context,
) -> None:
    Path(str(landing_files(here.data.landing)[0])).write_bytes(b"")
    shutil.rmtree(here.data.root / "classified")
    path.classify(here)
    reasons = Counter(line.reason for _, line in read_quarantine(here.data.quarantine))
    assert reasons["landing_damaged"] == 1


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="nothing here refuses to be read")
def test_a_disk_that_does_not_answer_is_no_damaged_file(here: path.Context) -> None:
    """Taken for damage, what it holds would be classified as missing for good, or erased with whoever is forgotten."""
    file = Path(str(landing_files(here.data.landing)[0]))
    heap = next(file for file, _ in read_quarantine(here.data.quarantine))
    shutil.rmtree(here.data.root / "classified")
    calls: list[tuple[Path, Callable[[], object]]] = [
        (file, lambda: path.classify(here)),
        (Path(str(heap)), lambda: clean_quarantine(here.data, lambda line: False)),
    ]
    for unread, call in calls:
        content = unread.read_bytes()
        unread.unlink()
        unread.symlink_to("/proc/self/mem")  # its first page is nobody's: an input/output error
        with pytest.raises(OSError, match="Input/output error"):
            call()
        assert unread.is_symlink()
        unread.unlink()
        unread.write_bytes(content)
    path.classify(here)
    assert "landing_damaged" not in {line.reason for _, line in read_quarantine(here.data.quarantine)}
    assert len(classified_folders(here.data)) == 2


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="nothing here refuses to be read")
def test_of_a_disk_that_does_not_answer_a_command_says_which_file_and_what_to_do(
    here: path.Context, tmp_path: Path
) -> None:
    file = Path(str(landing_files(here.data.landing)[0]))
    file.unlink()
    file.symlink_to("/proc/self/mem")
    (tmp_path / "company.toml").write_text('[company]\nname = "Ondine"\n')
    done = subprocess.run(
        [sys.executable, "-m", "girafe", "classify", "--company", "company.toml", "--data", "data"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    said = "".join(done.stderr.split())
    assert file.name in said
    assert "runthesamecommandagain" in said


@pytest.mark.parametrize("damage", ["a bit", "gone"])
def test_under_a_key_that_was_damaged_or_lost_nobody_becomes_a_second_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.delenv("GIRAFE_PSEUDONYM_KEY", raising=False)
    here = world.context(tmp_path / "data", world.settings(9))
    first, second = world.exports(tmp_path)
    path.import_files(here, [first])
    path.classify(here)
    key = here.data.keys / "pseudonym.key"
    content = key.read_bytes()
    key.unlink()
    if damage == "a bit":
        key.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    path.import_files(here, [second])
    with pytest.raises(UserMustAct, match="backup"):
        path.classify(here)
    key.write_bytes(content)
    path.classify(here)
    assert len(classified_folders(here.data)) == 2


def test_without_the_key_of_the_forgotten_nothing_is_read(here: path.Context) -> None:
    """Another would be made, under which nobody on the list is known; the warehouse's own goes with a rotation."""
    remember(here.data, "forum", [GONE], [], here.pseudonymiser)
    key = here.data.keys / "forgotten.key"
    content = key.read_bytes()
    key.unlink()
    shutil.rmtree(here.data.root / "classified")
    with pytest.raises(UserMustAct, match=r"forgotten\.key.*backup"):
        path.classify(here)
    assert not key.exists()
    key.write_bytes(content)
    path.classify(here)


@pytest.mark.parametrize("left", [b"", b'{"pseudonym":"abc'])
def test_without_the_whole_list_of_the_forgotten_nothing_is_read(here: path.Context, left: bytes) -> None:
    remember(here.data, "forum", [GONE], [], here.pseudonymiser)
    file = Path(str(forgotten_path(here.data)))
    file.write_bytes(left)
    shutil.rmtree(here.data.root / "classified")
    with pytest.raises(UserMustAct, match=r"pseudonyms\.jsonl is damaged.*backup"):
        path.classify(here)


def test_a_list_of_the_forgotten_that_lost_whole_lines_is_damaged(here: path.Context) -> None:
    remember(here.data, "forum", [GONE], [], here.pseudonymiser)
    file = Path(str(forgotten_path(here.data)))
    lines = file.read_bytes().splitlines(keepends=True)
    shutil.rmtree(here.data.root / "classified")
    for left in range(len(lines)):
        file.write_bytes(b"".join(lines[:left]))
        with pytest.raises(UserMustAct, match=r"pseudonyms\.jsonl is damaged.*backup"):
            path.classify(here)
    file.write_bytes(b"".join(lines[1:]))  # as an earlier version wrote it
    path.classify(here)
    remember(here.data, "forum", [], [], here.pseudonymiser)
    assert file.read_bytes() == b"".join(lines)


def test_under_another_key_of_the_forgotten_nothing_is_read(here: path.Context) -> None:
    """Today the warehouse's own key still knows them; after a rotation nobody would."""
    remember(here.data, "forum", [GONE], [], here.pseudonymiser)
    shutil.rmtree(here.data.root / "classified")
    (here.data.keys / "forgotten.key").write_bytes(b"o" * 32)
    with pytest.raises(UserMustAct, match=r"forgotten\.key.*backup"):
        path.classify(here)


def test_where_receipts_tell_of_somebody_forgotten_there_must_be_a_list(here: path.Context) -> None:
    """As in a folder that was copied by half."""
    remember(here.data, "forum", [GONE], [], here.pseudonymiser)
    write_receipt(here.data, {"number": "1"}, now=here.now)
    Path(str(forgotten_path(here.data))).unlink()
    shutil.rmtree(here.data.root / "classified")
    with pytest.raises(UserMustAct, match=r"pseudonyms\.jsonl is missing.*backup"):
        path.classify(here)


LOST = (
    "landing/*/*/*.gz",
    "classified/*/*/_manifest.json",
    "classified/*/*/posts.parquet",
    "classified/*/*/mentions.parquet",
    "quarantine/*/*.gz",
    "runs/*/*.json",
    "forgotten/*.jsonl",
    "keys/forgotten.key",
    "warehouse/*.duckdb",
    "audit/*.jsonl",
)


@pytest.mark.slow
@pytest.mark.parametrize("left", [0.0, 0.5], ids=["nothing", "half"])
@pytest.mark.parametrize("pattern", LOST)
def test_of_a_file_that_a_power_cut_left_unfinished_nothing_is_lost_or_it_is_said(
    here: path.Context, pattern: str, left: float
) -> None:
    """One file of each kind is as a disk leaves it that promised more than it had written."""
    remember(here.data, "forum", [GONE], [], here.pseudonymiser)
    here.audit("publish", release="r")
    # Whatever is made anew is made without who was forgotten: so is what it is compared with.
    shutil.rmtree(here.data.root / "classified")
    path.classify(here)
    path.load(here)
    expected = world.tables(here)
    file = sorted(here.data.root.glob(pattern))[0]
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * left)])
    try:
        path.classify(here)
        path.load(here)
    except UserMustAct as refused:
        told = str(refused)
        file.write_bytes(content)  # as from a backup
        path.classify(here)
        path.load(here)
    else:
        told = ""
    assert not told or re.search("backup|Remove it", told)
    assert world.tables(here) == expected


@pytest.mark.forks
def test_a_full_disk_stops_a_stage_and_with_room_it_finishes(
    prepared: tuple[Path, list[Path]], tmp_path: Path
) -> None:
    """The limit on the size of a file refuses writes as a full disk does."""
    root, files = prepared
    expected = world.tables(world.context(root, world.settings(9)))
    stages = dict(world.stages(files))
    order = ["import", "classify", "load"]
    before = tmp_path / "before"
    before.mkdir()
    for place, stage in enumerate(order):
        for room in (500, 5_000):
            here = world.context(tmp_path / f"{stage}{room}", world.settings(9))
            shutil.copytree(before, here.data.root)

            def cramped(stage: str = stage, room: int = room, here: path.Context = here) -> None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
                stages[stage](here)

            fate = run_and_die(cramped)
            assert not fate.died, (stage, room)
            if fate.error:
                assert fate.error.startswith(("OSError", DiskRefuses.__name__)), (stage, room, fate.error)
            for name in order[place:]:
                stages[name](here)
            assert world.tables(here) == expected, (stage, room)
        stages[stage](world.context(before, world.settings(9)))


@pytest.mark.forks
@pytest.mark.parametrize("part", [0.1, 0.5, 0.95])
def test_a_disk_that_fills_at_the_end_of_a_rebuild_leaves_the_warehouse_that_was_there(
    prepared: tuple[Path, list[Path]], tmp_path: Path, part: float
) -> None:
    """The rows are committed by then, to the log of the new file, which does not take the old one's place."""
    here = world.context(tmp_path / "data", world.settings(9))
    shutil.copytree(prepared[0], here.data.root)
    expected, room = world.tables(here), int(here.data.warehouse.stat().st_size * part)

    def cramped() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        path.load(here, rebuild=True)

    fate = run_and_die(cramped)
    assert fate.error.startswith(DiskRefuses.__name__), fate
    assert world.tables(here) == expected
    path.load(here, rebuild=True)
    assert world.tables(here) == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a disk read-only")
def test_a_read_only_disk_is_said_plainly(here: path.Context, tmp_path: Path) -> None:
    data = here.data.root
    if subprocess.run(["mount", "--bind", data, data], check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", data], check=True)
        company = tmp_path / "company.toml"
        company.write_text('[company]\nname = "Ondine"\n')
        done = subprocess.run(
            [sys.executable, "-m", "girafe", "load", "--company", str(company), "--data", str(data)],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    finally:
        subprocess.run(["umount", data], check=False)
    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert "run the same command again" in " ".join(done.stderr.split())


def test_a_clock_that_jumps_back_and_forth_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with world.instance() as port, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIRAFE_PSEUDONYM_KEY", "k" * 40)
        for jumps in ((0,), (0, -3, 2, -400, 1)):
            here = world.context(tmp_path / f"data{len(jumps)}", world.settings(port))
            for days in jumps:
                now = world.NOW + timedelta(days=days)
                http = Http(
                    client=httpx.Client(timeout=30.0, trust_env=False),
                    clock=lambda now=now: now,  # type: ignore[misc]
                    sleep=lambda seconds: None,
                    ticks=iter(range(10**6)).__next__,  # type: ignore[arg-type]
                    chance=lambda: 0.5,
                )
                for source, query in path.queries(here):
                    # Long ago there was nothing: refused with a clear word rather than believed.
                    with suppress(SourceUnavailable):
                        path.collect(here, source, query, http=http)
            path.classify(here)
            path.load(here)
            posts = [row for row in world.tables(here) if row.startswith("posts ")]
            assert len(posts) == world.POSTS, jumps


@pytest.mark.parametrize("damage", ["cut", "nul", "a line"])
def test_a_damaged_file_of_the_quarantine_stops_neither_status_nor_erasure_nor_retention(
    here: path.Context, damage: str
) -> None:
    good = [Rejected(source="forum", platform="forum", run_id="r", reason="bad", detail="x", position="1",
                     raw=f"{secrets.token_hex(400)} ada") for _ in range(30)]  # fmt: skip
    spoilt, sound = (quarantine_path(here.data.quarantine, world.NOW, run) for run in ("a", "b"))
    for file in (spoilt, sound):
        replace_quarantine(file, good)
    raw = Path(str(spoilt))
    content = raw.read_bytes()
    if damage == "a line":
        raw.write_bytes(gzip.compress(gzip.decompress(content).replace(b"{", b"(", 1)))
    else:
        raw.write_bytes(content[: len(content) // 2] if damage == "cut" else bytes(len(content)))
    at_first = len(list(read_quarantine(here.data.quarantine)))
    assert overview(here.data, world.NOW, ()).in_quarantine == at_first
    assert "quarantine_damaged" in {heap.reason for heap in heaps(here.data)}
    clean_quarantine(here.data, lambda line: False)
    left = [line for file, line in read_quarantine(here.data.quarantine)]
    assert "quarantine_damaged" not in {
        line.reason for line in left
    }  # it might have named whoever is forgotten
    assert len([line for line in left if line in good]) >= len(good)
    raw.write_bytes(content[: len(content) // 2])
    later = world.NOW + timedelta(days=2)
    enforce(here.data, here.settings, later)
    assert "quarantine_damaged" not in {heap.reason for heap in heaps(here.data)}


def test_a_damaged_seal_of_the_marts_asks_for_a_validation(tmp_path: Path) -> None:
    (tmp_path / "rpt_a.parquet").write_bytes(b"a")
    seal = tmp_path / "_validated.json"
    seal.write_bytes(orjson.dumps(digest(tmp_path)))
    assert is_sealed(tmp_path)
    for damage in (b"", b"{", b"\0"):
        seal.write_bytes(damage)
        assert not is_sealed(tmp_path)


def test_a_damaged_manifest_is_named_by_load_and_made_again_by_classify(here: path.Context) -> None:
    expected = world.tables(here)
    parquet(here)[0].with_name("_manifest.json").write_bytes(b'{"cut')
    with pytest.raises(UserMustAct, match="`girafe classify` makes it again"):
        path.load(here)
    path.classify(here)
    path.load(here)
    assert world.tables(here) == expected
