"""rpt_competitors_weekly: companies side by side, plausible."""

from great_expectations.expectations.expectation import Expectation

from quality.rules import counts, differences, interval, no_small_group, not_yet, shares

MART = "rpt_competitors_weekly"
KEY: tuple[str, ...] = ("company_id", "week_start")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("week_start"),
    no_small_group("count_persons"),
    *counts("count_persons", "count_posts", "conversations", "exchanges"),
    *shares("share_of_conversations", "human_to_human_share"),
    *interval("human_to_human_share"),
    *differences("difference_to_home"),
)
