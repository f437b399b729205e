"""Raw organisation links: the only addresses in the warehouse; http(s), to a public name, nothing else."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import LINK, NO_LINK, columns_of, filled, matching, one_row_per_key, pseudonyms
from warehouse.tables import ORGANISATION_LINKS

TABLE = ORGANISATION_LINKS

EXPECTATIONS: tuple[Expectation, ...] = (
    columns_of(TABLE),
    one_row_per_key(TABLE),
    *filled("post_id", "url", "last_seen_at"),
    *pseudonyms("post_id"),
    matching("url", LINK, NO_LINK),
)

SUMMARIES: tuple[Summary, ...] = ()
