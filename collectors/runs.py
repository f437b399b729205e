"""Run records: what each run heard, or could not hear, even where it landed nothing.

One JSON file per run and platform, DIR/runs/<day>/<platform>-<run>.json, with the columns of
warehouse.tables.COLLECTION_RUNS. Load reads them into raw.collection_runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Literal, TypeAlias

import orjson

from girafe.data_dir import DataDir
from girafe.storage import Place, find, read, write
from warehouse.landing import file_name

Health: TypeAlias = Literal["heard", "silent", "blind"]
"""heard: something came; silent: nothing was said; blind: we could not hear, so nothing is known."""

_RUNS, _FEWEST = 14, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run on one platform."""

    platform: str
    source: str
    run_id: str
    first_fetched_at: datetime
    last_fetched_at: datetime
    count_payloads: int
    """What came, read or not; without what was left out because its author opted out."""
    count_posts: int
    count_quarantined: int
    count_opted_out: int
    health: Health
    health_detail: str
    canary: str = ""
    """How the question that always finds something was answered (collectors/canary.py); empty: not asked."""
    count_posts_expected: float | None = None
    """What is usual in a run of this query; None while too few runs are known."""
    limits: str = ""
    """What places do not let us hear although they answer: access settings, caps, spent budgets."""


def usual_posts(data: DataDir, query_mark: str) -> float | None:
    """The median of posts in the last runs of a query (by its mark in their ids) that could hear; None for under 3."""
    paths = find(data.runs, f"*/*-{query_mark}-*.json")
    counts = []
    for path in reversed(paths[-2 * _RUNS :]):
        try:
            record = orjson.loads(read(path))
            if record["health"] != "blind":
                counts.append(int(record["count_posts"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # a damaged record says nothing about what is usual
    return float(median(counts[:_RUNS])) if len(counts) >= _FEWEST else None


def write_run(data: DataDir, record: RunRecord) -> Place:
    """Writes the record durably; the same run again replaces its own."""
    day = record.last_fetched_at.strftime("%Y-%m-%d")
    path = data.runs / day / f"{file_name(record.platform)}-{file_name(record.run_id)}.json"
    write(path, orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))
    return path
