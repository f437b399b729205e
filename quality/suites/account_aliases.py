"""Raw account aliases: a handle's pseudonym leads to one account."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import columns_of, filled, one_row_per_key, pseudonyms
from warehouse.tables import ACCOUNT_ALIASES

TABLE = ACCOUNT_ALIASES

EXPECTATIONS: tuple[Expectation, ...] = (
    columns_of(TABLE),
    one_row_per_key(TABLE),
    *filled("alias_id", "account_id", "last_seen_at"),
    *pseudonyms("alias_id", "account_id"),
)

SUMMARIES: tuple[Summary, ...] = ()
