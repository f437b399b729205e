-- grain: one row per company x week x platform (and all) x language (and all)
-- Counts of events and their shares are never withheld (docs/decisions/0005); the
-- number of persons is.
with
    counted as (
        select
            *,
            conversations_human_to_human as human_to_human_share_numerator,
            conversations_human_to_human
            + conversations_brand_to_human as human_to_human_share_denominator,
            exchanges_human_to_human as exchange_human_to_human_share_numerator,
            exchanges_human_to_human
            + exchanges_brand_to_human
            + exchanges_human_to_brand as exchange_human_to_human_share_denominator,
            -- divided last; nullif: nothing over nothing is not 0
            human_to_human_share_numerator
            / nullif(human_to_human_share_denominator, 0) as human_to_human_share,
            exchange_human_to_human_share_numerator / nullif(
                exchange_human_to_human_share_denominator, 0
            ) as exchange_human_to_human_share,
            conversations_unresolved / nullif(conversations, 0) as unresolved_share,
            exchanges_unresolved / nullif(exchanges, 0) as exchange_unresolved_share
        from {{ ref("fct_conversation_mix_weekly") }}
    ),
    changed as (
        select
            counted.*,
            counted.human_to_human_share
            - before.human_to_human_share as human_to_human_share_change,
            counted.exchange_human_to_human_share
            - before.exchange_human_to_human_share
            as exchange_human_to_human_share_change
        from counted
        left join
            counted as before
            on before.company_id = counted.company_id
            and before.platform = counted.platform
            and before.language = counted.language
            and before.week_start = counted.week_start - 7
    ),
    bounded as (
        select
            changed.*,
            {{ interval("human_to_human_share", "conversation_share", 0) }},
            {{ interval("exchange_human_to_human_share", "exchange_share", 0) }},
            {{ interval("human_to_human_share_change", "conversation_change", -1) }},
            {{
                interval(
                    "exchange_human_to_human_share_change", "exchange_change", -1
                )
            }}
        from changed
        left join
            {{ ref("fct_share_intervals") }} using (
                company_id, week_start, platform, language
            )
    ),
    complete as (
        select
            *,
            {{ share_left("human_to_human_share", "brand_to_human_share") }},
            {{
                share_left(
                    "exchange_human_to_human_share", "exchange_brand_to_human_share"
                )
            }},
            human_to_human_share_change_low > 0
            or human_to_human_share_change_high < 0 as is_human_to_human_share_changed,
            exchange_human_to_human_share_change_low > 0
            or exchange_human_to_human_share_change_high
            < 0 as is_exchange_human_to_human_share_changed,
            count_persons as persons,
            max(count_persons) filter (
                where platform = 'all' and language = 'all'
            ) over (partition by company_id, week_start) as margin_persons,
            case
                when platform <> 'all' and language <> 'all'
                then 'cross'
                when platform <> 'all'
                then 'platforms'
                when language <> 'all'
                then 'languages'
                else 'total'
            end as section
        from bounded
    ),
    protected as (
        {{
            protect(
                "complete",
                ["company_id", "week_start"],
                ties="platform, language",
                overlapping=["languages"],
            )
        }}
    ),
    final as (
        select * replace (if(is_suppressed, null, count_persons) as count_persons)
        from protected
    )
select {{ contract() }}
from final
