"""Raw account aliases: a handle's pseudonym leads to one account."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import filled, pseudonyms
from warehouse.tables import ACCOUNT_ALIASES

TABLE = ACCOUNT_ALIASES

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("alias_id", "account_id", "last_seen_at"),
    *pseudonyms("alias_id", "account_id"),
)

SUMMARIES: tuple[Summary, ...] = ()
