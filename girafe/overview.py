"""Overview: how an installation is, at a glance: last runs, freshness, volumes, faults, and what to do next.

Read from the small files each stage leaves (runs, quality, manifest), never from the warehouse, so that it
answers at once and while a run is at work.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Literal, TypeAlias

import orjson

from girafe.data_dir import DataDir
from girafe.settings import Settings
from girafe.storage import find, read_all

Verdict: TypeAlias = Literal["good", "look", "act"]
"""good: nothing to do; look: a person should read it; act: something is blind, broken or out of date."""

_STALE = timedelta(days=8)
"""A release older than this misses a weekly digest."""
_LOW_DISK = 5.0
_WEEKS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source: when it was last asked, what it brought, and whether it can be heard."""

    source: str
    last_run: datetime
    health: str
    """Of its newest run: heard, silent, blind."""
    detail: str
    posts_by_week: tuple[int, ...]
    """Posts read in each of the last weeks of 7 days up to now, oldest first."""
    fault: str
    """The fault named for its newest judged week (docs/operate.md), else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing to know, and the command that helps."""

    verdict: Verdict
    text: str
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything `girafe status` shows; times are UTC."""

    checked_at: datetime
    verdict: Verdict
    advice: tuple[Advice, ...]
    release: str | None
    released_at: datetime | None
    headline: str | None
    """In the company's first language."""
    damaged_files: int
    """Files of the release that are gone or are not as they were published."""
    validated_at: datetime | None
    rules_broken: int
    warnings: int
    sources: tuple[SourceLine, ...]
    landing_files: int
    newest_landing: str | None
    unclassified_files: int
    in_quarantine: int
    past_their_time: int
    """Landing files and quarantine lines that may not be kept any longer; 0 where company.toml is not known."""
    requests_waiting: int
    """To be forgotten."""
    erasures_unfinished: int
    rows: dict[str, int]
    """Rows of the raw tables at the last validation."""
    warehouse_mb: float
    disk_free_gb: float


def overview(
    data: DataDir, now: datetime, listened_to: Collection[str], settings: Settings | None = None
) -> Overview:
    """Gathers it; an installation where nothing has run yet is an answer too.

    `listened_to`: the live sources, by name. What files brought is no source that could fall silent.
    """
    from warehouse.forget import unfinished
    from warehouse.landing import MANIFEST, classified_folder, landing_files, read_quarantine
    from warehouse.requests import waiting

    landed = landing_files(data.landing)
    classified = {place.parent.name for place in find(data.classified, f"*/*/{MANIFEST}")}
    results = _json(data.quality / "results.json") or {}
    manifest = _json(data.exports / "manifest.json") or {}
    sources = tuple(_sources(data, now, listened_to))
    released = data.exports / "manifest.json"
    facts: dict[str, Any] = {
        "release": data.exports.resolve().name if manifest else None,
        "released_at": _modified(released),
        "headline": (manifest.get("headline") or {}).get(next(iter(manifest.get("languages") or ()), "")),
        "damaged_files": _damaged(data.exports, manifest.get("files") or {}),
        "validated_at": _moment((results.get("marts") or results.get("raw") or {}).get("checked_at")),
        "rules_broken": sum(len(stage.get("failures", ())) for stage in results.values()),
        "warnings": sum(len(stage.get("warnings", ())) for stage in results.values()),
        "sources": sources,
        "landing_files": len(landed),
        "newest_landing": landed[-1].parent.name if landed else None,
        "unclassified_files": sum(classified_folder(data, file).name not in classified for file in landed),
        "in_quarantine": sum(1 for _ in read_quarantine(data.quarantine)),
        "past_their_time": _past_their_time(data, now, settings) if settings else 0,
        "requests_waiting": len(waiting(data)),
        "erasures_unfinished": unfinished(data),
        "rows": dict((results.get("raw") or {}).get("rows", {})),
        "warehouse_mb": round(data.warehouse.stat().st_size / 1e6, 1) if data.warehouse.exists() else 0.0,
        "disk_free_gb": round(shutil.disk_usage(_existing(data.root)).free / 1e9, 1),
    }
    advice = tuple(_advice(facts, now))
    order: tuple[Verdict, ...] = ("act", "look", "good")
    verdict: Verdict = next((v for v in order if any(a.verdict == v for a in advice)), "good")
    return Overview(checked_at=now, verdict=verdict, advice=advice, **facts)


def _advice(facts: dict[str, Any], now: datetime) -> Iterable[Advice]:
    """What a person should know, the urgent first."""
    if facts["erasures_unfinished"]:
        yield Advice(
            verdict="act",
            text=f"{facts['erasures_unfinished']} erasure(s) interrupted; the same request, made again, finishes each.",
            command="girafe forget, or girafe housekeeping for a request of the folder",
        )
    if facts["requests_waiting"]:
        yield Advice(
            verdict="look",
            text=f"{facts['requests_waiting']} request(s) to be forgotten wait.",
            command="girafe housekeeping",
        )
    if facts["past_their_time"]:
        yield Advice(
            verdict="act",
            text=f"{facts['past_their_time']:,} landing file(s) and quarantine line(s) are kept past their time.",
            command="girafe housekeeping, twice a day",
        )
    # Payloads leave in time; whoever was asked before is still to be heard, and what entered was validated.
    if not (facts["landing_files"] or facts["sources"] or facts["validated_at"]):
        yield Advice(verdict="look", text="Nothing has landed yet.", command="girafe run")
        return
    if facts["rules_broken"]:
        yield Advice(
            verdict="act",
            text=f"{facts['rules_broken']} rule(s) broken at the last validation; the last good release stays.",
            command="girafe validate",
        )
    for line in facts["sources"]:
        if line.health == "blind":
            yield Advice(
                verdict="act",
                text=f"{line.source} cannot be heard: {line.detail or 'its last run was blind'}",
                command=f"girafe doctor --online, then girafe collect --source {line.source}",
            )
        elif line.fault:
            yield Advice(verdict="look", text=f"{line.source}: last week judged {line.fault}.")
    if facts["unclassified_files"]:
        yield Advice(
            verdict="look",
            text=f"{facts['unclassified_files']} landing file(s) not classified yet.",
            command="girafe run --no-collect",
        )
    if facts["in_quarantine"]:
        yield Advice(
            verdict="look",
            text=f"{facts['in_quarantine']:,} payload(s) could not be read.",
            command="girafe quarantine list",
        )
    if facts["released_at"] is None:
        yield Advice(verdict="look", text="Nothing is published yet.", command="girafe run --no-collect")
    elif now - facts["released_at"] > _STALE:
        days = (now - facts["released_at"]).days
        yield Advice(verdict="look", text=f"The release is {days} days old.", command="girafe run")
    if facts["damaged_files"]:
        yield Advice(
            verdict="act",
            text=f"{facts['damaged_files']} file(s) of the release are gone or changed since it was published.",
            command="girafe publish",
        )
    if facts["disk_free_gb"] < _LOW_DISK:
        yield Advice(verdict="act", text=f"Only {facts['disk_free_gb']} GB free on the disk of the data.")


def _damaged(exports: Path, files: Mapping[str, Mapping[str, Any]]) -> int:
    """How many files are not as the release's manifest says they are."""
    count = 0
    for name, said in files.items():
        try:
            count += hashlib.sha256((exports / name).read_bytes()).hexdigest() != said.get("sha256")
        except OSError:
            count += 1
    return count


def _past_their_time(data: DataDir, now: datetime, settings: Settings) -> int:
    from warehouse.retention import enforce

    past = enforce(data, settings, now, dry_run=True, every=timedelta(0))
    return len(past.files) + past.quarantine_lines


def _sources(data: DataDir, now: datetime, listened_to: Collection[str]) -> Iterable[SourceLine]:
    """One line per live source that was ever asked."""
    faults = _newest_faults(_json(data.hearing) or [])
    runs: dict[str, list[dict[str, Any]]] = {}
    for content in read_all(find(data.runs, "*/*.json")):
        record = _parsed(content)
        if record and record.get("last_fetched_at") and record["source"] in listened_to:
            runs.setdefault(record["source"], []).append(record)
    for source, records in sorted(runs.items()):
        records.sort(key=lambda record: str(record["last_fetched_at"]))
        last = records[-1]
        yield SourceLine(
            source=source,
            last_run=datetime.fromisoformat(last["last_fetched_at"]),
            health=last["health"],
            detail=last["health_detail"] or "",
            posts_by_week=_by_week(records, now),
            fault=faults.get(source, ""),
        )


def _by_week(records: Sequence[dict[str, Any]], now: datetime) -> tuple[int, ...]:
    counts = [0] * _WEEKS
    for record in records:
        when = _moment(record["last_fetched_at"])
        age = (now - when).days // 7 if when else _WEEKS
        if 0 <= age < _WEEKS:
            counts[_WEEKS - 1 - age] += int(record.get("count_posts") or 0)
    return tuple(counts)


def usual(line: SourceLine) -> float:
    """The median of the weeks before the newest, as a plain measure of what is usual; 0 if none."""
    before = [count for count in line.posts_by_week[:-1] if count]
    return float(median(before)) if before else 0.0


def _newest_faults(hearings: Sequence[dict[str, Any]]) -> dict[str, str]:
    newest: dict[str, tuple[str, str]] = {}
    for hearing in hearings:
        found = (str(hearing["week"]), str(hearing["reason"]))
        newest[hearing["source"]] = max(newest.get(hearing["source"], ("", "")), found)
    return {source: reason for source, (_, reason) in newest.items() if reason}


def _json(path: Path) -> Any:
    """What a file holds; None if it is not there or was cut off."""
    try:
        return _parsed(path.read_bytes())
    except OSError:
        return None


def _parsed(content: bytes | None) -> Any:
    try:
        return orjson.loads(content) if content else None
    except orjson.JSONDecodeError:
        return None


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


def _modified(path: Path) -> datetime | None:
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC) if path.exists() else None


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)
