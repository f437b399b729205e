"""Raw deletions: a post or an account, by pseudonym, with its reason."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import columns_of, filled, one_of, one_row_per_key
from warehouse.tables import DELETIONS

TABLE = DELETIONS

EXPECTATIONS: tuple[Expectation, ...] = (
    columns_of(TABLE),
    one_row_per_key(TABLE),
    *filled("post_id", "account_id", "platform", "observed_at"),
    one_of("reason", ("deleted", "opted_out", "forgotten")),
)

SUMMARIES: tuple[Summary, ...] = ()
