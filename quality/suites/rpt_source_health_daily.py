"""rpt_source_health_daily: whether every source heard."""

from great_expectations.expectations.expectation import Expectation

from quality.rules import counts, no_small_group, not_yet, one_of, shares

MART = "rpt_source_health_daily"
KEY: tuple[str, ...] = ("platform", "source", "day")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("day"),
    one_of("health", ("heard", "silent", "blind")),
    one_of("canary", ("heard", "refused", "mute")),
    no_small_group("count_opted_out"),
    *counts("count_runs", "count_payloads", "count_posts", "count_quarantined", "count_blind_runs"),
    *shares("quarantine_share"),
)
