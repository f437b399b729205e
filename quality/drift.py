"""Drift: whether labels are given otherwise than before: another public, or a classifier that no longer fits."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from quality.docs import STYLE
from quality.report import write_tree

LIMIT = 0.25
"""A total variation distance above this is worth a look."""
_ENOUGH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How one kind of label is spread now, against the six months before."""

    kind: str
    """voice, sentiment, theme or language."""
    count_recent: int
    count_before: int
    distance: float | None
    """Half the sum of the differences of shares, 0..1; None with fewer than 100 labels on either side."""
    recent: dict[str, float]
    before: dict[str, float]

    @property
    def is_notable(self) -> bool:
        """True where a person should look why."""
        return self.distance is not None and self.distance > LIMIT


def drifts(connection: duckdb.DuckDBPyConnection, now: datetime) -> list[Drift]:
    """The last 28 days against the 182 before them, for every kind of label in `raw`."""
    found = []
    for kind, labels in _LABELS.items():
        rows = connection.execute(_SQL.format(labels=labels), [now]).fetchall()
        counts = {str(label): (int(recent), int(before)) for label, recent, before in rows}
        found.append(_drift(kind, counts))
    return found


def _drift(kind: str, counts: dict[str, tuple[int, int]]) -> Drift:
    recent, before = (sum(pair[side] for pair in counts.values()) for side in (0, 1))
    shares = [
        {label: pair[side] / total if total else 0.0 for label, pair in counts.items()}
        for side, total in ((0, recent), (1, before))
    ]
    known = min(recent, before) >= _ENOUGH
    distance = sum(abs(shares[0][label] - shares[1][label]) for label in counts) / 2
    return Drift(
        kind=kind, count_recent=recent, count_before=before, distance=distance if known else None,
        recent=shares[0], before=shares[1],
    )  # fmt: skip


_LABELS = {
    "voice": "select voice as label, observed_at as moment from raw.speaker_labels where not is_certain",
    "sentiment": "select sentiment as label, created_at as moment from raw.sentiment_labels "
    "join raw.posts using (post_id, content_hash)",
    "theme": "select theme as label, created_at as moment from raw.theme_labels "
    "join raw.posts using (post_id, content_hash)",
    "language": "select language as label, created_at as moment from raw.posts",
}
_SQL = """
with clock as (select ?::timestamptz as now), labels as ({labels})
select label,
    count(*) filter (where moment > now - interval 28 day),
    count(*) filter (where moment <= now - interval 28 day)
from labels, clock
where moment > now - interval 210 day and moment <= now
group by label order by label
"""


def write_evaluation(
    folder: Path, found: Sequence[Drift], gold: Sequence[Sequence[str]], now: datetime
) -> Path:
    """Writes evaluation.json and a page for people; `gold` is a table whose first row is its head.

    Returns the page: docs/evaluation/index.html below `folder`.
    """
    tree: dict[str, Any] = {
        "evaluated_at": now,
        "drift": [
            {
                "kind": d.kind, "distance": d.distance, "is_notable": d.is_notable,
                "count_recent": d.count_recent, "count_before": d.count_before,
                "recent": d.recent, "before": d.before,
            }
            for d in found
        ],
        "gold": [list(row) for row in gold],
    }  # fmt: skip
    write_tree(folder / "evaluation.json", tree)
    page = folder / "docs" / "evaluation" / "index.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(_page(found, gold, now), encoding="utf-8")
    return page


def _page(found: Sequence[Drift], gold: Sequence[Sequence[str]], now: datetime) -> str:
    title = f"girafe: evaluation, {now:%Y-%m-%d}"
    drift = "".join(
        f"<h2>{html.escape(d.kind)}: {_verdict(d)}</h2>"
        + _table([("label", "last 28 days", "six months before"), *_shares(d)])
        for d in found
    )
    known = _table(gold) if gold else "<p>The gold set was not measured in this run.</p>"
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{STYLE}</head>'
        f"<body><h1>{title}</h1><p>Are labels given as before?</p>{drift}"
        f"<h1>What the classifiers can do</h1>{known}</body></html>"
    )


def _verdict(drift: Drift) -> str:
    if drift.distance is None:
        return f"too few labels to tell ({drift.count_recent:,} and {drift.count_before:,})"
    kind = "warn" if drift.is_notable else "good"
    return f'<span class="{kind}">distance {drift.distance:.2f} (a look above {LIMIT})</span>'


def _shares(drift: Drift) -> list[tuple[str, str, str]]:
    labels = sorted(drift.recent, key=lambda label: -drift.before[label])
    return [(label, f"{drift.recent[label]:.1%}", f"{drift.before[label]:.1%}") for label in labels]


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *rest = rows
    line = "<tr>{}</tr>".format
    return (
        "<table>"
        + line("".join(f"<th>{html.escape(cell)}</th>" for cell in head))
        + "".join(line("".join(f"<td>{html.escape(cell)}</td>" for cell in row)) for row in rest)
        + "</table>"
    )
