"""Raw theme labels: a theme and a probability per post version."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import filled, probability, pseudonyms
from warehouse.tables import THEME_LABELS

TABLE = THEME_LABELS

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("post_id", "content_hash", "theme", "probability", "classifier_version"),
    *pseudonyms("post_id"),
    *probability("probability"),
)

SUMMARIES: tuple[Summary, ...] = ()
