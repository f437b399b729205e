"""Report: what a validation found, as a file for programs and as sentences for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from girafe.errors import QualityFailed
from girafe.storage import write
from quality.contract import Stage

RESULTS = "results.json"
_SHOWN = 12  # more findings than this help nobody; the Data Docs have them all


SILENCE = "silence"
"""Where a finding of the silence detector stands in place of a table's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule that does not hold."""

    table: str
    rule: str
    """`<column>: <expectation>`, stable from run to run."""
    severity: str
    """critical (the flow stops), warning or info (recorded, shown, the flow goes on)."""
    count_rows: int
    count_bad: int
    examples: tuple[str, ...]
    """Keys of offending rows; pseudonyms only."""
    note: str
    """What it means and what to do."""

    def sentence(self) -> str:
        """The finding as one line."""
        rows = f"{self.count_bad:,} of {self.count_rows:,} rows" if self.count_bad else "the whole table"
        examples = f" (such as {'; '.join(self.examples[:3])})" if self.examples else ""
        return f"{self.table}, {self.rule}: {rows}{examples}. {self.note}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationReport:
    """Everything one validation found."""

    stage: Stage
    checked_at: datetime
    rows: Mapping[str, int]
    """Rows of each table looked at."""
    count_rules: int
    findings: tuple[Finding, ...]
    docs: Path
    """The Data Docs: a static site that opens without a network."""

    @property
    def failures(self) -> tuple[Finding, ...]:
        """Findings that stop the flow."""
        return tuple(finding for finding in self.findings if finding.severity == "critical")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings people should know, that do not stop the flow."""
        return tuple(finding for finding in self.findings if finding.severity != "critical")

    @property
    def unheard(self) -> str:
        """What could not be heard of late, as the silence detector says it: "hackernews: no_run, ..."; or "nothing"."""
        return ", ".join(f.rule for f in self.findings if f.table == SILENCE) or "nothing"

    @property
    def summary(self) -> str:
        """One line for a terminal or a log."""
        return (
            f"{self.stage}: {self.count_rules} rules on {len(self.rows)} tables "
            f"({sum(self.rows.values()):,} rows): {len(self.failures)} broken, {len(self.warnings)} warnings"
        )

    def raise_failures(self) -> None:
        """Raises QualityFailed, which names every broken rule, if there is one."""
        if not self.failures:
            return
        shown = [f"- {finding.sentence()}" for finding in self.failures[:_SHOWN]]
        rest = len(self.failures) - len(shown)
        if rest:
            shown.append(f"- and {rest} more")
        raise QualityFailed(
            f"{len(self.failures)} rule(s) broken in {self.stage}; nothing downstream was changed "
            "and the last good exports stay.\n" + "\n".join(shown) + f"\nEverything, with rows: {self.docs}"
        )


def write_results(folder: Path, report: ValidationReport) -> None:
    """Puts the report under its stage in results.json; the other stage's last report stays."""
    write_tree(folder / RESULTS, read_results(folder) | {report.stage: _as_tree(report)})


def write_tree(path: Path, tree: Any) -> None:
    """Writes a JSON file that appears whole or not at all."""
    write(path, orjson.dumps(tree, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))


def read_results(folder: Path) -> dict[str, Any]:
    """The last report of each stage ({} before the first validation; what is damaged is made anew)."""
    try:
        tree: dict[str, Any] = orjson.loads((folder / RESULTS).read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    return tree


def _as_tree(report: ValidationReport) -> dict[str, Any]:
    def tree(findings: Sequence[Finding]) -> list[dict[str, Any]]:
        return [
            {
                "table": f.table,
                "rule": f.rule,
                "count_rows": f.count_rows,
                "count_bad": f.count_bad,
                "examples": f.examples,
                "note": f.note,
            }
            for f in findings
        ]

    return {
        "checked_at": report.checked_at,
        "is_good": not report.failures,
        "count_rules": report.count_rules,
        "rows": dict(report.rows),
        "failures": tree(report.failures),
        "warnings": tree(report.warnings),
    }
