"""Lands files you already have, or the bundled sample; the rest of the chain follows by itself."""

from airflow.sdk import dag, task

from girafe import wiring

DOC = """
### What it does
Lands exports and archives from this machine; lines that cannot be read go to quarantine with their reason.
Then **girafe_process** and **girafe_publish** follow. Without a file it lands the bundled sample: an invented
company, eight weeks of conversations, no network. That needs the sample's company.toml, which `make up` takes
where there is no company.toml.

### How to re-run it
Trigger it. The same file lands under the same name, so nothing counts twice.

### When it is red
The log names the file and what is wrong with it; docs/formats.md describes every format that is recognised.
"""
FILE = wiring.line(
    "File", "Path on this machine, which Airflow keeps: let it name nobody. Empty: the sample."
)


@dag(
    dag_id="girafe_import",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    deadline=wiring.within(minutes=90),
    default_args=wiring.patient(minutes=60),
    params=wiring.form(file=FILE),
    tags=["girafe", "collect"],
    doc_md=DOC,
)
def import_() -> None:
    """Wires one file, or the sample, to the event that something has landed."""

    @task(outlets=[wiring.LANDED])
    def land() -> int:
        from girafe.run import import_files, seed_sample

        context, file = wiring.here(), wiring.param("file")
        rows = import_files(context, [file]) if file else seed_sample(context)
        wiring.announce(wiring.LANDED, rows=rows)
        return rows

    land()


import_()
