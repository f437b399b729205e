"""Raw companies: those of company.toml, exactly one of them listened for."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import between, filled
from warehouse.tables import COMPANIES

TABLE = COMPANIES

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("company_id", "company", "is_home", "time_zone"),
    between("headcount", 1, None, "A headcount is a positive number; correct company.toml."),
)

SUMMARIES: tuple[Summary, ...] = (
    Summary(
        name="companies (whole table)",
        key=("count_home",),
        sql="select count(*) filter (where is_home) as count_home from raw.companies",
        expectations=(
            between(
                "count_home", 1, 1, "One company is listened for; run `girafe load` with its company.toml."
            ),
        ),
    ),
)
