"""Raw official accounts: those of company.toml, by pseudonym."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import columns_of, filled, one_row_per_key, pseudonyms
from warehouse.tables import OFFICIAL_ACCOUNTS

TABLE = OFFICIAL_ACCOUNTS

EXPECTATIONS: tuple[Expectation, ...] = (
    columns_of(TABLE),
    one_row_per_key(TABLE),
    *filled("company_id", "platform", "handle_key", "account_key"),
    *pseudonyms("handle_key", "account_key"),
)

SUMMARIES: tuple[Summary, ...] = ()
