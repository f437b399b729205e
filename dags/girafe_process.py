"""Turns what has landed into marts: classify, load, validate, measure, validate again."""

from airflow.sdk import Param, chain, dag, task

from girafe import wiring
from girafe.wiring.models import models

DOC = """
### What it does
Classifies every landing file that is new (one mapped task per batch), loads the result into DuckDB, checks
it with Great Expectations, lets dbt build every model, and checks the marts. It starts when sources have been
asked, whatever they answered, and when a file has landed.

### How to re-run it
Trigger it, or clear its first task: what was done already is skipped; doing it twice gives the same tables.
`rebuild` makes the warehouse anew from the classified files. To build the models again, clear the group
*measure* with what comes after it; one model cleared alone only reads once more what dbt said of it.

### When it is red
* **classify**: a file cannot be read at all. Single bad payloads never stop it (`girafe quarantine list`).
* **validate_raw, validate_marts**: the log names the rule, the rows and the remedy; the last good dashboard
  stays. Pages: `quality/docs/raw/index.html`, `quality/docs/marts/index.html` in the data directory.
* **load, measure**: another process holds the DuckDB file; it is tried again.
"""


@dag(
    dag_id="girafe_process",
    schedule=[wiring.LANDED],
    catchup=False,
    max_active_runs=1,
    deadline=wiring.within(minutes=180),
    default_args=wiring.patient(minutes=120),
    params=wiring.form(rebuild=Param(False, type="boolean", title="Rebuild the warehouse")),
    tags=["girafe", "process"],
    doc_md=DOC,
)
def process() -> None:
    """Wires the stages between landing and marts."""

    @task
    def batches() -> list[list[str]]:
        from girafe.run import pending_batches

        # More batches than can be classified at a time: a worker that is done takes the next.
        return pending_batches(wiring.here(), at_most=max(8, 2 * wiring.classifiers()))

    @task(pool=wiring.CLASSIFIERS, queue=wiring.ANYWHERE)
    def classify(batch: list[str]) -> int:
        from girafe.run import classify_batch

        return sum(report.posts for report in classify_batch(wiring.here(), batch))

    # Nothing new to classify is no reason to stop: companies, official accounts or models may have changed.
    @task(pool=wiring.DUCKDB_WRITER, trigger_rule="none_failed")
    def load() -> int:
        from airflow.sdk import get_current_context

        from girafe.run import load as stage

        return stage(wiring.here(), rebuild=get_current_context()["params"]["rebuild"]).posts

    @task(pool=wiring.DUCKDB_WRITER, outlets=[wiring.LOADED])
    def validate_raw() -> str:
        from girafe.run import validate_raw as stage

        report = stage(wiring.here())
        # Whoever looks at the asset sees whether a calm week was one.
        wiring.announce(
            wiring.LOADED,
            rows=sum(report.rows.values()),
            warnings=len(report.warnings),
            unheard=report.unheard,
        )
        return report.summary

    @task(pool=wiring.DUCKDB_WRITER)
    def keep_marts() -> int:
        from girafe.run import keep_marts as stage

        return stage(wiring.here())

    @task(outlets=[wiring.MEASURED])
    def validate_marts() -> str:
        from girafe.run import validate_marts as stage

        report = stage(wiring.here())
        wiring.announce(wiring.MEASURED, rows=sum(report.rows.values()), warnings=len(report.warnings))
        return report.summary

    classified = classify.expand(batch=batches())
    chain(classified, load(), validate_raw(), models("measure"), keep_marts(), validate_marts())


process()
