"""Measure: dbt builds every model in this process; the rpt_ files change together or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from girafe.errors import GirafeError, QualityFailed, UserMustAct
from girafe.storage import renamed_folder, write
from warehouse.connection import MEMORY_LIMIT, address, disk_refuses
from warehouse.manifest import fingerprint, manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What one build did."""

    models: int
    tests: int
    seconds: float
    slowest: tuple[tuple[str, float], ...]
    """The ten slowest nodes with their seconds."""
    marts: tuple[Path, ...]
    """The rpt_ files now in place."""

    @property
    def summary(self) -> str:
        """One line for people."""
        return f"{self.models} models and {self.tests} tests in {self.seconds:.1f} s"


def build_models(
    *,
    warehouse: Path,
    marts: Path,
    project: Path,
    variables: Mapping[str, int] | None = None,
    with_unit_tests: bool = False,
    hearing: Path | None = None,
    docs: Path | None = None,
) -> BuildReport:
    """Builds and tests every model of `project` in `warehouse` and puts the rpt_ files into `marts`.

    Everything is computed from the raw tables each time (and from `hearing`, what the silence detector wrote,
    if it has), so a second build gives the same files. `variables` take the place of those of dbt_project.yml; `docs`
    is where to document the models, if anywhere.
    Raises QualityFailed naming the model or test that failed; `marts` is then as it was before.
    """
    if not (project / "dbt_project.yml").is_file():
        raise UserMustAct(
            f"{project} holds no dbt_project.yml. Install girafe from its checkout (make demo)."
        )
    fresh = empty_marts(warehouse)
    # Unit tests test the SQL, not this data: they belong to the test suite.
    without = [] if with_unit_tests else ["--exclude-resource-type", "unit_test"]
    # `--no-write-json`: dbt would write all it knows of the project twice in each run, and nobody reads it.
    arguments = ["build", *_vars(variables), *without, "--no-write-json"]
    results = run_dbt(arguments, warehouse=warehouse, marts=fresh, project=project, hearing=hearing)
    if docs is not None:
        write_docs(warehouse=warehouse, project=project, to=docs, variables=variables, hearing=hearing)
    return _report(results, keep_marts(warehouse, marts))


def write_docs(
    *,
    warehouse: Path,
    project: Path,
    to: Path,
    variables: Mapping[str, int] | None = None,
    hearing: Path | None = None,
) -> None:
    """Writes one page about the models after they were built (by `build_models`, or by Airflow's tasks).

    The same models give the same page, so it is written only where they have changed.
    """
    mark = f"<!-- {fingerprint(project, variables)} -->"
    if to.exists() and _ends_with(to, mark.encode()):
        return
    # The variables of the build: others would have dbt parse the whole project again.
    # `--no-compile`: the build has compiled everything, and that names folders of this machine.
    arguments = ["docs", "generate", "--no-compile", *_vars(variables)]
    run_dbt(arguments, warehouse=warehouse, marts=_fresh(warehouse), project=project, hearing=hearing)
    # The manifest Airflow draws from, whoever built: dbt writes none here where Airflow's tasks did, and would
    # leave that of an older version.
    target = _state(warehouse) / "target"
    known = manifest(project, spare=_state(warehouse) / "manifest")
    _write_docs(target / "index.html", known, target / "catalog.json", to, mark)


def _ends_with(file: Path, mark: bytes) -> bool:
    """Read from its end: the page is some megabytes."""
    with file.open("rb") as page:
        page.seek(-min(len(mark), file.stat().st_size), os.SEEK_END)
        return page.read() == mark


def _vars(variables: Mapping[str, int] | None) -> list[str]:
    return ["--vars", json.dumps(variables or {})]


def _write_docs(index: Path, manifest_file: Path, catalog: Path, to: Path, mark: str) -> None:
    """Puts what dbt knows of the models, their columns and their lineage on one page that asks no network.

    It holds descriptions, SQL and names of columns, no data; nothing of the machine or the moment, so the same
    models give the same page.
    """
    page = index.read_text(encoding="utf-8")
    for name, file in (("MANIFEST", manifest_file), ("CATALOG", catalog)):
        known = _without_machine(json.loads(file.read_bytes()))
        text = json.dumps(known, ensure_ascii=False, sort_keys=True).replace("</", "<\\/")
        page = page.replace(f'"{name}.JSON INLINE DATA"', text)
    write(to, (page + mark).encode())


_OF_MACHINE = frozenset(
    {"generated_at", "invocation_id", "invocation_started_at", "run_started_at", "user_id", "created_at"}
    | {"compiled_code", "compiled_path", "build_path", "root_path", "env", "deferred", "checksum", "contract"}
)


def _without_machine(value: Any) -> Any:
    """JSON of dbt without when, where and by whom it was made."""
    if isinstance(value, dict):
        return {key: _without_machine(inner) for key, inner in value.items() if key not in _OF_MACHINE}
    return [_without_machine(inner) for inner in value] if isinstance(value, list) else value


def run_dbt(
    arguments: list[str], *, warehouse: Path, marts: Path, project: Path, hearing: Path | None = None
) -> Any:
    """Runs one dbt command in this process and returns its result; raises QualityFailed if it fails.

    `target/` and the logs lie beside the warehouse: the source tree may be read-only.
    """
    state = _state(warehouse)
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with surroundings(environment(warehouse, marts, hearing)):
        # Imported here: dbt costs two seconds, and everything else in this package does without.
        from dbt.cli.main import dbtRunner

        places = ["--project-dir", project, "--profiles-dir", project, "--target-path", state / "target"]
        quiet = ["--log-path", state / "logs", "--log-level", "none", "--log-level-file", "info"]
        flags = [str(part) for part in (*places, *quiet, "--no-use-colors", "--no-version-check")]
        try:
            outcome = dbtRunner().invoke([*arguments, *flags])
        finally:
            close_duckdb()
    if isinstance(outcome.exception, KeyboardInterrupt):  # dbt tells of Ctrl-C as of a fault
        raise outcome.exception
    if not outcome.success:
        raise fault_of(outcome, warehouse=warehouse, project=project, log=state / "logs" / "dbt.log")
    return outcome.result


def environment(warehouse: Path, marts: Path, hearing: Path | None = None) -> dict[str, str]:
    """What dbt_project asks of the environment: the warehouse, its limits, where marts go, who was heard."""
    return {
        "GIRAFE_WAREHOUSE": address(warehouse),
        "GIRAFE_MARTS": str(marts.resolve()),
        "GIRAFE_SPILL": str((warehouse.parent / "spill").resolve()),
        "GIRAFE_MEMORY": MEMORY_LIMIT,
        "GIRAFE_HEARING": str(hearing.resolve()) if hearing and hearing.is_file() else "",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def empty_marts(warehouse: Path) -> Path:
    """The folder dbt writes rpt_ files to, emptied: what is in it at the end is of one build."""
    fresh = _fresh(warehouse)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    return fresh


def _fresh(warehouse: Path) -> Path:
    return _state(warehouse) / "marts"


def _state(warehouse: Path) -> Path:
    """Absolute: dbt would take a relative path from the project."""
    return (warehouse.parent / "dbt").resolve()


_FOR_WHO_LOOKS = frozenset({"DBT_STORE_FAILURES"})
"""Flags of dbt that change nothing of what is built: this one keeps the rows behind a test that fails."""


@contextmanager
def surroundings(variables: Mapping[str, str]) -> Iterator[None]:
    """The environment dbt works in: with `variables`, and without what is meant for other projects of this machine.

    dbt takes each of its flags from there, too: DBT_EMPTY=1 would build every model of no rows and call that a success.
    """
    others = [name for name in os.environ if name.startswith("DBT_") and name not in _FOR_WHO_LOOKS]
    before = {name: os.environ.get(name) for name in (*others, *variables)}
    for name in others:
        del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def close_duckdb() -> None:
    """Lets go of the warehouse: dbt-duckdb keeps it open for the life of the process otherwise."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import reset_adapters

    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    DuckDBConnectionManager._ENV = None
    reset_adapters()  # type: ignore[no-untyped-call]


def fault_of(outcome: Any, *, warehouse: Path, project: Path, log: Path) -> GirafeError:
    """What failed, in which file, and what to do, one line each; a full disk is no fault of a model."""
    failed = [
        result
        for result in getattr(outcome.result, "results", ())
        if str(result.status) in {"error", "fail", "runtime error"}
    ]
    for message in (*(result.message for result in failed), outcome.exception):
        if full := disk_refuses(warehouse, " ".join(str(message).split())):
            return full
    if not failed:
        return QualityFailed(
            f"dbt could not start: {outcome.exception}. The last good marts stay. See {log}."
        )
    lines = [
        f"{result.node.resource_type} {result.node.name} "
        f"({project.name}/{result.node.original_file_path}): {' '.join(str(result.message).split())}"
        for result in failed
    ]
    return QualityFailed(
        "The measures were not built, so the last good marts stay:\n  "
        + "\n  ".join(lines)
        + f"\nA model that fails is a defect: correct its SQL. A test that fails names "
        f"what the data broke; its query is in {log.parent.parent / 'target' / 'compiled'}. "
        "Then run: girafe measure"
    )


def keep_marts(warehouse: Path, marts: Path) -> tuple[Path, ...]:
    """Puts the rpt_ files of a build that succeeded in the place of those before, all in one step, not yet validated.

    Doing it a second time (a task run again) changes nothing, and killed anywhere the second time finishes: each
    file stays where dbt wrote it.
    """
    new = sorted(_fresh(warehouse).glob("rpt_*.parquet"))
    if new:
        # Half of each, the marts would pass for valid: a validation sees nothing wrong in two builds mixed.
        with renamed_folder(marts, marts.with_name(f".{marts.name}.part")) as partial:
            for path in new:
                shutil.copyfile(path, partial / path.name)
    return tuple(sorted(marts.glob("rpt_*.parquet")))


def _report(results: Any, marts: tuple[Path, ...]) -> BuildReport:
    nodes = results.results
    slowest = sorted(((r.node.name, r.execution_time) for r in nodes), key=lambda item: -item[1])
    kinds = [str(r.node.resource_type) for r in nodes]
    return BuildReport(
        models=kinds.count("model"),
        tests=sum(kind in {"test", "unit_test"} for kind in kinds),
        seconds=results.elapsed_time,
        slowest=tuple(slowest[:10]),
        marts=marts,
    )
