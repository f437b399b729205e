"""Gone: posts landed earlier are looked up again, and those no longer shown are named as deletions.

Only what still lies in landing is looked up: after its time to live, counts are all that is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from collectors.contract import Item, Secrets, Source, Watch
from collectors.guard import hosts_named
from collectors.http import Http
from collectors.read import identifier, text
from collectors.runs import RunRecord, write_run
from girafe.data_dir import DataDir
from girafe.errors import GirafeError, PayloadRejected
from girafe.records import Deletion, Envelope, Post, Record, Rejected
from girafe.settings import Settings, SourceSettings
from warehouse.landing import file_name, landing_files, landing_path, read_envelopes, write_envelopes

NAME = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneReport:
    """What one round of looking up found."""

    source: str
    run_id: str
    looked_up: int
    gone: int
    detail: str

    @property
    def summary(self) -> str:
        """One sentence for people."""
        told = f"{self.source}: {self.gone:,} of {self.looked_up:,} posts are gone"
        return f"{told} ({self.detail})" if self.detail else told


def look_up_gone(
    source: str,
    *,
    settings: Settings,
    data: DataDir,
    http: Http,
    secrets: Secrets,
    sources: Mapping[str, Source],
) -> GoneReport:
    """Asks `source` for every post of it in landing and lands a deletion for each that is gone."""
    settings.governance.check()
    module = sources[source]
    entry = next((entry for entry in settings.sources if entry.name == source), SourceSettings(name=source))
    posts = _landed(data, source, module)
    missing: dict[str, None] = {}
    faults = []
    for origin in module.origins(entry.options):
        bound = http.bound(
            auth=module.auth(secrets, origin), pace=module.PACE, allowed_hosts=hosts_named(entry.options)
        )
        watch = Watch(query="", origin=origin, options=entry.options)
        try:
            missing.update(dict.fromkeys(module.gone(watch, list(posts.values()), bound)))
        except GirafeError as error:
            faults.append(str(error))
    return _land(source, module, data, http, missing, looked_up=len(posts), detail=" ".join(faults))


def _landed(data: DataDir, source: str, module: Source) -> dict[str, Item]:
    """Every post in landing that was seen after it was last found gone, if it ever was."""
    found: dict[str, Item] = {}
    seen_at: dict[str, datetime] = {}
    gone_at: dict[str, datetime] = {}
    for envelope in _envelopes(data, module):
        if envelope.source == NAME:
            _keep_latest(gone_at, text(envelope.payload.get("post_id")), envelope.fetched_at)
        elif envelope.source == source:
            for post_id in _post_ids(module, envelope):
                _keep_latest(seen_at, post_id, envelope.fetched_at)
                found[post_id] = Item(key=post_id, payload=envelope.payload, position=envelope.position)
    return {
        post_id: item
        for post_id, item in found.items()
        if post_id not in gone_at or seen_at[post_id] > gone_at[post_id]
    }


def _keep_latest(times: dict[str, datetime], name: str, time: datetime) -> None:
    times[name] = max(times.get(name, time), time)


def _envelopes(data: DataDir, module: Source) -> Iterator[Envelope]:
    for path in landing_files(data.landing):
        if path.parent.parent.name == file_name(module.PLATFORM):
            yield from (line for line in read_envelopes(path) if not isinstance(line, Rejected))


def _post_ids(module: Source, envelope: Envelope) -> list[str]:
    try:
        return [record.post_id for record in module.parse(envelope) if isinstance(record, Post)]
    except PayloadRejected:
        return []


def _land(
    source: str,
    module: Source,
    data: DataDir,
    http: Http,
    missing: Mapping[str, None],
    *,
    looked_up: int,
    detail: str,
) -> GoneReport:
    now = http.clock().astimezone(UTC)
    run_id = f"{source}-gone-{now:%Y%m%dT%H%M%S}{now.microsecond:06d}"

    def envelopes() -> Iterator[Envelope]:
        for post_id in missing:
            yield Envelope(
                source=NAME, platform=module.PLATFORM, query="", fetched_at=now, run_id=run_id,
                collector_version=module.VERSION, payload={"post_id": post_id},
            )  # fmt: skip

    count = write_envelopes(landing_path(data.landing, module.PLATFORM, now, run_id), envelopes())
    write_run(
        data,
        RunRecord(
            platform=module.PLATFORM, source=source, run_id=run_id, first_fetched_at=now, last_fetched_at=now,
            count_payloads=count, count_posts=0, count_quarantined=0, count_opted_out=0,
            health="blind" if detail else "heard", health_detail=detail,
        ),
    )  # fmt: skip
    return GoneReport(source=source, run_id=run_id, looked_up=looked_up, gone=count, detail=detail)


def parse(envelope: Envelope) -> Iterator[Record]:
    """A notice becomes a Deletion."""
    post_id = identifier(envelope.payload.get("post_id"), "post_id")
    yield Deletion(platform=envelope.platform, post_id=post_id, observed_at=envelope.fetched_at)
