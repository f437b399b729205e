-- grain: one row per company x week x theme (and all) x sentiment
with
    posts as (
        select *
        from {{ ref("fct_post_sentiments") }}
        where is_about and side in ('human', 'unknown')
    ),
    themed as (
        select posts.*, 'all' as theme
        from posts
        union all by name
        select posts.*, themes.theme
        from posts
        join {{ ref("fct_post_themes") }} as themes using (company_id, post_id)
    ),
    totals as (
        select
            company_id,
            week_start,
            theme,
            count(distinct account_id) as margin_persons,
            count(*) as sentiment_share_denominator
        from themed
        group by all
    ),
    judged as (
        select
            totals.*,
            sentiments.sentiment,
            count(distinct themed.account_id) filter (
                where themed.sentiment = sentiments.sentiment
            ) as persons,
            count(*) filter (
                where themed.sentiment = sentiments.sentiment
            ) as sentiment_share_numerator,
            -- what the share would be if the labels were right as often as they say
            avg(
                if(
                    themed.sentiment = sentiments.sentiment,
                    themed.probability,
                    (1 - themed.probability) / 2
                )
            ) as expected_share
        from totals
        cross join
            (
                select unnest(['negative', 'neutral', 'positive']) as sentiment
            ) as sentiments
        join themed using (company_id, week_start, theme)
        group by all
    ),
    measured as (
        select
            weeks.company,
            weeks.is_home,
            weeks.is_week_complete,
            judged.*,
            sentiment_share_numerator / sentiment_share_denominator as sentiment_share,
            if(theme = 'all', 'sentiments', 'sentiments_of_theme') as section
        from judged
        join {{ ref("dim_weeks") }} as weeks using (company_id, week_start)
        -- that there is a row tells something, too
        where not {{ still_runs() }}
    ),
    protected as (
        {{
            protect(
                "measured",
                ["company_id", "week_start", "theme"],
                ties="sentiment",
                overlapping=["sentiments", "sentiments_of_theme"],
                cross=["sentiments_of_theme"],
            )
        }}
    ),
    withheld as (
        select
            * replace (
                -- a theme's posts are among all of them: told of a theme, the one tone
                -- would leave of the whole what is withheld of the other
                is_suppressed
                or bool_or(is_suppressed and theme = 'all') over (
                    partition by company_id, week_start, sentiment
                ) as is_suppressed
            )
        from protected
    ),
    bounded as (
        select
            *,
            -- persons, not posts: one person's posts are not independent; rounded down,
            -- for the ends of an interval tell the number they were computed with
            greatest(
                {{ var("small_group") }},
                floor(margin_persons / {{ var("small_group") }})
                * {{ var("small_group") }}
            ) as about_persons,
            least(
                sentiment_share,
                {{ wilson("sentiment_share", "about_persons", "-") }},
                {{ wilson("expected_share", "about_persons", "-") }}
            ) as low,
            greatest(
                sentiment_share,
                {{ wilson("sentiment_share", "about_persons", "+") }},
                {{ wilson("expected_share", "about_persons", "+") }}
            ) as high
        from withheld
    ),
    final as (
        select
            * exclude (
                sentiment_share, sentiment_share_numerator, sentiment_share_denominator
            ),
            if(is_suppressed, null, persons) as count_persons,
            if(is_suppressed, null, sentiment_share_numerator) as count_posts,
            if(
                is_suppressed, null, sentiment_share_numerator
            ) as sentiment_share_numerator,
            if(
                is_suppressed, null, sentiment_share_denominator
            ) as sentiment_share_denominator,
            if(is_suppressed, null, sentiment_share) as sentiment_share,
            if(is_suppressed, null, round(low, 4)) as sentiment_share_low,
            if(is_suppressed, null, round(high, 4)) as sentiment_share_high
        from bounded
    )
select {{ contract() }}
from final
