"""The data directory: where each stage keeps its state, named once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PRIVATE = (
    "landing",
    "quarantine",
    "classified",
    "warehouse",
    "runs",
    "cursors",
    "keys",
    "quality",
    "forgotten",
    "receipts",
    "requests",
    "audit",
    "digests",
    ".locks",
)
"""Every folder of a data directory that nobody but its owner may enter; `exports` is the one they may."""


@dataclass(frozen=True, slots=True)
class DataDir:
    """All state of one installation, under one folder."""

    root: Path

    def __post_init__(self) -> None:
        """Makes `root` absolute: dbt and Great Expectations work in folders of their own."""
        object.__setattr__(self, "root", self.root.absolute())

    def protect(self) -> None:
        """Closes everything but the exports to other users of the machine: folders 0700, new files 0600.

        The mask holds for the whole process. Only folders girafe makes, and the user owns, are touched.
        """
        os.umask(0o077)
        if not self.root.exists():
            self.root.mkdir(parents=True)
            self.root.chmod(0o711)  # others may pass through to the exports, and see nothing on the way
        for name in PRIVATE:
            folder = self.root / name
            if folder.is_dir() and folder.stat().st_uid == os.getuid():
                folder.chmod(0o700)

    @property
    def landing(self) -> Path:
        """Payloads as received: landing/<platform>/<day>/<run>.jsonl.gz."""
        return self.root / "landing"

    @property
    def quarantine(self) -> Path:
        """What could not be read, with its reason: quarantine/<day>/<run>.jsonl.gz."""
        return self.root / "quarantine"

    @property
    def classified(self) -> Path:
        """Pseudonymised Parquet: classified/<day>/<run>/<table>.parquet."""
        return self.root / "classified"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file; it can be rebuilt from `classified` at any time."""
        return self.root / "warehouse" / "girafe.duckdb"

    @property
    def marts(self) -> Path:
        """The rpt_* Parquet files dbt wrote last, and which of them were found valid."""
        return self.root / "warehouse" / "marts"

    @property
    def runs(self) -> Path:
        """What each collection run heard or could not hear: runs/<day>/<run>.json."""
        return self.root / "runs"

    @property
    def cursors(self) -> Path:
        """How far each source has been read: cursors/<source>/<query>.json."""
        return self.root / "cursors"

    @property
    def keys(self) -> Path:
        """The pseudonym key, outside the warehouse."""
        return self.root / "keys"

    @property
    def quality(self) -> Path:
        """Great Expectations results and Data Docs."""
        return self.root / "quality"

    @property
    def exports(self) -> Path:
        """What people outside the data team may see, always one whole release."""
        return self.root / "exports"
