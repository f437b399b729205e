"""Raw account observations: versions of profiles, as counts and times only."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import between, filled, ordered, pseudonyms
from warehouse.tables import ACCOUNT_OBSERVATIONS

TABLE = ACCOUNT_OBSERVATIONS

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("account_id", "profile_version", "platform", "first_seen_at", "last_seen_at"),
    *pseudonyms("account_id"),
    ordered("last_seen_at", "first_seen_at"),
    between(
        "followers", 0, None, "A number of followers cannot be negative; the parser reads another field."
    ),
)

SUMMARIES: tuple[Summary, ...] = ()
