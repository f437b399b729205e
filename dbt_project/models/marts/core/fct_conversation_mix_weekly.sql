-- grain: one row per company x week x platform (and all) x language (and all)
-- Counts of events and their shares are never withheld (docs/decisions/0005); the
-- number of persons is.
{% set kinds = [
    "human_to_human",
    "brand_to_human",
    "human_to_brand",
    "brand_to_brand",
    "with_other",
    "unresolved",
] %}
with
    weeks as (select * from {{ ref("dim_weeks") }}),
    -- what is only known as counts
    counted_events as (select * from {{ ref("int_counted_events") }}),
    posts as (
        select
            {{ cube_columns("thread_language") }},
            count(*) as count_posts,
            count(distinct account_id) filter (
                where side in ('human', 'unknown')
            ) as count_persons
        from
            (
                select
                    company_id, week_start, platform, thread_language, account_id, side
                from {{ ref("fct_posts") }}
                union all by name
                select company_id, week_start, platform, language as thread_language
                from counted_events
                where measure = 'post'
            )
        group by {{ cube_sets("thread_language") }}
    ),
    conversations as (
        select
            {{ cube_columns("language") }},
            count(*) filter (
                where thread_kind = 'human_to_human'
            ) as conversations_human_to_human,
            count(*) filter (
                where thread_kind = 'brand_to_human'
            ) as conversations_brand_to_human,
            count(*) filter (where thread_kind = 'other') as conversations_other,
            count(*) filter (
                where thread_kind = 'other' and count_unknown > 0
            ) as conversations_unresolved,
            count(*) filter (where thread_kind = 'monologue') as monologues,
            count(*) filter (where thread_kind <> 'monologue') as conversations
        from
            (
                select
                    company_id,
                    week_start,
                    platform,
                    language,
                    thread_kind,
                    count_unknown
                from {{ ref("fct_conversations") }}
                union all
                select
                    company_id, week_start, platform, language, kind, is_unresolved::int
                from counted_events
                where measure = 'thread'
            )
        group by {{ cube_sets("language") }}
    ),
    exchanges as (
        select
            {{ cube_columns("thread_language") }},
            {% for kind in kinds %}
                count(*) filter (
                    where exchange_kind = '{{ kind }}'
                ) as exchanges_{{ kind }},
            {% endfor %}
            count(*) as exchanges
        from
            (
                select company_id, week_start, platform, thread_language, exchange_kind
                from {{ ref("fct_exchanges") }}
                union all
                select company_id, week_start, platform, language, kind
                from counted_events
                where measure = 'exchange'
            )
        group by {{ cube_sets("thread_language") }}
    ),
    places as (
        select company_id, platform
        from {{ ref("fct_posts") }}
        union
        select company_id, platform
        from counted_events
        union
        select company_id, 'all'
        from weeks
    ),
    languages as (
        select company_id, thread_language as language
        from {{ ref("fct_posts") }}
        union
        select company_id, language
        from counted_events
        union
        select company_id, 'all'
        from weeks
    ),
    counted as (
        select
            weeks.company_id,
            weeks.company,
            weeks.is_home,
            weeks.week_start,
            weeks.is_week_complete,
            places.platform,
            languages.language,
            coalesce(posts.count_persons, 0) as count_persons,
            coalesce(posts.count_posts, 0) as count_posts,
            coalesce(conversations_human_to_human, 0) as conversations_human_to_human,
            coalesce(conversations_brand_to_human, 0) as conversations_brand_to_human,
            coalesce(conversations_other, 0) as conversations_other,
            coalesce(conversations_unresolved, 0) as conversations_unresolved,
            coalesce(conversations.conversations, 0) as conversations,
            coalesce(monologues, 0) as monologues,
            {% for kind in kinds %}
                coalesce(exchanges_{{ kind }}, 0) as exchanges_{{ kind }},
            {% endfor %}
            coalesce(exchanges.exchanges, 0) as exchanges
        from weeks
        join places using (company_id)
        join languages using (company_id)
        left join posts using (company_id, week_start, platform, language)
        left join conversations using (company_id, week_start, platform, language)
        left join exchanges using (company_id, week_start, platform, language)
    )
select *
from counted
