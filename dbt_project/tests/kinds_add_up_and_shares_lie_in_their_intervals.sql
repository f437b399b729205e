-- Kinds add up to their total, shares to one, and every share lies inside its own
-- interval.
select company_id, week_start, platform, language
from {{ ref("rpt_conversation_mix_weekly") }}
where
    conversations
    <> conversations_human_to_human + conversations_brand_to_human + conversations_other
    or conversations_unresolved > conversations_other
    or exchanges
    <> exchanges_human_to_human
    + exchanges_brand_to_human
    + exchanges_human_to_brand
    + exchanges_brand_to_brand
    + exchanges_with_other
    + exchanges_unresolved
    or abs(human_to_human_share + brand_to_human_share - 1) > 1e-9
    or human_to_human_share not between human_to_human_share_low - 1e-4
    and human_to_human_share_high + 1e-4
    or exchange_human_to_human_share
    not between exchange_human_to_human_share_low - 1e-4
    and exchange_human_to_human_share_high + 1e-4
