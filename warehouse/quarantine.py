"""Quarantine: what could not be read, counted by reason, and read again after a fix."""

from __future__ import annotations

from dataclasses import dataclass

from girafe.data_dir import DataDir
from girafe.records import Rejected
from girafe.storage import Place, remove
from warehouse.landing import (
    MANIFEST,
    classified_folder,
    file_name,
    landing_files,
    quarantine_by_file,
    read_envelopes,
    read_quarantine,
    remove_lines,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heap:
    """Rejected input of one source with one reason."""

    source: str
    platform: str
    reason: str
    count: int
    first_day: str
    last_day: str
    example: str
    """One sentence for a person, of the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """What a replay set in motion; classify and load do the rest."""

    again: int
    """Landing files that classify will read again."""
    waiting: int
    """Lines whose origin is no longer there; they stay in quarantine."""

    @property
    def summary(self) -> str:
        """One line for people."""
        text = f"{self.again} landing files will be classified again: girafe run --no-collect"
        return f"{text}; {self.waiting} lines need their file again: girafe import" if self.waiting else text


def heaps(data: DataDir) -> list[Heap]:
    """Everything in quarantine by source and reason, the largest heap first."""
    found: dict[tuple[str, str, str], list[tuple[str, Rejected]]] = {}
    for path, item in read_quarantine(data.quarantine):
        found.setdefault((item.source, item.platform, item.reason), []).append((path.parent.name, item))
    return sorted(
        (
            Heap(
                source=source,
                platform=platform,
                reason=reason,
                count=len(items),
                first_day=items[0][0],
                last_day=items[-1][0],
                example=items[-1][1].detail,
            )
            for (source, platform, reason), items in found.items()
        ),
        key=lambda heap: (-heap.count, heap.source, heap.reason),
    )


def replay(data: DataDir, *, source: str | None = None, reason: str | None = None) -> ReplayReport:
    """Has everything classified again that lies in quarantine (for one source or reason, if given).

    Use it after a parser was corrected. The landing file is read as a whole, so what was good stays as
    it was, and what is still bad comes back to quarantine with its reason.
    """
    again: set[Place] = set()
    waiting = 0
    landed = {_classified_name(path): path for path in landing_files(data.landing)}
    for path, items in quarantine_by_file(data.quarantine).items():
        chosen = [item for item in items if source in (None, item.source) and reason in (None, item.reason)]
        landing = landed.get(path.name.removesuffix(".jsonl.gz"))
        if chosen and landing is not None and _has_envelopes(landing):
            again.add(landing)
        else:
            waiting += len(chosen)
    for landing in again:
        folder = classified_folder(data, landing)
        # Without its manifest a folder counts as not classified; load notices the change by itself.
        remove(folder / MANIFEST)
    return ReplayReport(again=len(again), waiting=waiting)


def discard(data: DataDir, *, source: str, reason: str) -> int:
    """Removes one heap for good; returns how many lines left."""
    return remove_lines(data.quarantine, lambda _, line: (line.source, line.reason) == (source, reason))


def _classified_name(landing: Place) -> str:
    """`<platform>-<run>`: the name classify gives to the quarantine file and the folder of a landing file."""
    return file_name(f"{landing.parent.parent.name}-{landing.name.removesuffix('.jsonl.gz')}")


def _has_envelopes(landing: Place) -> bool:
    return next(read_envelopes(landing), None) is not None
