"""Gone: posts landed earlier are looked up again; those no longer shown are named as deletions.

Only what still lies in landing is looked up: after its time to live, counts are all that is left. An
account that is gone as a whole is named too, so that everything of it leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from collectors.contract import ACCOUNT, Item, Secrets, Source, Watch, cannot_tell, check_secrets
from collectors.cursors import Cursor, cursor_path, ledger_path, read_cursors, write_cursors
from collectors.http import Http
from collectors.ledger import Ledger
from collectors.read import SHAPE_ERRORS, identifier, optional_id, text
from collectors.runs import RunRecord, write_run
from girafe.data_dir import DataDir
from girafe.errors import GirafeError, PayloadRejected, SourceUnavailable
from girafe.records import Deletion, Envelope, Post, Record, Rejected
from girafe.settings import Settings
from warehouse.landing import file_name, landing_files, landing_path, read_envelopes, write_envelopes

NAME = "gone"
RECHECK = "recheck"
"""Stands as `source` in the run records of a round: it is not listening, and says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneReport:
    """What one round of looking up found."""

    source: str
    run_id: str
    looked_up: int
    gone: int
    """Posts and accounts that are gone."""
    detail: str
    """What could not be looked up, and why."""

    @property
    def summary(self) -> str:
        """One sentence for people."""
        told = f"{self.source}: {self.gone:,} gone of {self.looked_up:,} posts looked up"
        return f"{told} ({self.detail})" if self.detail else told


def can_tell(settings: Settings, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """The sources switched on that can be asked whether a post is still there."""
    return tuple(
        entry.name
        for entry in settings.sources
        if entry.enabled and entry.name in sources and sources[entry.name].gone is not cannot_tell
    )


def look_up_gone(
    source: str,
    *,
    settings: Settings,
    data: DataDir,
    http: Http,
    secrets: Secrets,
    sources: Mapping[str, Source],
) -> GoneReport:
    """Asks `source` for every post of it in landing and lands a deletion for each that is gone.

    Raises GovernanceMissing or AccessDenied before any request. A place that fails is named in the
    report and asked again next time; if none could be asked, its error is raised after the run record
    was written.
    """
    settings.governance.check(http.clock().astimezone(UTC).date())
    module = sources[source]
    check_secrets(source, module, secrets)
    options = settings.source(source).options
    posts = _landed(data, source, module)
    path = cursor_path(data, source, f"({RECHECK})")
    cursors = read_cursors(path)
    now = http.clock().astimezone(UTC)
    missing: dict[str, str] = {}
    faults: list[GirafeError] = []
    answered = False
    limits: dict[str, None] = {}
    for origin in module.origins(options):
        cursor = cursors.get(origin) or Cursor(start=now, until=now)
        watch = Watch(
            query="", origin=origin, options=options, memory=dict(cursor.memory),
            ledger=Ledger(ledger_path(data, source)),
        )  # fmt: skip
        try:
            bound = http.for_source(module, origin, options, secrets)
            for key in module.gone(watch, list(posts.values()), bound):
                missing[key] = posts[key].platform if key in posts else module.PLATFORM
        except GirafeError as error:
            faults.append(error)
        except SHAPE_ERRORS as error:
            faults.append(
                SourceUnavailable(f"{watch.place} answered in an unknown shape ({type(error).__name__}).")
            )
        else:
            answered = True
            limits.update(dict.fromkeys(watch.limits))
            cursors[origin] = replace(cursor, until=now, memory=watch.memory)
    detail = " ".join(str(fault) for fault in faults)
    report = _land(
        source,
        module,
        data,
        now,
        missing,
        looked_up=len(posts),
        detail=detail,
        limits=" ".join(limits),
    )
    write_cursors(path, cursors)
    if faults and not answered:
        raise faults[0]
    return report


def _landed(data: DataDir, source: str, module: Source) -> dict[str, Item]:
    """Every post in landing that was seen after it was last found gone, if it ever was."""
    found: dict[str, Item] = {}
    seen_at: dict[str, datetime] = {}
    gone_at: dict[str, datetime] = {}
    for envelope in _envelopes(data, source, module):
        if envelope.source == NAME:
            _keep_latest(gone_at, text(envelope.payload.get("post_id")), envelope.fetched_at)
        elif envelope.source == source:
            for post_id in _post_ids(module, envelope):
                _keep_latest(seen_at, post_id, envelope.fetched_at)
                found[post_id] = Item(
                    key=post_id,
                    payload=envelope.payload,
                    position=envelope.position,
                    platform=envelope.platform,
                )
    return {
        name: item for name, item in found.items() if name not in gone_at or seen_at[name] > gone_at[name]
    }


def _keep_latest(times: dict[str, datetime], name: str, time: datetime) -> None:
    times[name] = max(times.get(name, time), time)


def _envelopes(data: DataDir, source: str, module: Source) -> Iterator[Envelope]:
    """Of the source's own platform, and of its runs on others."""
    for path in landing_files(data.landing):
        if path.parent.parent.name == file_name(module.PLATFORM) or path.name.startswith(f"{source}-"):
            yield from (line for line in read_envelopes(path) if not isinstance(line, Rejected))


def _post_ids(module: Source, envelope: Envelope) -> list[str]:
    try:
        return [record.post_id for record in module.parse(envelope) if isinstance(record, Post)]
    except (PayloadRejected, *SHAPE_ERRORS):
        return []


def _land(
    source: str,
    module: Source,
    data: DataDir,
    now: datetime,
    missing: Mapping[str, str],
    *,
    looked_up: int,
    detail: str,
    limits: str,
) -> GoneReport:
    """The notices, each under the platform of what is gone, then the run record."""
    run_id = f"{source}-gone-{now:%Y%m%dT%H%M%S}{now.microsecond:06d}"
    count = 0
    for platform in sorted({module.PLATFORM, *missing.values()}):
        notices = (
            Envelope(
                source=NAME, platform=platform, query="", fetched_at=now, run_id=run_id,
                collector_version=module.VERSION, payload=_notice(key),
            )
            for key, where in missing.items()
            if where == platform
        )  # fmt: skip
        count += write_envelopes(landing_path(data.landing, platform, now, run_id), notices)
    write_run(
        data,
        RunRecord(
            platform=module.PLATFORM, source=RECHECK, run_id=run_id, first_fetched_at=now,
            last_fetched_at=now, count_payloads=count, count_posts=0, count_quarantined=0, count_opted_out=0,
            health="blind" if detail else "heard", health_detail=detail,
            limits=limits,
        ),
    )  # fmt: skip
    return GoneReport(source=source, run_id=run_id, looked_up=looked_up, gone=count, detail=detail)


def _notice(key: str) -> dict[str, str]:
    if key.startswith(ACCOUNT):
        return {"account_id": key.removeprefix(ACCOUNT)}
    return {"post_id": key}


def parse(envelope: Envelope) -> Iterator[Record]:
    """A notice becomes a Deletion, of a post or of everything of an account."""
    account = optional_id(envelope.payload.get("account_id"))
    post = None if account else identifier(envelope.payload.get("post_id"), "post_id")
    yield Deletion(
        platform=envelope.platform, post_id=post, account_id=account, observed_at=envelope.fetched_at
    )
