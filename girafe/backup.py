"""Backup: one file that brings an installation back, and the way back, which nobody forgotten returns by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from girafe.data_dir import DataDir
from girafe.erasure import alone
from girafe.lock import hold
from girafe.run import Context

if TYPE_CHECKING:
    from warehouse.archive import ArchiveReport


def backup(context: Context, company: Path, archive: Path) -> ArchiveReport:
    """Writes `archive` while nothing else changes the data; raises Busy while another run is at work.

    Raises UserMustAct where it could not be brought back: while the key is being replaced, under a wrong key, without
    the list of the forgotten.
    """
    from warehouse.archive import write_archive
    from warehouse.forgotten import Forgotten

    with alone(context, "girafe backup"):
        Forgotten(context.data, context.pseudonymiser)  # as the end of a restore needs it
        report = write_archive(
            context.data,
            company,
            archive,
            context.now,
            before=lambda: context.audit("backup", archive=archive.name),
        )
    if report.damaged:
        context.say(
            f"{len(report.damaged):,} damaged files went in as they are: {', '.join(report.damaged[:5])}"
            f"{', ...' if len(report.damaged) > 5 else ''}. Keep the backup before this one. Of classified/, remove "
            "the folder of the file while its payloads are in landing, then run girafe classify; else bring the file "
            "back from a backup in which it was whole."
        )
    return report


@contextmanager
def restoring(data: DataDir, now: datetime) -> Iterator[None]:
    """Nobody else begins in `data` while a backup is put in place there: what they bring would be lost.

    Raises Busy while another run is at work.
    """
    with (
        hold(data, "files", "girafe restore", now=now, restoring=True),
        hold(data, "warehouse", "girafe restore", now=now, restoring=True),
    ):
        yield


def forget_again(context: Context, *, newer: DataDir | None = None) -> int:
    """Erases from restored files whoever is on the forgotten list; returns the payloads that left.

    `newer` is the data directory in use until now, if it is still there: who was forgotten since the backup
    stands only on its list. What was classified from a file that changed is classified again. The restore ends here.
    """
    from collectors.registry import PARSERS
    from warehouse.archive import end_restore
    from warehouse.erase import classified_folders, clean_classified
    from warehouse.forget import forget_all
    from warehouse.forgotten import Forgotten, bring_list, read_entries
    from warehouse.older import complete

    data = context.data
    with hold(data, "files", "girafe restore", now=context.now, restoring=True):
        if newer is not None:
            bring_list(data, newer)
        known = read_entries(data)
        is_forgotten = Forgotten(data, context.pseudonymiser)
        payloads = sum(
            forget_all(data, platform, is_forgotten, parsers=PARSERS)
            for platform in sorted({entry.platform for entry in known})
        )
        if {entry.key for entry in known} - {"lasting", context.pseudonymiser.key_id}:
            context.say(
                "The key was replaced after this backup. Whoever was forgotten since and has no payload in the "
                "backup is not recognised in its counts: repeat girafe forget for them."
            )
        folders = classified_folders(data)
        complete(folders)
        for folder in folders:
            clean_classified(folder, {entry.pseudonym for entry in known})
    context.audit("restore", payloads_forgotten_again=payloads)
    end_restore(data)
    return payloads
