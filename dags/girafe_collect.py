"""Asks every source of company.toml for what is new: one mapped task per query, one pool per platform."""

from airflow.sdk import CronDataIntervalTimetable, Param, dag, task, task_group

from collectors.registry import SOURCES
from girafe import wiring

DOC = """
### What it does
Checks the governance block first: without it no request leaves. Then it asks each source switched on in
company.toml for each of its queries, politely and from its cursor on, and lands what came back. Then
**girafe_process** starts, also where nobody said anything: silence ends a week, deafness is told.

### How to start it
It begins paused: nothing is asked of any platform before a person switches it on.

### How to re-run it
Trigger it; cursors know how far each source has been read, and reading twice changes nothing downstream.
With `since` (and `until`) it reads that span again, and no cursor goes back or skips a gap; so does a backfill of days.

### When it is red
* **governance**: fill in the block in company.toml that the log names (docs/governance.md), or give the form
  another span.
* **collect**: the log says which source refused and why: a key is missing or expired (a person must act), or
  it could not be reached (it was tried again and will be at the next run; the cursor has not moved).
* What other sources brought has gone on to **girafe_process** in any case.
"""
SPAN = {
    "since": wiring.day("Since", "Read again from this day on (UTC). Empty: from the cursor on."),
    "until": wiring.day("Until", "Up to this day, not including it (UTC). Empty: until now."),
    "source": Param(None, type=["null", "string"], enum=[None, *SOURCES], title="Only this source"),
}


@dag(
    dag_id="girafe_collect",
    schedule=CronDataIntervalTimetable("0 5 * * *", timezone=wiring.TIME_ZONE),
    start_date=wiring.BEGINNING,
    catchup=False,
    is_paused_upon_creation=True,  # the first request to a platform is a person's decision
    max_active_runs=1,
    deadline=wiring.within(minutes=180),
    default_args=wiring.patient(minutes=60),
    params=wiring.form(**SPAN),
    tags=["girafe", "collect"],
    doc_md=DOC,
)
def collect() -> None:
    """Wires the gate, the sources, and the event that something has landed."""

    # The branches of sources that are not switched on cost no process.
    @task.branch(retries=0)
    def governance() -> list[str]:
        from girafe.run import queries as stage

        context = wiring.here()
        context.settings.governance.check(context.now.date())
        wiring.window()  # an impossible span is one red task, not one for each query
        only = wiring.param("source")
        return sorted({f"{source}.queries" for source, _ in stage(context) if only in (None, source)})

    @task
    def queries(source: str) -> list[str]:
        from girafe.run import queries as stage

        return [query for _, query in stage(wiring.here(), (source,))]

    @task(map_index_template="{{ task.op_kwargs['query'][:200] }}", queue=wiring.ANYWHERE)
    def ask(source: str, query: str) -> int:
        from girafe.run import collect as stage
        from girafe.run import live_http

        context = wiring.here()
        http = live_http(wiring.now, context.say)
        report = stage(context, source, query, http=http, window=wiring.window())
        context.say(report.summary)
        return report.count_posts

    @task(trigger_rule="all_done", outlets=[wiring.LANDED])
    def landed() -> None:
        wiring.announce_landed(wiring.LANDED)

    @task(trigger_rule="none_failed")
    def every_source_heard() -> None:
        """Red where a source was not heard, so that the run is red too."""

    gate, end, verdict = governance(), landed(), every_source_heard()
    for name in SOURCES:

        @task_group(group_id=name)
        def listen(source: str) -> None:
            asked = ask.override(pool=wiring.platform_pool(source)).partial(source=source)
            asked.expand(query=queries(source)) >> [end, verdict]

        gate >> listen(name)


collect()
