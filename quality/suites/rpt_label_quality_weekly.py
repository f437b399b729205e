"""rpt_label_quality_weekly: how far the labels can be trusted."""

from great_expectations.expectations.expectation import Expectation

from quality.rules import no_small_group, not_yet, shares

MART = "rpt_label_quality_weekly"
KEY: tuple[str, ...] = ("company_id", "week_start")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("week_start"),
    no_small_group("count_accounts"),
    *shares("unknown_share", "certain_share", "expected_error_share", "backdated_share"),
)
