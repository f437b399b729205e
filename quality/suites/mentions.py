"""Raw mentions: each names one account by pseudonym."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import filled, pseudonyms
from warehouse.tables import MENTIONS

TABLE = MENTIONS

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("post_id", "content_hash", "handle_key", "account_key"),
    *pseudonyms("post_id", "handle_key", "account_key"),
)

SUMMARIES: tuple[Summary, ...] = ()
