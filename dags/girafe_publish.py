"""Publishes one release of dashboard, digest and files when the marts are measured and valid."""

from airflow.sdk import dag, task

from girafe import wiring

DOC = """
### What it does
Writes the dashboard, the digest and the spreadsheets from the validated marts, and swaps the whole release
in at once: readers see the old one or the new one, never half of each.

### How to re-run it
Trigger it. The same marts give the same release.

### When it is red
The last good release stays in `exports/`. If the log says that the marts are not validated, run
**girafe_process**.
"""


@dag(
    dag_id="girafe_publish",
    schedule=[wiring.MEASURED],
    catchup=False,
    max_active_runs=1,
    deadline=wiring.within(minutes=60),
    default_args=wiring.patient(minutes=30),
    params=wiring.form(),
    tags=["girafe", "publish"],
    doc_md=DOC,
)
def publish() -> None:
    """Wires the release."""

    # The pool keeps the marts still: nobody measures while they are read.
    @task(pool=wiring.DUCKDB_WRITER, outlets=[wiring.RELEASED])
    def release() -> str:
        from girafe.run import publish as stage

        made = stage(wiring.here())
        wiring.announce(wiring.RELEASED, headline=made.headline)
        return made.headline

    release()


publish()
