"""Raw organisation links: the only addresses in the warehouse; http(s), to a public name, nothing else."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import LINK, NO_LINK, filled, matching, pseudonyms
from warehouse.tables import ORGANISATION_LINKS

TABLE = ORGANISATION_LINKS

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("post_id", "url", "last_seen_at"),
    *pseudonyms("post_id"),
    matching("url", LINK, NO_LINK),
)

SUMMARIES: tuple[Summary, ...] = ()
