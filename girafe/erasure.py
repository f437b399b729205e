"""Erasure: accounts are forgotten everywhere, by hand, from the request folder or from the form in Airflow.

Files first, then everything computed from them, then the receipt: it is written when the promise is kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from girafe.errors import InputInvalid, quoting_nobody
from girafe.lock import hold
from girafe.run import AFTER_COLLECT, Around, Context, Stage, has_landed, plainly, run_stages
from girafe.versions import remove_old_versions

if TYPE_CHECKING:
    from warehouse.deletions import DeletionReport
    from warehouse.forget import Erasure
    from warehouse.requests import Request
    from warehouse.retention import RetentionReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """One account gone, and the proof."""

    erasure: Erasure
    receipt: Path

    @property
    def doubt(self) -> str:
        """What to check where nothing was found: a name without its server finds nobody."""
        if self.erasure.was_held:
            return ""
        return (
            "Nothing was held of an account of that name; it is remembered. If it did speak here, ask again with "
            "its id or its whole handle, as the platform writes it, not without its server."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsReport:
    """What became of the requests that were waiting."""

    erased: int
    refused: int

    @property
    def summary(self) -> str:
        """One line for people."""
        refused = f", {self.refused} refused (the reason is in requests/answers)" if self.refused else ""
        return f"{self.erased} requests to be forgotten carried out{refused}"


def request(context: Context, platform: str, account: str) -> Request:
    """A request that makes sense; raises InputInvalid for a platform nobody knows or an impossible account."""
    from warehouse.requests import check_request

    return check_request(context.data, platform, account, _platforms())


def _platforms() -> set[str]:
    from collectors.registry import SOURCES

    return {source.PLATFORM for source in SOURCES.values()}


@quoting_nobody
def forget(context: Context, requests: Sequence[Request], *, around: Around = plainly) -> list[Forgotten]:
    """Erases accounts from every file, builds the warehouse, the marts and the release again, signs receipts.

    Older releases leave. Killed anywhere, the same call finishes. Raises Busy while another run is at work.
    """
    from collectors.registry import PARSERS
    from warehouse.erase import classified_folders, remove_abandoned
    from warehouse.forget import as_details, finished
    from warehouse.forget import forget as erase
    from warehouse.older import complete
    from warehouse.receipts import write_receipt
    from warehouse.requests import answer, let_go

    with alone(context, "girafe forget"):
        remove_abandoned(context.data)
        complete(classified_folders(context.data))
        erasures = []
        for wish in requests:
            erasure = around(
                "forget",
                lambda wish=wish: erase(  # type: ignore[misc]
                    context.data,
                    wish.platform,
                    wish.account,
                    parsers=PARSERS,
                    pseudonymiser=context.pseudonymiser,
                    on_record=lambda number: context.audit("forget", number=number, platform=wish.platform),
                ),
            )
            erasures.append(erasure)
        if erasures:
            build_again(context, around=around)
            remove_old_versions(context.data)
            os.sync()  # what a receipt says is gone must not come back when the machine loses its power
        made = []
        for wish, erasure in zip(requests, erasures, strict=True):
            receipt = write_receipt(context.data, as_details(erasure), now=context.now)
            done = Forgotten(erasure=erasure, receipt=receipt)
            if wish.file is not None:
                # Before it is finished: called again after a kill in between, it would find nobody and say so.
                told = {"doubt": done.doubt} if done.doubt else {}
                answer(
                    context.data, wish.file, wish, status="erased",
                    number=erasure.number, receipt=receipt.name, **told,
                )  # fmt: skip
            finished(context.data, erasure.number)
            let_go(context.data, wish)
            made.append(done)
    return made


def build_again(context: Context, *, around: Around = plainly) -> None:
    """Computes everything from the files that are left, and lets older releases go."""
    from reports.swap import drop_old_releases
    from warehouse.connection import is_there

    data = context.data
    if is_there(data.warehouse) or has_landed(data):
        run_stages(context, AFTER_COLLECT, around)
        drop_old_releases(data.exports, keep=1)


@quoting_nobody
def process_requests(
    context: Context, *, only: str | None = None, around: Around = plainly
) -> RequestsReport:
    """Carries out what waits in the request folder (or the request `only`), each once, and answers it."""
    from warehouse.forget import finished
    from warehouse.requests import answer, number_answered, read_request, waiting

    platforms = _platforms()
    accepted, refused = [], 0
    with alone(context, "girafe forget"):  # or two would answer the same request
        for path in waiting(context.data, only):
            number = number_answered(context.data, path)
            if number is not None:
                finished(context.data, number)
                path.unlink()
                continue
            try:
                accepted.append(read_request(context.data, path, platforms))
            except FileNotFoundError:
                continue  # taken back meanwhile
            except InputInvalid as error:
                context.audit("request", answer="refused")
                answer(context.data, path, status="refused", reason=str(error))
                refused += 1
        forget(context, accepted, around=around)
    return RequestsReport(erased=len(accepted), refused=refused)


@quoting_nobody
def propagate_deletions(context: Context) -> DeletionReport:
    """What platforms say is gone leaves every file; the warehouse is made anew without it."""
    from collectors.registry import PARSERS
    from warehouse.connection import is_there
    from warehouse.deletions import propagate_deletions as propagate
    from warehouse.erase import classified_folders, remove_abandoned
    from warehouse.older import complete

    with alone(context, "girafe housekeeping"):
        remove_abandoned(context.data)
        complete(classified_folders(context.data))
        # A notice that has just landed counts too.
        run_stages(context, _of(("classify",)))
        report = propagate(context.data, parsers=PARSERS, pseudonymiser=context.pseudonymiser)
        # A call that was killed may have cleaned the files and not the tables, which is why they are always asked.
        if report.payloads or report.folders or is_there(context.data.warehouse):
            run_stages(context, _of(("classify", "load")))
        remove_old_versions(context.data)
    return report


@quoting_nobody
def enforce_times_to_live(context: Context) -> RetentionReport:
    """What may be kept no longer leaves. It keeps erasures waiting: it could write a file back that has just left."""
    from warehouse.retention import enforce

    with context.adding("girafe housekeeping"):
        return enforce(context.data, context.settings, context.now)


def _of(names: Iterable[str]) -> list[Stage]:
    return [stage for stage in AFTER_COLLECT if stage[0] in names]


def alone(context: Context, what: str) -> ExitStack:
    """Nobody adds files, loads or publishes meanwhile."""
    stack = ExitStack()
    try:
        stack.enter_context(hold(context.data, "files", what, now=context.now))
        stack.enter_context(context.alone(what))
    except BaseException:
        stack.close()
        raise
    return stack
