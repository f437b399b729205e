"""rpt_brand_dialogue_weekly: how the brand answers, plausible."""

from great_expectations.expectations.expectation import Expectation

from quality.rules import counts, interval, no_small_group, not_yet, shares

MART = "rpt_brand_dialogue_weekly"
KEY: tuple[str, ...] = ("company_id", "week_start", "platform")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("week_start"),
    no_small_group("count_persons"),
    *counts(
        "count_brand_posts",
        "count_broadcasts",
        "count_persons",
        "count_addressed_posts",
        "count_questions",
        "count_questions_answered",
        "count_questions_unanswered",
        "count_questions_waiting",
        "response_minutes_median",
        "response_minutes_p90",
    ),
    *shares("dialogue_share", "response_share", "response_share_low", "response_share_high"),
    *interval("response_share"),
)
