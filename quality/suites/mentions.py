"""Raw mentions: each names one account by pseudonym."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import columns_of, filled, one_row_per_key, pseudonyms
from warehouse.tables import MENTIONS

TABLE = MENTIONS

EXPECTATIONS: tuple[Expectation, ...] = (
    columns_of(TABLE),
    one_row_per_key(TABLE),
    *filled("post_id", "content_hash", "handle_key", "account_key"),
    *pseudonyms("post_id", "handle_key", "account_key"),
)

SUMMARIES: tuple[Summary, ...] = ()
