"""Run: each stage of the path as one call, and all of them in order. The CLI and the DAGs share it.

Stages are imported where they are used: `girafe --help` and a DAG file must not pay for spaCy.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from girafe import audit
from girafe.data_dir import DataDir
from girafe.errors import QualityFailed, UserMustAct
from girafe.lock import hold
from girafe.pseudonym import NEXT_KEY_FILE, Pseudonymiser, check_same_key, load_key
from girafe.settings import Settings
from girafe.storage import Place, find_sizes, name_under, remove

if TYPE_CHECKING:
    from collectors.collect import CollectReport
    from collectors.gone import GoneReport
    from collectors.http import Http
    from girafe.plan import Ask
    from nlp.classify import ClassifyReport
    from quality.validate import ValidationReport
    from reports.release import Release
    from warehouse.dbt import BuildReport
    from warehouse.load import LoadReport

DBT_PROJECT = Path(__file__).resolve().parent.parent / "dbt_project"

QUIET = {
    "DO_NOT_TRACK": "1",
    "SCARF_NO_ANALYTICS": "true",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
}
"""Telemetry of the tools we run, switched off: a privacy product does not phone home."""

Say = Callable[[str], None]
"""Shows one line of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every stage needs: where, for whom, and what time it is."""

    data: DataDir
    settings: Settings
    now: datetime
    say: Say = lambda line: None
    who: str = "unknown"
    """Who asked for it, for the audit log."""

    def audit(self, what: str, **details: object) -> None:
        """Adds one act to the audit log, durably, before it happens."""
        audit.record(self.data, what, who=self.who, at=self.now, **details)

    def adding(self, what: str) -> AbstractContextManager[None]:
        """Keeps out what rewrites files (forget, rotate-key) while files are added."""
        return hold(self.data, "files", what, now=self.now, shared=True)

    def alone(self, what: str) -> AbstractContextManager[None]:
        """Keeps every other run away from the warehouse, the marts and the release."""
        return hold(self.data, "warehouse", what, now=self.now)

    @property
    def pseudonymiser(self) -> Pseudonymiser:
        """Made from the key in the environment or under `keys/`, the same on every machine.

        Raises UserMustAct while it is replaced.
        """
        if (self.data.keys / NEXT_KEY_FILE).exists():
            raise UserMustAct(
                "The pseudonym key is being replaced, or that was interrupted. Finish it: girafe rotate-key"
            )
        made = Pseudonymiser(load_key(self.data.keys, may_make=not self.data.is_shared))
        if self.data.is_shared:
            check_same_key(self.data.classified, made)
        return made


def be_quiet() -> None:
    """Switches telemetry off before any tool is imported; what the user set stays."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


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
            secrets=os.environ,
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

    options = {entry.name: entry.options for entry in context.settings.sources}
    pairs = [
        (name, query, len(SOURCES[name].origins(options[name])) if name in SOURCES else 0)
        for name, query in queries(context, only)
    ]
    return plan(context.data, pairs, window)


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
            secrets=os.environ,
            sources=SOURCES,
        )


def terms_accepted(names: Iterable[str]) -> list[tuple[str, str]]:
    """The terms of those sources among `names` that are off until a person switches them on."""
    from collectors.registry import SOURCES

    chosen = [(name, SOURCES[name]) for name in sorted(names) if name in SOURCES]
    return [(name, source.TERMS) for name, source in chosen if not source.ON_BY_DEFAULT]


def rechecked_sources(context: Context) -> tuple[str, ...]:
    """The sources switched on that can be asked whether a post is still there."""
    from collectors.gone import can_tell
    from collectors.registry import SOURCES

    return can_tell(context.settings, SOURCES)


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
    """True if anything was ever collected or imported."""
    from warehouse.landing import landing_files

    return bool(landing_files(data.landing))


def classify(context: Context, files: Sequence[Place] | None = None) -> list[ClassifyReport]:
    """CLASSIFY what is new or whose classifier or company.toml has changed: `files`, or all that has landed."""
    from collectors.registry import PARSERS
    from nlp.classify import classify_pending
    from warehouse.forgotten import Forgotten

    pseudonymiser = context.pseudonymiser
    with context.adding("girafe classify"):
        return classify_pending(
            context.data,
            settings=context.settings,
            parsers=PARSERS,
            pseudonymiser=pseudonymiser,
            is_forgotten=Forgotten(context.data, pseudonymiser),
            progress=context.say,
            files=files,
        )


_BATCH_BYTES = 1_000_000
"""Of compressed landing: some 7,000 posts, about what a worker classifies in the time it needs to begin."""


def pending_batches(context: Context, *, at_most: int = 8) -> list[list[str]]:
    """Landing files still to be classified, in up to `at_most` batches of about equal size, for workers.

    Few small files make few batches (two at least, so that two workers share them): each worker first has
    to load the classifier.
    """
    from nlp.classify import fingerprint
    from nlp.parquet import read_manifests
    from warehouse.landing import LANDING_FILES, classified_folder

    mark, root = fingerprint(context.settings), context.data.landing
    landed = find_sizes(root, LANDING_FILES)
    manifests = read_manifests([classified_folder(context.data, path) for path, _ in landed])
    pending = [
        (size, name_under(root, path))
        for (path, size), manifest in zip(landed, manifests, strict=True)
        if manifest.get("fingerprint") != mark
    ]
    weight = sum(size for size, _ in pending)
    count = min(at_most, len(pending), max(2, weight // _BATCH_BYTES))
    batches: list[list[str]] = [[] for _ in range(count)]
    sizes = [0] * len(batches)
    for size, name in sorted(pending, reverse=True):
        smallest = sizes.index(min(sizes))
        batches[smallest].append(name)
        sizes[smallest] += size
    return batches


def classify_batch(context: Context, batch: Iterable[str]) -> list[ClassifyReport]:
    """CLASSIFY these landing files only; any number of workers may do so at once."""
    return classify(context, [context.data.landing / name for name in batch])


def load(context: Context, *, rebuild: bool = False) -> LoadReport:
    """LOAD what was classified into DuckDB and judge the speakers it concerns.

    A damaged warehouse is made anew from the classified files, a damaged classified file from its landing file.
    """
    from warehouse.connection import WarehouseDamaged
    from warehouse.load import ClassifiedDamaged

    with context.alone("girafe load"), context.adding("girafe load"):
        for _ in range(2):
            try:
                return _load_once(context, rebuild=rebuild)
            except WarehouseDamaged as damage:
                context.say(f"{damage} It is rebuilt now.")
                rebuild = True
            except ClassifiedDamaged as damage:
                context.say(f"{damage} They are made again from their landing files.")
                _classify_again(context, damage.folders)
        return _load_once(context, rebuild=rebuild)


def _load_once(context: Context, *, rebuild: bool) -> LoadReport:
    from nlp.judge import judge
    from warehouse.load import load_classified

    return load_classified(
        context.data,
        context.settings,
        judge=judge,
        pseudonymiser=context.pseudonymiser,
        rebuild=rebuild,
    )


def _classify_again(context: Context, folders: Sequence[Place]) -> None:
    """Classifies the landing files of damaged folders; raises UserMustAct if one of them has left."""
    from warehouse.landing import MANIFEST, classified_folder, landing_files

    landed = {classified_folder(context.data, path): path for path in landing_files(context.data.landing)}
    lost = [folder for folder in folders if folder not in landed]
    if lost:
        raise UserMustAct(
            f"{lost[0]} is damaged, and its payloads have left landing. Restore that folder from a backup; without "
            "one, remove it, and what it held leaves the numbers. Nothing was changed."
        )
    for folder in folders:
        remove(folder / MANIFEST)
    classify(context, [landed[folder] for folder in folders])


def validate_raw(context: Context) -> ValidationReport:
    """VALIDATE what entered; raises QualityFailed before any mart changes."""
    from quality.validate import validate_raw as validate

    with context.alone("girafe validate"):
        return validate(context.data, context.settings, context.now)


def measure(context: Context) -> BuildReport:
    """MEASURE: dbt builds every model, writes the rpt_* marts and documents itself on one page."""
    from warehouse.dbt import build_models

    with context.alone("girafe measure"):
        return build_models(
            warehouse=context.data.warehouse,
            marts=context.data.marts,
            project=DBT_PROJECT,
            small_group=context.settings.privacy.small_group,
            small_group_cross=context.settings.privacy.small_group_cross,
            hearing=context.data.quality / "hearing.json",
            docs=_models_page(context.data),
        )


def measuring(context: Context) -> tuple[dict[str, str], dict[str, int]]:
    """MEASURE where Airflow runs dbt: the environment and the variables of the build.

    Raises WarehouseBusy, which trying again helps.
    """
    from warehouse.connection import connect
    from warehouse.dbt import empty_marts, environment

    with connect(context.data.warehouse):
        pass  # dbt would only say that it could not connect
    privacy, warehouse = context.settings.privacy, context.data.warehouse
    return environment(warehouse, empty_marts(warehouse), context.data.quality / "hearing.json"), {
        "small_group": privacy.small_group,
        "small_group_cross": privacy.small_group_cross,
    }


def keep_marts(context: Context) -> int:
    """MEASURE, its end where Airflow runs dbt: the new marts take the place of the old; says how many."""
    from warehouse.dbt import keep_marts as keep
    from warehouse.dbt import write_docs

    with context.alone("girafe measure"):
        write_docs(
            warehouse=context.data.warehouse,
            project=DBT_PROJECT,
            to=_models_page(context.data),
            hearing=context.data.quality / "hearing.json",
            small_group=context.settings.privacy.small_group,
            small_group_cross=context.settings.privacy.small_group_cross,
        )
        return len(keep(context.data.warehouse, context.data.marts))


def validate_marts(context: Context) -> ValidationReport:
    """VALIDATE the marts; only marts found valid may be published."""
    from quality.validate import validate_marts as validate

    with context.alone("girafe validate"):
        report = validate(context.data.marts, context.settings, context.now)
        _seal(context.data.marts).write_bytes(orjson.dumps(digest(context.data.marts)))
    return report


def publish(context: Context) -> Release:
    """PUBLISH one release of dashboard, digest and files, swapped in as a whole.

    Raises QualityFailed if the marts are not the ones last found valid.
    """
    from reports.release import publish as publish_release

    with context.alone("girafe publish"):
        seal = _seal(context.data.marts)
        if not seal.exists() or orjson.loads(seal.read_bytes()) != digest(context.data.marts):
            raise QualityFailed(
                "The marts have not been validated since they were built, so the last good release stays. "
                "Run: girafe validate"
            )
        return publish_release(
            marts=context.data.marts,
            exports=context.data.exports,
            settings=context.settings,
            now=context.now,
            extras={page.name: page} if (page := _models_page(context.data)).exists() else {},
            before_swap=lambda release: context.audit("publish", release=release),
        )


def digest(marts: Path) -> dict[str, str]:
    """The content hash of each mart file: equal data gives equal hashes."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(marts.glob("rpt_*.parquet"))
    }


def _models_page(data: DataDir) -> Path:
    """Where dbt's documentation of the models lies: engineers' reading, beside what HR and comms read."""
    return data.marts.parent / "models.html"


def _seal(marts: Path) -> Path:
    return marts / "_validated.json"


Stage = tuple[str, Callable[[Context], Any], Callable[[Any], str]]
"""The name of a stage, its call, and what it says of its report in one line."""

AFTER_COLLECT: tuple[Stage, ...] = (
    ("classify", classify, lambda found: _classified_line(found)),
    ("load", load, lambda r: f"{r.posts:,} posts by {r.accounts:,} accounts in the warehouse"),
    ("validate", validate_raw, lambda r: r.summary),
    ("measure", measure, lambda r: r.summary),
    ("validate marts", validate_marts, lambda r: r.summary),
    ("publish", publish, lambda r: r.summary),
)
"""The path after collection, in order."""


def run_stages(
    context: Context, stages: Iterable[Stage], around: Callable[[str, Callable[[], Any]], Any]
) -> dict[str, Any]:
    """Runs stages in order and returns their reports by name; `around(name, call)` may show progress."""
    reports: dict[str, Any] = {}
    with context.alone("girafe run"):
        for name, stage, line in stages:
            reports[name] = around(name, lambda stage=stage: stage(context))  # type: ignore[misc]
            context.say(f"{name}: {line(reports[name])}")
    return reports


def _classified_line(found: list[ClassifyReport]) -> str:
    new = [report for report in found if not report.skipped]
    if not new:
        return "nothing new"
    posts, bad = sum(r.posts for r in new), sum(r.quarantined for r in new)
    return f"{posts:,} posts from {len(new)} landing files, {bad:,} payloads in quarantine"
