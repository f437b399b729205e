"""Raw sentiment labels: one of three per post version."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import filled, one_of, probability, pseudonyms
from warehouse.tables import SENTIMENT_LABELS

TABLE = SENTIMENT_LABELS

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("post_id", "content_hash", "sentiment", "probability", "classifier_version"),
    *pseudonyms("post_id"),
    one_of("sentiment", ("negative", "neutral", "positive")),
    *probability("probability"),
)

SUMMARIES: tuple[Summary, ...] = ()
