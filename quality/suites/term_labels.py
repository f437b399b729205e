"""Raw term labels: codes of the closed vocabulary, never a word of a text."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import columns_of, filled, matching, one_row_per_key, pseudonyms
from warehouse.tables import TERM_LABELS

TABLE = TERM_LABELS

EXPECTATIONS: tuple[Expectation, ...] = (
    columns_of(TABLE),
    one_row_per_key(TABLE),
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
