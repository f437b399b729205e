"""rpt_rising_themes_weekly: what is new this week, from numbers that may be shown."""

from great_expectations.expectations.expectation import Expectation

from quality.rules import counts, no_small_group, not_yet, shares

MART = "rpt_rising_themes_weekly"
KEY: tuple[str, ...] = ("company_id", "week_start", "theme")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("week_start"),
    no_small_group("count_persons"),
    *counts("count_persons", "rise"),
    *shares("person_share", "person_share_before", "p_value", "q_value"),
)
