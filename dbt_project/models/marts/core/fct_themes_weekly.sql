-- grain: one row per company x week x theme x kind of thread (and all), with what was
-- counted
with
    posts as (
        select themes.*, conversations.thread_kind
        from {{ ref("fct_post_themes") }} as themes
        join
            {{ ref("fct_conversations") }} as conversations using (
                company_id, thread_id
            )
    ),
    counted as (
        select
            company_id,
            week_start,
            theme,
            coalesce(thread_kind, 'all') as thread_kind,
            count(distinct account_id) filter (
                where side in ('human', 'unknown')
            ) as persons,
            count(*) as count_posts,
            count(*) filter (where side = 'brand') as count_posts_brand,
            count(*) filter (where side = 'human') as count_posts_human,
            count(distinct thread_id) as count_threads
        from posts
        group by
            grouping sets (
                (company_id, week_start, theme, thread_kind),
                (company_id, week_start, theme)
            )
    ),
    with_any_theme as (
        select
            company_id,
            week_start,
            coalesce(thread_kind, 'all') as thread_kind,
            count(distinct post_id) filter (where side = 'brand') as themed_posts_brand,
            count(distinct post_id) filter (where side = 'human') as themed_posts_human
        from posts
        group by
            grouping sets (
                (company_id, week_start, thread_kind), (company_id, week_start)
            )
    )
select
    weeks.* exclude (known_until),
    themes.theme,
    kinds.thread_kind,
    coalesce(counted.persons, 0) as persons,
    coalesce(counted.count_posts, 0) as count_posts,
    coalesce(counted.count_posts_brand, 0) as count_posts_brand,
    coalesce(counted.count_posts_human, 0) as count_posts_human,
    coalesce(counted.count_threads, 0) as count_threads,
    coalesce(with_any_theme.themed_posts_brand, 0) as themed_posts_brand,
    coalesce(with_any_theme.themed_posts_human, 0) as themed_posts_human
from {{ ref("dim_weeks") }} as weeks
cross join {{ ref("dim_themes") }} as themes
cross join
    (
        select
            unnest(
                ['human_to_human', 'brand_to_human', 'other', 'monologue', 'all']
            ) as thread_kind
    ) as kinds
left join
    counted
    on counted.company_id = weeks.company_id
    and counted.week_start = weeks.week_start
    and counted.theme = themes.theme
    and counted.thread_kind = kinds.thread_kind
left join
    with_any_theme
    on with_any_theme.company_id = weeks.company_id
    and with_any_theme.week_start = weeks.week_start
    and with_any_theme.thread_kind = kinds.thread_kind
