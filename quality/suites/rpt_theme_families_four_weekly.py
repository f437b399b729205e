"""rpt_theme_families_four_weekly: families of themes by kind of conversation, over four weeks."""

from great_expectations.expectations.expectation import Expectation

from quality.rules import counts, interval, not_yet, shares

MART = "rpt_theme_families_four_weekly"
KEY: tuple[str, ...] = ("company_id", "block_start", "conversation_kind", "family")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("block_start"),
    *counts("family_share_numerator", "family_share_denominator"),
    *shares("family_share"),
    *interval("family_share"),
)
