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
    -- one row per conversation x person who took part
    taking_part as (
        select distinct conversations.*, posts.account_id
        from {{ ref("fct_posts") }} as posts
        join conversations using (company_id, thread_id)
        where posts.side in ('human', 'unknown')
    ),
    persons as (
        select
            company_id, block_start, thread_kind, account_id, count(*) as conversations
        from taking_part
        group by all
    ),
    cells as (
        select held.*, present.persons
        from
            (
                select
                    company_id,
                    block_start,
                    thread_kind,
                    count(distinct thread_id) as conversations
                from taking_part
                group by all
            ) as held
        join
            (
                select company_id, block_start, thread_kind, count(*) as persons
                from persons
                group by all
            ) as present using (company_id, block_start, thread_kind)
    ),
    families as (
        select distinct family from {{ ref("themes") }} where family is not null
    ),
    spoken_of as (
        select distinct posts.company_id, posts.thread_id, themes.family
        from {{ ref("fct_post_themes") }} as posts
        join {{ ref("themes") }} as themes using (theme)
        where themes.family is not null
    ),
    speaking_of_it as (
        select taking_part.*, spoken_of.family
        from taking_part
        join spoken_of using (company_id, thread_id)
    ),
    conversations_of_it as (
        select
            company_id,
            block_start,
            thread_kind,
            family,
            count(distinct thread_id) as conversations
        from speaking_of_it
        group by all
    ),
    -- who took part in no conversation without the family is not among those who did
    -- not speak of it: counted so, no conversation is multiplied by every family
    persons_of_it as (
        select
            company_id,
            block_start,
            thread_kind,
            family,
            count(*) as persons_with,
            count(*) filter (
                where spoken.conversations = persons.conversations
            ) as persons_always
        from
            (
                select
                    company_id,
                    block_start,
                    thread_kind,
                    family,
                    account_id,
                    count(*) as conversations
                from speaking_of_it
                group by all
            ) as spoken
        join persons using (company_id, block_start, thread_kind, account_id)
        group by all
    ),
    counted as (
        select
            cells.company_id,
            cells.block_start,
            cells.thread_kind,
            families.family,
            cells.conversations,
            coalesce(of_it.conversations, 0) as conversations_spoken_of,
            coalesce(persons_with, 0) as persons_with,
            cells.persons - coalesce(persons_always, 0) as persons_without
        from cells
        cross join families
        left join
            conversations_of_it as of_it using (
                company_id, block_start, thread_kind, family
            )
        left join persons_of_it using (company_id, block_start, thread_kind, family)
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
            {{ wilson_interval("family_share") }}
        from measured
    )
select {{ contract() }}
from final
