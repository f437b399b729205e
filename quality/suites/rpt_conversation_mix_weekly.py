"""rpt_conversation_mix_weekly: how much of the conversation is human to human, safe to show and plausible."""

from great_expectations.expectations.expectation import Expectation

from quality.rules import counts, differences, interval, no_small_group, not_yet, shares

MART = "rpt_conversation_mix_weekly"
KEY: tuple[str, ...] = ("company_id", "week_start", "platform", "language")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("week_start"),
    no_small_group("count_persons"),
    *counts(
        "count_persons",
        "count_posts",
        "conversations_human_to_human",
        "conversations_brand_to_human",
        "conversations_other",
        "conversations_unresolved",
        "monologues",
        "exchanges_human_to_human",
        "exchanges_brand_to_human",
        "exchanges_human_to_brand",
        "exchanges_brand_to_brand",
        "exchanges_with_other",
        "exchanges_unresolved",
    ),
    *(
        rule
        for share in (
            "human_to_human_share",
            "brand_to_human_share",
            "exchange_human_to_human_share",
            "exchange_brand_to_human_share",
        )
        for rule in (*shares(share, f"{share}_low", f"{share}_high"), *interval(share))
    ),
    *shares("unresolved_share", "exchange_unresolved_share"),
    *differences("human_to_human_share_change", "exchange_human_to_human_share_change"),
)
