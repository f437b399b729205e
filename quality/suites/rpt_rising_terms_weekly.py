"""rpt_rising_terms_weekly: words of a closed vocabulary, near text, so ten persons at least."""

from great_expectations.expectations.expectation import Expectation

from quality.rules import counts, no_small_group, not_yet, shares

MART = "rpt_rising_terms_weekly"
KEY: tuple[str, ...] = ("company_id", "week_start", "term")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("week_start"),
    no_small_group("count_persons", cross=True),
    *counts("count_persons", "count_weeks_before"),
    *shares("person_share", "person_share_before", "p_value", "q_value"),
)
