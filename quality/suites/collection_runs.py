"""Raw collection runs: what every run brought; quarantine, silence and freshness watched as warnings."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import WARNING, between, filled, one_of, ordered
from warehouse.tables import COLLECTION_RUNS

TABLE = COLLECTION_RUNS

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("platform", "source", "run_id", "health"),
    one_of("health", ("heard", "silent", "blind")),
    one_of("canary", ("", "heard", "refused", "mute")),
    ordered("last_fetched_at", "first_fetched_at"),
    *(
        between(column, 0, None, f"{column} is a count and cannot be negative.")
        for column in ("count_payloads", "count_posts", "count_quarantined", "count_opted_out")
    ),
)

SUMMARIES: tuple[Summary, ...] = (
    Summary(
        name="collection_runs (by source)",
        key=("source",),
        sql="""
            select
                source,
                sum(count_quarantined) / nullif(sum(count_payloads), 0) as quarantine_share,
                case when list_contains($sources, source)  -- not a file that was read, or a source switched off
                    then date_diff('hour', max(last_fetched_at), $now::timestamptz) / 24
                end as days_since_last_run,
                (arg_max(health, last_fetched_at) = 'blind')::int as count_blind
            from raw.collection_runs
            group by source
        """,
        expectations=(
            between(
                "quarantine_share",
                0,
                0.05,
                "More than one payload in twenty could not be read: its format may have changed. "
                "Look at `girafe quarantine list`, correct the parser, then run: girafe quarantine replay",
                severity=WARNING,
            ),
            between(
                "days_since_last_run",
                None,
                8,
                "Nothing was collected from this source for more than a week. Run: girafe collect",
                severity=WARNING,
            ),
            between(
                "count_blind",
                0,
                0,
                "The newest run could not hear, so nothing is known of its time. Run: girafe status",
                severity=WARNING,
            ),
        ),
    ),
)
