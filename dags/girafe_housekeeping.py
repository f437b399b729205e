"""Twice a day: who asked to be forgotten leaves, what is gone at its platform leaves, time to live is enforced."""

from airflow.sdk import CronTriggerTimetable, chain, dag, task

from girafe import wiring

DOC = """
### What it does
Carries out the requests in the request folder (as **girafe_forget** does), erases what platforms say is gone,
and removes payloads from landing and quarantine when the time that company.toml allows (`[retention]`) is over.
What was classified from them holds no text and stays, so no number changes.

Before it erases, it asks each source that can be asked whether the posts still in landing are still there.
Without a complete governance block nobody is asked.

### How to re-run it
Trigger it; a second run finds nothing to do.

### When it is red
The log names the file that could not be removed; check who owns it. Until then payloads are kept
longer than allowed,
so do not leave it red.
* **recheck**: the log says which source refused and why. Until it is asked again, what was deleted there may
  still be here: platforms give a day or two.
"""


@dag(
    dag_id="girafe_housekeeping",
    schedule=CronTriggerTimetable("30 3,15 * * *", timezone=wiring.TIME_ZONE),
    start_date=wiring.BEGINNING,
    catchup=False,
    max_active_runs=1,
    deadline=wiring.within(minutes=120),
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

    @task(trigger_rule="all_done")
    def sources() -> list[str]:
        from girafe.run import rechecked_sources

        context = wiring.here()
        wiring.skip_unless(
            not context.settings.governance.missing(context.now.date()),
            "The governance block is incomplete: nobody is asked.",
        )
        return list(rechecked_sources(context))

    @task(map_index_template="{{ task.op_kwargs['source'] }}")
    def recheck(source: str) -> int:
        from girafe.run import live_http
        from girafe.run import recheck as stage

        context = wiring.here()
        report = stage(context, source, http=live_http(wiring.now, context.say))
        context.say(report.summary)
        return report.gone

    @task(pool=wiring.DUCKDB_WRITER, trigger_rule="all_done")
    def deletions() -> str:
        from girafe.erasure import propagate_deletions

        return propagate_deletions(wiring.here()).summary

    # Whatever became of the requests: nothing is kept longer than allowed.
    @task(trigger_rule="all_done")
    def retention() -> str:
        from girafe.erasure import enforce_times_to_live

        return enforce_times_to_live(wiring.here()).summary

    @task(trigger_rule="none_failed")
    def all_done() -> None:
        """Red where anything failed, so that the run is red too: retention ends well whatever failed before it."""

    asked, asking = sources(), requests()
    rechecked, cleaned, kept = recheck.expand(source=asked), deletions(), retention()
    chain(asking, asked, rechecked, cleaned, kept)
    [asking, asked, rechecked, cleaned, kept] >> all_done()


housekeeping()
