"""Raw deletions: a post or an account, by pseudonym, with its reason."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import filled, one_of
from warehouse.tables import DELETIONS

TABLE = DELETIONS

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("post_id", "account_id", "platform", "observed_at"),
    one_of("reason", ("deleted", "opted_out", "forgotten")),
)

SUMMARIES: tuple[Summary, ...] = ()
