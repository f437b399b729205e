-- grain: one row per company x four whole weeks x kind of conversation x family of
-- themes
-- The question one week is too short for. Blocks of four weeks never overlap and are
-- counted from one Monday for everybody, so no block is the difference of two others;
-- no number of persons is published (docs/decisions/0032).
{% set block = "week_start - ((week_start - date '1970-01-05') % 28)::int" %}
with
    blocks as (
        select company_id, company, is_home, {{ block }} as block_start
        from {{ ref("dim_weeks") }}
        where is_week_complete
        group by all
        having count(*) = 4
    ),
    conversations as (
        select company_id, thread_id, thread_kind, {{ block }} as block_start
        from {{ ref("fct_conversations") }}
        where thread_kind in ('human_to_human', 'brand_to_human')
    ),
    persons as (
        select distinct company_id, thread_id, account_id
        from {{ ref("fct_posts") }}
        where side in ('human', 'unknown')
    ),
    families as (
        select distinct family from {{ ref("themes") }} where family is not null
    ),
    spoken_of as (
        select distinct posts.company_id, posts.thread_id, themes.family
        from {{ ref("fct_post_themes") }} as posts
        join {{ ref("themes") }} as themes using (theme)
    ),
    judged as (
        select
            conversations.*,
            families.family,
            spoken_of.family is not null as is_spoken_of,
            persons.account_id
        from conversations
        cross join families
        left join spoken_of using (company_id, thread_id, family)
        join persons using (company_id, thread_id)
    ),
    counted as (
        select
            company_id,
            block_start,
            thread_kind,
            family,
            count(distinct thread_id) as conversations,
            count(distinct thread_id) filter (
                where is_spoken_of
            ) as conversations_spoken_of,
            count(distinct account_id) filter (where is_spoken_of) as persons_with,
            count(distinct account_id) filter (
                where not is_spoken_of
            ) as persons_without
        from judged
        group by all
    ),
    measured as (
        select
            blocks.*,
            kinds.conversation_kind,
            families.family,
            coalesce(counted.conversations, 0) as denominator,
            coalesce(counted.conversations_spoken_of, 0) as numerator,
            -- whoever knows both numbers knows those who did not speak of it, too
            counted.persons_with between 1 and {{ var("small_group_cross") - 1 }}
            or counted.persons_without
            between 1 and {{ var("small_group_cross") - 1 }} as is_small
        from blocks
        cross join
            (
                select unnest(['human_to_human', 'brand_to_human']) as conversation_kind
            ) as kinds
        cross join families
        left join
            counted
            on counted.company_id = blocks.company_id
            and counted.block_start = blocks.block_start
            and counted.thread_kind = kinds.conversation_kind
            and counted.family = families.family
    ),
    final as (
        select
            *,
            coalesce(is_small, false) as is_suppressed,
            if(is_suppressed, null, numerator) as family_share_numerator,
            if(is_suppressed, null, denominator) as family_share_denominator,
            family_share_numerator
            / nullif(family_share_denominator, 0) as family_share,
            case
                when family_share_denominator > 0
                then
                    round(
                        {{ wilson("family_share", "family_share_denominator", "-") }}, 4
                    )
            end as family_share_low,
            case
                when family_share_denominator > 0
                then
                    round(
                        {{ wilson("family_share", "family_share_denominator", "+") }}, 4
                    )
            end as family_share_high
        from measured
    )
select {{ contract() }}
from final
