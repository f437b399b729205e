"""Carries out requests to be forgotten; the account itself never enters Airflow, only the id of a request."""

from airflow.sdk import dag, task

from girafe import wiring

DOC = """
### What it does
Erases the accounts named in the request folder (`requests/` of the data directory) from landing, quarantine
and classified files, builds the warehouse, the marts and the release again without them, deletes older
releases, and writes a signed receipt for each. They are never collected again.

### How to use the form
Airflow keeps what is typed into a form: in its database, its log and its backups. So an account is never typed
here. Put the request where only the data team can read it, and give its id to the form:

    girafe forget --later mastodon someone@social.example     # prints r-0123456789abcdef

Left empty, *Request* means every request that waits; **girafe_housekeeping** does the same twice a day.

### How to re-run it
Trigger it. A request is carried out once; one that was interrupted is finished.

### When it is red
* **Another run is at work**: it is tried again.
* **validate**: the files are clean already; correct what the rule names, then trigger it again, so that the
  release is made and the receipt is written.
"""
REQUEST = wiring.line(
    "Request",
    "The id that `girafe forget --later` printed, never an account. Empty: all that wait.",
    pattern=r"^(r-[0-9a-f]{16})?$",
)


@dag(
    dag_id="girafe_forget",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    deadline=wiring.within(minutes=120),
    default_args=wiring.patient(minutes=120),
    params=wiring.form(request=REQUEST),
    tags=["girafe", "housekeeping"],
    doc_md=DOC,
)
def forget() -> None:
    """Wires the erasure of what was asked for."""

    @task(pool=wiring.DUCKDB_WRITER)
    def erase() -> str:
        from girafe.erasure import process_requests

        return process_requests(wiring.here(), only=wiring.param("request")).summary

    erase()


forget()
