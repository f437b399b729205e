"""Every night: who asked to be forgotten leaves, what is gone at its platform leaves, time to live is enforced."""

from airflow.sdk import CronTriggerTimetable, dag, task

from girafe import wiring

DOC = """
### What it does
Carries out the requests in the request folder (as **girafe_forget** does), erases what platforms say is gone,
and removes payloads from landing and quarantine when the time that company.toml allows (`[retention]`) is over.
What was classified from them holds no text and stays, so no number changes.

### How to re-run it
Trigger it; a second run finds nothing to do.

### When it is red
The log names the file that could not be removed; check who owns it. Until then payloads are kept
longer than allowed,
so do not leave it red.
"""


@dag(
    dag_id="girafe_housekeeping",
    schedule=CronTriggerTimetable("30 3 * * *", timezone=wiring.TIME_ZONE),
    start_date=wiring.BEGINNING,
    catchup=False,
    max_active_runs=1,
    default_args=wiring.patient(minutes=120),
    params=wiring.form(),
    tags=["girafe", "housekeeping"],
    doc_md=DOC,
)
def housekeeping() -> None:
    """Wires what is done at night."""

    @task(pool=wiring.DUCKDB_WRITER)
    def requests() -> str:
        from girafe.erasure import process_requests

        return process_requests(wiring.here()).summary

    @task(pool=wiring.DUCKDB_WRITER, trigger_rule="all_done")
    def deletions() -> str:
        from girafe.erasure import propagate_deletions

        return propagate_deletions(wiring.here()).summary

    # Whatever became of the requests: nothing is kept longer than allowed.
    @task(trigger_rule="all_done")
    def retention() -> str:
        from warehouse.retention import enforce

        context = wiring.here()
        return enforce(context.data, context.settings, context.now).summary

    requests() >> deletions() >> retention()


housekeeping()
