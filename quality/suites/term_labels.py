"""Raw term labels: codes of the closed vocabulary, never a word of a text."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import filled, matching, pseudonyms
from warehouse.tables import TERM_LABELS

TABLE = TERM_LABELS

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("post_id", "content_hash", "term", "classifier_version"),
    *pseudonyms("post_id"),
    matching(
        "term",
        "^[a-z]{2,}(?:_[a-z]+)*$",
        "A term is a code of nlp/patterns/terms.toml; classify wrote something else. Correct it, remove "
        "classified/, then run: girafe classify && girafe load --rebuild",
    ),
)

SUMMARIES: tuple[Summary, ...] = ()
