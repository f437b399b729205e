-- grain: one row per company x week
with
    mix as (
        select *
        from {{ ref("rpt_conversation_mix_weekly") }}
        where platform = 'all' and language = 'all'
    ),
    replicates as (
        select *
        from {{ ref("fct_share_replicates") }}
        where platform = 'all' and language = 'all'
    ),
    home as (select company_id from {{ ref("dim_companies") }} where is_home),
    differences as (
        select
            other.company_id,
            other.week_start,
            quantile_cont(
                other.conversation_share - own.conversation_share,
                {{ var("interval_tail") }}
            ) as difference_tail_low,
            quantile_cont(
                other.conversation_share - own.conversation_share,
                {{ 1 - var("interval_tail") }}
            ) as difference_tail_high
        from replicates as other
        join replicates as own using (week_start, replicate)
        join home on home.company_id = own.company_id
        where other.company_id <> home.company_id
        group by all
    ),
    compared as (
        select
            mix.*,
            mix.conversations / nullif(
                sum(mix.conversations) over (partition by mix.week_start), 0
            ) as share_of_conversations,
            case
                when not mix.is_home
                then
                    mix.human_to_human_share
                    - max(mix.human_to_human_share) filter (where mix.is_home) over (
                        partition by mix.week_start
                    )
            end as difference_to_home,
            differences.difference_tail_low,
            differences.difference_tail_high
        from mix
        left join differences using (company_id, week_start)
    ),
    final as (
        select
            *,
            {{ interval("difference_to_home", "difference", -1) }},
            difference_to_home_low > 0
            or difference_to_home_high < 0 as is_different_from_home
        from compared
    )
select {{ contract() }}
from final
