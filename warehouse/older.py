"""Older: classified folders of a version that knew fewer tables; their payloads may be gone by now."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import pyarrow.parquet as pq

from girafe.storage import Place, find, read_all, written
from warehouse.landing import MANIFEST
from warehouse.tables import CLASSIFIED, EDGE_COUNTS, ORGANISATION_LINKS, PARQUET, TERM_LABELS

_LATER = (TERM_LABELS, ORGANISATION_LINKS, EDGE_COUNTS)
"""What came while manifests did not yet name the tables that were written."""


def complete(folders: Sequence[Place]) -> None:
    """Gives each folder the tables that the version which wrote it did not know, empty.

    The manifest names those it wrote. Whoever needs more of a damaged one says so.
    """
    manifests = read_all([folder / MANIFEST for folder in folders])
    for folder, manifest in zip(folders, manifests, strict=True):
        try:
            told = orjson.loads(manifest or b"{}")
        except orjson.JSONDecodeError:
            continue
        wrote = told.get("tables") or [table.name for table in CLASSIFIED if table not in _LATER]
        for table in CLASSIFIED:
            file = f"{table.name}.parquet"
            if table.name not in wrote and not find(folder, file):
                with written(folder / file) as partial:
                    pq.write_table(table.schema.empty_table(), partial, **PARQUET)
