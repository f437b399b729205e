"""rpt_voices_weekly: who speaks, in groups that are large enough."""

from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from girafe.records import Side, Voice
from quality.rules import counts, no_small_group, not_yet, one_of, shares

MART = "rpt_voices_weekly"
KEY: tuple[str, ...] = ("company_id", "week_start", "platform", "voice")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("week_start"),
    one_of("voice", tuple(voice.value for voice in Voice)),
    one_of("side", tuple(side.value for side in Side)),
    no_small_group("count_accounts", only_where=Column("side") == "human"),
    *counts("count_accounts", "count_posts", "count_exchanges", "count_reactions", "reach"),
    *shares("account_share"),
)
