"""Raw official accounts: those of company.toml, by pseudonym."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import filled, pseudonyms
from warehouse.tables import OFFICIAL_ACCOUNTS

TABLE = OFFICIAL_ACCOUNTS

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("company_id", "platform", "handle_key", "account_key"),
    *pseudonyms("handle_key", "account_key"),
)

SUMMARIES: tuple[Summary, ...] = ()
