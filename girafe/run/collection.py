"""COLLECT and LAND: one query of one source, files a person hands in, the sample, and what is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from girafe.data_dir import DataDir
from girafe.errors import quoting_nobody
from girafe.run.context import Context, Say
from girafe.storage import find

if TYPE_CHECKING:
    from collectors.collect import CollectReport
    from collectors.gone import GoneReport
    from collectors.http import Http
    from girafe.plan import Ask


def live_http(clock: Callable[[], datetime], say: Say) -> Http:
    """The polite client with the real network, clock and chance; its waits are said."""
    import random
    import time

    from collectors.http import Http
    from collectors.outward import outward_client

    return Http(
        client=outward_client(),
        clock=clock,
        sleep=time.sleep,
        ticks=time.monotonic,
        chance=random.random,
        on_wait=lambda wait: say(f"waiting {wait.seconds:.0f} s for {wait.host}: {wait.reason}"),
    )


def queries(context: Context, only: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Every (source, query) switched on in company.toml, or those of the sources named."""
    from collectors.collect import queries as all_queries

    return [pair for pair in all_queries(context.settings) if not only or pair[0] in only]


@quoting_nobody
def collect(
    context: Context, source: str, query: str, *, http: Http, window: tuple[datetime, datetime] | None = None
) -> CollectReport:
    """COLLECT one query of one source, from its cursor or in `window`, and land it durably.

    Raises GovernanceMissing before any request; RetryLater or UserMustAct if nothing could be heard.
    """
    from collectors.collect import collect as collect_one
    from collectors.contract import Window
    from girafe.plan import counted, remember_calls
    from warehouse.forgotten import Forgotten

    with context.adding("girafe collect"), counted(http.client) as calls:
        report = collect_one(
            source,
            query,
            settings=context.settings,
            data=context.data,
            http=http,
            secrets=context.data.secrets,
            window=Window(start=window[0], end=window[1]) if window else None,
            is_forgotten=Forgotten(context.data, context.pseudonymiser),
        )
        if window is None:
            remember_calls(context.data, source, query, calls())
    return report


def planned(context: Context, only: tuple[str, ...], window: tuple[datetime, datetime] | None) -> list[Ask]:
    """What `collect` would ask, of how many places, and how many calls that costs; asks nothing."""
    from collectors.registry import SOURCES
    from girafe.plan import plan

    source = context.settings.source
    pairs = [
        (name, query, len(SOURCES[name].origins(source(name).options)) if name in SOURCES else 0)
        for name, query in queries(context, only)
    ]
    return plan(context.data, pairs, window)


@quoting_nobody
def recheck(context: Context, source: str, *, http: Http) -> GoneReport:
    """Looks up what of `source` lies in landing and lands a deletion for what is gone.

    `girafe.erasure.propagate_deletions` then erases it everywhere. Raises GovernanceMissing before any request.
    """
    from collectors.gone import look_up_gone
    from collectors.registry import SOURCES

    with context.adding("girafe recheck"):
        return look_up_gone(
            source,
            settings=context.settings,
            data=context.data,
            http=http,
            secrets=context.data.secrets,
            sources=SOURCES,
        )


def terms_accepted(names: Iterable[str]) -> list[tuple[str, str]]:
    """The terms of those sources among `names` that are accepted by switching them on."""
    from collectors.registry import SOURCES

    chosen = [(name, SOURCES[name]) for name in sorted(names) if name in SOURCES]
    return [(name, source.TERMS) for name, source in chosen if not source.OPEN]


def rechecked_sources(context: Context) -> tuple[str, ...]:
    """The sources switched on that can be asked whether a post is still there."""
    from collectors.gone import can_tell
    from collectors.registry import SOURCES

    return can_tell(context.settings, SOURCES)


@quoting_nobody
def import_files(context: Context, files: Iterable[str | Path]) -> int:
    """LAND files a person hands in; returns the lines that landed, those imported before included."""
    from collectors.imports.land import import_file

    rows = 0
    for file in files:
        with context.adding("girafe import"):
            report = import_file(Path(file), context.data, now=context.now, say=context.say)
        context.say(report.summary)
        rows += sum(report.landed.values())
    return rows


def seed_sample(context: Context) -> int:
    """LAND the bundled sample, as eight weeks of collection and two imports would have left it."""
    from importlib import import_module

    seed = import_module("sample.seed")
    seed.seed_data(context.data)
    return import_files(context, seed.IMPORTS)


def has_landed(data: DataDir) -> bool:
    """True if anything was ever collected or imported: payloads leave in time, what was classified stays."""
    from warehouse.landing import MANIFEST, landing_files

    return bool(landing_files(data.landing) or find(data.classified, f"*/*/{MANIFEST}"))
