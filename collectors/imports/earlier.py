"""Earlier readings of a content: what another mapping, or another state of the same one, landed and had refused.

Only the newest reading counts: beside it the posts of an earlier one would be there twice, once of them wrongly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from girafe.data_dir import DataDir
from girafe.storage import Place, find, read, remove, remove_folder
from warehouse.landing import MANIFEST, classified_folder, landing_path, quarantine_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reading left on one platform."""

    source: str
    """The format it was read as."""
    record: Place
    landing: Place


def earlier_readings(data: DataDir, digest: str, run_id: str) -> Sequence[Reading]:
    """Every other reading than `run_id` of the content with this digest."""
    found = []
    for path in find(data.runs, f"*/*-{digest}.json"):
        try:
            record = orjson.loads(read(path))
            platform, other, source = str(record["platform"]), str(record["run_id"]), str(record["source"])
        except (ValueError, KeyError, TypeError):
            continue  # a damaged record does not say what it is of
        if other != run_id:
            day = datetime.fromisoformat(path.parent.name)
            landing = landing_path(data.landing, platform, day, other)
            found.append(Reading(source=source, record=path, landing=landing))
    return found


def forget_earlier(
    data: DataDir, readings: Sequence[Reading], digest: str, run_id: str, now: datetime
) -> None:
    """What earlier readings left goes, their records last: whoever is stopped half-way begins again."""
    newest = quarantine_path(data.quarantine, now, run_id)
    for path in find(data.quarantine, f"*/*-{digest}.jsonl.gz"):
        if path != newest:
            remove(path)
    for reading in readings:
        remove(reading.landing)  # before what classify made of it, and would make again
        remove_folder(classified_folder(data, reading.landing), first=MANIFEST)
        remove(reading.record)
