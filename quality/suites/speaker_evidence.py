"""Raw speaker evidence: codes and scores about accounts, never the words they come from."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import filled, one_of, pseudonyms
from warehouse.tables import SPEAKER_EVIDENCE

TABLE = SPEAKER_EVIDENCE

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("account_id", "company_id", "origin", "reference", "classifier_version"),
    *pseudonyms("account_id"),
    one_of("origin", ("profile", "name", "post", "given")),
)

SUMMARIES: tuple[Summary, ...] = ()
