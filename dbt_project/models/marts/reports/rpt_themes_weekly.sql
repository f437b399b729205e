-- grain: one row per company x week x theme x kind of thread (and all)
with
    measured as (
        select
            *,
            if(thread_kind = 'all', 'total', 'kinds') as section,
            max(persons) filter (where thread_kind = 'all') over theme_of_week
            as margin_persons,
            max(count_threads) filter (where thread_kind = 'all') over theme_of_week
            as threads_of_theme
        from {{ ref("fct_themes_weekly") }}
        window theme_of_week as (partition by company_id, week_start, theme)
    ),
    protected as (
        -- one person may speak in several kinds of thread
        {{
            protect(
                "measured",
                ["company_id", "week_start", "theme"],
                ties="thread_kind",
                overlapping=["kinds"],
                cross=["kinds"],
            )
        }}
    ),
    final as (
        select
            * replace (
                if(is_suppressed, null, count_posts) as count_posts,
                if(is_suppressed, null, count_threads) as count_threads
            ),
            if(is_suppressed, null, persons) as count_persons,
            if(
                is_suppressed or thread_kind = 'all',
                null,
                count_threads / nullif(threads_of_theme, 0)
            ) as thread_share,
            count_posts_brand / nullif(themed_posts_brand, 0) as brand_post_share,
            -- by kind of thread the denominators could be subtracted
            if(
                is_suppressed or thread_kind <> 'all',
                null,
                count_posts_human / nullif(themed_posts_human, 0)
            ) as human_post_share
        from protected
    )
select {{ contract() }}
from final
