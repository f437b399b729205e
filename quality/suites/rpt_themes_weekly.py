"""rpt_themes_weekly: what is talked about, in groups that are large enough."""

from great_expectations.expectations.expectation import Expectation

from quality.rules import counts, no_small_group, not_yet, one_of, shares

MART = "rpt_themes_weekly"
KEY: tuple[str, ...] = ("company_id", "week_start", "theme", "thread_kind")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("week_start"),
    one_of("thread_kind", ("human_to_human", "brand_to_human", "other", "monologue", "all")),
    no_small_group("count_persons"),
    *counts("count_persons", "count_posts", "count_posts_brand", "count_threads"),
    *shares("thread_share", "brand_post_share", "human_post_share"),
)
