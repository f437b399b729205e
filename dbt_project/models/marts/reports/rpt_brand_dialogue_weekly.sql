-- grain: one row per company x week x platform (and all)
{% set places %}
    grouping sets ((company_id, week_start, platform), (company_id, week_start))
{% endset %}
with
    addressing as (
        select company_id, post_id, bool_or(addressee_side = 'human') as is_to_human
        from {{ ref("fct_exchanges") }}
        where speaker_side = 'brand'
        group by all
    ),
    by_brand as (
        select
            company_id,
            week_start,
            coalesce(platform, 'all') as platform,
            count(*) as count_brand_posts,
            count(*) filter (where is_to_human is null) as count_broadcasts,
            count(*) filter (where is_to_human) as count_brand_dialogue_posts
        from {{ ref("fct_posts") }}
        left join addressing using (company_id, post_id)
        where side = 'brand'
        group by {{ places }}
    ),
    to_brand as (
        select
            company_id,
            week_start,
            coalesce(platform, 'all') as platform,
            count(distinct speaker_id) as persons,
            count(*) as count_addressed_posts,
            count(*) filter (where is_question) as count_questions,
            {% for outcome in ["answered", "unanswered", "waiting"] %}
                count(*) filter (
                    where is_question and outcome = '{{ outcome }}'
                ) as count_questions_{{ outcome }},
            {% endfor %}
            count(*) filter (where outcome = 'answered') as response_share_numerator,
            count(*) filter (where outcome <> 'waiting') as response_share_denominator,
            median(response_minutes) filter (
                where outcome = 'answered'
            ) as response_minutes_median,
            quantile_cont(response_minutes, 0.9) filter (
                where outcome = 'answered'
            ) as response_minutes_p90
        from {{ ref("fct_brand_requests") }}
        group by {{ places }}
    ),
    platforms as (
        select company_id, platform
        from {{ ref("fct_posts") }}
        union
        select company_id, 'all'
        from {{ ref("dim_weeks") }}
    ),
    measured as (
        select
            weeks.*,
            platforms.platform,
            {% for name in ["brand_posts", "broadcasts", "brand_dialogue_posts"] %}
                coalesce(by_brand.count_{{ name }}, 0) as count_{{ name }},
            {% endfor %}
            by_brand.count_brand_dialogue_posts
            / nullif(by_brand.count_brand_posts, 0) as dialogue_share,
            coalesce(to_brand.persons, 0) as persons,
            {% for name in [
                "addressed_posts",
                "questions",
                "questions_answered",
                "questions_unanswered",
                "questions_waiting",
            ] %}
                coalesce(to_brand.count_{{ name }}, 0) as count_{{ name }},
            {% endfor %}
            coalesce(to_brand.response_share_numerator, 0) as response_share_numerator,
            coalesce(
                to_brand.response_share_denominator, 0
            ) as response_share_denominator,
            to_brand.response_share_numerator
            / nullif(to_brand.response_share_denominator, 0) as response_share,
            round(to_brand.response_minutes_median, 1) as response_minutes_median,
            round(to_brand.response_minutes_p90, 1) as response_minutes_p90,
            -- zero, not null, where nobody addressed the brand: is_suppressed would
            -- be null, too
            coalesce(
                max(to_brand.persons) filter (where platforms.platform = 'all') over (
                    partition by weeks.company_id, weeks.week_start
                ),
                0
            ) as margin_persons,
            if(platforms.platform = 'all', 'total', 'platforms') as section
        from {{ ref("dim_weeks") }} as weeks
        join platforms using (company_id)
        left join by_brand using (company_id, week_start, platform)
        left join to_brand using (company_id, week_start, platform)
    ),
    protected as (
        {{ protect("measured", ["company_id", "week_start"], ties="platform") }}
    ),
    -- who addressed the brand on a platform is among those who spoke there: told where
    -- the one number is withheld, the other would leave of the whole what is small
    withheld as (
        select
            protected.* replace (
                protected.is_suppressed
                or coalesce(mix.is_suppressed, false) as is_suppressed
            )
        from protected
        left join
            {{ ref("rpt_conversation_mix_weekly") }} as mix
            on mix.company_id = protected.company_id
            and mix.week_start = protected.week_start
            and mix.platform = protected.platform
            and mix.language = 'all'
    ),
    final as (
        select
            *,
            if(is_suppressed, null, persons) as count_persons,
            {{ wilson_interval("response_share") }}
        from withheld
    )
select {{ contract() }}
from final
