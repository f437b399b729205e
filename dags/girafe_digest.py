"""Every Monday at 07:00 in the company's time zone: the digest of the week, released and delivered."""

from airflow.sdk import CronTriggerTimetable, chain, dag, task

from girafe import wiring

DOC = """
### What it does
Makes the release anew, so that its digest is about the last whole week, and sends the digest to those whom
GIRAFE_DIGEST_TO names: mail addresses (then GIRAFE_SMTP_HOST and GIRAFE_MAIL_FROM are needed) and Apprise
addresses such as `slack://`, separated by spaces. Without any it stays in `exports/digest.html`.

### How to re-run it
Trigger it, or clear only **deliver**. Nobody gets the same week twice: what was sent is remembered in
`digests/` of the data folder.

### When it is red
* **release**: as in **girafe_publish**.
* **deliver**: the log says which address refused. Nothing else is affected. A mail server that is away, or that takes
  no mail from a stranger before a quarter of an hour, has been asked for half an hour.
"""


@dag(
    dag_id="girafe_digest",
    schedule=CronTriggerTimetable("0 7 * * 1", timezone=wiring.TIME_ZONE),
    start_date=wiring.BEGINNING,
    catchup=False,
    max_active_runs=1,
    deadline=wiring.within(minutes=60),
    default_args=wiring.patient(minutes=30),
    params=wiring.form(),
    tags=["girafe", "digest"],
    doc_md=DOC,
)
def digest() -> None:
    """Wires the weekly digest."""

    @task(pool=wiring.DUCKDB_WRITER)
    def release() -> str:
        from girafe.run import publish as stage

        wiring.skip_unless(wiring.here().data.marts.exists(), "Nothing has been measured yet.")
        return str(stage(wiring.here()).digest)

    @task(retries=6)  # some mail servers let strangers wait longer than three tries take
    def deliver() -> str:
        return wiring.deliver_digest(wiring.here())

    chain(release(), deliver())


digest()
