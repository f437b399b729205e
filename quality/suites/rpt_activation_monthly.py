"""rpt_activation_monthly: how many colleagues take part, never fewer than a small group."""

from great_expectations import expectations as gxe
from great_expectations.expectations.expectation import Expectation

from quality.rules import WARNING, counts, interval, no_small_group, not_yet, shares

MART = "rpt_activation_monthly"
KEY: tuple[str, ...] = ("company_id", "month_start")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("month_start"),
    no_small_group("count_active_employees"),
    *counts("count_active_employees", "count_active_employees_low", "count_active_employees_high"),
    *shares("activation_share", "activation_share_low", "activation_share_high"),
    *interval("activation_share"),
    gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="headcount",
        column_B="count_active_employees",
        or_equal=True,
        ignore_row_if="either_value_is_missing",
        severity=WARNING,
        notes="More colleagues take part than the headcount has: bring headcount in company.toml up to date.",
    ),
)
