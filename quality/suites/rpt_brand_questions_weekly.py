"""rpt_brand_questions_weekly: what the brand is asked, in groups that are large enough."""

from great_expectations.expectations.expectation import Expectation

from quality.rules import counts, no_small_group, not_yet

MART = "rpt_brand_questions_weekly"
KEY: tuple[str, ...] = ("company_id", "week_start", "theme")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("week_start"),
    no_small_group("count_persons"),
    *counts(
        "count_questions", "count_questions_answered", "count_questions_unanswered", "count_questions_waiting"
    ),
)
