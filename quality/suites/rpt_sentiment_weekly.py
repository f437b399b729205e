"""rpt_sentiment_weekly: in what tone, in groups that are large enough."""

from great_expectations.expectations.expectation import Expectation

from quality.rules import counts, interval, no_small_group, not_yet, one_of, shares

MART = "rpt_sentiment_weekly"
KEY: tuple[str, ...] = ("company_id", "week_start", "theme", "sentiment")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("week_start"),
    one_of("sentiment", ("negative", "neutral", "positive")),
    no_small_group("count_persons"),
    *counts("count_persons", "count_posts", "sentiment_share_numerator", "sentiment_share_denominator"),
    *shares("sentiment_share", "sentiment_share_low", "sentiment_share_high"),
    *interval("sentiment_share"),
)
