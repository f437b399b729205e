"""Retention: payloads as received leave on time; text goes with them, counts stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from girafe.data_dir import DataDir
from girafe.records import Rejected
from girafe.settings import Settings
from girafe.storage import Place, remove, remove_if_empty
from girafe.versions import remove_old_versions
from warehouse.landing import (
    QUARANTINE_DAMAGED,
    file_name,
    landing_files,
    remove_lines,
)

LONGEST_BY_PLATFORM = {
    "linkedin": timedelta(days=1),
    "reddit": timedelta(days=2),
    "youtube": timedelta(days=30),
}
"""What the platforms' terms allow at most (docs/governance.md); company.toml may only shorten it.

LinkedIn: profiles 24 h, member activity 48 h, and a payload holds both. Reddit: 48 h advised for all stored
content. YouTube: refresh or delete after 30 days.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionReport:
    """What left, or would leave."""

    files: tuple[Place, ...]
    """Landing files past their time to live."""
    quarantine_lines: int
    kept: int
    """Landing files still within their time."""

    @property
    def summary(self) -> str:
        """One line for people."""
        return (
            f"{len(self.files):,} landing files and {self.quarantine_lines:,} quarantine lines "
            f"past their time, {self.kept:,} landing files within it"
        )


def time_to_live(settings: Settings, platform: str) -> timedelta:
    """The shorter of what company.toml says and what the platform allows."""
    asked = settings.retention.raw(platform)
    return min(asked, LONGEST_BY_PLATFORM.get(platform, asked))


def enforce(
    data: DataDir,
    settings: Settings,
    now: datetime,
    *,
    dry_run: bool = False,
    every: timedelta = timedelta(hours=12),
) -> RetentionReport:
    """Removes payloads that would outlive their time before this is done again, `every` 12 hours.

    So none is ever older than its time to live, not even by the hours between two runs. A day's folder counts
    from its first moment.

    Classified files and the warehouse hold no text, so they stay; a payload that was never classified
    leaves all the same, because the promise is to the people in it.
    """
    past: list[Place] = []
    kept = 0
    for path in landing_files(data.landing):
        if _is_past(path.parent.name, path.parent.parent.name, settings, now + every):
            past.append(path)
        else:
            kept += 1
    if not dry_run:
        for path in past:
            remove(path)
            remove_if_empty(path.parent)
    lines = remove_lines(
        data.quarantine,
        lambda path, line: _is_past(path.parent.name, _platform(line), settings, now + every),
        dry_run=dry_run,
    )
    if not dry_run:
        remove_old_versions(data)
    return RetentionReport(files=tuple(past), quarantine_lines=lines, kept=kept)


def _platform(line: Rejected) -> str:
    """Where a line is from; one that does not say may be from where the time is shortest."""
    shortest = min(LONGEST_BY_PLATFORM, key=LONGEST_BY_PLATFORM.__getitem__)
    return shortest if line.reason == QUARANTINE_DAMAGED else line.platform or shortest


def _is_past(day: str, platform: str, settings: Settings, now: datetime) -> bool:
    begins = datetime.fromisoformat(day).replace(tzinfo=UTC)
    known = {file_name(name): name for name in _named(settings)}
    return now >= begins + time_to_live(settings, known.get(platform, platform))


def _named(settings: Settings) -> Iterable[str]:
    """Platforms that have a time of their own; folders carry their names made safe for files."""
    return {*LONGEST_BY_PLATFORM, *settings.retention.days_by_platform}
