"""On the first of every month: are labels given as before, and what can the classifiers do?"""

from airflow.sdk import CronTriggerTimetable, dag, task

from girafe import wiring

DOC = """
### What it does
Compares the labels of the last 28 days with those of the six months before (**drift**), measures the classifiers
on the texts and profiles whose answer is known (**gold_set**), and writes both as one page:
`quality/docs/evaluation/index.html` in the data directory (and `quality/evaluation.json` for programs).

### How to re-run it
Trigger it. It changes no label and no number.

### When it is red
* **drift**: another run holds the DuckDB file; it is tried again.
* **gold_set**: the log names what is missing. The page of last month stays.

A notable drift is not red: the page and the log say which labels moved. Look whether the public changed (a new
source, an event) before you retrain.
"""


@dag(
    dag_id="girafe_evaluate",
    schedule=CronTriggerTimetable("0 4 1 * *", timezone=wiring.TIME_ZONE),
    start_date=wiring.BEGINNING,
    catchup=False,
    max_active_runs=1,
    deadline=wiring.within(minutes=180),
    default_args=wiring.patient(minutes=120),
    params=wiring.form(),
    tags=["girafe", "evaluate"],
    doc_md=DOC,
)
def evaluate() -> None:
    """Wires the monthly look at the labels."""

    @task(pool=wiring.DUCKDB_WRITER)
    def drift() -> list[str]:
        from girafe.evaluation import measure_drift
        from warehouse.connection import is_there

        context = wiring.here()
        wiring.skip_unless(is_there(context.data.warehouse), "Nothing has been loaded yet.")
        return measure_drift(context)

    @task(pool=wiring.CLASSIFIERS)
    def gold_set() -> list[list[str]]:
        from girafe.evaluation import measure_gold_set

        return measure_gold_set(wiring.here())

    @task(pool=wiring.DUCKDB_WRITER, outlets=[wiring.EVALUATED])
    def page(notable: list[str], gold: list[list[str]]) -> str:
        from girafe.evaluation import publish_evaluation

        made = publish_evaluation(wiring.here(), gold)
        wiring.announce(wiring.EVALUATED, notable=", ".join(notable or []) or "none", measures=len(gold) - 1)
        return str(made)

    # Where nothing has been loaded there is nothing to compare, and no reason to measure for minutes.
    notable, gold = drift(), gold_set()
    notable >> gold
    page(notable, gold)  # type: ignore[arg-type]  # a task's answer stands for its value


evaluate()
