"""What became of a file: counts that add up, its period, and one sentence that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """One file, imported or tried. `rows` = landed + rejected + skipped, always."""

    file: str
    format: str
    run_id: str
    rows: int = 0
    """Things found in the file: lines, table rows below the header, items of an archive."""
    landed: Mapping[str, int] = field(default_factory=dict)
    """Rows landed (or that would land), per platform."""
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Rows in quarantine, per reason."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Rows left out on purpose, per reason."""
    posts: int = 0
    first: datetime | None = None
    """When the earliest post was written, UTC."""
    last: datetime | None = None
    notes: tuple[str, ...] = ()
    """What was decided while reading: which date order, which sheet."""
    examples: tuple[str, ...] = ()
    """The first refusals, with their position; no words of people."""
    already_imported: bool = False
    dry_run: bool = False

    @property
    def summary(self) -> str:
        """One sentence for people."""
        if self.already_imported:
            return f"{self.file}: imported before, nothing to do"
        landed = ", ".join(f"{count:,} {platform}" for platform, count in sorted(self.landed.items()))
        verb = "would land" if self.dry_run else "landed"
        text = f"{self.file}: {self.rows:,} rows, {landed or 'nothing'} {verb} ({self.format})"
        if self.first and self.last:
            text += f", written {self.first:%Y-%m-%d} to {self.last:%Y-%m-%d}"
        if self.rejected:
            text += f"; {sum(self.rejected.values()):,} to quarantine ({_listed(self.rejected)})"
        if self.skipped:
            text += f"; {sum(self.skipped.values()):,} left out ({_listed(self.skipped)})"
        return text

    @property
    def details(self) -> tuple[str, ...]:
        """What to show below the summary."""
        return (*self.notes, *self.examples)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count:,}" for reason, count in sorted(counts.items()))


def remember_example(examples: list[str], reason: str, position: str, detail: str) -> None:
    """Keeps the first few refusals, one for each reason."""
    if len(examples) < _EXAMPLES and not any(f" {reason}: " in known for known in examples):
        examples.append(f"{position} {reason}: {detail}")
