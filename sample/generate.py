"""Generate: writes the bundled sample; the same seed gives the same content, byte for byte.

python -m sample.generate [--out DIR]
"""

from __future__ import annotations

import argparse
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import orjson

from sample import broken
from sample.events import Events
from sample.facts import account_facts, conversation_facts, summary
from sample.people import invent_people
from sample.platforms import forum, linkedin, linkedin_export
from sample.run import Run
from sample.runs import all_runs
from sample.talk import Talk
from sample.truth import view
from sample.world import END, SEED, World, run_after
from warehouse.landing import encode_envelope, landing_path

HERE = Path(__file__).parent
FORUM = "imports/forum-usagers.jsonl.gz"
LINKEDIN = "imports/linkedin-zeeschuimer.ndjson.gz"
EXPORT = "imports/Basic_LinkedInDataExport.zip"
GIVEN = "given.jsonl.gz"
_DAMAGED = b'{"source":"bluesky","platform":"bluesky","query":"Sillon","fetched_at":"2026-1'


def build_world(seed: int = SEED) -> World:
    """The whole invented world, from its seed alone."""
    world = World(actors=invent_people(Random(f"{seed}:people")))
    talk = Talk(world, Random(f"{seed}:talk"))
    talk.run()
    Events(talk, Random(f"{seed}:events")).happen()
    return world


def build_files(world: World) -> dict[str, bytes]:
    """Every file of the sample by its path, before compression."""
    runs = all_runs(world)
    files: dict[str, bytes] = {}
    quarantine: list[dict[str, Any]] = []
    for run in runs:
        files.update(_run_files(run, quarantine))
    lines = [orjson.dumps(line) for line in forum.lines(world)]
    files[FORUM] = _forum_with_faults(lines, quarantine)
    files[LINKEDIN] = _linkedin_with_faults(_lines(linkedin.lines(world, run_after(END))), quarantine)
    files[EXPORT] = linkedin_export.archive(world)
    files[f"{EXPORT}.consent.toml"] = _consent(world)
    seen = view(world)
    files[GIVEN] = _lines(forum.given(seen))
    files["truth_accounts.jsonl.gz"] = _lines(account_facts(world))
    files["truth_conversations.jsonl.gz"] = _lines(conversation_facts(seen))
    facts = {**summary(world, seen, runs), "quarantine": quarantine}
    files["truth.json"] = orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return files


def _consent(world: World) -> bytes:
    return linkedin_export.CONSENT.format(account=linkedin_export.volunteer(world).handle).encode()


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def _run_files(run: Run, quarantine: list[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    """The landing file, if anything landed, and the run record, always."""
    lines = [encode_envelope(envelope) for envelope in run.envelopes()]
    for number, reason in run.broken:
        quarantine.append({"platform": run.platform, "run_id": run.run_id, "line": number, "reason": reason})
    if run.platform == "bluesky" and len(run.broken) == 0 and run.now.microsecond == 3000:
        # A disk that ran full cut one line short; the rest of the file is sound.
        lines.append(_DAMAGED + b"\n")
        facts = {"line": len(lines), "reason": "landing_damaged"}
        quarantine.append({"platform": run.platform, "run_id": run.run_id, **facts})
    if lines:
        yield str(landing_path(Path("landing"), run.platform, run.now, run.run_id)), b"".join(lines)
    name = f"runs/{run.now:%Y-%m-%d}/{run.platform}-{run.run_id}.json"
    yield name, orjson.dumps(run.record(), option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)


def _forum_with_faults(lines: list[bytes], quarantine: list[dict[str, Any]]) -> bytes:
    """The forum's file with broken lines spread over it and one good line twice."""
    lines = [*lines, lines[10]]
    for nth, (reason, line) in enumerate(broken.jsonl_lines(lines[5])):
        at = 20 + nth * (len(lines) // 12)
        lines.insert(at, line)
        quarantine.append({"platform": "forum", "file": Path(FORUM).name, "line": at + 1, "reason": reason})
    return b"".join(line + b"\n" for line in lines)


def _linkedin_with_faults(content: bytes, quarantine: list[dict[str, Any]]) -> bytes:
    """The capture with one post whose author is gone, and one advertisement, which is not conversation."""
    lines = content.splitlines(keepends=True)
    nameless, promoted = orjson.loads(lines[3]), orjson.loads(lines[7])
    nameless["data"]["actor"]["navigationContext"] = None
    promoted["data"]["actor"]["subDescription"]["text"] = "Sponsorisé"
    lines.insert(40, orjson.dumps(nameless) + b"\n")
    lines.insert(80, orjson.dumps(promoted) + b"\n")
    facts = {"line": 41, "reason": "payload_changed"}
    quarantine.append({"platform": "linkedin", "file": Path(LINKEDIN).name, **facts})
    return b"".join(lines)


def compressed(path: str, content: bytes) -> bytes:
    """`content` as it is stored under `path`; gzip without a time, so the same content is the same file."""
    return gzip.compress(content, 9, mtime=0) if path.endswith(".gz") else content


def main() -> None:
    """Writes every file under `--out` and says what it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    out: Path = parser.parse_args().out
    for folder in ("landing", "runs", "imports"):
        for old in sorted((out / folder).rglob("*.*")):
            old.unlink() if old.is_file() else None
    world = build_world()
    size = 0
    for path, content in build_files(world).items():
        stored = compressed(path, content)
        size += len(stored)
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(stored)
    platforms = Counter(world.actors[post.actor].platform for post in world.posts.values())
    print(f"{sum(platforms.values()):,} posts ({dict(platforms)}), {size:,} bytes in {out}")  # noqa: T201


if __name__ == "__main__":
    main()
