"""The data directory: where each stage keeps its state, named once.

On one machine all of it is one folder. On several, what every worker needs is in the store (an S3, or any
fsspec URL), and each machine keeps what only it needs in a folder of its own.
"""

from __future__ import annotations

import os
import re
import resource
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from girafe.errors import SettingsInvalid
from girafe.storage import Place, place

STORE = "GIRAFE_STORE"
LANDING = "GIRAFE_LANDING"
CLASSIFIED = "GIRAFE_CLASSIFIED"
WAREHOUSE = "GIRAFE_WAREHOUSE"
_LOCAL = "girafe.duckdb"
REMOTE = "md:"
"""What the name of a warehouse in MotherDuck begins with."""

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
    """All state of one installation: under one folder, or shared through a store."""

    root: Path
    """What this machine keeps for itself, and everything where there is no store."""
    store: Place | None = None
    """Where several machines share what all of them need."""
    landing_at: Place | None = None
    classified_at: Place | None = None
    warehouse_name: str = _LOCAL
    """`md:` and a database, if it lies in MotherDuck."""
    secrets: Mapping[str, str] = field(default_factory=lambda: os.environ, compare=False, repr=False)
    """Keys, tokens and addresses by name: the environment; in Airflow, its connections before it."""

    def __post_init__(self) -> None:
        """Makes `root` absolute: dbt and Great Expectations work in folders of their own.

        Raises SettingsInvalid for a folder that would be taken for another: dbt reads a path as a web address, DuckDB
        a backslash as a slash.
        """
        object.__setattr__(self, "root", self.root.absolute())
        # Also where it leads to, for DuckDB and dbt are given that.
        if set("#?\\") & set(f"{self.root}{self.root.resolve()}"):
            raise SettingsInvalid(
                f"{self.root}: a data folder may have no #, ? or \\ in its path; rename it."
            )

    @classmethod
    def of(
        cls, root: Path, environment: Mapping[str, str], secrets: Mapping[str, str] | None = None
    ) -> DataDir:
        """The data directory of this machine: GIRAFE_STORE shares it; GIRAFE_LANDING, GIRAFE_CLASSIFIED part it.

        GIRAFE_WAREHOUSE=md:NAME puts the warehouse into MotherDuck. Keys come from `secrets`, from
        `environment` where there are none.
        """
        store, landing, classified = (
            place(environment[name]) if environment.get(name) else None
            for name in (STORE, LANDING, CLASSIFIED)
        )
        warehouse = environment.get(WAREHOUSE) or _LOCAL
        if warehouse != _LOCAL and not re.fullmatch(rf"{REMOTE}\w+", warehouse):
            raise SettingsInvalid(
                f"{WAREHOUSE} is {warehouse!r}: write {REMOTE} and the name of a database in MotherDuck, or nothing."
            )
        return cls(
            root,
            warehouse_name=warehouse,
            store=store,
            landing_at=landing,
            classified_at=classified,
            secrets=environment if secrets is None else secrets,
        )

    def protect(self) -> None:
        """Closes everything but the exports to other users of the machine: folders 0700, new files 0600.

        The mask holds for the whole process, and where a library crashes it leaves no image of its memory, which holds
        what people wrote and the key. Only folders girafe makes, and the user owns, are touched.
        """
        os.umask(0o077)
        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        # One byte, not none: a limit of one keeps Linux from handing the image to a program (core_pattern), too.
        resource.setrlimit(resource.RLIMIT_CORE, (1 if most else 0, most))
        for folder in reversed((self.root, *self.root.parents)):
            if not folder.exists():
                folder.mkdir(exist_ok=True)  # another command may begin at the same moment
                folder.chmod(0o711)  # others may pass through to the exports, and see nothing on the way
        for name in PRIVATE:
            folder = self.root / name
            if folder.is_dir() and folder.stat().st_uid == os.getuid():
                folder.chmod(0o700)

    @property
    def shared(self) -> Place:
        """What every worker needs: the store, or the folder itself."""
        return self.store or self.root

    @property
    def is_shared(self) -> bool:
        """Whether other machines work on the same data."""
        return any((self.store, self.landing_at, self.classified_at))

    @property
    def landing(self) -> Place:
        """Payloads as received: landing/<platform>/<day>/<run>.jsonl.gz."""
        return self.landing_at or self.shared / "landing"

    @property
    def quarantine(self) -> Place:
        """What could not be read, with its reason: quarantine/<day>/<run>.jsonl.gz."""
        return self.shared / "quarantine"

    @property
    def classified(self) -> Place:
        """Pseudonymised Parquet: classified/<day>/<run>/<table>.parquet."""
        return self.classified_at or self.shared / "classified"

    @property
    def forgotten(self) -> Place:
        """The pseudonyms of accounts that asked to be forgotten: forgotten/pseudonyms.jsonl."""
        return self.shared / "forgotten"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file; it can be rebuilt from `classified` at any time.

        One in MotherDuck is named as if it lay here, because what is made beside it (marts, what dbt keeps) does;
        warehouse/connection.py knows the difference.
        """
        return self.root / "warehouse" / self.warehouse_name

    @property
    def marts(self) -> Path:
        """The rpt_* Parquet files dbt wrote last, and which of them were found valid."""
        return self.root / "warehouse" / "marts"

    @property
    def runs(self) -> Place:
        """What each collection run heard or could not hear: runs/<day>/<run>.json."""
        return self.shared / "runs"

    @property
    def cursors(self) -> Place:
        """How far each source has been read: cursors/<source>/<query>.json."""
        return self.shared / "cursors"

    @property
    def keys(self) -> Path:
        """The pseudonym key, outside the warehouse."""
        return self.root / "keys"

    @property
    def restoring(self) -> Path:
        """There from before a backup is put in place until whoever was forgotten has left again: nothing else runs."""
        return self.root / ".restoring"

    @property
    def quality(self) -> Path:
        """Great Expectations results and Data Docs."""
        return self.root / "quality"

    @property
    def hearing(self) -> Path:
        """What the silence detector judged last: validation writes it, dbt reads it."""
        return self.quality / "hearing.json"

    @property
    def exports(self) -> Path:
        """What people outside the data team may see, always one whole release."""
        return self.root / "exports"
