"""rpt_conversations_weekly: conversations worth reading, none of which leads to a person."""

from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from quality.rules import LINK, NO_LINK, counts, matching, no_small_group, not_yet, one_of, withheld

MART = "rpt_conversations_weekly"
KEY: tuple[str, ...] = ("company_id", "week_start", "position")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("week_start"),
    no_small_group("count_persons", cross=True),
    withheld("link", only_where=Column("opened_by").is_in(["human", "unknown"])),
    matching("link", LINK, NO_LINK),
    one_of("conversation_kind", ("human_to_human", "brand_to_human", "other")),
    *counts("count_persons", "count_posts"),
)
