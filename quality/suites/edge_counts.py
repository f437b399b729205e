"""Raw edge counts: counts of events where terms let nothing else leave; no column can name a person."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import filled, matching, one_of
from warehouse.tables import EDGE_COUNTS

TABLE = EDGE_COUNTS

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled(*TABLE.schema.names),
    one_of("measure", ("thread", "post", "exchange", "nothing")),
    matching(
        "unit_id", "^[0-9a-f]{32}$", "A unit is a digest. Run: girafe classify && girafe load --rebuild"
    ),
)

SUMMARIES: tuple[Summary, ...] = ()
